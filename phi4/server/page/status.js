// The state of the server in words, asked for as often as it may change.

/** @import { Status } from "./wire" */

import { announce } from "./announcer.js";
import { call } from "./api.js";
import { h, part } from "./dom.js";
import { words } from "./words.js";

// Milliseconds until it is asked again.
const PAUSES = {
  ready: 15_000,
  loading: 1000,
  starting: 1000,
  degraded: 1500,
  failed: 10_000,
  stopped: 3000,
  offline: 3000,
};

/** @typedef {keyof typeof PAUSES} State */

/** Asks for the state as long as the page is seen, and shows it. */
export class StatusWatch {
  /** @param {(status: Status) => void} changed for each state that the server tells */
  constructor(changed) {
    this.changed = changed;
    this.pill = part("state", HTMLElement);
    this.banner = part("banner", HTMLElement);
    /** @type {State | ""} */
    this.state = "";
    /** @type {Status | null} */
    this.last = null;
    this.timer = 0;
    document.addEventListener("visibilitychange", () => !document.hidden && this.look());
    addEventListener("online", () => this.look());
    addEventListener("offline", () => this.look());
  }

  /** Ask now, and from now on. */
  look() {
    clearTimeout(this.timer);
    void this.#ask().then((state) => {
      clearTimeout(this.timer);
      if (!document.hidden) this.timer = setTimeout(() => this.look(), PAUSES[state]);
    });
  }

  /** @returns {Promise<State>} */
  async #ask() {
    try {
      /** @type {Status} */
      const status = await call("GET", "/api/chat/status");
      this.last = status;
      this.#show(status.state, status);
      this.changed(status);
      return status.state;
    } catch {
      this.#show("offline", null);
      return "offline";
    }
  }

  /** @param {State} state @param {Status | null} status */
  #show(state, status) {
    const waiting = status?.queue["waiting"] ?? 0;
    const word = state === "ready" && waiting ? words.busy(waiting) : words.states[state];
    const percent = state === "loading" && status?.progress ? ` ${Math.round(status.progress * 100)}%` : "";
    this.pill.dataset["state"] = state;
    this.pill.querySelector(".word")?.replaceChildren(word + percent);
    this.pill.querySelector(".name")?.replaceChildren(status?.adapter.name ?? "");
    if (this.state && this.state !== state) announce(word);
    this.state = state;
    this.#showBanner(state, status);
  }

  /** @param {State} state @param {Status | null} status */
  #showBanner(state, status) {
    const storage = status?.storage === "failing" ? [h("p", {}, words.storageFailing)] : [];
    const isLoading = state === "loading" || state === "starting";
    /** @type {HTMLElement[]} */
    const lines = [];
    if (state === "failed") lines.push(h("p", {}, `${words.states.failed}: ${status?.detail ?? ""}`));
    else if (state === "offline") lines.push(h("p", {}, `${words.states.offline}.`));
    else if (isLoading) lines.push(...this.#loading(status));
    lines.push(...storage);
    this.banner.hidden = lines.length === 0;
    this.banner.dataset["state"] = storage.length ? "degraded" : state;
    this.banner.replaceChildren(...lines);
  }

  /** @param {Status | null} status */
  #loading(status) {
    const bar = h("progress", { max: 1, "aria-label": words.states.loading });
    if (status?.progress) bar.value = status.progress;
    return [h("p", {}, `${words.states.loading}. ${words.loadingHint}`), bar];
  }
}
