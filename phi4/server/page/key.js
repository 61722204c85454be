// The API key, asked for when the server wants one.

import { Refused, hasKey, useKey } from "./api.js";
import { openDialog } from "./dialog.js";
import { h } from "./dom.js";
import { words } from "./words.js";

/** @type {Promise<boolean> | null} */
let asking = null;

/**
 * Ask for the key; everybody who needs it meanwhile waits for the same dialog.
 * @returns {Promise<boolean>} whether one was given
 */
export function askKey() {
  asking ??= ask().finally(() => (asking = null));
  return asking;
}

async function ask() {
  const told = { autocomplete: "current-password", autofocus: true, "aria-label": words.keyTitle };
  const field = h("input", { type: "password", ...told });
  const box = h("input", { type: "checkbox" });
  const remember = h("label", { class: "check" }, box, words.keyRemember);
  const wrong = h("p", { class: "wrong", role: "alert" }, words.errors.invalid_api_key);
  const answer = await openDialog(words.keyTitle, [hasKey() ? wrong : h("p", {}, words.keyAsk), field, remember], [
    { value: "", word: words.cancel, kind: "quiet" },
    { value: "use", word: words.keyUse, kind: "primary" },
  ]);
  const key = field.value.trim();
  if (!answer || !key) return false;
  useKey(key, box.checked);
  return true;
}

/**
 * Do what may need a key, and again once there is one.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withKey(work) {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const needed = error instanceof Refused && error.status === 401;
      if (!needed || !(await askKey())) throw error;
    }
  }
}
