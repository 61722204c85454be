// Copying text, also where the browser offers no clipboard (plain HTTP on a local network).

import { h } from "./dom.js";
import { announce } from "./announcer.js";
import { words } from "./words.js";

/** @param {string} text */
export async function copyText(text) {
  const copied = await viaClipboard(text).catch(() => viaSelection(text));
  announce(copied ? words.copied : words.notCopied, true);
  return copied;
}

/** @param {string} text */
async function viaClipboard(text) {
  await navigator.clipboard.writeText(text); // throws where there is none
  return true;
}

/** @param {string} text */
function viaSelection(text) {
  const before = document.activeElement;
  const box = h("textarea", { class: "offscreen", value: text, readOnly: true });
  document.body.append(box);
  box.select();
  const copied = document.execCommand("copy");
  box.remove();
  if (before instanceof HTMLElement) before.focus();
  return copied;
}
