// fetch with Next's options, in workerd (FE-1 to FE-19).
import { cached, cacheLife, connection, createApp, draftMode, fetch, revalidateTag, unstable_cache, unstable_noStore } from 'freshtag';
import { fetchCacheKey } from 'freshtag/core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { silence, site, wrapKv } from './support.js';

let lines;
const platform = globalThis.fetch;
beforeEach(() => {
  lines = silence();
});
afterEach(() => {
  vi.restoreAllMocks();
  globalThis.fetch = platform;
});

/** An upstream in the place of the network, and what it was asked. */
function upstream(answer = (_request, n) => new Response(`answer ${n}`)) {
  const asked = [];
  globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const body = request.body ? new Uint8Array(await request.arrayBuffer()) : undefined;
    asked.push({ url: request.url, method: request.method, headers: new Headers(request.headers), body, cache: init?.cache, next: init?.next, signal: init?.signal ?? undefined });
    return answer(request, asked.length);
  };
  return asked;
}

const text = async (...args) => (await fetch(...args)).text();
const url = 'https://api.test/posts';

/** An app whose POST page runs `code`: nothing of the page itself is stored. */
function live(code, module = {}, options = {}) {
  const { ask, ...rest } = site({ '/': { POST: async (request) => Response.json((await code(request)) ?? null), ...module } }, options);
  const run = async (init) => JSON.parse((await ask('/', { method: 'POST', ...init })).text || 'null');
  return { ...rest, ask, run };
}

describe('what is kept', () => {
  test.each([
    ['FE-8 nothing said', {}, 2],
    ['FE-8 tags alone', { next: { tags: ['a'] } }, 2],
    ['FE-8 force-cache', { cache: 'force-cache' }, 1],
    ['FE-8 no-store', { cache: 'no-store' }, 2],
    ['FE-8 reload', { cache: 'reload' }, 1],
    ['FE-8 revalidate 60', { next: { revalidate: 60 } }, 1],
    ['FE-8 revalidate 0', { next: { revalidate: 0 } }, 2],
    ['FE-8 revalidate false', { next: { revalidate: false } }, 1],
    ['FE-4 no-store and 60', { cache: 'no-store', next: { revalidate: 60 } }, 2],
    ['FE-9 with a key to it', { headers: { authorization: 'x' }, next: { revalidate: 60 } }, 1],
    ['FE-9 a POST', { method: 'POST', body: 'q', next: { revalidate: 60 } }, 1],
  ])('%s', async (_rule, init, sent) => {
    const asked = upstream();
    const { run } = live(() => text(url, init));
    await run();
    await run();
    expect(asked).toHaveLength(sent);
    expect(asked[0].next).toBe(undefined);
  });
});
