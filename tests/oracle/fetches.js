// Fetches: their options, and their keys.
import { createRequire } from 'node:module';
import { fetchCacheKey, resolveFetch } from 'freshtag/core';

import './next.js';

/** @typedef {import('./compare.js').Oracle} Oracle */

const require = createRequire(import.meta.url);
const { createPatchedFetcher } = require('next/dist/server/lib/patch-fetch');
const { workAsyncStorage } = require('next/dist/server/app-render/work-async-storage.external');
const { workUnitAsyncStorage } = require('next/dist/server/app-render/work-unit-async-storage.external');
const { IncrementalCache } = require('next/dist/server/lib/incremental-cache');

const patched = createPatchedFetcher(async () => new Response('a'), { workAsyncStorage, workUnitAsyncStorage });
const INFINITE = 0xfffffffe;
const url = 'https://a.com/';

/** What Next does with a call: whether it looks for an entry and for how long, what it says, and what is left around it. */
async function nexts({ cache, revalidate, fetchCache, dynamic, noStore, personal, enclosing }) {
  let kept = 0;
  const work = {
    route: '/page',
    fetchCache,
    forceDynamic: dynamic === 'force-dynamic',
    forceStatic: dynamic === 'force-static',
    isUnstableNoStore: noStore,
    shouldTrackFetchMetrics: true,
    incrementalCache: {
      generateCacheKey: async () => 'key',
      lock: async () => () => {},
      get: async (_key, { revalidate }) => void (kept = revalidate),
      set: async () => {},
    },
  };
  const unit = enclosing === undefined ? { type: 'request', phase: 'action' } : { type: 'prerender-legacy', revalidate: enclosing === false ? INFINITE : enclosing, tags: [] };
  const init = { cache, ...(revalidate !== undefined && { next: { revalidate } }), ...(personal && { headers: { authorization: 'a' } }) };
  let dynamicUsage = false;
  try {
    await workAsyncStorage.run(work, () => workUnitAsyncStorage.run(unit, () => patched(url, init)));
  } catch (error) {
    if (error.digest !== 'DYNAMIC_SERVER_USAGE') return { error: error.message };
    dynamicUsage = true;
  }
  const [metric] = work.fetchMetrics ?? [];
  return { kept, around: unit.revalidate, dynamic: dynamicUsage, warning: metric?.cacheWarning, reason: metric?.cacheReason };
}

function ours(options) {
  try {
    return resolveFetch(options, url, '/page');
  } catch ({ message }) {
    return { error: message };
  }
}

const GRID = [
  [undefined, '', 'default', 'force-cache', 'no-store', 'no-cache', 'reload', 'only-if-cached'],
  [undefined, 0, -0, 60, 0.5, -0.5, -1, false, Infinity, NaN, null, '60', true],
  [undefined, 'auto', 'default-cache', 'only-cache', 'force-cache', 'force-no-store', 'default-no-store', 'only-no-store'],
  ['auto', 'force-dynamic', 'force-static'],
  [false, true],
  [false, true],
  [undefined, false, 3600, 30, 0],
];
const FIELDS = ['cache', 'revalidate', 'fetchCache', 'dynamic', 'noStore', 'personal', 'enclosing'];

/** @type {Oracle} */
export const options = {
  name: 'resolveFetch',
  peer: 'server/lib/patch-fetch',
  /** First every combination there is, then such with other numbers. */
  inputs(any) {
    let at = 0;
    const all = GRID.reduce((product, values) => product * values.length, 1);
    const seconds = () => any.pick([any.below(100), any.next() * 100, -any.next(), -any.below(5), any.below(2 ** 33), 1e-9, INFINITE]);
    return () => {
      let place = at++;
      const made = GRID.map((values) => {
        if (at > all) return any.pick(values);
        const value = values[place % values.length];
        place = Math.floor(place / values.length);
        return value;
      });
      if (at > all && any.chance(0.6)) made[1] = seconds();
      if (at > all && any.chance(0.5)) made[6] = Math.min(INFINITE, Math.abs(seconds()));
      return [Object.fromEntries(FIELDS.map((field, i) => [field, made[i]]))];
    };
  },
  ours,
  theirs: nexts,
  same(ours, next, { cache, revalidate, enclosing }) {
    if (ours.error || next.error) return ours.error === next.error;
    if ((ours.revalidate === false ? INFINITE : ours.revalidate) !== next.kept) return false;
    // Before it throws, Next has not noted why. It names a number as it was written.
    if (next.reason) {
      const isNamed = next.reason.startsWith('cache-control') || next.reason === ours.reason || next.reason === `revalidate: ${revalidate}`;
      if (!isNamed || ours.warning !== next.warning) return false;
    }
    // At its end, Next's fetch looks once more at what was written, whatever came of it (FE-11 does without).
    if (ours.warning || cache === 'no-store' || (typeof revalidate === 'number' && revalidate !== ours.revalidate)) return true;
    const around = ours.dynamic ? 0 : (ours.lowers ?? (enclosing === false ? INFINITE : enclosing));
    return ours.dynamic === next.dynamic && around === next.around;
  },
  legal: (made) => FIELDS.every((field, i) => typeof made[field] === 'number' || GRID[i].includes(made[field])),
  meant: {
    'FE-6, CL-2': ([{ revalidate }], ours, next) => revalidate > INFINITE && ours.revalidate === false && next.kept === revalidate,
    // A text that looks like a number contradicts as one in Next. A NaN is nothing where `force-dynamic` decides; so is null.
    'FE-6': ([{ cache, revalidate, fetchCache, dynamic }], ours) =>
      (cache === 'no-store' && (typeof revalidate === 'string' || revalidate === true)) ||
      (ours.error && dynamic === 'force-dynamic' && !fetchCache && !cache && (Number.isNaN(revalidate) || revalidate === null)),
  },
};

const TEXTS = ['', 'a', 'é', '"', '\\', '\u2028', '😀', 'a,b', '\n', 'x'.repeat(300)];
const NAMES = ['a', 'A', 'x-a', 'X-A', 'traceparent', 'Traceparent', 'tracestate', 'authorization', 'accept'];
const VALUES = ['1', 'b c', '', '"q"', 'a=1; b=2'];
const ADDRESSES = ['https://a.com', 'https://a.com/é?q=1#f', 'https://u:p@a.com/', 'http://A.com:80/a/../b', 'https://a.com/?a=%20&b=+'];

/** What a body is made of, as one that is read is gone. @type {Record<string, (of: any) => any>} */
const BODIES = {
  none: () => undefined,
  text: ({ text }) => text,
  bytes: ({ bytes }) => Uint8Array.from(bytes),
  buffer: ({ bytes }) => Uint8Array.from(bytes).buffer,
  part: ({ bytes }) => Uint8Array.from(bytes).subarray(bytes.length >> 1),
  view: ({ bytes }) => new DataView(Uint8Array.from(bytes).buffer, bytes.length >> 1),
  words: ({ bytes }) => new Uint16Array(bytes.length >> 1).fill(513),
  stream: ({ bytes }) => new ReadableStream({ start: (at) => (bytes.length && at.enqueue(Uint8Array.from(bytes)), at.close()) }),
  parameters: ({ pairs }) => new URLSearchParams(pairs),
  form: ({ pairs, bytes, text }) => {
    const made = new FormData();
    for (const [name, value] of pairs) made.append(name, value);
    if (bytes.length > 20) made.append('file', new File([Uint8Array.from(bytes)], text, { type: 'image/png' }));
    return made;
  },
  blob: ({ bytes, type }) => new Blob([Uint8Array.from(bytes)], { type }),
};
const HEADERS = {
  none: () => undefined,
  object: (pairs) => Object.fromEntries(pairs),
  pairs: (pairs) => pairs,
  Headers: (pairs) => new Headers(pairs),
  Map: (pairs) => new Map(pairs),
};

/** The arguments of a call. A form's boundary is random, so that of a Request is none. */
function call({ address, asURL, beside, body, headers, init, over }) {
  const made = { ...init, headers: HEADERS[headers.kind](headers.pairs) };
  const input = asURL ? new URL(address) : address;
  if (!beside) return [input, { ...made, body: BODIES[body.kind](body) }];
  const method = !init.method || init.method === 'GET' ? 'POST' : init.method;
  const request = new Request(input, { ...init, integrity: undefined, method, body: 'beside' });
  return [request, { headers: made.headers, ...over }];
}

/** What Next's own fetch asks for: a Request and what is beside it are one Request. */
export async function nextKey(input, init, fetchCacheKeyPrefix = '') {
  const request = input instanceof Request ? new Request(input, init) : undefined;
  const url = new URL(request ? input.url : input);
  url.username = url.password = '';
  return IncrementalCache.prototype.generateCacheKey.call({ fetchCacheKeyPrefix }, url.href, request ?? init);
}

/** @type {Oracle} */
export const key = {
  name: 'fetchCacheKey',
  peer: 'server/lib/incremental-cache',
  most: 30_000,
  why: 'each input is a request with a body, read and digested twice by WebCrypto',
  inputs: (any) => () => {
    const init = {
      method: any.pick([undefined, 'GET', 'post', 'PUT']),
      ...(any.chance(0.3) && { mode: any.pick(['cors', 'no-cors']), redirect: any.pick(['follow', 'manual', 'error']) }),
      ...(any.chance(0.3) && { credentials: any.pick(['omit', 'include']), referrer: any.pick(['', 'about:client', 'https://r.com/']) }),
      ...(any.chance(0.3) && { referrerPolicy: 'origin', integrity: any.pick(['', 'sha256-a']) }),
      cache: any.pick([undefined, 'default', 'no-store', 'force-cache', 'reload']),
      next: any.pick([undefined, { tags: ['a'] }]),
    };
    const address = any.pick(ADDRESSES);
    const kind = any.pick(Object.keys(HEADERS));
    const made = {
      address,
      asURL: any.chance(0.2),
      // No Request can be made of these.
      beside: any.chance(0.1) && init.mode !== 'no-cors' && kind !== 'Map' && !address.includes('@'),
      body: {
        kind: any.pick(Object.keys(BODIES)),
        text: any.pick(TEXTS),
        bytes: any.many(40, () => any.below(256)),
        pairs: any.many(3, () => [any.pick(TEXTS), any.pick(TEXTS)]),
        type: any.pick(['', 'text/x']),
      },
      headers: { kind, pairs: any.many(3, () => [any.pick(NAMES), any.pick(VALUES)]) },
      init,
      over: { ...(any.chance(0.5) && { body: 'over' }), ...(any.chance(0.5) && { cache: 'no-cache' }) },
    };
    return [made, any.pick(['', 'p', 'é"'])];
  },
  ours: (made, prefix) => fetchCacheKey(...call(made), prefix),
  theirs: (made, prefix) => nextKey(...call(made), prefix),
};
