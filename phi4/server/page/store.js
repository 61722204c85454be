// What the browser remembers. Storage may be forbidden or full: the page then remembers until it is closed.

const PREFIX = "phi4.";

/** One kind of storage behind a memory that always works. */
class Store {
  /** @param {() => Storage} open asks the browser, which may refuse */
  constructor(open) {
    this.open = open;
    /** @type {Map<string, string>} */
    this.memory = new Map();
  }

  /**
   * @param {string} name
   * @returns {string} "" for what is not there
   */
  get(name) {
    const here = this.memory.get(name);
    if (here !== undefined) return here;
    try {
      return this.open().getItem(PREFIX + name) ?? "";
    } catch {
      return "";
    }
  }

  /**
   * @param {string} name
   * @param {string} value "" forgets it
   */
  set(name, value) {
    this.memory.delete(name);
    try {
      if (value) this.open().setItem(PREFIX + name, value);
      else this.open().removeItem(PREFIX + name);
    } catch {
      this.memory.set(name, value);
    }
  }
}

/** Until it is deleted. */
export const lasting = new Store(() => localStorage);
/** Of this tab; survives a reload. */
export const passing = new Store(() => sessionStorage);
