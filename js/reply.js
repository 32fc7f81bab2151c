// Between the module's replies and Responses.

/** @typedef {import('./contract.js').Block} Block */
/** @typedef {import('./contract.js').Reply} Reply */

export const NO_CACHE = 'private, no-cache, no-store, max-age=0, must-revalidate';

const NULL_BODY = new Set([101, 204, 205, 304]);

/** @param {Headers} headers @returns {Block} */
export function toBlock(headers) {
  let block = '';
  for (const [name, value] of headers) block += `${name}: ${value}\n`;
  return block;
}

/** @param {Block} block @returns {[string, string][]} */
export function toPairs(block) {
  /** @type {[string, string][]} */
  const pairs = [];
  for (const line of block.split('\n')) {
    const colon = line.indexOf(': ');
    if (colon > 0) pairs.push([line.slice(0, colon), line.slice(colon + 2)]);
  }
  return pairs;
}

/**
 * @param {Reply} reply
 * @param {string} [seen] A Set-Cookie value to add.
 */
export function toResponse([status, block, body, log], seen) {
  if (log) console.log(log);
  // The platform takes a list of pairs three times as slowly.
  const headers = new Headers();
  for (let at = 0, end; (end = block.indexOf('\n', at)) >= 0; at = end + 1) {
    const colon = block.indexOf(': ', at);
    if (colon > at && colon < end) headers.append(block.slice(at, colon), block.slice(colon + 2, end));
  }
  if (seen) headers.append('set-cookie', seen);
  const content = NULL_BODY.has(status) ? null : body instanceof Response ? body.body : body;
  return new Response(/** @type {BodyInit | null} */ (content), { status, headers });
}

/**
 * A short answer of our own.
 * @param {number} status
 * @param {string | null} text
 * @param {Record<string, string>} [headers]
 */
export function plain(status, text, headers) {
  return new Response(text, {
    status,
    headers: { 'cache-control': NO_CACHE, ...(text !== null && { 'content-type': 'text/plain; charset=utf-8' }), ...headers },
  });
}

/** A page that was to be made anew was not; what was stored stays (IS-10). @param {unknown} error */
export function notMadeAnew(error) {
  console.error('freshtag: a page could not be made anew on demand:', error);
  return plain(500, 'Internal Server Error');
}

/** @param {number} status @param {string} json */
export function jsonReply(status, json) {
  return new Response(json, {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
  });
}

/**
 * Changes a handler's response, in place where it allows that.
 * @param {Response} response
 * @param {(headers: Headers) => void} change
 */
export function withHeaders(response, change) {
  try {
    change(response.headers);
    return response;
  } catch {
    const copy = new Response(response.body, response);
    change(copy.headers);
    return copy;
  }
}

/** The stable code of a failure of ours; a wasm trap has none. @param {unknown} error */
export function failureCode(error) {
  const code = /** @type {{ code?: unknown } | null} */ (error)?.code;
  return typeof code === 'string' && /^[\w-]+$/.test(code) ? code : 'TRAP';
}
