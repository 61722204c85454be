// The conversation that is shown, and every answer that is on its way, shown or not.

/** @import { ConversationWhole } from "./wire" */
/** @import { Composer } from "./composer.js" */
/** @import { Scroll } from "./scroll.js" */
/** @import { ReplyView } from "./reply.js" */

import { announce } from "./announcer.js";
import { Answer } from "./answer.js";
import { Refused, call, explain } from "./api.js";
import { askKey, withKey } from "./key.js";
import { QuestionView } from "./question.js";
import { tellTabs } from "./tabs.js";
import { Transcript } from "./transcript.js";

/** @typedef {{answer: Answer, question: string, told: boolean}} Running `told`: other tabs know of it */
/**
 * @typedef {object} TalkParts
 * @property {HTMLElement} turns
 * @property {Composer} composer
 * @property {Scroll} scroll
 * @property {(id: string) => void} opened the conversation that is shown has this id now
 * @property {(id: string) => void} changed a conversation has news for the list
 */

/** Opens conversations and asks in them. */
export class Talk {
  /** @param {TalkParts} parts */
  constructor(parts) {
    this.parts = parts;
    this.id = "";
    this.unstored = false; // whether the server has not kept all that is shown
    this.visit = 0; // counts what was opened, so that what comes late is not put elsewhere
    /** @type {Running | null} */
    this.current = null;
    /** @type {Map<string, Running>} */
    this.running = new Map();
    this.transcript = new Transcript(parts.turns, {
      edit: (text) => this.edit(text),
      limit: () => parts.composer.limit,
      show: (id) => void this.#showBranch(id),
      again: (id) => this.again(id),
    });
  }

  /** Show a conversation, "" a new one. @param {string} id */
  async open(id) {
    const visit = this.#leave(id);
    if (!id) return;
    try {
      const whole = await withKey(() => readConversation(id));
      if (visit === this.visit) this.#show(whole);
    } catch (error) {
      if (visit !== this.visit) return;
      announce(explain(error), true);
      if (error instanceof Refused && error.status === 404) this.parts.opened("");
    }
    if (visit === this.visit) this.parts.scroll.toEnd();
  }

  /** The server has news of the conversation that is shown: of another tab, or of an answer's end. */
  async refresh() {
    const { visit, id } = this;
    if (!id || this.current || this.unstored) return;
    try {
      /** @type {ConversationWhole} */
      const whole = await call("GET", `/api/conversations/${id}`);
      if (visit === this.visit && !this.current) this.#show(whole);
    } catch {
      // what is shown is still right, or will be asked for again
    }
  }

  /** @param {string} text */
  ask(text) {
    if (this.current) return;
    this.transcript.addQuestion(text);
    if (this.unstored) return this.#askWithAll();
    const body = this.id ? { message: text, conversation_id: this.id } : { message: text };
    this.#begin(new Answer("/api/chat", body), text);
  }

  /** The last question with all that was said before: it begins a conversation that the server may be able to keep. */
  #askWithAll() {
    this.id = "";
    const { transcript, parts } = this;
    const body = { messages: transcript.said(parts.composer.limit) };
    this.#begin(new Answer("/api/chat", body), transcript.lastQuestion?.text ?? "");
  }

  /** Another answer to the same question. @param {string} id of the answer, or of the question */
  again(id) {
    const { views } = this.transcript;
    const place = views.findIndex((view) => view.id === id);
    if (this.current || place < 0) return;
    this.transcript.cut(views[place] instanceof QuestionView ? place + 1 : place);
    const question = this.transcript.lastQuestion?.text ?? "";
    this.#begin(new Answer(`/api/chat/${id}/again`, {}), question);
  }

  /** The last question in other words. @param {string} text */
  edit(text) {
    const old = this.transcript.lastQuestion;
    if (this.current || !old) return;
    const place = this.transcript.views.indexOf(old);
    const id = old.id || this.transcript.views[place + 1]?.id || old.replaces;
    this.transcript.cut(place);
    if (!id || this.unstored) return this.ask(text);
    this.transcript.addQuestion(text).replaces = id;
    this.#begin(new Answer(`/api/chat/${id}/again`, { message: text }), text);
  }

  /** End the answer that is on its way here. */
  stop() {
    void this.current?.answer.stop();
  }

  /** @param {string} id @returns {number} */
  #leave(id) {
    this.visit += 1;
    this.id = id;
    this.unstored = false;
    this.current = null;
    this.transcript.cut(0);
    this.parts.composer.openDraft(id || "new");
    this.#busy();
    return this.visit;
  }

  /** @param {ConversationWhole} whole */
  #show(whole) {
    this.transcript.show(whole.messages);
    const running = this.running.get(whole.id);
    if (running && !running.answer.ended) this.#watch(running);
    else if (whole.answering) this.#begin(new Answer("", {}, whole.answering), "");
    else if (whole.messages.at(-1)?.role === "user") this.#unanswered(whole.messages.at(-1)?.id ?? "");
  }

  /** The server ended before the answer did. @param {string} id of the question */
  #unanswered(id) {
    const retry = () => this.again(id);
    this.transcript.addReply({ ...this.transcript.acts, retry, revise: null }).fail("lost");
  }

  /** @param {Answer} answer @param {string} question */
  #begin(answer, question) {
    const running = { answer, question, told: false };
    if (this.id) this.running.set(this.id, running);
    this.#watch(running);
    this.parts.scroll.toEnd();
    void this.#follow(running, this.visit);
  }

  /** Put it on the page. @param {Running} running */
  #watch(running) {
    const { answer } = running;
    this.current = running;
    this.#busy();
    const reply = this.transcript.addReply(this.#actsFor(running));
    const { visit } = this;
    let waiting = false;
    const paint = () => {
      waiting = false;
      if (visit === this.visit) reply.follow(answer);
    };
    answer.onchange = () => {
      if (answer.phase === "locked") void this.#unlock(answer);
      if (answer.conversation && visit === this.visit && !this.id) this.#named(running);
      if (answer.path && answer.conversation && !running.told) tellTabs(answer.conversation);
      running.told ||= Boolean(answer.conversation);
      if (answer.ended || document.hidden) paint();
      else if (!waiting) {
        waiting = true;
        requestAnimationFrame(() => waiting && paint()); // the end may have painted before the frame came
      }
    };
    answer.onchange(answer);
    this.#tick(reply, running);
  }

  /** @param {ReplyView} reply @param {Running} running */
  #tick(reply, running) {
    const timer = setInterval(() => {
      if (running.answer.ended || this.current !== running) clearInterval(timer);
      else reply.tick(running.answer);
    }, 500);
  }

  /** The new conversation has its name. @param {Running} running */
  #named(running) {
    this.id = running.answer.conversation;
    this.running.set(this.id, running);
    this.parts.composer.moveDraft(this.id);
    this.parts.opened(this.id);
  }

  /** @param {Running} running @param {number} visit */
  async #follow(running, visit) {
    const { answer } = running;
    await answer.run();
    const id = answer.conversation || (visit === this.visit ? this.id : "");
    for (const [conversation, other] of this.running) if (other === running) this.running.delete(conversation);
    if (answer.path) tellTabs(id);
    if (id) this.parts.changed(id);
    if (this.current !== running) return;
    this.current = null;
    this.#busy();
    if (answer.failure?.code === "storage_unavailable" && !("messages" in answer.body)) {
      this.transcript.cut(this.transcript.views.length - 1);
      return this.#askWithAll();
    }
    if (answer.stored !== null) this.unstored = !answer.stored;
    if (answer.failure?.code === "lost" || (!answer.path && answer.failure)) await this.#findAgain();
    else if (answer.id) await this.refresh();
  }

  /** What became of an answer whose connection was lost for good. */
  async #findAgain() {
    const { id } = this;
    if (!id) return;
    try {
      /** @type {ConversationWhole} */
      const whole = await call("GET", `/api/conversations/${id}`);
      if (this.id === id && !this.current) this.#show(whole);
    } catch {
      // the failure that is shown says it
    }
  }

  /** @param {Running} running */
  #actsFor(running) {
    const { transcript } = this;
    const { answer, question } = running;
    const revise = () => {
      transcript.cut(transcript.views.findIndex((view) => view === transcript.lastQuestion));
      this.parts.composer.put(question, true);
    };
    const retry = () => {
      if (answer.id && answer.stored !== false) return this.again(answer.id);
      if (this.current) return;
      transcript.cut(transcript.views.length - 1);
      if (this.unstored) this.#askWithAll();
      else this.#begin(new Answer(answer.path, answer.body), question);
    };
    return { ...transcript.acts, retry, revise: answer.path === "/api/chat" ? revise : null };
  }

  /** @param {Answer} answer */
  async #unlock(answer) {
    if (await askKey()) answer.resume();
    else void answer.stop();
  }

  /** @param {string} message of the branch that is to be shown */
  async #showBranch(message) {
    const { visit, id } = this;
    if (!id || this.current) return;
    try {
      await withKey(() => call("PATCH", `/api/conversations/${id}`, { show: message }));
      if (visit === this.visit) await this.refresh();
    } catch (error) {
      announce(explain(error), true);
    }
  }

  #busy() {
    const busy = this.current !== null;
    this.parts.composer.setBusy(busy);
    this.parts.scroll.following = busy;
  }
}

/**
 * One that has just begun may not be written down yet.
 * @param {string} id
 * @returns {Promise<ConversationWhole>}
 */
async function readConversation(id) {
  try {
    return await call("GET", `/api/conversations/${id}`);
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 404) throw error;
    await new Promise((resolve) => setTimeout(resolve, 400));
    return call("GET", `/api/conversations/${id}`);
  }
}
