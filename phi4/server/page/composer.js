// The field that a question is written in.

import { part } from "./dom.js";
import { EnterKey } from "./enter.js";
import { icon } from "./icons.js";
import { passing } from "./store.js";
import { words } from "./words.js";

const TALLEST = 240; // px

/** Where the question is written and sent, or its answer stopped. */
export class Composer {
  /**
   * @param {{ask: (text: string) => void, stop: () => void, editLast: () => void}} acts
   */
  constructor(acts) {
    this.acts = acts;
    this.field = part("question", HTMLTextAreaElement);
    this.counter = part("counter", HTMLElement);
    this.button = part("send", HTMLButtonElement);
    this.limit = 20_000;
    this.busy = false;
    this.draft = "";
    this.touch = matchMedia("(hover: none) and (pointer: coarse)");
    new EnterKey(this.field, () => this.#ask(), () => this.touch.matches);
    this.field.addEventListener("input", () => this.#changed());
    this.field.addEventListener("keydown", (event) => this.#key(event));
    this.button.addEventListener("click", () => (this.busy ? this.acts.stop() : this.#ask()));
    this.setBusy(false);
  }

  /** @param {number} limit */
  setLimit(limit) {
    this.limit = limit;
    this.#changed();
  }

  /** @param {boolean} busy whether an answer is on its way, which the button then stops */
  setBusy(busy) {
    this.busy = busy;
    this.button.replaceChildren(icon(busy ? "stop" : "send"));
    this.button.classList.toggle("stops", busy);
    this.button.title = busy ? words.stop : words.send;
    this.button.setAttribute("aria-label", this.button.title);
    this.#changed();
  }

  /** @param {string} name of the draft: each conversation has its own */
  openDraft(name) {
    this.draft = `draft.${name}`;
    this.#put(passing.get(this.draft));
  }

  /** What is being written belongs to a conversation that has just got its name. @param {string} name */
  moveDraft(name) {
    if (this.draft) passing.set(this.draft, "");
    this.draft = `draft.${name}`;
    passing.set(this.draft, this.field.value);
  }

  /** @param {string} text @param {boolean} [evenOver] whether it replaces what is being written */
  put(text, evenOver = false) {
    if (!evenOver && this.field.value.trim()) return;
    this.#put(text);
    this.focus();
  }

  /** Ready to write; on a touch screen the keyboard would cover what was just opened. */
  focus() {
    if (!this.touch.matches) this.field.focus({ preventScroll: true });
  }

  /** @param {string} text */
  #put(text) {
    this.field.value = text;
    this.#changed();
  }

  #ask() {
    const text = this.field.value;
    if (this.busy || !text.trim() || countCharacters(text) > this.limit) return;
    this.#put("");
    this.acts.ask(text);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing) return;
    if (event.key === "Escape" && this.busy) this.acts.stop();
    if (event.key === "ArrowUp" && !this.field.value && !this.busy) {
      event.preventDefault();
      this.acts.editLast();
    }
  }

  #changed() {
    const { field } = this;
    if (this.draft) passing.set(this.draft, field.value);
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight, TALLEST)}px`;
    const over = tellLength(field, this.counter, this.limit);
    this.button.disabled = !this.busy && (!field.value.trim() || over);
  }
}

/**
 * Say how long a text is as soon as it gets near to what the server takes.
 * @param {HTMLTextAreaElement} field
 * @param {HTMLElement} counter
 * @param {number} limit
 * @returns {boolean} whether it is too long
 */
export function tellLength(field, counter, limit) {
  const size = countCharacters(field.value);
  const over = size > limit;
  const near = size > limit * 0.8;
  counter.hidden = !near;
  counter.classList.toggle("over", over);
  if (near) counter.textContent = over ? words.tooLong(size, limit) : words.counted(size, limit);
  field.setAttribute("aria-invalid", String(over));
  return over;
}

/**
 * Code points: an emoji counts once.
 * @param {string} text
 */
export function countCharacters(text) {
  let pairs = 0;
  for (let at = 0; at < text.length - 1; at += 1) {
    const high = text.charCodeAt(at);
    const low = text.charCodeAt(at + 1);
    if (high >= 0xd800 && high < 0xdc00 && low >= 0xdc00 && low < 0xe000) pairs += 1;
  }
  return text.length - pairs;
}
