// Next's key of a fetch (FE-13): the digest of a JSON text that holds the whole request.

/** @typedef {Record<string, any>} Described A RequestInit or a Request, with its body as bytes where it was a stream. */

/** The version of Next's format. */
const VERSION = 'v4';
const TRACE = ['traceparent', 'tracestate'];

/**
 * The key under which Next keeps what `fetch(input, init)` answers, as 64 hexadecimal digits. Reads a body that is a
 * stream; that of a Request is left alone.
 * @param {Request | URL | string} input
 * @param {Described} [init]
 * @param {string} [prefix] `fetchCacheKeyPrefix`
 * @returns {Promise<string>}
 */
export async function fetchCacheKey(input, init, prefix = '') {
  if (!(input instanceof Request)) return (await digestRequest(keyUrl(input), init ?? {}, prefix)).key;
  const request = merged(input.body ? input.clone() : input, init);
  return (await digestRequest(keyUrl(input.url), described(request, init?.cache), prefix)).key;
}

/**
 * What is sent for a Request and what is said beside it (FE-2).
 * @param {Request} request
 * @param {Described} [init]
 * @returns {Request}
 */
export function merged(request, init) {
  const { next, cache, ...rest } = init ?? {};
  return new Request(request, cache === undefined || !takesCache() ? rest : { ...rest, cache });
}

/** @type {boolean | undefined} */
let takes;

/** Whether a Request can have a `cache` that only browsers know. */
function takesCache() {
  try {
    takes ??= !!new Request('https://localhost/', /** @type {any} */ ({ cache: 'force-cache' }));
  } catch {
    takes = false;
  }
  return takes;
}

/**
 * The key, and the body in a form that can be sent again. Throws on a body that is none.
 * @param {string} url
 * @param {Described} init
 * @param {string} [prefix]
 * @returns {Promise<{ key: string, body: any }>}
 */
export async function digestRequest(url, init, prefix = '') {
  const headers = keyHeaders(init.headers);
  const { method, mode, redirect, credentials, referrer, referrerPolicy, integrity, cache } = init;
  const { type, chunks, body } = await readBody(init.body);
  const parts = [VERSION, prefix, url, method, type, headers, mode, redirect, credentials, referrer, referrerPolicy, integrity, cache, chunks];
  return { key: await sha256(JSON.stringify(parts)), body };
}

/** The address as it stands in the key: without credentials, with its fragment. @param {URL | string} input */
export function keyUrl(input) {
  const url = new URL(input);
  url.username = url.password = '';
  return url.href;
}

/**
 * A Request as its key sees it.
 * @param {Request} request
 * @param {string} [cache] over its own: some runtimes have no Request with one
 * @returns {Described}
 */
export function described(request, cache) {
  /** @type {Described} */
  const { method, headers, body, mode, redirect, credentials, referrer, referrerPolicy, integrity } = request;
  return { method, headers, body, mode, redirect, credentials, referrer, referrerPolicy, integrity, cache: cache || request.cache };
}

/** @param {string} text */
export async function sha256(text) {
  return hex(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
}

/**
 * Names and values as they are written; those of Headers are in lower case and in order.
 * @param {any} headers
 * @returns {Record<string, unknown>}
 */
function keyHeaders(headers) {
  const own = typeof headers?.keys === 'function' ? Object.fromEntries(headers) : { ...headers };
  for (const name of TRACE) delete own[name];
  return own;
}

/**
 * @param {any} body
 * @returns {Promise<{ type: string | null, chunks: string[], body: any }>}
 */
async function readBody(body) {
  if (!body) return { type: null, chunks: [], body };
  if (typeof body === 'string') return { type: 'text/plain;charset=UTF-8', chunks: [`str:${body}`], body };
  if (typeof body === 'object' && 'byteLength' in body) return { type: null, chunks: [`bytes:${hex(body)}`], body };
  if (typeof body.getReader === 'function') {
    const bytes = await new Response(body).arrayBuffer();
    return { type: null, chunks: [`bytes:${hex(bytes)}`], body: bytes };
  }
  if (typeof body.keys === 'function') return { ...(await readForm(body)), body };
  if (typeof body.arrayBuffer !== 'function') throw new Error(`Unsupported body type: ${typeof body}`);
  const { type } = body;
  return { type, chunks: ['blob', type, `bytes:${hex(await body.arrayBuffer())}`], body };
}

/**
 * Each part is a text of its own, so that `["a","b"]` is not `["a,b"]`.
 * @param {FormData | URLSearchParams} form
 */
async function readForm(form) {
  /** @type {string[]} */
  const chunks = [];
  for (const [name, value] of /** @type {Iterable<[string, any]>} */ (form)) {
    chunks.push(`key:${name}`);
    if (typeof value === 'string') chunks.push(`str:${value}`);
    else chunks.push('file', value.name, value.type, `bytes:${hex(await value.arrayBuffer())}`);
  }
  const isForm = String(form) === '[object FormData]';
  return { type: isForm ? 'multipart/form-data; boundary=' : 'application/x-www-form-urlencoded;charset=UTF-8', chunks };
}

/** @param {ArrayBuffer | ArrayBufferView} buffer */
function hex(buffer) {
  const bytes = ArrayBuffer.isView(buffer) ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength) : new Uint8Array(buffer);
  let text = '';
  for (const byte of bytes) text += HEX[byte];
  return text;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
