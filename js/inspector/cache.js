// What the page knows: entries as listed, marks as read, the Worker's clock. One object, asked for anew when a person asks.
import { ask } from './api.js';
import { tally } from './state.js';

/** @typedef {import('./state.js').Entry} Entry */
/** @typedef {import('./state.js').Marks} Marks */

/** Entries read in one go; more are read when asked for. */
const ENOUGH = 1000;
/** Tags in one question. A question is an address, which is 16 KB at most. */
const TAGS = 100;
const ADDRESS = 6000;

export class Cache {
  /** @type {Entry[]} */
  entries = [];
  /** @type {Map<string, Marks>} */
  marks = new Map();
  /** How many entries carry each tag. @type {Map<string, number>} */
  tags = new Map();
  /** Where the listing goes on; null at its end. @type {string | null} */
  cursor = null;
  /** How far the Worker's clock is ahead of this one, in ms. */
  ahead = 0;

  now() {
    return Date.now() + this.ahead;
  }

  /** What the isolate counted. It asks nothing of KV. */
  async stats() {
    const before = Date.now();
    const stats = await ask('stats');
    this.ahead = stats.now - (before + Date.now()) / 2;
    return stats;
  }

  /**
   * Lists entries, from the start or where the last listing ended.
   * @param {boolean} again
   * @param {() => void} grown Told after each page.
   */
  async list(again, grown) {
    const most = (again ? 0 : this.entries.length) + ENOUGH;
    const found = again ? [] : this.entries;
    let cursor = again ? null : this.cursor;
    do {
      const page = await ask(`entries?${new URLSearchParams(cursor ? { cursor } : {})}`);
      found.push(...page.entries);
      cursor = page.cursor;
      [this.entries, this.cursor] = [found, cursor];
      grown();
    } while (cursor && found.length < most);
    this.tags = tally(found);
  }

  /** Reads when tags were revalidated. @param {Iterable<string>} tags */
  async look(tags) {
    /** @type {string[]} */
    let some = [];
    let length = 0;
    const read = async () => {
      const query = new URLSearchParams(some.map((tag) => ['tag', tag]));
      [some, length] = [[], 0];
      for (const marks of (await ask(`tags?${query}`)).tags) this.marks.set(marks.tag, marks);
    };
    for (const tag of tags) {
      some.push(tag);
      length += encodeURIComponent(tag).length;
      if (some.length === TAGS || length > ADDRESS) await read();
    }
    if (some.length) await read();
  }

  /**
   * Revalidates, and says which tags those were.
   * @param {{ tag: string, profile?: string } | { path: string, type?: string }} order
   * @returns {Promise<string[]>}
   */
  async revalidate(order) {
    const { tags, at } = await ask('revalidate', order);
    await this.look(tags);
    for (const tag of tags) {
      // Another isolate may answer, which has not heard yet.
      const marks = this.marks.get(tag) ?? /** @type {Marks} */ ({ tag, expired: null, soft: [] });
      if ('profile' in order && order.profile) {
        if (!marks.soft.some(({ stale }) => stale >= at)) marks.soft.push({ stale: at, expires: Infinity });
      } else {
        marks.expired = Math.max(marks.expired ?? 0, at);
      }
      this.marks.set(tag, marks);
    }
    return tags;
  }
}
