// The empty page: what the bot has learned, how its exam went, and questions to begin with.

/** @import { About } from "./wire" */

import { h, part } from "./dom.js";
import { words } from "./words.js";

/** Shown as long as a conversation has no turn. */
export class Welcome {
  /** @param {(question: string) => void} ask */
  constructor(ask) {
    this.ask = ask;
    this.root = part("welcome", HTMLElement);
    this.facts = part("facts", HTMLElement);
    this.examples = part("examples", HTMLElement);
  }

  /** @param {boolean} shown */
  show(shown) {
    this.root.hidden = !shown;
  }

  /** @param {About} about */
  fill(about) {
    const right = about.exam?.scores["closed_book.right"]?.["value"];
    const facts = [
      about.documents ? words.learned(about.documents) : "",
      right === undefined ? "" : words.scored(Math.round(right * 100)),
    ];
    this.facts.textContent = facts.filter(Boolean).join(" ");
    const buttons = about.examples.map((question) =>
      h("li", {}, h("button", { type: "button", class: "example", onclick: () => this.ask(question) }, question)),
    );
    this.examples.replaceChildren(...buttons);
    part("examples-title", HTMLElement).hidden = buttons.length === 0;
  }
}
