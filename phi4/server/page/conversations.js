// The list of conversations: new, search, rename, delete.

/** @import { ConversationHead } from "./wire" */

import { announce } from "./announcer.js";
import { call, explain } from "./api.js";
import { askName, confirmDanger } from "./dialog.js";
import { h, iconButton, part } from "./dom.js";
import { icon } from "./icons.js";
import { withKey } from "./key.js";
import { tellTabs } from "./tabs.js";
import { words } from "./words.js";

const PAGE = 50;
const TYPING_MS = 200;
const DAY = 86_400_000;

/** The visitor's conversations, newest first. */
export class ConversationList {
  /** @param {{gone: (id: string) => void}} acts `gone`: it was deleted, "" all of them */
  constructor(acts) {
    this.acts = acts;
    this.root = part("list", HTMLElement);
    this.field = part("search", HTMLInputElement);
    this.more = part("more", HTMLButtonElement);
    this.current = "";
    /** @type {ConversationHead[]} */
    this.heads = [];
    this.asked = 0;
    this.loaded = false;
    let typing = 0;
    this.field.addEventListener("input", () => {
      clearTimeout(typing);
      typing = setTimeout(() => void this.load(), TYPING_MS);
    });
    this.more.addEventListener("click", () => void this.#load(this.heads.length));
  }

  /** Read it again from the server. */
  async load() {
    await this.#load(0);
  }

  /** @param {string} id of the one that is shown */
  mark(id) {
    this.current = id;
    for (const item of this.root.querySelectorAll("a")) {
      if (item.hash === `#${id}`) item.setAttribute("aria-current", "page");
      else item.removeAttribute("aria-current");
    }
  }

  /** @param {number} offset */
  async #load(offset) {
    const asked = ++this.asked;
    const search = this.field.value.trim();
    const query = new URLSearchParams({ limit: String(PAGE), offset: String(offset), ...(search && { search }) });
    try {
      /** @type {{conversations: ConversationHead[]}} */
      const found = await withKey(() => call("GET", `/api/conversations?${query}`));
      if (asked !== this.asked) return;
      this.heads = [...(offset ? this.heads : []), ...found.conversations];
      this.more.hidden = found.conversations.length < PAGE;
      this.loaded = true;
      this.#show(search);
    } catch (error) {
      if (asked === this.asked && this.loaded && search) announce(explain(error), true);
    }
  }

  /** @param {string} search */
  #show(search) {
    /** @type {Map<string, ConversationHead[]>} */
    const groups = new Map();
    for (const head of this.heads) {
      const name = age(head.updated_at * 1000);
      groups.set(name, [...(groups.get(name) ?? []), head]);
    }
    const nodes = [...groups].map(([name, heads]) =>
      h("section", {}, h("h3", {}, name), h("ul", {}, ...heads.map((head) => this.#item(head)))),
    );
    const none = h("p", { class: "none" }, search ? words.noneFound : words.noneYet);
    const focused = this.root.contains(document.activeElement) ? document.activeElement?.getAttribute("title") : null;
    this.root.replaceChildren(...(nodes.length ? nodes : [none]));
    this.mark(this.current);
    const same = [...this.root.querySelectorAll("a, button")].find((one) => one.getAttribute("title") === focused);
    if (same instanceof HTMLElement) same.focus();
  }

  /** @param {ConversationHead} head */
  #item(head) {
    const title = head.title || words.untitled;
    const link = h("a", { href: `#${head.id}`, title }, title);
    return h(
      "li",
      {},
      link,
      iconButton(`${words.rename}: ${title}`, icon("pencil"), () => void this.#rename(head)),
      iconButton(`${words.remove}: ${title}`, icon("bin"), () => void this.#remove(head)),
    );
  }

  /** @param {ConversationHead} head */
  async #rename(head) {
    const title = await askName(words.rename, head.title);
    if (!title || title === head.title) return;
    await this.#do(head.id, () => call("PATCH", `/api/conversations/${head.id}`, { title }));
  }

  /** @param {ConversationHead} head */
  async #remove(head) {
    if (!(await confirmDanger(words.removeAsk(head.title), words.remove))) return;
    const gone = await this.#do(head.id, () => call("DELETE", `/api/conversations/${head.id}`));
    if (gone) this.acts.gone(head.id);
  }

  /** Delete every conversation of this visitor, after asking. */
  async removeAll() {
    if (!(await confirmDanger(words.removeAllAsk, words.removeAll))) return;
    if (await this.#do("", () => call("DELETE", "/api/conversations"))) this.acts.gone("");
  }

  /** @param {string} id @param {() => Promise<unknown>} work @returns {Promise<boolean>} whether it was done */
  async #do(id, work) {
    try {
      await withKey(work);
      return true;
    } catch (error) {
      announce(explain(error), true);
      return false;
    } finally {
      tellTabs(id);
      void this.load();
    }
  }
}

/** @param {number} when in ms */
function age(when) {
  const midnight = new Date().setHours(0, 0, 0, 0);
  if (when >= midnight) return words.today;
  if (when >= midnight - DAY) return words.yesterday;
  return when >= midnight - 7 * DAY ? words.week : words.older;
}
