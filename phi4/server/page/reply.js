// An answer as it is shown: reasoning, text, what it is doing, how it ended, what can be done with it.

/** @import { Answer } from "./answer.js" */
/** @import { Turn } from "./wire" */

import { Speaker, announce } from "./announcer.js";
import { copyText } from "./clipboard.js";
import { h, iconButton } from "./dom.js";
import { FeedbackView } from "./feedback.js";
import { icon } from "./icons.js";
import { MarkdownView } from "./markdown.js";
import { ReasoningView } from "./reasoning.js";
import { versionButtons } from "./versions.js";
import { failureText, words } from "./words.js";

/**
 * @typedef {object} ReplyActs
 * @property {(id: string) => void} again
 * @property {(id: string) => void} show
 * @property {() => void} retry
 * @property {(() => void) | null} revise
 *   `again`: another answer; `show`: another version; `retry`: after a failure; `revise`: put a question that the
 *   server did not take back into the field
 */

const WHOLE = new Set(["stop", "length", "cancelled", ""]);

/** One answer, stored or on its way. */
export class ReplyView {
  /** @param {ReplyActs} acts */
  constructor(acts) {
    this.acts = acts;
    this.id = "";
    this.shown = "";
    /** @type {FeedbackView | null} */
    this.feedback = null;
    this.text = "";
    this.reasoning = new ReasoningView();
    const body = h("div", { class: "prose", dir: "auto" });
    this.markdown = new MarkdownView(body);
    this.state = h("p", { class: "state", hidden: true });
    this.notes = h("div", { class: "notes" });
    this.footer = h("div", { class: "actions" });
    this.after = h("div", {});
    const title = h("h2", { class: "offscreen" }, words.bot);
    const parts = [title, this.reasoning.root, body, this.state, this.notes, this.footer, this.after];
    this.root = h("li", { class: "turn reply" }, ...parts);
    this.speaker = new Speaker();
  }

  /** @param {Turn} turn */
  matches(turn) {
    return turn.role === "assistant" && this.id === turn.id;
  }

  /** @param {Turn} turn as the server keeps it */
  update(turn) {
    this.feedback?.adopt(turn.rating);
    if (this.shown === shape(turn)) return;
    if (this.id !== turn.id) {
      this.id = turn.id;
      this.text = turn.content;
      this.#show(turn.content, turn.reasoning, 0);
      this.#end(turn.finish_reason ?? "", "", [], turn.content, turn.reasoning);
    }
    this.#showActions(turn, speed(turn.usage["completion_tokens"], turn.timings));
  }

  /** @param {Answer} answer on its way, or just ended */
  follow(answer) {
    this.id = answer.id;
    this.text = answer.text;
    this.root.setAttribute("aria-busy", String(!answer.ended));
    this.#show(answer.text, answer.reasoning, answer.reasoningMs / 1000, answer.phase === "reasoning");
    this.tick(answer);
    this.speaker.hear(answer.text, answer.ended);
    if (answer.ended) this.#ended(answer);
  }

  /** There is no answer, only why. @param {string} code */
  fail(code) {
    this.#end(code, "", [], "", "");
  }

  /** @param {Answer} answer its state in words; call it twice a second, too, since waiting is counted down */
  tick(answer) {
    const state = stateWords(answer);
    this.state.hidden = !state;
    if (this.state.textContent !== state) this.state.textContent = state;
    this.state.classList.toggle("quiet", answer.phase === "content");
  }

  /**
   * @param {string} text
   * @param {string} reasoning
   * @param {number} seconds
   * @param {boolean} [growing]
   */
  #show(text, reasoning, seconds, growing = false) {
    this.reasoning.show(reasoning, growing, seconds);
    this.markdown.set(text);
  }

  /** @param {Answer} answer */
  #ended(answer) {
    const { document: told, failure } = answer;
    const notes = [];
    if (answer.trimmed) notes.push(words.trimmed(answer.trimmed));
    if (told && !told.stored) notes.push(words.notStored);
    this.#end(told?.finish_reason ?? failure?.code ?? "", failure?.message ?? "", notes, answer.text, answer.reasoning);
    if (told) announce(words.answered);
    /** @type {Turn} */
    const turn = {
      id: told?.stored ? answer.id : "", role: "assistant", content: answer.text, reasoning: answer.reasoning,
      reasoning_steps: [], finish_reason: null, usage: {}, timings: {}, rating: null, siblings: [], created_at: 0,
    };
    this.#showActions(turn, told ? speed(told.usage.completion_tokens, told.timings) : "");
  }

  /**
   * @param {string} end finish reason, or the code of a failure
   * @param {string} message
   * @param {string[]} notes
   * @param {string} text
   * @param {string} reasoning
   */
  #end(end, message, notes, text, reasoning) {
    const unfinished = end === "length" ? words.cutLength : end === "cancelled" ? words.cutStopped : "";
    const empty = reasoning ? words.noAnswer : words.nothingWritten;
    const told = [...(WHOLE.has(end) && !text ? [empty] : unfinished ? [unfinished] : []), ...notes];
    this.notes.replaceChildren(...told.map((note) => h("p", { class: "note" }, note)));
    if (!WHOLE.has(end)) this.notes.prepend(this.#failure(end, message));
  }

  /** @param {string} code @param {string} message */
  #failure(code, message) {
    const text = failureText(code, message);
    announce(text);
    const retry = h("button", { type: "button", class: "primary", onclick: () => this.acts.retry() }, words.retry);
    const revise = this.id ? null : this.acts.revise;
    const change = revise && h("button", { type: "button", class: "quiet", onclick: revise }, words.edit);
    return h("div", { class: "failure" }, h("p", {}, text), h("div", { class: "row" }, change, retry));
  }

  /** @param {Turn} turn @param {string} figures */
  #showActions(turn, figures) {
    const { id } = turn;
    this.shown = shape(turn);
    if (this.feedback?.id !== id) this.feedback = id && turn.content ? new FeedbackView(id, turn.rating) : null;
    const { feedback } = this;
    this.footer.replaceChildren(
      ...versionButtons(id, turn.siblings, this.acts.show),
      ...(this.text ? [iconButton(words.copy, icon("copy"), () => copyText(this.text))] : []),
      ...(feedback?.buttons ?? []),
      ...(id ? [iconButton(words.again, icon("again"), () => this.acts.again(id))] : []),
      h("span", { class: "figures" }, figures),
    );
    this.after.replaceChildren(...(feedback ? [feedback.panel] : []));
  }
}

/**
 * What the actions below an answer depend on.
 * @param {Turn} turn
 */
function shape(turn) {
  return turn.siblings.length > 1 ? `${turn.id} ${turn.siblings.join()}` : turn.id;
}

/** @param {Answer} answer */
function stateWords(answer) {
  switch (answer.phase) {
    case "sending":
      return words.sending;
    case "waiting":
      return words.waiting(failureText(answer.failure?.code ?? "", ""), answer.secondsLeft);
    case "locked":
      return words.locked;
    case "queued":
      return answer.position > 1 ? words.queued(answer.position) : words.next;
    case "prompt":
      return words.reading(answer.read);
    case "content":
      return words.writing(answer.rate);
    case "reconnecting":
      return words.reconnecting;
    default:
      return "";
  }
}

/** @param {number | undefined} tokens @param {Record<string, number>} timings */
function speed(tokens, timings) {
  const total = timings["total_ms"];
  const first = timings["ttft_ms"];
  if (!tokens || tokens < 2 || total === undefined || first === undefined || total <= first) return "";
  return words.speed(tokens, ((tokens - 1) * 1000) / (total - first));
}
