// The inside of a Markdown line as a tree: marks, code, links. Linear in its length, whatever a model writes.

/**
 * @typedef {{kind: "text", text: string} | {kind: "code", text: string} | {kind: "break"}
 *   | {kind: "strong" | "em" | "del", inside: Span[]} | {kind: "link", url: URL, inside: Span[]}} Span
 */

const CODE = /`+/y;
const MARK = /\*{1,3}|__|_|~~/y;
const TARGET = /((?:[^\s()<>]|\([^\s()<>]{0,200}\)){1,2000})/.source; // may hold brackets in pairs
const LINK = new RegExp(`(!?)\\[([^[\\]\\n]{0,500})\\]\\(\\s*<?${TARGET}>?(?:\\s+"[^"\\n]{0,300}")?\\s*\\)`, "y");
const ADDRESS = /https?:\/\/[!-;=?-~]{1,2000}/y; // ASCII alone: a Korean particle may follow at once
const ESCAPE = /\\([!-/:-@[-`{-~])/y;
const BREAK = /<br ?\/?>|\\?\n/iy;
const ENTITY = /&(lt|gt|amp|quot|nbsp|#39);/y;
const PLAIN = /[^\\`*_~![<&\nh]+|./suy;
const ENTITIES = { lt: "<", gt: ">", amp: "&", quot: '"', nbsp: "\u00a0", "#39": "'" };
const LETTER = /[\p{L}\p{N}]/u;
const SAFE = new Set(["http:", "https:", "mailto:"]);
/** @type {Record<string, "strong" | "em" | "del">} */
const KINDS = { "***": "strong", "**": "strong", __: "strong", "*": "em", _: "em", "~~": "del" };

/**
 * @param {string} text
 * @returns {Span[]}
 */
export function parseInline(text) {
  return new Line(text, true).parse();
}

/**
 * An address that may be followed, or null.
 * @param {string} text
 * @returns {URL | null}
 */
export function safeAddress(text) {
  try {
    const url = new URL(text);
    return SAFE.has(url.protocol) ? url : null;
  } catch {
    return null;
  }
}

/** One pass over a line. At most one mark of each kind is open at a time, so the tree is as deep as there are kinds. */
class Line {
  /** @param {string} text @param {boolean} links whether links may stand here */
  constructor(text, links) {
    this.text = text;
    this.links = links;
    this.at = 0;
    /** @type {Span[]} */
    this.out = [];
    /** @type {{mark: string, from: number}[]} */
    this.open = [];
    /** @type {Set<number>} */
    this.unclosed = new Set(); // lengths of code marks that have no second
  }

  /** @returns {Span[]} */
  parse() {
    while (this.at < this.text.length) {
      const found = this.#escape() || this.#code() || this.#break() || this.#link() || this.#address();
      if (!found && !this.#mark()) this.#plain();
    }
    return this.out;
  }

  /**
   * @param {RegExp} pattern
   * @returns {RegExpExecArray | null}
   */
  #match(pattern) {
    pattern.lastIndex = this.at;
    return pattern.exec(this.text);
  }

  #escape() {
    const found = this.#match(ESCAPE);
    const entity = found ? null : this.#match(ENTITY);
    if (found) this.#say(found[1] ?? "");
    else if (entity) this.#say(Reflect.get(ENTITIES, entity[1] ?? ""));
    this.at += (found ?? entity)?.[0].length ?? 0;
    return found ?? entity;
  }

  #code() {
    const found = this.#match(CODE);
    if (!found) return null;
    const mark = found[0];
    const start = this.at + mark.length;
    const end = this.unclosed.has(mark.length) ? -1 : this.#closing(mark, start);
    if (end < 0) {
      this.unclosed.add(mark.length);
      this.#say(mark);
      this.at = start;
    } else {
      const inside = this.text.slice(start, end).replaceAll("\n", " ");
      const padded = /^ .*[^ ].* $/.test(inside);
      this.out.push({ kind: "code", text: padded ? inside.slice(1, -1) : inside });
      this.at = end + mark.length;
    }
    return found;
  }

  /** @param {string} mark @param {number} from */
  #closing(mark, from) {
    for (let at = this.text.indexOf(mark, from); at >= 0; ) {
      let end = at;
      while (this.text[end] === "`") end += 1;
      if (end - at === mark.length) return at;
      at = this.text.indexOf(mark, end);
    }
    return -1;
  }

  #break() {
    const found = this.#match(BREAK);
    if (found) {
      this.out.push({ kind: "break" });
      this.at += found[0].length;
    }
    return found;
  }

  #link() {
    const found = this.links ? this.#match(LINK) : null;
    if (!found) return null;
    const [whole, picture, label = "", target = ""] = found;
    const url = picture ? null : safeAddress(target); // a picture would be fetched from elsewhere
    if (url) this.out.push({ kind: "link", url, inside: new Line(label || target, false).parse() });
    else this.#say(whole);
    this.at += whole.length;
    return found;
  }

  #address() {
    const found = this.links && this.text[this.at] === "h" ? this.#match(ADDRESS) : null;
    if (!found || LETTER.test(this.text[this.at - 1] ?? "")) return null;
    let address = found[0].replace(/[.,:;!?'"*_~]+$/, "");
    while (address.endsWith(")") && !balanced(address)) address = address.slice(0, -1);
    const url = safeAddress(address);
    if (!url) return null;
    this.out.push({ kind: "link", url, inside: [{ kind: "text", text: address }] });
    this.at += address.length;
    return found;
  }

  /** Korean sets a particle right after the closing mark (`**말**은`), so what stands outside does not matter. */
  #mark() {
    const found = this.#match(MARK);
    if (!found) return null;
    const top = this.open.at(-1)?.mark;
    const mark = top && found[0].startsWith(top) ? top : found[0]; // *** may close * and then **
    const before = this.text[this.at - 1] ?? " ";
    const after = this.text[this.at + mark.length] ?? " ";
    const within = mark.startsWith("_") && LETTER.test(before) && LETTER.test(after); // snake_case
    const opened = this.open.find((one) => one.mark === mark);
    const closes = opened && opened.from < this.out.length && /\S/.test(before);
    if (closes && !within) this.#close(mark);
    else if (!opened && /\S/.test(after) && !within) this.#open(mark);
    else this.#say(mark);
    this.at += mark.length;
    return found;
  }

  /** @param {string} mark */
  #open(mark) {
    this.open.push({ mark, from: this.out.push({ kind: "text", text: mark }) });
  }

  /** @param {string} mark */
  #close(mark) {
    while (this.open.at(-1)?.mark !== mark) this.open.pop(); // without a partner it stays what it is, a text
    const { from } = /** @type {{from: number}} */ (this.open.pop());
    const inside = this.out.splice(from);
    const kind = KINDS[mark] ?? "em";
    this.out[from - 1] = { kind, inside: mark === "***" ? [{ kind: "em", inside }] : inside };
  }

  #plain() {
    const found = this.#match(PLAIN);
    const text = found?.[0] ?? this.text[this.at] ?? "";
    this.#say(text);
    this.at += text.length;
  }

  /** @param {string} text */
  #say(text) {
    const last = this.out.at(-1);
    const isMark = this.open.at(-1)?.from === this.out.length;
    if (last?.kind === "text" && !isMark) last.text += text;
    else this.out.push({ kind: "text", text });
  }
}

/** @param {string} text */
function balanced(text) {
  return text.split("(").length === text.split(")").length;
}
