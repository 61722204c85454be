// Markdown as DOM nodes that grow with a stream. Text is set as text: nothing that a model writes becomes HTML.

/** @import { Block } from "./blocks.js" */
/** @import { Span } from "./inline.js" */

import { copyText } from "./clipboard.js";
import { parseBlocks } from "./blocks.js";
import { h } from "./dom.js";
import { parseInline } from "./inline.js";
import { words } from "./words.js";

/** Shows a text that grows. Blocks that are final are made once; only the last is made again. */
export class MarkdownView {
  /** @param {HTMLElement} root that holds the blocks and nothing else */
  constructor(root) {
    this.root = root;
    this.text = "";
    this.settled = 0; // characters whose blocks are final
    this.kept = 0; // nodes of those
  }

  /** @param {string} text all of it */
  set(text) {
    if (text === this.text) return;
    if (!text.startsWith(this.text.slice(0, this.settled))) this.settled = this.kept = 0;
    this.text = text;
    const rest = text.slice(this.settled);
    const fresh = parseBlocks(rest).map(blockNode);
    patch(this.root, fresh, this.kept);
    this.#settle(rest);
  }

  /**
   * What cannot change any more: all blocks but the last of the lines that are whole.
   * @param {string} rest
   */
  #settle(rest) {
    const whole = rest.slice(0, rest.lastIndexOf("\n") + 1);
    const blocks = parseBlocks(whole);
    const last = blocks.pop();
    if (!last || !blocks.length) return;
    this.settled += lineStart(whole, last.from);
    this.kept += blocks.length;
  }
}

/**
 * Where a line begins.
 * @param {string} text
 * @param {number} line
 */
function lineStart(text, line) {
  let at = 0;
  for (let count = 0; count < line; count += 1) at = text.indexOf("\n", at) + 1;
  return at;
}

/**
 * Replace what differs, from child `from` on; equal nodes stay, and with them the reader's selection.
 * @param {Element} parent
 * @param {Node[]} fresh
 * @param {number} from
 */
function patch(parent, fresh, from) {
  fresh.forEach((node, place) => {
    const old = parent.childNodes[from + place];
    if (!old) parent.append(node);
    else if (!old.isEqualNode(node)) merge(parent, old, node);
  });
  while (parent.childNodes.length > from + fresh.length) parent.lastChild?.remove();
}

/**
 * @param {Element} parent
 * @param {Node} old
 * @param {Node} node
 */
function merge(parent, old, node) {
  const isText = old instanceof Text && node instanceof Text;
  if (isText && node.data.startsWith(old.data)) old.appendData(node.data.slice(old.data.length));
  else if (isText) old.data = node.data;
  else if (old instanceof Element && node instanceof Element && alike(old, node)) patch(old, [...node.childNodes], 0);
  else parent.replaceChild(node, old);
}

/** @param {Element} old @param {Element} node */
function alike(old, node) {
  if (old.tagName !== node.tagName || old.tagName === "BUTTON") return false;
  return old.cloneNode(false).isEqualNode(node.cloneNode(false));
}

/**
 * @param {Block} block
 * @returns {HTMLElement}
 */
function blockNode(block) {
  switch (block.kind) {
    case "paragraph":
      return h("p", {}, ...inlineNodes(block.text));
    case "heading":
      return h(headingTag(block.level), {}, ...inlineNodes(block.text));
    case "rule":
      return h("hr");
    case "quote":
      return h("blockquote", {}, ...block.inside.map(blockNode));
    case "code":
      return codeNode(block.language, block.text);
    case "list":
      return listNode(block.start, block.items);
    case "table":
      return tableNode(block.align, block.rows);
  }
}

/**
 * Below the page's own headings.
 * @param {number} level
 */
function headingTag(level) {
  return level <= 2 ? "h3" : level === 3 ? "h4" : "h5";
}

/** @param {number | null} start @param {Block[][]} items */
function listNode(start, items) {
  const nodes = items.map((item) => h("li", {}, ...item.flatMap((block) => itemNodes(block, item.length === 1))));
  if (start === null) return h("ul", {}, ...nodes);
  const list = h("ol", {}, ...nodes);
  if (start !== 1) list.start = start;
  return list;
}

/**
 * A short item is text without a paragraph of its own.
 * @param {Block} block
 * @param {boolean} alone
 * @returns {Node[]}
 */
function itemNodes(block, alone) {
  const plain = block.kind === "paragraph" && (alone || block.from === 0);
  return plain ? inlineNodes(block.text) : [blockNode(block)];
}

/** @param {string} language @param {string} text */
function codeNode(language, text) {
  const code = h("code", {}, text);
  const copyIt = () => copyText(code.textContent ?? "");
  const copy = h("button", { type: "button", class: "code-copy", onclick: copyIt }, words.copy);
  const head = h("div", { class: "code-head" }, h("span", {}, language), copy);
  return h("div", { class: "code" }, head, h("pre", { tabIndex: 0, "aria-label": words.code }, code));
}

/** @param {string[]} align @param {string[][]} rows */
function tableNode(align, rows) {
  /** @param {"th" | "td"} tag @returns {(cell: string, column: number) => HTMLElement} */
  const cell = (tag) => (text, column) => h(tag, { class: align[column] || undefined }, ...inlineNodes(text));
  const [head = [], ...body] = rows;
  const table = h(
    "table",
    {},
    h("thead", {}, h("tr", {}, ...head.map(cell("th")))),
    h("tbody", {}, ...body.map((row) => h("tr", {}, ...row.map(cell("td"))))),
  );
  return h("div", { class: "table", tabIndex: 0, role: "region", "aria-label": words.table }, table);
}

/**
 * @param {string} text
 * @returns {Node[]}
 */
function inlineNodes(text) {
  return parseInline(text).flatMap(spanNodes);
}

/**
 * @param {Span} span
 * @returns {Node[]}
 */
function spanNodes(span) {
  switch (span.kind) {
    case "text":
      return [document.createTextNode(span.text)];
    case "code":
      return [h("code", {}, span.text)];
    case "break":
      return [h("br")];
    case "link":
      return linkNodes(span.url, span.inside);
    default:
      return [h(span.kind, {}, ...span.inside.flatMap(spanNodes))];
  }
}

/**
 * A link whose words hide where it leads is followed by the host's name, in ASCII for foreign letters.
 * @param {URL} url
 * @param {Span[]} inside
 */
function linkNodes(url, inside) {
  const told = { href: url.href, target: "_blank", rel: "noopener noreferrer nofollow" };
  const link = h("a", told, ...inside.flatMap(spanNodes));
  const place = url.host || url.pathname;
  const text = link.textContent ?? "";
  const named = /^https?:\/\/([^/?#]*)/.exec(text)?.[1]; // to the letter: a name before an @ is none
  const visible = (named ?? text) === place;
  return visible ? [link] : [link, h("span", { class: "host" }, ` (${place})`)];
}
