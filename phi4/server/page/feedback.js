// What the reader thinks of an answer: two thumbs, and why.

import { announce } from "./announcer.js";
import { call, explain } from "./api.js";
import { h, iconButton } from "./dom.js";
import { icon } from "./icons.js";
import { withKey } from "./key.js";
import { words } from "./words.js";

/** The thumbs of one answer, and the panel that asks for reasons. */
export class FeedbackView {
  /** @param {string} id of the answer @param {number | null} rating */
  constructor(id, rating) {
    this.id = id;
    this.rating = rating;
    this.good = iconButton(words.good, icon("up"), () => this.#rate(1));
    this.bad = iconButton(words.bad, icon("down"), () => this.#rate(-1));
    this.buttons = [this.good, this.bad];
    this.panel = h("div", { class: "why", hidden: true });
    this.#show();
  }

  /** @param {number | null} rating as the server keeps it; who is giving reasons is not disturbed */
  adopt(rating) {
    if (!this.panel.hidden) return;
    this.rating = rating;
    this.#show();
  }

  #show() {
    this.good.setAttribute("aria-pressed", String(this.rating === 1));
    this.bad.setAttribute("aria-pressed", String(this.rating === -1));
  }

  /** @param {1 | -1} rating the same again takes it back */
  async #rate(rating) {
    const before = this.rating;
    const taken = before === rating;
    this.rating = taken ? null : rating;
    this.#show();
    this.panel.hidden = this.rating !== -1;
    if (!this.panel.hidden) this.#ask();
    try {
      await (taken ? this.#withdraw() : this.#put([], ""));
      if (taken || rating === 1) announce(taken ? words.withdrawn : words.thanks, true);
    } catch (error) {
      this.rating = before;
      this.panel.hidden = true;
      this.#show();
      announce(explain(error), true);
    }
  }

  #withdraw() {
    return withKey(() => call("DELETE", `/api/feedback/${this.id}`));
  }

  /** @param {string[]} reasons @param {string} comment */
  #put(reasons, comment) {
    return withKey(() => call("PUT", "/api/feedback", { message_id: this.id, rating: this.rating, reasons, comment }));
  }

  #ask() {
    const chips = Object.entries(words.reasons).map(([name, word]) =>
      h("label", { class: "chip" }, h("input", { type: "checkbox", value: name }), word),
    );
    const name = words.comment;
    const comment = h("textarea", { rows: 2, maxLength: 2000, placeholder: name, "aria-label": name });
    const row = h(
      "div",
      { class: "row" },
      h("button", { type: "button", class: "quiet", onclick: () => this.#close() }, words.close),
      h("button", { type: "button", class: "primary", onclick: () => this.#tell(comment.value) }, words.tell),
    );
    const title = h("legend", {}, words.whyBad);
    this.panel.replaceChildren(h("fieldset", {}, title, h("div", { class: "chips" }, ...chips), comment, row));
    this.panel.querySelector("input")?.focus();
  }

  /** @param {string} comment */
  async #tell(comment) {
    const chosen = [...this.panel.querySelectorAll("input")].filter((box) => box.checked).map((box) => box.value);
    try {
      await this.#put(chosen, comment);
      this.#close();
      announce(words.thanks, true);
    } catch (error) {
      announce(explain(error), true);
    }
  }

  #close() {
    this.panel.hidden = true;
    this.bad.focus();
  }
}
