// Enter in a text field that is written with an input method (Hangul, kana, pinyin).
//
// Hangul is composed syllable by syllable, and its last syllable is still open when Enter is pressed: that Enter
// means "send", once the syllable is in. Japanese and Chinese Enter picks a candidate: it means nothing to us.
// Browsers differ in the order of events. Chrome and Firefox: keydown (composing), compositionend, at times a
// second clean keydown. Safari: compositionend, then the keydown that caused it.

const HANGUL = /[\u1100-\u11FF\u3130-\u318F\uA960-\uA97F\uAC00-\uD7FF]$/;
const OWED_MS = 500; // in which Safari's late keydown comes
const COMPOSING_KEY = 229;

/** Calls `send` exactly once for each Enter that means it. */
export class EnterKey {
  /**
   * @param {HTMLTextAreaElement} field
   * @param {() => void} send reads the field itself
   * @param {() => boolean} isTouch whether Enter is a key of a touch keyboard, and makes a new line
   */
  constructor(field, send, isTouch) {
    this.send = send;
    this.isTouch = isTouch;
    this.composed = "";
    this.composing = false;
    this.pending = false; // send when the syllable is in
    this.keyIsDown = false; // a key of the input method
    this.owedUntil = 0; // until then, an Enter belongs to the composition that has ended
    field.addEventListener("compositionstart", () => this.#start());
    field.addEventListener("compositionupdate", (event) => (this.composed = event.data));
    field.addEventListener("compositionend", (event) => this.#end(event.data));
    field.addEventListener("keydown", (event) => this.#down(event));
    field.addEventListener("keyup", () => (this.keyIsDown = false));
    field.addEventListener("blur", () => (this.composing = this.pending = this.keyIsDown = false));
  }

  #start() {
    this.composing = true;
    this.composed = "";
    this.pending = false;
  }

  /** @param {string} text */
  #end(text) {
    this.composing = false;
    this.composed = text || this.composed;
    const byLateKey = !this.keyIsDown && !HANGUL.test(this.composed);
    this.owedUntil = byLateKey ? performance.now() + OWED_MS : 0;
    if (this.pending) this.#sendSoon();
  }

  /** @param {KeyboardEvent} event */
  #down(event) {
    const composing = event.isComposing || event.keyCode === COMPOSING_KEY;
    this.keyIsDown = composing;
    if (event.key !== "Enter" && !(composing && event.code === "Enter")) {
      this.pending &&= this.composing;
      this.owedUntil = 0;
      return;
    }
    if (event.shiftKey || (this.isTouch() && !event.ctrlKey && !event.metaKey)) return;
    if (composing) this.#enterInComposition(event);
    else this.#enter(event);
  }

  /** @param {KeyboardEvent} event */
  #enterInComposition(event) {
    if (!HANGUL.test(this.composed)) {
      this.owedUntil = 0;
      return;
    }
    event.preventDefault();
    if (this.pending) return;
    this.pending = true;
    if (!this.composing) this.#sendSoon(); // Safari: the syllable is in already
  }

  /** @param {KeyboardEvent} event */
  #enter(event) {
    event.preventDefault();
    const owed = performance.now() < this.owedUntil;
    this.owedUntil = 0;
    if (!this.pending && !owed) this.send();
  }

  /** After the browser has put the last syllable into the field. */
  #sendSoon() {
    setTimeout(() => {
      if (!this.pending) return;
      this.pending = false;
      this.composed = "";
      this.send();
    }, 0);
  }
}
