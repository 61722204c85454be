// The list's place: beside the talk on wide screens, over it on phones.

import { part } from "./dom.js";
import { lasting } from "./store.js";
import { words } from "./words.js";

/** Opens and closes the list. */
export class Sidebar {
  constructor() {
    this.root = part("side", HTMLElement);
    this.button = part("toggle", HTMLButtonElement);
    this.veil = part("veil", HTMLElement);
    this.narrow = matchMedia("(max-width: 52rem)");
    this.isOpen = !this.narrow.matches && lasting.get("side") !== "closed";
    this.button.addEventListener("click", () => this.#set(!this.isOpen, true));
    this.veil.addEventListener("click", () => this.close());
    this.root.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
    this.narrow.addEventListener("change", () => this.#set(!this.narrow.matches, false));
    this.#set(this.isOpen, false);
  }

  /** On phones, after something was chosen. */
  close() {
    if (this.narrow.matches && this.isOpen) this.#set(false, false);
  }

  /** @param {boolean} open @param {boolean} byHand */
  #set(open, byHand) {
    const hadFocus = this.root.contains(document.activeElement);
    this.isOpen = open;
    this.root.inert = !open;
    document.body.classList.toggle("side-open", open);
    this.button.setAttribute("aria-expanded", String(open));
    this.button.title = open ? words.closeList : words.openList;
    this.button.setAttribute("aria-label", this.button.title);
    if (byHand && !this.narrow.matches) lasting.set("side", open ? "" : "closed");
    if (open && this.narrow.matches && byHand) part("new", HTMLButtonElement).focus();
    if (!open && hadFocus) this.button.focus();
  }
}
