// Within one render, the same GET is sent once (FE-18).
import { isSocket } from './work.js';

/** @typedef {import('./scope.js').Scope} Scope */
/** @typedef {{ spare?: Response, answer: Promise<Response>, over: boolean }} Memo */

/**
 * Whether what `scope` fetches may be given to it again. Where something is changed, the next read is to see it.
 * @param {Scope} scope
 */
export function memoises({ kind, work, over }) {
  if (over || kind === 'after') return false;
  if (kind !== 'route') return true;
  const reads = work.acted || work.how !== 'live' || work.request.method === 'GET' || work.request.method === 'HEAD';
  return reads && !work.action && !work.answered;
}

/**
 * What `make` answers, or answered to the same key.
 * @param {Scope} scope
 * @param {string} key
 * @param {() => Promise<Response>} make
 * @returns {Promise<Response>}
 */
export async function memoised(scope, key, make) {
  const memos = (scope.fetches ??= new Map());
  const known = memos.get(key);
  if (known) {
    await known.answer;
    if (known.spare) return copy(known.spare);
  }
  /** @type {Memo} */
  const memo = { answer: make(), over: false };
  memos.set(key, memo);
  try {
    const response = await memo.answer;
    if (!memo.over && !isSocket(response)) memo.spare = copy(response);
    return response;
  } catch (error) {
    // Who tries again means it.
    if (memos.get(key) === memo) memos.delete(key);
    throw error;
  }
}

/**
 * Forgets what `scope` has fetched, and gives up the copies: a body of which a copy is unread stays in memory.
 * @param {Scope} scope
 */
export function forgetFetches(scope) {
  if (!scope.fetches) return;
  for (const memo of scope.fetches.values()) {
    memo.over = true;
    memo.spare?.body?.cancel().catch(() => {});
    memo.spare = undefined;
  }
  scope.fetches = undefined;
}

/** @param {Response} response */
function copy(response) {
  return withUrl(response.clone(), response.url);
}

/** A Response that says where it came from, as one made of its parts does not. @param {Response} response @param {string} url */
export function withUrl(response, url) {
  if (response.url !== url) Object.defineProperty(response, 'url', { value: url });
  return response;
}
