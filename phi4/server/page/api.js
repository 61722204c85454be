// Requests to the server, and what can go wrong with them.

import { lasting, passing } from "./store.js";
import { failureText } from "./words.js";

/** The server said no. `code` is its own word for why, `retryAfter` seconds, 0: never. */
export class Refused extends Error {
  /**
   * @param {number} status
   * @param {string} code
   * @param {string} message
   * @param {number} retryAfter
   */
  constructor(status, code, message, retryAfter) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

/** No answer came: the server is gone, or the network is. */
export class Unreachable extends Error {}

const SECONDS = 15;

/** @param {string} key @param {boolean} remembered also after the tab is closed */
export function useKey(key, remembered) {
  passing.set("key", key);
  lasting.set("key", remembered ? key : "");
}

/** Whether this browser holds an API key. */
export const hasKey = () => Boolean(passing.get("key") || lasting.get("key"));

/**
 * Send a request; gives its response once the headers are there.
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body] sent as JSON
 * @param {AbortSignal} [signal]
 * @returns {Promise<Response>}
 * @throws {Refused | Unreachable}
 */
export async function send(method, path, body, signal) {
  /** @type {Record<string, string>} */
  const headers = {};
  const key = passing.get("key") || lasting.get("key");
  if (key) headers["Authorization"] = `Bearer ${key}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  /** @type {Response} */
  let response;
  try {
    const told = body === undefined ? null : JSON.stringify(body);
    const ends = signal ?? AbortSignal.timeout(SECONDS * 1000);
    response = await fetch(path, { method, headers, body: told, signal: ends });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Unreachable(String(error));
  }
  if (!response.ok) throw await refusal(response);
  return response;
}

/**
 * Send a request and read its JSON answer.
 * @template T
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @returns {Promise<T>}
 * @throws {Refused | Unreachable}
 */
export async function call(method, path, body) {
  const response = await send(method, path, body);
  if (response.status === 204) return /** @type {T} */ (null);
  try {
    return await response.json();
  } catch (error) {
    throw new Unreachable(String(error)); // cut in the middle, or a proxy's own page
  }
}

/**
 * @param {Response} response
 * @returns {Promise<Refused>}
 */
async function refusal(response) {
  const told = await response.json().catch(() => ({}));
  const error = told?.error ?? {};
  const later = Number(response.headers.get("Retry-After"));
  const code = typeof error.code === "string" ? error.code : "";
  const message = typeof error.message === "string" ? error.message : "";
  return new Refused(response.status, code, message, Number.isFinite(later) ? later : 0);
}

/**
 * Why a request failed, as a code and what the server said of it.
 * @param {unknown} error
 * @returns {[code: string, message: string]}
 */
export function codeOf(error) {
  if (error instanceof Refused) return [error.code || `http_${error.status}`, error.message];
  return ["unreachable", String(error)];
}

/** @param {unknown} error */
export function explain(error) {
  return failureText(...codeOf(error));
}
