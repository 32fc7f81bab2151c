// What fetches do, for whoever develops the app: Next's lines.

/** @typedef {{ fetches?: { fullUrl?: boolean } | boolean }} Logging */

/**
 * @typedef {object} FetchNote
 * @property {string} method
 * @property {string} url
 * @property {number} status
 * @property {number} ms
 * @property {'hit' | 'miss' | 'skip'} cache
 * @property {string} reason
 * @property {string} [warning]
 */

/**
 * @param {Logging | undefined} logging Nothing is written where there is none.
 * @param {FetchNote} note
 */
export function logFetch(logging, { method, url, status, ms, cache, reason, warning }) {
  const fetches = logging?.fetches;
  if (!logging || !(fetches || warning)) return;
  const fullUrl = typeof fetches === 'object' && fetches.fullUrl;
  const head = `${method} ${url.length > 48 && fetches && !fullUrl ? shortened(url) : url}`;
  /** @type {string[]} */
  const lines = [fetches ? ` │ ${head} ${status} in ${ms}ms (cache ${cache})` : ` │ ${head}`];
  if (fetches && cache !== 'hit') lines.push(` │ │ Cache ${cache === 'skip' ? 'skipped' : 'missed'} reason: (${reason})`);
  if (warning) lines.push(` │ │ ⚠ ${warning}`);
  console.log(lines.join('\n'));
}

/** @param {string} url */
function shortened(url) {
  const { protocol, host, pathname, search } = new URL(url);
  return `${protocol}//${cut(host, 16)}${cut(pathname, 24)}${cut(search, 16)}`;
}

/** @param {string} text @param {number} most */
function cut(text, most) {
  return text.length > most ? `${text.slice(0, most)}..` : text;
}
