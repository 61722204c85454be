// DOM nodes from code. Text is only ever set as text; there is no way to set HTML here.

/** @typedef {Node | string | null | undefined | false} Child */
/** @typedef {Record<string, unknown>} Properties */

/**
 * An element. `on…` properties are listeners, `class` and names with a dash are attributes, the rest properties.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Properties} [properties]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else if (name === "class" || name === "role" || name.includes("-")) element.setAttribute(name, String(value));
    else Reflect.set(element, name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/**
 * The element of index.html with this id; a missing one is a defect.
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} kind
 * @returns {T}
 */
export function part(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`#${id} is missing`);
  return found;
}

/**
 * A button with an icon and a name that is read out and shown as a tooltip.
 * @param {string} name
 * @param {SVGElement} picture
 * @param {(event: MouseEvent) => void} act
 * @param {Properties} [more]
 * @returns {HTMLButtonElement}
 */
export function iconButton(name, picture, act, more = {}) {
  return h(
    "button",
    { type: "button", class: "icon-button", "aria-label": name, title: name, onclick: act, ...more },
    picture,
  );
}
