// The turns of the conversation that is shown.

/** @import { Turn } from "./wire" */
/** @import { QuestionActs } from "./question.js" */
/** @import { ReplyActs } from "./reply.js" */

import { countCharacters } from "./composer.js";
import { QuestionView } from "./question.js";
import { ReplyView } from "./reply.js";

const MAX_TURNS = 100; // that the server takes at once

/** Questions and answers, one below the other. What is already shown stays when the server's turns come. */
export class Transcript {
  /**
   * @param {HTMLElement} root
   * @param {QuestionActs & {again: (id: string) => void}} acts
   */
  constructor(root, acts) {
    this.root = root;
    this.acts = acts;
    /** @type {(QuestionView | ReplyView)[]} */
    this.views = [];
  }

  /** @returns {QuestionView | undefined} */
  get lastQuestion() {
    return this.views.findLast((view) => view instanceof QuestionView);
  }

  /**
   * What was said up to the last question, for a server that has not kept it; as far back as it takes.
   * @param {number} limit characters
   * @returns {{role: "user" | "assistant", content: string}[]}
   */
  said(limit) {
    const last = this.lastQuestion;
    if (!last) return [];
    let room = limit - countCharacters(last.text);
    /** @type {ReturnType<Transcript["said"]>} */
    const told = [{ role: "user", content: last.text }];
    for (let place = this.views.indexOf(last) - 1; place > 0 && told.length + 2 <= MAX_TURNS; place -= 1) {
      const [question, reply] = this.views.slice(place - 1, place + 1);
      if (!(question instanceof QuestionView && reply instanceof ReplyView && reply.text)) continue;
      room -= countCharacters(question.text) + countCharacters(reply.text);
      if (room < 0) break;
      told.unshift({ role: "user", content: question.text }, { role: "assistant", content: reply.text });
    }
    return told;
  }

  /** @param {Turn[]} turns */
  show(turns) {
    turns.forEach((turn, place) => {
      let view = this.views[place];
      if (!view?.matches(turn)) {
        this.cut(place);
        view = turn.role === "user" ? this.addQuestion(turn.content) : this.addReply(actsOf(this.acts, turn.id));
      }
      view.update(turn);
    });
    this.cut(turns.length);
  }

  /** @param {number} place that becomes the end */
  cut(place) {
    for (const view of this.views.splice(place)) view.root.remove();
    this.#mark();
  }

  /** @param {string} text */
  addQuestion(text) {
    return this.#add(new QuestionView(text, this.acts));
  }

  /** @param {ReplyActs} acts */
  addReply(acts) {
    return this.#add(new ReplyView(acts));
  }

  /**
   * @template {QuestionView | ReplyView} V
   * @param {V} view
   * @returns {V}
   */
  #add(view) {
    this.views.push(view);
    this.root.append(view.root);
    this.#mark();
    return view;
  }

  #mark() {
    const last = this.lastQuestion;
    for (const view of this.views) if (view instanceof QuestionView) view.setLast(view === last);
  }
}

/**
 * @param {Pick<ReplyActs, "again" | "show">} acts
 * @param {string} id
 * @returns {ReplyActs}
 */
function actsOf(acts, id) {
  return { ...acts, retry: () => acts.again(id), revise: null };
}
