// Questions that the page asks: yes or no, a name. The browser's own dialog holds the focus and closes with Escape.

import { h } from "./dom.js";
import { words } from "./words.js";

/**
 * Show a dialog; gives the value of the button that closed it, "" for Escape.
 * @param {string} title
 * @param {(Node | string)[]} content
 * @param {{value: string, word: string, kind: "primary" | "danger" | "quiet"}[]} buttons the last is the default
 * @returns {Promise<string>}
 */
export function openDialog(title, content, buttons) {
  return new Promise((resolve) => {
    const row = buttons.map(({ value, word, kind }) => h("button", { class: kind, value, type: "submit" }, word));
    const form = h("form", { method: "dialog" }, h("h2", {}, title), ...content, h("div", { class: "row" }, ...row));
    const dialog = h("dialog", { class: "ask", "aria-label": title }, form);
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing || !(event.target instanceof HTMLInputElement)) return;
      event.preventDefault(); // the first button, which Enter would press, is the one that cancels
      dialog.close(buttons.at(-1)?.value);
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** @param {string} question @param {string} yes */
export async function confirmDanger(question, yes) {
  const answer = await openDialog(yes, [h("p", {}, question)], [
    { value: "", word: words.cancel, kind: "quiet" },
    { value: "yes", word: yes, kind: "danger" },
  ]);
  return answer === "yes";
}

/**
 * @param {string} title
 * @param {string} value
 * @returns {Promise<string>} "" when it was cancelled, or is blank
 */
export async function askName(title, value) {
  const field = h("input", { type: "text", value, maxLength: 200, "aria-label": title, autofocus: true });
  queueMicrotask(() => field.select());
  const answer = await openDialog(title, [field], [
    { value: "", word: words.cancel, kind: "quiet" },
    { value: "save", word: words.save, kind: "primary" },
  ]);
  return answer ? field.value.trim() : "";
}
