// What a screen reader is told: whole sentences, one after another, never single tokens.

import { h, part } from "./dom.js";

const KEPT = 5; // sentences that stay in the region, for readers that are slow to fetch them
const SENTENCE = /[.!?。…]["')\]]*\s|\n/g;
const TOAST_MS = 2500;

/**
 * Say it once. `seen`: also show it for a moment.
 * @param {string} text
 * @param {boolean} [seen]
 */
export function announce(text, seen = false) {
  const region = part("live", HTMLElement);
  region.append(h("p", {}, text));
  while (region.childElementCount > KEPT) region.firstElementChild?.remove();
  if (!seen) return;
  const toast = part("toast", HTMLElement);
  toast.textContent = text;
  toast.classList.add("shown");
  setTimeout(() => toast.textContent === text && toast.classList.remove("shown"), TOAST_MS);
}

/** Reads a growing text out by sentences. */
export class Speaker {
  constructor() {
    this.said = 0;
  }

  /** @param {string} text all of it @param {boolean} ended whether the rest is to be said, too */
  hear(text, ended) {
    const fresh = text.slice(this.said);
    const end = ended ? fresh.length : lastEnd(fresh);
    const sentence = plain(fresh.slice(0, end));
    this.said += end;
    if (sentence) announce(sentence);
  }
}

/** @param {string} text */
function lastEnd(text) {
  let end = 0;
  for (const found of text.matchAll(SENTENCE)) end = found.index + found[0].length;
  return end;
}

/** @param {string} text Markdown; its signs are not worth hearing */
function plain(text) {
  return text.replace(/^[#>\s]+|[*_`|~]+/gm, " ").replace(/\s+/g, " ").trim();
}
