// /_freshtag: what an operator may ask for.
import { FreshtagError } from './errors.js';
import { inspectorPage } from './inspector_page.js';
import { renewAfter } from './instance.js';
import { listPaths } from './params.js';
import { failureCode, jsonReply, toBlock } from './reply.js';
import { renderer } from './serve.js';
import { showEntry } from './stored_entry.js';
import { sweep } from './sweep.js';
import { release } from './work.js';

/** @typedef {import('./call.js').Call} Call */
/** @typedef {import('./route.js').Route} Route */

const PREFIX = '/_freshtag';
const ENTRY = 'entries/';
const MAX_BODY = 64 * 1024;
/** Tags asked for at once. */
const MOST_TAGS = 100;
const NO_STORE = 'there is no KV namespace: bind one as CACHE (wrangler kv namespace create CACHE)';
/** Paths one prerender request fills, and how many at a time. */
const PAGE = 50;
const AT_ONCE = 4;

/** @param {string} pathname */
export function isAdmin(pathname) {
  return pathname === PREFIX || pathname.startsWith(`${PREFIX}/`);
}

/** @param {Call} call @returns {Promise<Response>} */
export async function serveAdmin(call) {
  const { engine, request, authority, pathname, search, defer } = call;
  let headers = toBlock(request.headers);
  if (!request.headers.has('host')) headers += `host: ${authority}\n`;
  const refused = engine.adminCheck(request.method, pathname, headers);
  if (refused) return jsonReply(...refused);
  if (pathname === PREFIX || pathname === `${PREFIX}/`) return inspectorPage(request);

  const body = await limitedText(request);
  if (body === undefined) return refusal(413, 'TOO_LARGE', `The body must be at most ${MAX_BODY} bytes.`);
  try {
    const what = pathname.slice(PREFIX.length + 1);
    if (what === 'prerender') return await prerender(call, body);
    if (!call.stores) throw new FreshtagError('CONFIG', NO_STORE);
    if (what === 'sweep') return await sweep(call, body).catch(unanswered);
    if (what === 'tags') return await manyTags(call, headers);
    if (what.startsWith(ENTRY)) return await showEntry(call, what.slice(ENTRY.length)).catch(unanswered);
    const visit = engine.visit(undefined, undefined, defer);
    try {
      const [status, json] = await engine.admin(visit, request.method, pathname, search, headers, body);
      if (status !== 200 || what !== 'stats') return jsonReply(status, json);
      return jsonReply(200, JSON.stringify({ ...JSON.parse(json), requests: call.traffic.report() }));
    } finally {
      release(visit);
    }
  } catch (error) {
    await renewAfter(error);
    const code = failureCode(error);
    console.error(`freshtag: ${code}: ${request.method} ${pathname} failed:`, error);
    return refusal(500, code, error instanceof Error ? error.message : String(error));
  }
}

/**
 * `GET tags?tag=…&tag=…`: what `GET tags/<tag>` says of each.
 * @param {Call} call
 * @param {string} headers
 */
async function manyTags({ engine, search, defer }, headers) {
  const tags = new URLSearchParams(search).getAll('tag');
  if (tags.length > MOST_TAGS) return refusal(400, 'INVALID_REQUEST', `tag: ask for at most ${MOST_TAGS} at once`);
  const visit = engine.visit(undefined, undefined, defer);
  try {
    const told = await Promise.all(tags.map((tag) => engine.admin(visit, 'GET', `${PREFIX}/tags/${encodeURIComponent(tag)}`, '', headers, '')));
    const [status, json] = told.find(([status]) => status !== 200) ?? [200, `{"tags":[${told.map(([, json]) => json)}]}`];
    return jsonReply(status, json);
  } finally {
    release(visit);
  }
}

/**
 * Fills the store with what `generateStaticParams` of all routes list, 50 paths a call:
 * `{ done, next, total, failed }`: how many this call filled, and the cursor of the following call or null.
 * @param {Call} call
 * @param {string} body
 */
async function prerender(call, body) {
  const cursor = parseCursor(body);
  if (cursor === undefined) return refusal(400, 'INVALID_REQUEST', 'cursor must be a number that an earlier answer gave as next.');
  /** @type {{ path: string, route: Route }[]} */
  const all = [];
  for (const route of call.routes) {
    if (route.storable) for (const path of await listPaths(route, call)) all.push({ path, route });
  }
  const page = all.slice(cursor, cursor + PAGE);
  /** @type {{ path: string, message: string }[]} */
  const failed = [];
  for (let at = 0; at < page.length; at += AT_ONCE) {
    await Promise.all(
      page.slice(at, at + AT_ONCE).map(async ({ path, route }) => {
        const message = await prerenderPath(call, path, route).catch((error) => String(error?.message ?? error));
        if (message) failed.push({ path, message });
      }),
    );
  }
  const next = cursor + page.length;
  const done = page.length - failed.length;
  return jsonReply(200, JSON.stringify({ done, next: next < all.length ? next : null, total: all.length, failed }));
}

/**
 * @param {Call} call
 * @param {string} path
 * @param {Route} route
 * @returns {Promise<string | undefined>} What went wrong.
 */
async function prerenderPath(call, path, route) {
  const { engine, authority, defer } = call;
  const index = engine.matchRoute(path);
  if (call.routes[index] !== route) return `another route answers this path, not ${route.pattern}`;
  const visit = engine.visit(undefined, undefined, defer);
  try {
    const render = renderer(call, route, {}, path);
    const [status, , body] = await engine.route(visit, index, 'GET', authority, path, undefined, true, render);
    const stream = body instanceof Response ? body.body : body;
    if (stream instanceof ReadableStream) await stream.cancel().catch(() => {});
    return status < 400 ? undefined : `answered ${status}`;
  } finally {
    release(visit);
  }
}

/** @param {string} body @returns {number | undefined} */
function parseCursor(body) {
  if (body === '') return 0;
  try {
    const cursor = JSON.parse(body)?.cursor ?? 0;
    return Number.isSafeInteger(cursor) && cursor >= 0 ? cursor : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The body as text, undefined when it is too long.
 * @param {Request} request
 */
async function limitedText(request) {
  if (!request.body) return '';
  if (Number(request.headers.get('content-length') ?? 0) > MAX_BODY) return undefined;
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for await (const chunk of /** @type {AsyncIterable<Uint8Array>} */ (/** @type {unknown} */ (request.body))) {
    size += chunk.byteLength;
    if (size > MAX_BODY) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** @param {unknown} error of the store */
function unanswered(error) {
  return refusal(503, 'STORE', `the store did not answer: ${error instanceof Error ? error.message : error}`);
}

/** @param {number} status @param {string} code @param {string} message */
function refusal(status, code, message) {
  return jsonReply(status, JSON.stringify({ code, message }));
}
