// One answer on its way: asked for, waited for, followed, found again after a lost connection.

/** @import { ChatAnswer } from "./wire" */
/** @import { StreamEvent } from "./events.js" */

import { Refused, codeOf, send } from "./api.js";
import { Lost, events } from "./events.js";

/**
 * What the answer is doing:
 * `sending` no word from the server yet; `waiting` to be sent again in a moment; `locked` until a key is given;
 * `queued`, `prompt` being read; `reasoning`; `content`; `reconnecting`; `done`; `failed`.
 * @typedef {"sending" | "waiting" | "locked" | "queued" | "prompt" | "reasoning" | "content" | "reconnecting" | "done"
 *   | "failed"} Phase
 */
/** @typedef {{code: string, message: string}} Failure */

const TRIES = 5; // of a request that the server has no room for; one that loads its model is asked on and on
const PATIENCE = 40; // seconds in which a lost connection is tried again; the server waits 30
const WAITS = [0.3, 0.7, 1.5, 3, 5];
const LATER = new Set(["rate_limit_exceeded", "queue_full", "model_not_ready"]);

/** Follows one answer to its end, whatever happens to the connection. */
export class Answer {
  /**
   * @param {string} path where the question is sent, or "" to follow one that is on its way
   * @param {Record<string, unknown>} body
   * @param {string} [id] of an answer that is on its way
   */
  constructor(path, body, id = "") {
    this.path = path;
    this.body = { ...body, stream: true, resumable: true };
    this.id = id;
    this.conversation = "";
    this.text = "";
    this.reasoning = "";
    /** @type {Phase} */
    this.phase = "sending";
    this.position = 0;
    this.read = 0; // share of the prompt that was read
    this.trimmed = 0;
    this.until = 0; // when it is sent again, in ms
    this.firstText = 0; // when the first text came, in ms
    this.firstContent = 0;
    this.before = -1; // characters that were there by then, of an answer that was found again
    /** @type {boolean | null} */
    this.stored = null; // until the server tells it
    /** @type {ChatAnswer | null} */
    this.document = null;
    /** @type {Failure | null} */
    this.failure = null;
    /** @type {(answer: Answer) => void} */
    this.onchange = () => {};
    this.seen = 0;
    this.tries = 0;
    this.abort = new AbortController();
    this.stopping = false;
    /** @type {() => void} */
    this.wake = () => {};
  }

  get ended() {
    return this.phase === "done" || this.phase === "failed";
  }

  /** How long the reasoning took, in ms. */
  get reasoningMs() {
    return this.reasoning && this.firstContent ? this.firstContent - this.firstText : 0;
  }

  /** Characters that come each second; 0 in the first one. */
  get rate() {
    const seconds = (performance.now() - this.firstText) / 1000;
    return this.firstText && seconds > 1 ? Math.round((this.#size - this.before) / seconds) : 0;
  }

  /** Until it is sent again. */
  get secondsLeft() {
    return Math.max(Math.ceil((this.until - Date.now()) / 1000), 1);
  }

  get #size() {
    return this.text.length + this.reasoning.length;
  }

  /** Ask, and follow to the end. Never throws. */
  async run() {
    while (!this.ended) {
      try {
        await (this.id ? this.#follow() : this.#ask());
      } catch (error) {
        if (this.abort.signal.aborted) this.#fail("cancelled", "");
        else if (this.id) await this.#recover(error);
        else await this.#waitOrFail(error);
      }
    }
  }

  /** End it, as soon as the server can be told. What was written so far stays. */
  async stop() {
    this.stopping = true;
    if (!this.id) {
      this.abort.abort();
      this.wake();
      return;
    }
    try {
      await send("DELETE", `/api/chat/${this.id}`);
    } catch {
      if (this.phase === "reconnecting") this.abort.abort();
      this.wake();
    }
  }

  /** Try now what waits: the key is there, or the reader is impatient. */
  resume() {
    this.wake();
  }

  async #ask() {
    this.#become("sending");
    const response = await send("POST", this.path, this.body, this.abort.signal);
    await this.#take(response);
  }

  async #follow() {
    const response = await send("GET", `/api/chat/${this.id}/stream?from=${this.seen}`, undefined, this.abort.signal);
    this.tries = 0;
    await this.#take(response);
  }

  /** @param {Response} response */
  async #take(response) {
    for await (const batch of events(response, this.seen)) {
      for (const event of batch) this.#apply(event);
      if (this.before < 0 && this.firstText) this.before = this.#size;
      this.onchange(this);
      if (this.ended) return;
    }
    throw new Lost("ended without an end");
  }

  /** @param {StreamEvent} event */
  #apply({ seq, kind, data }) {
    this.seen = seq;
    if (kind === "start") {
      this.id = data.id;
      this.conversation = data.conversation_id;
      this.trimmed = data.trimmed_turns;
      if (this.stopping) void this.stop();
    } else if (kind === "status") {
      this.phase = data.phase === "queued" ? "queued" : "prompt";
      this.position = data.position ?? 0;
      this.read = data.total ? data.done / data.total : 0;
    } else if (kind === "reasoning" || kind === "content") {
      this.phase = kind;
      this.firstText ||= performance.now();
      if (kind === "content") this.firstContent ||= performance.now();
      if (data.replaces_content) this.text = "";
      if (kind === "content") this.text += data.delta;
      else this.reasoning += data.delta;
    } else if (kind === "done") {
      this.document = data;
      this.stored = data.stored;
      this.text = data.answer;
      this.reasoning = data.reasoning;
      this.phase = "done";
    } else if (kind === "error") {
      this.failure = { code: data.code, message: data.message };
      this.stored = data.stored;
      this.phase = "failed";
    }
  }

  /** @param {unknown} error of a request that was not taken yet */
  async #waitOrFail(error) {
    if (error instanceof Refused && error.status === 401) {
      this.#become("locked");
      await this.#pause(0);
      if (this.abort.signal.aborted) this.#fail("cancelled", "");
    } else if (error instanceof Refused && LATER.has(error.code) && error.retryAfter && this.tries < TRIES) {
      if (error.code !== "model_not_ready") this.tries += 1;
      this.failure = { code: error.code, message: error.message };
      this.until = Date.now() + error.retryAfter * 1000;
      this.#become("waiting");
      await this.#pause(error.retryAfter);
      this.failure = null;
    } else {
      this.#fail(...codeOf(error));
    }
  }

  /** @param {unknown} error of an answer that was on its way */
  async #recover(error) {
    if (error instanceof Refused && error.status === 401) {
      this.#become("locked");
      await this.#pause(0);
      return;
    }
    const gone = error instanceof Refused && error.status < 500 && error.status !== 429;
    const waited = WAITS.slice(0, this.tries).reduce((sum, wait) => sum + wait, 0) + Math.max(this.tries - 5, 0) * 5;
    if (gone || waited > PATIENCE || this.stopping) {
      this.#fail(this.stopping ? "cancelled" : "lost", "");
      return;
    }
    this.#become("reconnecting");
    await this.#pause(WAITS[this.tries] ?? 5);
    this.tries += 1;
  }

  /** @param {number} seconds 0: until somebody wakes it */
  #pause(seconds) {
    return new Promise((resolve) => {
      const timer = seconds ? setTimeout(resolve, seconds * 1000) : 0;
      this.wake = () => {
        clearTimeout(timer);
        resolve(undefined);
      };
      addEventListener("online", this.wake, { once: true });
    });
  }

  /** @param {Phase} phase */
  #become(phase) {
    this.phase = phase;
    this.onchange(this);
  }

  /** @param {string} code @param {string} message */
  #fail(code, message) {
    this.failure = { code, message };
    this.#become("failed");
  }
}
