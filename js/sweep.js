// POST /_freshtag/sweep: takes away what no version of this app will read again.
import { jsonReply } from './reply.js';

/** @typedef {import('./call.js').Call} Call */

/** Entries a call looks at: each may take an operation of KV, and a request has so many. */
const STEP = 50;
const LAST_FORMAT = 9;

/**
 * Looks at up to 50 entries of this namespace, and deletes those of other formats, unreadable ones, and expired ones that
 * stand in for nothing: `{ looked, found: [{ key, why }], next }`. It never deletes a mark, nor anything of another namespace.
 * @param {Call} call
 * @param {string} body `{ "cursor", "dryRun" }`
 */
export async function sweep({ engine, env }, body) {
  const order = parse(body);
  if (typeof order === 'string') return jsonReply(400, JSON.stringify({ code: 'INVALID_REQUEST', message: order }));
  const { format, cursor, dryRun } = order;
  const page = await env.CACHE.list({ prefix: engine.entriesPrefix(format), limit: STEP, ...(cursor && { cursor }) });
  /** @type {{ key: string, why: string }[]} */
  const found = [];
  for (const { name, metadata } of page.keys) {
    const why = engine.maySweep(name, JSON.stringify(metadata ?? null));
    if (why) found.push({ key: name, why });
  }
  if (!dryRun) await Promise.all(found.map(({ key }) => env.CACHE.delete(key)));
  // A cursor is of the store, behind the format that it is of.
  const later = Number(format) < LAST_FORMAT ? String(Number(format) + 1) : null;
  const next = page.list_complete ? later : format + page.cursor;
  return jsonReply(200, JSON.stringify({ looked: page.keys.length, found, next }));
}

/** @param {string} body @returns {{ format: string, cursor: string, dryRun: boolean } | string} What is wrong with it. */
function parse(body) {
  let order;
  try {
    order = JSON.parse(body);
  } catch {
    // No object either.
  }
  if (typeof order !== 'object' || order === null) return 'the body must be a JSON object such as {"dryRun":true}';
  const { cursor = '0', dryRun = false } = order;
  if (typeof dryRun !== 'boolean') return 'dryRun must be true or false';
  if (typeof cursor !== 'string' || !/^\d/.test(cursor)) return 'cursor must be what an earlier answer gave as next';
  return { format: cursor[0], cursor: cursor.slice(1), dryRun };
}
