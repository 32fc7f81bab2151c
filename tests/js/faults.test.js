// What a visitor gets while KV, the origin or the handler fails, in what time. Rows are those of docs/failures.md.
import { env } from 'cloudflare:test';
import { revalidateTag } from 'freshtag';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { counter, silence, site, wrapKv } from './support.js';

let lines;
beforeEach(() => (lines = silence()));
afterEach(() => vi.restoreAllMocks());

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const never = () => new Promise(() => {});
const dead = () => Promise.reject(new Error('KV GET failed: 500 Internal Server Error'));
const late = (name, ms) => async (kv, ...args) => (await sleep(ms), kv[name](...args));
const GETS = ['get', 'getWithMetadata'];
const reads = (fault) => Object.fromEntries(GETS.map((name) => [name, fault(name)]));
const timed = async (work) => {
  const began = performance.now();
  const answer = await work();
  return { ...answer, ms: performance.now() - began };
};

/** A page that is stored, then asked for by another isolate, whose KV has the fault. */
async function stored(overrides, module = {}, { headers } = {}) {
  const namespace = `t${crypto.randomUUID().slice(0, 8)}`;
  const routes = () => ({ '/': counter({ revalidate: 60, ...module }) });
  await site(routes(), { namespace }).ask('/');
  const other = site(routes(), { namespace }, { CACHE: wrapKv(env.CACHE, overrides) });
  // Not beside what waitUntil holds.
  const visitor = async () => {
    const tasks = [];
    const response = await other.app.fetch(new Request('http://localhost/', { headers }), other.env, { waitUntil: (task) => tasks.push(task) });
    const answer = { status: response.status, text: await response.text(), cache: response.headers.get('x-nextjs-cache'), header: (name) => response.headers.get(name), tasks };
    return answer;
  };
  return { visitor, ask: other.ask, namespace };
}

describe('reads of KV', () => {
  // Name, what is wrong, x-nextjs-cache, x-freshtag-error, ms at least and at most.
  const rows = [
    ['get rejects', reads(() => dead), 'MISS', 'STORE', 0, 150],
    ['get throws at once', reads(() => () => { throw new Error('no') }), 'MISS', 'STORE', 0, 150],
    ['get never settles', reads(() => never), 'MISS', 'STORE', 240, 500],
    ['get takes 100 ms', reads((name) => late(name, 100)), 'HIT', null, 90, 245],
    ['get takes 2 s', reads((name) => late(name, 2_000)), 'MISS', 'STORE', 240, 500],
    ['the watermark is not read', { get: dead }, 'HIT|STALE', null, 0, 150],
  ];
  test.each(rows)('R1 %s', async (_name, fault, cache, error, least, most) => {
    const { visitor } = await stored(fault);
    const answer = await timed(visitor);
    expect(answer.status).toBe(200);
    expect(answer.cache).toMatch(new RegExp(`^(?:${cache})$`));
    if (cache === 'HIT' || cache === 'MISS') expect(answer.header('x-freshtag-error')).toBe(error);
    expect(answer.ms).toBeGreaterThanOrEqual(least);
    expect(answer.ms).toBeLessThan(most);
    if (error) expect(lines.join('\n')).toContain('freshtag: STORE: KV did not answer for /');
  });

  test('R1 a body that never comes, where it is to be held: the handler answers', async () => {
    const stalls = async (kv, ...args) => ({ ...(await kv.getWithMetadata(...args)), value: new ReadableStream() });
    const namespace = `t${crypto.randomUUID().slice(0, 8)}`;
    await site({ '/': counter({ revalidate: 60 }) }, { namespace }).ask('/');
    const other = site({ '/': counter({ revalidate: 60 }) }, { namespace }, { CACHE: wrapKv(env.CACHE, { getWithMetadata: stalls }) });
    const go = () => other.app.fetch(new Request('http://localhost/'), other.env, { waitUntil: () => {} });
    expect((await go()).headers.get('x-nextjs-cache')).toBe('HIT');
    const again = await timed(async () => ({ text: await (await go()).text() }));
    expect(again.text).toBe('render 1');
    expect(again.ms).toBeLessThan(500);
  });

  test('R1 get takes 300 ms: whoever comes first', async () => {
    const slow = { GET: async () => (await sleep(400), new Response('render')) };
    const entryFirst = await (await stored(reads((name) => late(name, 300)), slow)).visitor();
    expect(entryFirst).toMatchObject({ status: 200, cache: 'HIT', text: 'render' });
    const renderFirst = await (await stored(reads((name) => late(name, 600)))).visitor();
    expect(renderFirst).toMatchObject({ status: 200, cache: 'MISS', text: 'render 1' });
  });

  test('R1 after five failures KV is not asked, and a probe heals it', async () => {
    let asked = 0;
    let broken = true;
    const fault = reads((name) => (kv, ...args) => (asked++, broken ? never() : kv[name](...args)));
    const { visitor } = await stored(fault);
    await Promise.all([visitor(), visitor(), visitor()]);
    await sleep(1_000);
    const before = asked;
    const quick = await timed(visitor);
    expect(quick).toMatchObject({ status: 200 });
    expect(quick.header('x-freshtag-error')).toBe('STORE');
    expect([asked, quick.ms < 20]).toEqual([before, true]);
    broken = false;
    await sleep(5_000);
    await visitor();
    expect((await visitor()).header('x-freshtag-error')).toBe(null);
    expect(asked).toBeGreaterThan(before);
  }, 20_000);

  test('R2 a revalidated tag whose marks cannot be read is a doubt', async () => {
    const { visitor } = await stored({ get: never });
    const answer = await visitor();
    expect(['STALE', 'MISS']).toContain(answer.cache);
    expect(answer.cache === 'MISS' || /no-store/.test(answer.header('cache-control'))).toBe(true);
  });
});

describe('entries that are not ours', () => {
  const text = new TextEncoder().encode('{"v":1}');
  const frame = (length, rest) => new Uint8Array([0, 0, 0, length, ...rest]);
  const random = crypto.getRandomValues(new Uint8Array(300));
  // What stands under the key, and its metadata.
  const rows = [
    ['random bytes', random, undefined],
    ['nothing', new Uint8Array(0), undefined],
    ['a length alone', frame(9, []), undefined],
    ['a frame that is cut', frame(200, text), undefined],
    ['a frame of something else', frame(text.length, text), undefined],
    ['metadata of another program', random, { hello: 'world' }],
    ['metadata that is no object', random, 7],
    ['metadata of a list', random, [1, 2]],
    ['an entry of another version', random, { v: 99, k: 'x' }],
  ];
  test.each(rows)('T19 %s: a miss, and whole again', async (_name, bytes, metadata) => {
    const { namespace } = await stored({});
    const { keys } = await env.CACHE.list({ prefix: `f1-${namespace}/e/` });
    await env.CACHE.put(keys[0].name, bytes, { metadata });
    const other = site({ '/': { revalidate: 60, GET: () => new Response('new') } }, { namespace });
    expect(await other.ask('/')).toMatchObject({ status: 200, cache: 'MISS', text: 'new' });
    expect(await site({ '/': counter({ revalidate: 60 }) }, { namespace }).ask('/')).toMatchObject({ status: 200, cache: 'HIT', text: 'new' });
  });

  test('T1 the entry of another key is a miss', async () => {
    const routes = { '/a': { revalidate: 60, GET: () => new Response('a') }, '/b': { revalidate: 60, GET: () => new Response('b') } };
    const namespace = `t${crypto.randomUUID().slice(0, 8)}`;
    await site(routes, { namespace }).ask('/a');
    const { keys } = await env.CACHE.list({ prefix: `f1-${namespace}/e/` });
    const swap = { getWithMetadata: (kv, _key, options) => kv.getWithMetadata(keys[0].name, options) };
    const other = site(routes, { namespace }, { CACHE: wrapKv(env.CACHE, swap) });
    expect(await other.ask('/b')).toMatchObject({ cache: 'MISS', text: 'b' });
    expect(await other.ask('/a')).toMatchObject({ text: 'a' });
  });

  test('T19 every bit of a stored header flipped: never another page, never an error of ours', async () => {
    const { namespace } = await stored({});
    const { keys } = await env.CACHE.list({ prefix: `f1-${namespace}/e/` });
    const whole = JSON.stringify(keys[0].metadata);
    let bodies = 0;
    for (let bit = 0; bit < whole.length * 8; bit += 37) {
      const bytes = [...whole].map((char) => char.charCodeAt(0));
      bytes[bit >> 3] ^= 1 << (bit & 7);
      let metadata;
      try {
        metadata = JSON.parse(String.fromCharCode(...bytes));
      } catch {
        continue;
      }
      const CACHE = wrapKv(env.CACHE, { put: async () => {}, getWithMetadata: async (kv, ...args) => ({ ...(await kv.getWithMetadata(...args)), metadata }) });
      const answer = await site({ '/': counter({ revalidate: 60 }) }, { namespace }, { CACHE }).ask('/');
      expect(answer.text).toBe('render 1');
      expect(answer.status).toBeLessThan(500);
      bodies++;
    }
    expect(bodies).toBeGreaterThan(30);
  });
});

describe('puts', () => {
  const refused = () => Promise.reject(new Error('KV PUT failed: 429 Too Many Requests'));
  test.each([['429', refused], ['500', dead], ['never settles', never]])('R4 of an entry: %s, and the visitor does not notice', async (_name, put) => {
    const { app, env: bindings } = site({ '/': counter({ revalidate: 60 }) }, {}, { CACHE: wrapKv(env.CACHE, { put }) });
    const tasks = [];
    const answer = await timed(async () => (await app.fetch(new Request('http://localhost/'), bindings, { waitUntil: (task) => tasks.push(task) })).text().then((text) => ({ text })));
    expect(answer.text).toBe('render 1');
    expect(answer.ms).toBeLessThan(200);
    if (put !== never) await Promise.all(tasks);
  }, 20_000);

  // 429 is waited out for longer: somebody writes the same key.
  test.each([['500', dead], ['never settles', never]])('R4 of a revalidation: %s, 5 s of tries and an error that says so', async (_name, put) => {
    const POST = async () => (revalidateTag('a', { expire: 0 }), new Response('done'));
    const { app, env: bindings } = site({ '/': { POST } }, {}, { CACHE: wrapKv(env.CACHE, { put }) });
    const answer = await timed(() => app.fetch(new Request('http://localhost/', { method: 'POST' }), bindings, { waitUntil: () => {} }).then((response) => ({ status: response.status, header: response.headers.get('x-freshtag-error') })));
    expect(answer).toMatchObject({ status: 500, header: 'REVALIDATE_FAILED' });
    expect(answer.ms).toBeGreaterThan(4_500);
    expect(answer.ms).toBeLessThan(7_500);
  }, 20_000);

  test('R6 an entry over the cap is served and not stored', async () => {
    const big = 'x'.repeat(3_000);
    const { ask } = site({ '/': { revalidate: 60, GET: () => new Response(big) } }, { maxEntryBytes: 2_999 });
    for (let n = 0; n < 2; n++) expect(await ask('/')).toMatchObject({ status: 200, text: big, cache: 'MISS' });
    const fits = site({ '/': { revalidate: 60, GET: () => new Response(big) } }, { maxEntryBytes: 3_000 });
    await fits.ask('/');
    expect((await fits.ask('/')).cache).toBe('HIT');
  });
});

test.each([['rejects', dead, 150], ['never settles', never, 5_500]])('a listing that %s is an error with its code', async (_name, list, most) => {
  const { ask } = site({}, {}, { CACHE: wrapKv(env.CACHE, { list }) });
  const answer = await timed(() => ask('/_freshtag/entries'));
  expect(JSON.parse(answer.text).code).toBe('STORE');
  expect(answer.ms).toBeLessThan(most);
}, 10_000);

describe('who renders', () => {
  test('T39 a handler that never settles holds up those who follow for 5 s at most', async () => {
    let runs = 0;
    const GET = () => (++runs === 1 ? never() : new Response('second'));
    const { app, env: bindings } = site({ '/': { revalidate: 60, GET } });
    const go = () => app.fetch(new Request('http://localhost/'), bindings, { waitUntil: () => {} });
    void go();
    await sleep(20);
    const answer = await timed(async () => ({ text: await (await go()).text() }));
    expect(answer.text).toBe('second');
    expect(answer.ms).toBeLessThan(5_500);
  }, 10_000);

  const origins = [
    ['is down', () => Promise.reject(new Error('ECONNREFUSED')), 502],
    ['answers 503', async () => new Response('busy', { status: 503 }), 503],
    ['is slow', async () => (await sleep(300), new Response('slow', { headers: { 'cache-control': 's-maxage=60' } })), 200],
  ];
  test.each(origins)('S7 an origin that %s', async (_name, fetch, status) => {
    const { ask } = site({}, {}, { ORIGIN: { fetch } });
    expect((await ask('/')).status).toBe(status);
    expect((await ask('/')).status).toBe(status);
  });

  test('S7 an origin that breaks off: nothing is stored', async () => {
    let broken = true;
    const fetch = async () => {
      const headers = { 'cache-control': 's-maxage=60' };
      if (!broken) return new Response('whole', { headers });
      let sent = false;
      const body = new ReadableStream({ pull: (controller) => (sent ? controller.error(new Error('reset')) : controller.enqueue(new TextEncoder().encode('ha')), (sent = true)) });
      return new Response(body, { headers });
    };
    const { app, env: bindings, ask } = site({}, {}, { ORIGIN: { fetch } });
    const first = await app.fetch(new Request('http://localhost/'), bindings, { waitUntil: (task) => task.catch(() => {}) });
    await expect(first.text()).rejects.toThrow();
    broken = false;
    expect(await ask('/')).toMatchObject({ cache: 'MISS', text: 'whole' });
  });

  test('without waitUntil everything is answered', async () => {
    const { app, env: bindings } = site({ '/': counter({ revalidate: 60 }) });
    for (let n = 0; n < 2; n++) {
      const response = await app.fetch(new Request('http://localhost/'), bindings);
      expect([response.status, await response.text()]).toEqual([200, 'render 1']);
      await sleep(50);
    }
  });

  test('with a waitUntil that refuses, likewise', async () => {
    const { app, env: bindings } = site({ '/': counter({ revalidate: 60 }) });
    const waitUntil = () => {
      throw new Error('cut');
    };
    const response = await app.fetch(new Request('http://localhost/'), bindings, { waitUntil });
    expect([response.status, await response.text()]).toEqual([200, 'render 1']);
  });
});
