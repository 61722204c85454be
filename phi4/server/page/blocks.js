// Markdown text as blocks. Every block but the last is final as the text grows: a stream is parsed from there on.

/**
 * @typedef {"left" | "center" | "right" | ""} Align
 * @typedef {{from: number} & ({kind: "paragraph", text: string} | {kind: "heading", level: number, text: string}
 *   | {kind: "code", language: string, text: string} | {kind: "rule"} | {kind: "quote", inside: Block[]}
 *   | {kind: "list", start: number | null, items: Block[][]}
 *   | {kind: "table", align: Align[], rows: string[][]})} Block
 *   `from`: the line that it begins on; `start`: null for a list without numbers; the first row is the table's head
 */

const FENCE = /^ {0,3}(`{3,}(?!.*`)|~{3,})\s*(\S*)/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*)$/;
const RULE = /^ {0,3}([-*_])(?:\s*\1){2,}\s*$/;
const QUOTE = /^ {0,3}>\s?/;
const ITEM = /^(\s{0,3})([-*+•]|\d{1,9}[.)])(\s+)(?=\S)/;
const DASHES = /^:?-+:?$/;
const DEEPEST = 6; // blocks within blocks; deeper ones are paragraphs

/**
 * @param {string} text
 * @returns {Block[]}
 */
export function parseBlocks(text) {
  return new Reader(text.split(/\r?\n/), 0).blocks();
}

/** Reads lines one after another. */
class Reader {
  /** @param {string[]} lines @param {number} depth */
  constructor(lines, depth) {
    this.lines = lines;
    this.depth = depth;
    this.at = 0;
  }

  get line() {
    return this.lines[this.at] ?? "";
  }

  /** @returns {Block[]} */
  blocks() {
    const found = [];
    while (this.at < this.lines.length) {
      if (this.line.trim()) found.push(this.#block());
      else this.at += 1;
    }
    return found;
  }

  /** @returns {Block} */
  #block() {
    const deeper = this.depth < DEEPEST;
    if (FENCE.test(this.line)) return this.#code();
    if (HEADING.test(this.line)) return this.#heading();
    if (RULE.test(this.line)) return { kind: "rule", from: this.at++ };
    if (deeper && QUOTE.test(this.line)) return this.#quote();
    if (deeper && ITEM.test(this.line)) return this.#list();
    if (this.#isTable()) return this.#table();
    return this.#paragraph();
  }

  /** Whether a line ends a paragraph that it follows. */
  #interrupts() {
    const item = ITEM.exec(this.line);
    return (
      !this.line.trim() || FENCE.test(this.line) || HEADING.test(this.line) || RULE.test(this.line) ||
      (this.depth < DEEPEST && (QUOTE.test(this.line) || item !== null)) || this.#isTable()
    );
  }

  /** @returns {Block} */
  #code() {
    const from = this.at;
    const [, mark = "", language = ""] = FENCE.exec(this.line) ?? [];
    const indent = this.line.length - this.line.trimStart().length;
    const closing = new RegExp(`^ {0,3}${mark[0]}{${mark.length},}\\s*$`);
    const inside = [];
    for (this.at += 1; this.at < this.lines.length && !closing.test(this.line); this.at += 1) {
      inside.push(outdented(this.line, indent));
    }
    this.at += 1;
    return { kind: "code", from, language, text: inside.join("\n") };
  }

  /** @returns {Block} */
  #heading() {
    const [, marks = "", text = ""] = HEADING.exec(this.line) ?? [];
    return { kind: "heading", from: this.at++, level: marks.length, text: text.trimEnd().replace(/\s#+$/, "") };
  }

  /** @returns {Block} */
  #quote() {
    const from = this.at;
    const inside = [];
    for (; QUOTE.test(this.line); this.at += 1) inside.push(this.line.replace(QUOTE, ""));
    return { kind: "quote", from, inside: new Reader(inside, this.depth + 1).blocks() };
  }

  /** @returns {Block} */
  #list() {
    const from = this.at;
    const ordered = isOrdered(this.line);
    const number = Number.parseInt(ITEM.exec(this.line)?.[2] ?? "", 10);
    /** @type {Block[][]} */
    const items = [];
    while (ITEM.test(this.line) && isOrdered(this.line) === ordered && !RULE.test(this.line)) {
      items.push(this.#item());
      let next = this.at;
      while (next < this.lines.length && !this.lines[next]?.trim()) next += 1;
      if (ITEM.test(this.lines[next] ?? "")) this.at = next;
    }
    return { kind: "list", from, start: ordered ? number : null, items };
  }

  /** An item: its line, and what is set in below it or follows without a blank line. */
  #item() {
    const mark = ITEM.exec(this.line)?.[0] ?? "";
    const width = Math.min(mark.length, 4);
    const inside = [this.line.slice(mark.length)];
    for (this.at += 1; this.at < this.lines.length; this.at += 1) {
      const isBlank = !this.line.trim();
      const isSetIn = isBlank ? this.#goesOn(width) : this.line.search(/\S/) >= 2;
      if (!isSetIn && (isBlank || inside.at(-1) === "" || this.#interrupts())) break;
      inside.push(outdented(this.line, width));
    }
    return new Reader(inside, this.depth + 1).blocks();
  }

  /** @param {number} width */
  #goesOn(width) {
    const next = this.lines.slice(this.at, this.at + 3).find((line) => line.trim());
    return next !== undefined && next.search(/\S/) >= Math.min(width, 2);
  }

  #isTable() {
    if (!this.line.includes("|")) return false;
    const below = cells(this.lines[this.at + 1] ?? "");
    return below.every((cell) => DASHES.test(cell)) && below.length === cells(this.line).length;
  }

  /** @returns {Block} */
  #table() {
    const from = this.at;
    const head = cells(this.line);
    const align = cells(this.lines[this.at + 1] ?? "").map(alignment);
    const rows = [head];
    for (this.at += 2; this.line.includes("|"); this.at += 1) rows.push(cells(this.line).slice(0, head.length));
    return { kind: "table", from, align, rows };
  }

  /** @returns {Block} */
  #paragraph() {
    const from = this.at;
    const inside = [this.line.trimStart()];
    for (this.at += 1; this.at < this.lines.length && !this.#interrupts(); this.at += 1) {
      inside.push(this.line.trimStart());
    }
    return { kind: "paragraph", from, text: inside.join("\n").trimEnd() };
  }
}

/** @param {string} line @param {number} width */
function outdented(line, width) {
  const spaces = line.length - line.trimStart().length;
  return line.slice(Math.min(spaces, width));
}

/** @param {string} line */
function isOrdered(line) {
  return /\d/.test(ITEM.exec(line)?.[2] ?? "");
}

/** @param {string} line */
function cells(line) {
  const inside = line.trim().replace(/^\|/, "").replace(/(?<!\\)\|$/, "");
  return inside.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
}

/**
 * @param {string} cell
 * @returns {Align}
 */
function alignment(cell) {
  if (cell.endsWith(":")) return cell.startsWith(":") ? "center" : "right";
  return cell.startsWith(":") ? "left" : "";
}
