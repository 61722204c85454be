// Every word of the page, in the language that early.js chose.

import { en } from "./words.en.js";
import { ko } from "./words.ko.js";

export const words = document.documentElement.lang === "en" ? en : ko;

/** Put the words into what index.html has prepared. */
export function fillWords() {
  for (const element of document.querySelectorAll("[data-words]")) element.textContent = plain(element, "words");
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", plain(element, "label"));
    element.setAttribute("title", plain(element, "label"));
  }
  for (const element of document.querySelectorAll("[data-hint]")) {
    element.setAttribute("placeholder", plain(element, "hint"));
  }
}

/** @param {Element} element @param {string} name */
function plain(element, name) {
  const key = element.getAttribute(`data-${name}`) ?? "";
  const word = Reflect.get(words, key);
  if (typeof word !== "string") throw new Error(`no word '${key}'`);
  return word;
}

/**
 * What to tell a reader about a failure that the server, or told(), has a code for.
 * @param {string} code
 * @param {string} message the server's own, for codes that are not known here
 */
export function failureText(code, message) {
  const known = Reflect.get(words.errors, code);
  return typeof known === "string" ? known : [words.errors.other, message].filter(Boolean).join(" ");
}
