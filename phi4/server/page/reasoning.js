// The steps of the reasoning, folded; open while they are written, unless the reader decides otherwise.

import { h } from "./dom.js";
import { MarkdownView } from "./markdown.js";
import { words } from "./words.js";

/** The reasoning of one answer. */
export class ReasoningView {
  constructor() {
    this.title = h("span", { class: "title" });
    this.facts = h("span", { class: "facts" });
    const body = h("div", { class: "steps" });
    this.markdown = new MarkdownView(body);
    const summary = h("summary", { onclick: () => (this.touched = true) }, this.title, this.facts);
    this.root = h("details", { class: "reasoning", hidden: true }, summary, body);
    this.touched = false;
  }

  /**
   * @param {string} text
   * @param {boolean} growing whether it is being written now
   * @param {number} [seconds] that it took
   */
  show(text, growing, seconds = 0) {
    this.root.hidden = !text;
    if (!text) return;
    this.markdown.set(text);
    this.root.classList.toggle("growing", growing);
    if (!this.touched) this.root.open = growing;
    this.title.textContent = growing ? words.thinking : words.thought;
    const count = this.root.querySelectorAll(".steps > ol > li").length;
    const facts = [count ? words.steps(count) : "", seconds >= 0.1 ? words.seconds(seconds) : ""];
    this.facts.textContent = facts.filter(Boolean).join(" · ");
  }
}
