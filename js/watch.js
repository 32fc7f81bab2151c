// What one request waits for, on one timer of its own: what another request settles goes on as that request, and may not
// touch the streams of this one.
import { instance } from './instance.js';

/** How often it looks, in ms. */
const LOOK_MS = 50;

/** @typedef {{ until: number, of: number | undefined, end(): void, own: ReturnType<typeof setTimeout> | undefined }} Wait */

export class Watch {
  /** The last entry that was read. @type {import('./contract.js').Read | undefined} */
  read;
  /** @type {import('./contract.js').Begun | undefined} */
  #begun;
  /** @type {Map<unknown, Wait>} */
  #waits = new Map();
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;

  /** @param {import('./contract.js').Begun} [begun] */
  constructor(begun) {
    this.#begun = begun;
  }

  /** The read of this key, if it was begun before the module was asked: what it brings can be used once. @param {string} key */
  begun(key) {
    if (this.#begun?.key !== key) return undefined;
    const { asked } = this.#begun;
    this.#begun = undefined;
    return asked;
  }

  /**
   * Calls `end` after `ms`, unless the wait is removed before.
   * @param {unknown} key
   * @param {number} ms
   * @param {() => void} end
   */
  add(key, ms, end) {
    if (ms < 2 * LOOK_MS) {
      // A look would be late by too much.
      const own = setTimeout(() => (this.remove(key), end()), ms);
      this.#waits.set(key, { until: Infinity, of: undefined, end, own });
    } else this.#put(key, { until: Date.now() + ms, of: undefined, end, own: undefined });
  }

  /**
   * Calls `end` when the module has trapped, unless the wait is removed before.
   * @param {unknown} key
   * @param {() => void} end
   */
  outlive(key, end) {
    this.#put(key, { until: Infinity, of: instance(), end, own: undefined });
  }

  /** @param {unknown} key */
  remove(key) {
    const wait = this.#waits.get(key);
    if (!wait) return;
    this.#waits.delete(key);
    if (wait.own !== undefined) clearTimeout(wait.own);
    if (this.#waits.size > 0 || this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** @param {unknown} key @param {Wait} wait */
  #put(key, wait) {
    this.#timer ??= setInterval(() => this.#look(), LOOK_MS);
    this.#waits.set(key, wait);
  }

  #look() {
    const now = Date.now();
    for (const [key, { until, of, end }] of this.#waits) {
      if (until > now && (of === undefined || of === instance())) continue;
      this.remove(key);
      end();
    }
  }
}
