// The turns of the conversation that is shown.

/** @import { Turn } from "./wire" */
/** @import { QuestionActs } from "./question.js" */
/** @import { ReplyActs } from "./reply.js" */

import { QuestionView } from "./question.js";
import { ReplyView } from "./reply.js";

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

  get isEmpty() {
    return this.views.length === 0;
  }

  /** @returns {QuestionView | undefined} */
  get lastQuestion() {
    return this.views.findLast((view) => view instanceof QuestionView);
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
