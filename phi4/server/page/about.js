// Which model answers, how its exam went, and the few settings of the page.

/** @import { About, Status } from "./wire" */

import { hasKey, useKey } from "./api.js";
import { h, part } from "./dom.js";
import { lasting } from "./store.js";
import { words } from "./words.js";

const MARKS = /** @type {(keyof typeof words.scores)[]} */ (Object.keys(words.scores));

/** The dialog behind the state in the page's head. */
export class AboutDialog {
  /** @param {{removeAll: () => void}} acts */
  constructor(acts) {
    this.acts = acts;
    this.dialog = part("about", HTMLDialogElement);
    this.body = part("about-body", HTMLElement);
    part("about-close", HTMLButtonElement).addEventListener("click", () => this.dialog.close());
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.dialog.close());
  }

  /** @param {Status | null} status @param {About | null} about */
  open(status, about) {
    this.body.replaceChildren(
      ...(status ? [this.#facts(status, about)] : []),
      ...(about ? [examPart(about)] : []),
      this.#settings(),
    );
    this.dialog.showModal();
  }

  /** @param {Status} status @param {About | null} about */
  #facts(status, about) {
    const rows = [
      [words.adapter, status.adapter.name],
      [words.model, status.model],
      [words.engine, status.engine],
      [words.documents, about?.documents ? words.documentCount(about.documents) : ""],
      [words.version, status.version],
    ].filter(([, value]) => value);
    const pairs = rows.flatMap(([name = "", value = ""]) => [h("dt", {}, name), h("dd", {}, value)]);
    return h("dl", { class: "facts" }, ...pairs);
  }

  #settings() {
    const theme = choice(words.theme, words.themes, document.documentElement.dataset["theme"] ?? "", (chosen) => {
      lasting.set("theme", chosen);
      if (chosen) document.documentElement.dataset["theme"] = chosen;
      else delete document.documentElement.dataset["theme"];
    });
    const languages = { ko: "한국어", en: "English" };
    const language = choice(words.language, languages, document.documentElement.lang, (chosen) => {
      lasting.set("language", chosen);
      location.reload();
    });
    const forget = () => {
      useKey("", false);
      location.reload();
    };
    const clear = () => {
      this.dialog.close();
      this.acts.removeAll();
    };
    return h(
      "section",
      { class: "settings" },
      theme,
      language,
      h(
        "div",
        { class: "row" },
        hasKey() && h("button", { type: "button", class: "quiet", onclick: forget }, words.keyForget),
        h("button", { type: "button", class: "quiet danger-text", onclick: clear }, words.removeAll),
      ),
    );
  }
}

/** @param {About} about */
function examPart({ exam }) {
  const title = h("h3", {}, words.examScores);
  if (!exam) return h("section", {}, title, h("p", { class: "muted" }, words.noExam));
  const bars = MARKS.flatMap((mark) => {
    const found = exam.scores[mark];
    return found ? [scoreBar(words.scores[mark], found)] : [];
  });
  return h("section", {}, title, h("p", { class: "muted" }, words.examFacts(exam.when, exam.questions)), ...bars);
}

/** @param {string} name @param {Record<string, number>} found */
function scoreBar(name, found) {
  const [value = 0, low = 0, high = 0] = ["value", "low", "high"].map((key) => Math.round((found[key] ?? 0) * 100));
  const meter = h("meter", { min: 0, max: 100, value, "aria-label": name });
  return h(
    "div",
    { class: "score" },
    h("span", {}, name),
    h("strong", {}, `${value}%`),
    meter,
    h("small", { class: "muted" }, words.interval(low, high)),
  );
}

/**
 * @param {string} title
 * @param {Record<string, string>} options
 * @param {string} chosen
 * @param {(value: string) => void} choose
 */
function choice(title, options, chosen, choose) {
  const boxes = Object.entries(options).map(([value, word]) =>
    h(
      "label",
      {},
      h("input", { type: "radio", name: title, value, checked: value === chosen, onchange: () => choose(value) }),
      h("span", {}, word),
    ),
  );
  return h("fieldset", { class: "choice" }, h("legend", {}, title), h("div", {}, ...boxes));
}
