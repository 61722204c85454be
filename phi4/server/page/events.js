// Server-sent events out of a byte stream.

/** @typedef {{seq: number, kind: string, data: any}} StreamEvent */

const SILENCE = 25_000; // the server pings every 10 s: after this it is gone

/** The connection broke, or brought something that is no event. */
export class Lost extends Error {}

/** Collects text until an event is whole. */
export class EventParser {
  constructor() {
    this.rest = "";
  }

  /**
   * @param {string} text
   * @returns {Generator<StreamEvent>} the events that became whole
   * @throws {Lost} for an event that cannot be read, after those before it
   */
  *feed(text) {
    const blocks = (this.rest + text).split(/\r?\n\r?\n/);
    this.rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const event = readEvent(block);
      if (event) yield event;
    }
  }
}

/**
 * @param {string} block
 * @returns {StreamEvent | null} null for a ping
 */
function readEvent(block) {
  /** @type {Record<string, string>} */
  const fields = {};
  for (const line of block.split(/\r?\n/)) {
    const [, name, value] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) fields[name] = value;
  }
  if (fields["data"] === undefined) return null;
  try {
    return { seq: Number(fields["id"]), kind: fields["event"] ?? "", data: JSON.parse(fields["data"]) };
  } catch {
    throw new Lost("an event is broken");
  }
}

/**
 * The events of a response, each once: what comes again after a reconnection is left out. Half an event at the
 * end of a lost connection is left out, too.
 * @param {Response} response
 * @param {number} seen the last event that was seen before
 * @returns {AsyncGenerator<StreamEvent[]>} batches, as they arrive
 * @throws {Lost}
 */
export async function* events(response, seen) {
  const reader = response.body?.getReader();
  if (!reader) throw new Lost("no body");
  const decoder = new TextDecoder();
  const parser = new EventParser();
  try {
    for (;;) {
      const { done, value } = await withinSilence(reader.read());
      if (done) return;
      /** @type {StreamEvent[]} */
      const fresh = [];
      try {
        for (const event of parser.feed(decoder.decode(value, { stream: true }))) {
          if (event.seq <= seen) continue;
          seen = event.seq;
          fresh.push(event);
        }
      } finally {
        if (fresh.length) yield fresh; // also before the news that the connection broke
      }
    }
  } catch (error) {
    throw error instanceof Lost ? error : new Lost(String(error));
  } finally {
    reader.cancel().catch(() => {});
  }
}

/**
 * @template T
 * @param {Promise<T>} reading
 * @returns {Promise<T>}
 */
function withinSilence(reading) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Lost("silence")), SILENCE);
    reading.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
