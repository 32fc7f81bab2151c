// Which values of the store were as long as their entries say when they were read to the end.

/** @typedef {Pick<import('./contract.js').Read, 'kv' | 'key' | 'metadata'>} Read */

const MOST = 256;

/** @typedef {'new' | 'seen' | 'whole'} Known */

/** The latest values, latest last. @type {WeakMap<object, Map<string, { metadata: unknown, known: Known }>>} */
const byKv = new WeakMap();

/**
 * What is known of the length of a value, which from now on is not new any more. Only what is read again is worth counting
 * to the end; and a body changes with what stands in front of it only.
 * @param {Read} read
 * @returns {Known}
 */
export function lengthOf({ kv, key, metadata }) {
  const latest = byKv.get(kv)?.get(key);
  if (latest && isSame(latest.metadata, metadata)) return latest.known;
  note(kv, key, { metadata, known: 'seen' });
  return 'new';
}

/** @param {Read} read */
export function wasWhole({ kv, key, metadata }) {
  note(kv, key, { metadata, known: 'whole' });
}

/** @param {Read} read */
export const isWhole = (read) => lengthOf(read) === 'whole';

/** @param {object} kv @param {string} key @param {{ metadata: unknown, known: Known }} value */
function note(kv, key, value) {
  const latest = byKv.get(kv) ?? new Map();
  byKv.set(kv, latest);
  latest.delete(key);
  latest.set(key, value);
  for (const oldest of latest.keys()) {
    if (latest.size <= MOST) break;
    latest.delete(oldest);
  }
}

/**
 * Whether the headers of two entries are one: who made it and when, what its body is, and the sum of all (src/cache/codec.rs).
 * What stands in the metadata for a header that had no room there has no sum.
 * @param {any} one
 * @param {any} other
 */
export function isSame(one, other) {
  return (
    one?.x !== undefined && one.x === other?.x && one.c === other.c && one.by === other.by && one.e === other.e && one.len === other.len
  );
}
