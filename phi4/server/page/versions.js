// Going through the versions of a question or an answer.

import { h, iconButton } from "./dom.js";
import { icon } from "./icons.js";
import { words } from "./words.js";

/**
 * @param {string} id of the one that is shown
 * @param {string[]} siblings all of them, oldest first
 * @param {(id: string) => void} show
 * @returns {HTMLElement[]} nothing where there is only one
 */
export function versionButtons(id, siblings, show) {
  const place = siblings.indexOf(id);
  if (siblings.length < 2 || place < 0) return [];
  /** @param {"left" | "right"} picture @param {string} name @param {number} step */
  const button = (picture, name, step) => {
    const target = siblings[place + step];
    return iconButton(name, icon(picture), () => target && show(target), { disabled: !target });
  };
  const count = h("span", { class: "count" }, `${place + 1}/${siblings.length}`);
  return [h("span", { class: "versions" }, button("left", words.older1, -1), count, button("right", words.newer1, 1))];
}
