// A question as it is shown: its text, its versions, and a field to put it in other words.

/** @import { Turn } from "./wire" */

import { copyText } from "./clipboard.js";
import { tellLength } from "./composer.js";
import { h, iconButton } from "./dom.js";
import { EnterKey } from "./enter.js";
import { icon } from "./icons.js";
import { versionButtons } from "./versions.js";
import { words } from "./words.js";

/** @typedef {{edit: (text: string) => void, show: (id: string) => void, limit: () => number}} QuestionActs */

/** One question. */
export class QuestionView {
  /** @param {string} text @param {QuestionActs} acts */
  constructor(text, acts) {
    this.text = text.normalize(); // as the server keeps it
    this.acts = acts;
    this.id = "";
    this.replaces = ""; // the message that it was put in other words of, until it has an id of its own
    this.versions = "";
    this.last = false;
    this.bubble = h("div", { class: "bubble", dir: "auto" }, text);
    this.actions = h("div", { class: "actions" });
    const title = h("h2", { class: "offscreen" }, words.you);
    this.root = h("li", { class: "turn question" }, title, this.bubble, this.actions);
  }

  /** @param {Turn} turn whether it is this question */
  matches(turn) {
    return turn.role === "user" && (this.id ? this.id === turn.id : this.text === turn.content);
  }

  /** @param {Turn} turn */
  update(turn) {
    this.id = turn.id;
    if (this.versions === turn.siblings.join()) return;
    this.versions = turn.siblings.join();
    this.#showActions(turn.siblings);
  }

  /** @param {boolean} last only the last question can be put in other words */
  setLast(last) {
    if (last === this.last && this.actions.childElementCount) return;
    this.last = last;
    this.#showActions(this.versions ? this.versions.split(",") : []);
  }

  /** @param {string[]} siblings */
  #showActions(siblings) {
    const edit = iconButton(words.edit, icon("pencil"), () => this.edit());
    this.actions.replaceChildren(
      ...versionButtons(this.id, siblings, this.acts.show),
      iconButton(words.copy, icon("copy"), () => copyText(this.text)),
      ...(this.last ? [edit] : []),
    );
  }

  /** Open the field. */
  edit() {
    if (!this.last || !this.bubble.isConnected) return;
    const field = h("textarea", { class: "edit-field", value: this.text, rows: 3, "aria-label": words.edit });
    const counter = h("p", { class: "counter", role: "status", hidden: true });
    const send = h("button", { type: "button", class: "primary", onclick: () => ask() }, words.ask);
    const close = () => form.replaceWith(this.bubble);
    const ask = () => {
      if (send.disabled) return;
      close();
      this.acts.edit(field.value);
    };
    const changed = () => {
      send.disabled = tellLength(field, counter, this.acts.limit()) || !field.value.trim();
    };
    new EnterKey(field, ask, () => matchMedia("(hover: none) and (pointer: coarse)").matches);
    field.addEventListener("input", changed);
    field.addEventListener("keydown", (event) => event.key === "Escape" && !event.isComposing && close());
    const cancel = h("button", { type: "button", class: "quiet", onclick: close }, words.cancel);
    const form = h("div", { class: "edit" }, field, counter, h("div", { class: "row" }, cancel, send));
    this.bubble.replaceWith(form);
    changed();
    field.focus();
  }
}
