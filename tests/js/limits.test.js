// The limits of KV, damaged entries, and many at once. Rows are those of docs/failures.md.
import { env } from 'cloudflare:test';
import { cached, cacheTag, revalidateTag } from 'freshtag';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { counter, silence, site, wrapKv } from './support.js';

let lines;
beforeEach(() => (lines = silence()));
afterEach(() => vi.restoreAllMocks());

const MiB = 1024 * 1024;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const refused = () => Promise.reject(new Error('KV PUT failed: 429 Too Many Requests'));
const dead = () => Promise.reject(new Error('KV GET failed: 500 Internal Server Error'));
const own = () => `t${crypto.randomUUID().slice(0, 8)}`;

/** Asks, and keeps what is left to do behind the answer. */
async function beside({ app, env: bindings }, path = '/', init) {
  const tasks = [];
  const response = await app.fetch(new Request(`http://localhost${path}`, init), bindings, { waitUntil: (task) => tasks.push(task) });
  return { response, tasks, cache: response.headers.get('x-nextjs-cache'), text: () => response.text() };
}

describe('what KV takes', () => {
  test('R6 of 25 MiB less a byte, 25 MiB and one more, four at once: what fits is stored, what does not is served', async () => {
    const sizes = [25 * MiB - 4096, 25 * MiB - 1, 25 * MiB, 25 * MiB + 1];
    const body = new Uint8Array(25 * MiB + 1).fill(120);
    const routes = { '/[n]': { revalidate: 60, GET: async (_request, { params }) => new Response(body.subarray(0, sizes[Number((await params).n)])) } };
    const puts = [];
    const CACHE = wrapKv(env.CACHE, { put: (kv, key, value, ...rest) => (puts.push(value.byteLength), kv.put(key, value, ...rest)) });
    const namespace = own();
    const options = { namespace, maxEntryBytes: 25 * MiB };
    const here = site(routes, options, { CACHE });
    const length = async (app, n) => {
      const { response, tasks, cache } = await beside(app, `/${n}`);
      let bytes = 0;
      for await (const chunk of response.body) bytes += chunk.byteLength;
      await Promise.all(tasks);
      return [response.status, bytes, cache];
    };
    expect(await Promise.all([0, 1, 2, 3].map((n) => length(here, n)))).toEqual(sizes.map((size) => [200, size, 'MISS']));
    // None that KV would refuse was tried with one byte too many.
    for (const bytes of puts) expect(bytes).toBeLessThanOrEqual(25 * MiB);
    const elsewhere = site(routes, options);
    expect((await length(elsewhere, 0)).slice(1)).toEqual([sizes[0], 'HIT']);
    expect((await length(elsewhere, 3)).slice(1)).toEqual([sizes[3], 'MISS']);
  }, 60_000);

  test('R6 four of 20 MiB at once, piece by piece: what an isolate has no memory for is served, and stored when it has', async () => {
    const size = 20 * MiB;
    const piece = new Uint8Array(MiB).fill(120);
    const pieces = () => {
      let left = size;
      return new ReadableStream({
        async pull(controller) {
          await new Promise((resolve) => setTimeout(resolve));
          controller.enqueue(piece.slice());
          if ((left -= piece.byteLength) === 0) controller.close();
        },
      });
    };
    const routes = { '/[n]': { revalidate: 60, GET: () => new Response(pieces()) } };
    const app = site(routes, { namespace: own(), maxEntryBytes: 25 * MiB });
    const length = async (n) => {
      const { response, tasks, cache } = await beside(app, `/${n}`);
      let bytes = 0;
      for await (const chunk of response.body) bytes += chunk.byteLength;
      await Promise.all(tasks);
      return [bytes, cache];
    };
    const four = [0, 1, 2, 3];
    expect(await Promise.all(four.map(length))).toEqual(four.map(() => [size, 'MISS']));
    expect(lines.filter((line) => line.includes('no memory beside others')).length).toBeGreaterThanOrEqual(2);
    const states = [];
    for (const n of four) states.push((await length(n))[1]);
    expect(states).toContain('HIT');
    expect(states).toContain('MISS');
    // One after the other, each has room.
    for (const n of four) expect(await length(n)).toEqual([size, 'HIT']);
  }, 60_000);

  test('R6 R10 bodies of requests that were cut keep no room', async () => {
    let hangs = true;
    const pieces = (mib) =>
      new ReadableStream({
        async pull(controller) {
          await new Promise((resolve) => setTimeout(resolve));
          if (mib-- > 0) controller.enqueue(new Uint8Array(MiB));
          else if (hangs) await new Promise(() => {});
          else controller.close();
        },
      });
    const routes = { '/[n]': { revalidate: 60, GET: async (_request, { params }) => new Response(pieces(Number((await params).n))) } };
    const app = site(routes, { namespace: own(), maxEntryBytes: 25 * MiB });
    const from = Date.now();
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => from);
    for (const n of [20, 11]) {
      const { response } = await beside(app, `/${n}`);
      const reader = response.body.getReader();
      for (let bytes = 0; bytes < n * MiB; ) bytes += (await reader.read()).value.byteLength;
    }
    await sleep(50);
    hangs = false;
    const state = async () => {
      const { response, tasks, cache } = await beside(app, '/3');
      await response.arrayBuffer();
      await Promise.all(tasks);
      return cache;
    };
    expect([await state(), await state()]).toEqual(['MISS', 'MISS']);
    clock.mockImplementation(() => from + 30_000);
    expect([await state(), await state()]).toEqual(['MISS', 'HIT']);
  });

  test('R7 128 tags of 256 characters of three bytes: beyond what metadata holds, and all of them work', async () => {
    const tags = Array.from({ length: 128 }, (_, n) => `${'€'.repeat(253)}${String(n).padStart(3, '0')}`);
    const namespace = own();
    const read = cached(async () => (cacheTag(...tags), 'value'), { id: 'many tags' });
    const routes = { '/': { revalidate: 60, GET: async () => new Response(await read()) } };
    const metadata = [];
    const CACHE = wrapKv(env.CACHE, { put: (kv, key, value, options) => (metadata.push(JSON.stringify(options.metadata ?? null).length), kv.put(key, value, options)) });
    await site(routes, { namespace }, { CACHE }).ask('/');
    expect(Math.max(...metadata)).toBeLessThanOrEqual(1024);
    const other = site(routes, { namespace });
    expect(await other.ask('/')).toMatchObject({ cache: 'HIT', text: 'value' });
    for (const tag of [tags[0], tags[127]]) {
      await other.admin('revalidate', { tag, profile: { expire: 0 } });
      expect((await other.ask('/')).cache).toBe('MISS');
      expect((await other.ask('/')).cache).toBe('HIT');
    }
  });

  test.each([400, 479, 480, 511, 512, 513, 2_000])('R8 a path of %s bytes, and one that differs in its last: two entries, whose keys fit', async (length) => {
    const keys = [];
    const CACHE = wrapKv(env.CACHE, { put: (kv, key, ...rest) => (keys.push(key), kv.put(key, ...rest)) });
    const { ask } = site({ '/[id]': { revalidate: 60, GET: async (_request, { params }) => new Response((await params).id.slice(-1)) } }, {}, { CACHE });
    // Of three bytes each, escaped.
    const path = `/${'%E2%82%AC'.repeat(9)}${'k'.repeat(length - 83)}`;
    for (const cache of ['MISS', 'HIT']) {
      for (const last of 'ab') expect(await ask(path + last)).toMatchObject({ status: 200, text: last, cache });
    }
    expect(new Set(keys).size).toBe(2);
    for (const key of keys) expect(new TextEncoder().encode(key).length).toBeLessThanOrEqual(512);
  });

  test('R2 a bulk read that brings some of the marks alone: a doubt, not an entry that nobody revalidated', async () => {
    const tags = Array.from({ length: 80 }, (_, n) => `tag-${n}`);
    const namespace = own();
    const read = cached(async () => (cacheTag(...tags), 'value'), { id: 'partial' });
    const routes = { '/': { revalidate: 60, GET: async () => new Response(await read()) } };
    await site(routes, { namespace }).ask('/');
    await site(routes, { namespace }).admin('revalidate', { tag: 'tag-79', profile: { expire: 0 } });
    const partial = async (kv, key, options) => {
      const found = await kv.get(key, options);
      if (Array.isArray(key)) for (const one of key.slice(-40)) found.delete(one);
      return found;
    };
    const { ask } = site(routes, { namespace }, { CACHE: wrapKv(env.CACHE, { get: partial }) });
    const answer = await ask('/');
    expect(answer).toMatchObject({ status: 200, text: 'value', cache: 'STALE' });
    expect(answer.header('cache-control')).toMatch(/no-store/);
  });
});

describe('entries of other versions', () => {
  test('T44 one of an older and one of a newer format are not looked at, and the namespace of each stays', async () => {
    const namespace = own();
    const page = () => ({ '/': counter({ revalidate: 60 }) });
    await site(page(), { namespace }).ask('/');
    const { keys } = await env.CACHE.list({ prefix: `f1-${namespace}/e/` });
    const { metadata } = keys[0];
    for (const v of [0, 2, '1', undefined]) {
      await env.CACHE.put(keys[0].name, 'of another version', { metadata: { ...metadata, v } });
      const { response } = await beside(site(page(), { namespace }));
      expect([response.status, await response.text()]).toEqual([200, 'render 1']);
    }
    await env.CACHE.put(keys[0].name.replace('f1-', 'f0-'), 'older', { metadata: { v: 0 } });
    await site(page(), { namespace }).ask('/');
    expect(await env.CACHE.get(keys[0].name.replace('f1-', 'f0-'))).toBe('older');
    expect((await site(page(), { namespace }).ask('/')).cache).toBe('HIT');
  });
});

describe('many at once in one isolate', () => {
  test('1,000 on a cold key: one render, one call of the origin', async () => {
    let renders = 0;
    const GET = async () => (await sleep(30), new Response(`render ${++renders}`));
    let calls = 0;
    const ORIGIN = { fetch: async () => (calls++, await sleep(30), new Response('origin', { headers: { 'cache-control': 's-maxage=60' } })) };
    const here = site({ '/page': { revalidate: 60, GET } }, {}, { ORIGIN });
    const answers = await Promise.all(Array.from({ length: 1_000 }, async (_, n) => (await beside(here, n % 2 ? '/page' : '/origin')).text()));
    expect(answers.every((text, n) => text === (n % 2 ? 'render 1' : 'origin'))).toBe(true);
    expect([renders, calls]).toEqual([1, 1]);
  }, 30_000);

  test('500 on a stale key: all get the page at once, one refresh; `tests/flow.rs` has 10,000', async () => {
    let renders = 0;
    const read = cached(async () => (cacheTag('crowd'), 'part'), { id: 'crowd' });
    const GET = async () => (await read(), await sleep(100), new Response(`render ${++renders}`));
    const here = site({ '/': { revalidate: 3600, GET } });
    await here.ask('/');
    await here.admin('revalidate', { tag: 'crowd', profile: 'max' });
    const answers = await Promise.all(Array.from({ length: 500 }, async () => {
      const { text, cache, tasks } = await beside(here);
      return [await text(), cache, tasks];
    }));
    for (const [text, cache] of answers) expect([text, cache]).toEqual(cache === 'HIT' ? ['render 2', 'HIT'] : ['render 1', 'STALE']);
    expect(answers.filter(([, cache]) => cache === 'STALE').length).toBeGreaterThan(10);
    await Promise.all(answers.flatMap(([, , tasks]) => tasks));
    expect(renders).toBe(2);
    expect(await here.ask('/')).toMatchObject({ text: 'render 2', cache: 'HIT' });
  }, 60_000);

  test('FE-14 IS-7 while a refresh fails: the page as it was, and the origin is asked no more than each 3 s', async () => {
    let renders = 0;
    const GET = async () => {
      if (++renders > 1) throw new Error('down');
      return new Response('good');
    };
    const { ask } = site({ '/': { revalidate: 0.05, GET } });
    await ask('/');
    await sleep(80);
    for (const end = Date.now() + 3_500; Date.now() < end; await sleep(50)) expect(await ask('/')).toMatchObject({ status: 200, text: 'good' });
    expect(renders).toBeLessThanOrEqual(3);
    expect(renders).toBeGreaterThan(1);
  }, 20_000);
});

describe('work behind the answer', () => {
  test('R4 the put of an entry is refused: three tries, more than a second apart, and none of the page that waits', async () => {
    const at = [];
    const { tasks, text } = await beside(site({ '/': counter({ revalidate: 60 }) }, {}, { CACHE: wrapKv(env.CACHE, { put: () => (at.push(Date.now()), refused()) }) }));
    expect(await text()).toBe('render 1');
    await Promise.all(tasks);
    expect(at).toHaveLength(3);
    for (const n of [1, 2]) expect(at[n] - at[n - 1]).toBeGreaterThanOrEqual(990);
  }, 20_000);

  test('R10 a waitUntil that is cut: nothing is stored, the next one renders, and nobody hangs', async () => {
    const stuck = wrapKv(env.CACHE, { put: () => new Promise(() => {}) });
    const namespace = own();
    const here = site({ '/': counter({ revalidate: 60 }) }, { namespace }, { CACHE: stuck });
    const { text } = await beside(here);
    expect(await text()).toBe('render 1');
    const again = await beside(here);
    expect(await again.text()).toBe('render 1');
    expect((await beside(site({ '/': counter({ revalidate: 60 }) }, { namespace }))).cache).toBe('MISS');
  });

  test('T2 a client that leaves in the middle of a page: the page is stored all the same, or not at all', async () => {
    const chunks = ['one ', 'two ', 'three'];
    const GET = () => {
      let n = 0;
      return new Response(new ReadableStream({ pull: async (controller) => (await sleep(5), n < 3 ? controller.enqueue(new TextEncoder().encode(chunks[n++])) : controller.close()) }));
    };
    const namespace = own();
    const here = site({ '/': { revalidate: 60, GET } }, { namespace });
    const { response, tasks } = await beside(here);
    const reader = response.body.getReader();
    await reader.read();
    await reader.cancel();
    await Promise.allSettled(tasks);
    const answer = await here.ask('/');
    expect(answer).toMatchObject({ status: 200, text: 'one two three' });
    expect(await site({ '/': { revalidate: 60, GET } }, { namespace }).ask('/')).toMatchObject({ text: 'one two three', cache: 'HIT' });
  });

  test('S6 a revalidation that KV refuses: an error within 7 s, with its code and the tags', async () => {
    const { app, env: bindings } = site({ '/': { POST: async () => {
      try {
        await revalidateTag('a', { expire: 0 });
        return new Response('done');
      } catch (error) {
        return Response.json({ code: error.code, message: error.message });
      }
    } } }, {}, { CACHE: wrapKv(env.CACHE, { put: dead }) });
    const began = Date.now();
    const answer = await (await app.fetch(new Request('http://localhost/', { method: 'POST' }), bindings, { waitUntil: () => {} })).json();
    expect(Date.now() - began).toBeLessThan(7_500);
    expect(answer.code).toBe('REVALIDATE_FAILED');
    expect(answer.message).toContain('a');
  }, 20_000);
});

describe('an origin that fails', () => {
  const good = (more = '') => new Response('good', { headers: { 'cache-control': `s-maxage=1${more}` } });
  // What it said of errors, what it does then, and what the visitor gets.
  const rows = [
    ['is down, stale-if-error', ', stale-if-error=60', () => Promise.reject(new Error('ECONNREFUSED')), [200, 'good']],
    ['is down, none', '', () => Promise.reject(new Error('ECONNREFUSED')), [502, 'Bad Gateway']],
    ['answers 503, stale-if-error', ', stale-if-error=60', async () => new Response('busy', { status: 503 }), [200, 'good']],
    ['answers 503, none', '', async () => new Response('busy', { status: 503 }), [503, 'busy']],
  ];
  test.each(rows)('S7 that %s', async (_name, says, fails, expected) => {
    let broken = false;
    const { ask } = site({}, {}, { ORIGIN: { fetch: () => (broken ? fails() : Promise.resolve(good(says))) } });
    await ask('/');
    broken = true;
    await sleep(1_200);
    const answer = await ask('/');
    expect([answer.status, answer.text]).toEqual(expected);
  });
});
