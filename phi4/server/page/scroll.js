// The reader stays at the end of a growing text, unless they went up to read.

const NEAR = 48; // px from the end that count as the end

/** Keeps a scrolled box at its end as long as its reader is there. */
export class Scroll {
  /**
   * @param {HTMLElement} box that scrolls
   * @param {HTMLElement} content that grows
   * @param {HTMLElement} button that leads to the end
   */
  constructor(box, content, button) {
    this.box = box;
    this.button = button;
    this.pinned = true;
    this.following = false; // only a text that is being written moves the page by itself
    this.last = 0;
    box.addEventListener("scroll", () => this.#look(), { passive: true });
    button.addEventListener("click", () => this.toEnd());
    new ResizeObserver(() => this.#grown()).observe(content);
    new ResizeObserver(() => this.#grown()).observe(box);
  }

  /** Go to the end and stay there. */
  toEnd() {
    this.pinned = true;
    this.box.scrollTop = this.box.scrollHeight;
    this.#look();
  }

  /** The position tells the reader's will: whoever goes up wants to stay there. */
  #look() {
    const { scrollTop, scrollHeight, clientHeight } = this.box;
    const left = scrollHeight - scrollTop - clientHeight;
    if (scrollTop < this.last - 1 && left > 1) this.pinned = false;
    if (left <= NEAR && scrollTop >= this.last) this.pinned = true;
    this.last = scrollTop;
    this.button.hidden = this.pinned || left <= NEAR;
  }

  #grown() {
    if (this.pinned && this.following) this.box.scrollTop = this.box.scrollHeight;
    this.#look();
  }
}
