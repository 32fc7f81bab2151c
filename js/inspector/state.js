// What an entry is worth now, from its listing and the marks of its tags.
import { isEndless } from './words.js';

/**
 * @typedef {object} Entry As `GET entries` lists it; one that cannot be read has its key alone.
 * @property {string} key
 * @property {string} kind
 * @property {string} path
 * @property {string[]} [tags] Absent where they stand in front of the body.
 * @property {number} [tagCount]
 * @property {number} [status]
 * @property {number} [created] ms
 * @property {{ stale: number, revalidate: number, expire: number }} [lifetime] Seconds.
 * @property {number} [size]
 */

/** @typedef {{ tag: string, expired: number | null, soft: { stale: number, expires: number }[] }} Marks When a tag was revalidated. */

/**
 * What is known of an entry at a moment. The Worker judges what it serves more finely than this; here a tag's data is as old
 * as the entry.
 * @param {Entry} entry
 * @param {Map<string, Marks>} marks
 * @param {number} now
 * @returns {{ state: 'fresh' | 'stale' | 'expired' | 'unreadable', stale: number, expires: number, tag?: string }} Moments; Infinity is never.
 */
export function stateOf(entry, marks, now) {
  const { created, lifetime } = entry;
  if (created === undefined || !lifetime) return { state: 'unreadable', stale: NaN, expires: NaN, tag: undefined };
  const after = (/** @type {number} */ seconds) => (isEndless(seconds) ? Infinity : created + seconds * 1000);
  let stale = after(lifetime.revalidate);
  let expires = after(lifetime.expire);
  let tag;
  for (const name of entry.tags ?? []) {
    const { expired = null, soft = [] } = marks.get(name) ?? {};
    if (expired !== null && expired >= created && expired < expires) [stale, expires, tag] = [Math.min(stale, expired), expired, name];
    for (const mark of soft) {
      if (mark.stale < created) continue;
      if (mark.stale < stale) [stale, tag] = [mark.stale, name];
      expires = Math.min(expires, mark.expires);
    }
  }
  const state = now > expires ? 'expired' : now > stale ? 'stale' : 'fresh';
  return { state, stale, expires, tag: state === 'fresh' ? undefined : tag };
}

/** What the filter looks through. @param {Entry} entry */
export function wordsOf({ key, kind, path, tags = [] }) {
  return `${kind} ${path} ${key} ${tags.join(' ')}`.toLowerCase();
}

/** Whether a tag is one that stands for a path. @param {string} tag */
export function isPathTag(tag) {
  return tag.startsWith('_N_T_');
}

/** When a tag was last revalidated, and how. @param {Marks} marks */
export function lastOf({ expired, soft }) {
  const last = soft.reduce((latest, mark) => (mark.stale > latest.stale ? mark : latest), { stale: -Infinity, expires: 0 });
  if (expired !== null && expired >= last.stale) return { at: expired, how: 'expired' };
  return last.stale > 0 ? { at: last.stale, how: 'stale', expires: last.expires } : undefined;
}

/** @param {Entry[]} entries @returns {Map<string, number>} How many entries carry each tag. */
export function tally(entries) {
  /** @type {Map<string, number>} */
  const found = new Map();
  for (const { tags = [] } of entries) for (const tag of tags) found.set(tag, (found.get(tag) ?? 0) + 1);
  return found;
}
