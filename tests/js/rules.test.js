// Rules that only show in the running Worker, by id (UC, UN, IS, WK, RV and threats T).
import { createExecutionContext, env, waitOnExecutionContext } from 'cloudflare:test';
import { cached, cacheLife, cacheTag, createApp, headers, revalidateTag, unstable_cache } from 'freshtag';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { counter, silence, site, wrapKv } from './support.js';

beforeEach(silence);
afterEach(() => vi.restoreAllMocks());

const NO_CACHE = 'private, no-cache, no-store, max-age=0, must-revalidate';
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const never = { profile: { expire: 0 } };

/** KV operations of an app, as they happen. */
function counting(overrides = {}) {
  const puts = [];
  const put = (kv, key, ...rest) => (puts.push(key), (overrides.put ?? ((target, ...args) => target.put(...args)))(kv, key, ...rest));
  return { puts, CACHE: wrapKv(env.CACHE, { ...overrides, put }) };
}

describe('lifetimes of routes', () => {
  test.each([
    ['expires in less than 300 s', { stale: 300, revalidate: 60, expire: 299 }, null],
    ['is not to be kept', { revalidate: 0 }, null],
    ['expires in 300 s', { stale: 300, revalidate: 60, expire: 300 }, 'MISS'],
    ['a client may hold for less than 30 s', { stale: 5, revalidate: 60, expire: 300 }, 'MISS'],
  ])('CL-16 an input that %s', async (_name, life, cache) => {
    const read = cached(async () => (cacheLife(life), 'value'), { id: 'input' });
    const { ask } = site({ '/': { revalidate: 3600, GET: async () => new Response(await read()) } });
    const answer = await ask('/');
    expect(answer.cache).toBe(cache);
    if (!cache) expect(answer.header('cache-control')).toBe(NO_CACHE);
  });

  test('CL-19 an input that is too short is no error, the route is just not stored', async () => {
    const inner = cached(async () => (cacheLife('seconds'), 'value'), { id: 'inner' });
    const outer = cached(async () => inner(), { id: 'outer' });
    const { ask } = site({ '/': { revalidate: 3600, GET: async () => new Response(await outer()) } });
    expect(await ask('/')).toMatchObject({ status: 200, text: 'value', cache: null });
  });

  test('CL-17 the client is told the stale time as it is', async () => {
    const read = cached(async () => (cacheLife({ stale: 5, revalidate: 60, expire: 600 }), 'value'), { id: 'stale' });
    const { ask } = site({ '/': { GET: async () => new Response(await read()) }, '/long': counter({ revalidate: 60 }) });
    for (let i = 0; i < 2; i++) expect((await ask('/')).header('x-nextjs-stale-time')).toBe('5');
    expect((await ask('/long')).header('x-nextjs-stale-time')).toBe('300');
  });
});

describe('tags of a page', () => {
  const read = cached(async () => (cacheTag('a,b', 'own'), 'value'), { id: 'comma' });
  const routes = () => ({ '/posts/[id]': { revalidate: 60, GET: async () => new Response(await read()) } });

  test.each([['a', 'HIT'], ['b', 'HIT'], ['a,b', 'MISS']])('TG-8 a tag with a comma is one tag: %s', async (tag, cache) => {
    const { ask, admin } = site(routes());
    await ask('/posts/1');
    await admin('revalidate', { tag, ...never });
    expect((await ask('/posts/1')).cache).toBe(cache);
  });

  test('TG-12 IC-12 implicit tags come first, then those of its inputs', async () => {
    const { ask, json } = site(routes());
    await ask('/posts/1');
    const { entries } = await json('/_freshtag/entries?kind=route');
    expect(entries[0].tags).toEqual([
      '_N_T_/layout', '_N_T_/posts/layout', '_N_T_/posts/[id]/layout', '_N_T_/posts/[id]/page', '_N_T_/posts/1', '_N_T_/posts/[id]/route', 'a,b', 'own',
    ]);
    const data = await json('/_freshtag/entries?kind=data');
    expect(data.entries[0].tags).toEqual(['a,b', 'own']);
  });

  test('IC-11 one revalidation reaches routes, cached functions and unstable_cache', async () => {
    let runs = 0;
    const one = cached(async () => (cacheTag('t'), ++runs), { id: 'one' });
    const two = unstable_cache(async () => ++runs, ['two'], { tags: ['t'] });
    const { ask, admin } = site({
      '/page': { revalidate: 60, GET: async () => new Response(`${await one()} ${await two()}`) },
      '/data': { POST: async () => new Response(`${await one()} ${await two()}`) },
    });
    const before = (await ask('/page')).text;
    expect((await ask('/data', { method: 'POST' })).text).toBe(before);
    await admin('revalidate', { tag: 't', ...never });
    const after = (await ask('/data', { method: 'POST' })).text;
    expect(after).not.toBe(before);
    const page = await ask('/page');
    expect(page.cache).toBe('MISS');
    expect(page.text).not.toBe(before);
  });

  test('UC-17 an entry that does not carry a soft tag itself is under that of its route', async () => {
    let runs = 0;
    const count = cached(async () => ++runs, { id: 'soft' });
    const { ask, admin } = site({ '/posts/[id]': { revalidate: 60, GET: async () => new Response(String(await count())) } });
    expect((await ask('/posts/1')).text).toBe('1');
    await wait(5);
    await admin('revalidate', { path: '/posts/1' });
    expect(await ask('/posts/1')).toMatchObject({ cache: 'MISS', text: '2' });
  });

  test('UC-13 UC-18 a soft tag that expires later makes a page stale once, and not for ever', async () => {
    const { ask, admin } = site({ '/posts/[id]': counter({ revalidate: 60 }) });
    await ask('/posts/1');
    await admin('revalidate', { tag: '_N_T_/posts/1', profile: 'max' });
    expect((await ask('/posts/1')).cache).toBe('STALE');
    expect((await ask('/posts/1')).cache).toBe('HIT');
    await wait(1_100);
    expect((await ask('/posts/1')).cache).toBe('HIT');
  });
});

describe('revalidation', () => {
  test('RV-12 a tag is one mark, whatever carries it; calls share the watermark', async () => {
    const { puts, CACHE } = counting();
    const { ask } = site({ '/': { POST: async () => (await Promise.all(['a', 'b', 'c'].map((tag) => revalidateTag(tag, { expire: 0 }))), new Response()) } }, {}, { CACHE });
    await ask('/', { method: 'POST' });
    expect(puts.filter((key) => key.includes('/x/'))).toHaveLength(3);
    expect(puts.filter((key) => key.endsWith('/w')).length).toBeLessThanOrEqual(2);
    expect(puts.length).toBeLessThanOrEqual(5);
  });

  test('RV-13 what a handler revalidates is written before its response is there', async () => {
    const { puts, CACHE } = counting();
    const { app, env: bindings } = site({ '/': { POST: () => (void revalidateTag('t', 'max'), new Response('ok')) } }, {}, { CACHE });
    const ctx = createExecutionContext();
    const response = await app.fetch(new Request('http://localhost/', { method: 'POST' }), bindings, ctx);
    expect(puts.map((key) => key.split('/').slice(1).join('/'))).toEqual(['s/t', 'w']);
    await response.text();
    await waitOnExecutionContext(ctx);
  });

  test('RV-15 T9 a visitor cannot say that tags were revalidated', async () => {
    const { ask } = site({ '/': counter({ revalidate: 60 }) });
    await ask('/');
    const headers = { 'x-next-revalidated-tags': '_N_T_/layout', 'x-next-revalidate-tag-token': 'guess' };
    expect((await ask('/', { headers })).cache).toBe('HIT');
  });

  test('RV-16 nothing is made anew before somebody asks', async () => {
    let renders = 0;
    const { ask, admin } = site({ '/': { revalidate: 60, GET: () => new Response(String(++renders)) } });
    await ask('/');
    await admin('revalidate', { path: '/' });
    await wait(20);
    expect(renders).toBe(1);
    expect((await ask('/')).text).toBe('2');
  });

  test('RV-14 WK-2 the same request reads what it revalidates anew, before the KV has heard', async () => {
    let runs = 0;
    const one = cached(async () => (cacheTag('t'), ++runs), { id: 'one' });
    const two = unstable_cache(async () => ++runs, ['two'], { tags: ['t'] });
    const { ask } = site({ '/': { POST: async () => {
      const before = [await one(), await two()];
      await wait(5);
      void revalidateTag('t', 'max');
      await wait(5);
      const anew = [await one(), await two()];
      return Response.json([before, anew, [await one(), await two()]]);
    } } });
    expect(JSON.parse((await ask('/', { method: 'POST' })).text)).toEqual([[1, 2], [3, 4], [3, 4]]);
  });

  test('IC-10 IS-9 WK-10 past expire a page is made anew first, and says so; under an expired tag it is a MISS', async () => {
    const { ask, admin } = site({ '/': counter({ revalidate: 0.05 }) }, { expireTime: 0.2 });
    const first = await ask('/');
    expect(first).toMatchObject({ cache: 'MISS', text: 'render 1' });
    expect(first.header('cache-control')).toMatch(/^s-maxage=0\.05, stale-while-revalidate=0\.15/);
    await wait(300);
    expect(await ask('/')).toMatchObject({ cache: 'REVALIDATED', text: 'render 2' });
    await admin('revalidate', { path: '/' });
    expect((await ask('/')).cache).toBe('MISS');
  });
});

describe('cached functions', () => {
  const run = (code, options, bindings) => {
    const { ask } = site({ '/': { POST: async () => Response.json((await code()) ?? null) } }, options, bindings);
    return async () => JSON.parse((await ask('/', { method: 'POST' })).text);
  };

  test('UC-6 a KV that fails does not fail the call', async () => {
    const read = cached(async () => 'value', { id: 'down' });
    const down = () => Promise.reject(new Error('KV GET failed: 500'));
    expect(await run(() => read(), {}, { CACHE: wrapKv(env.CACHE, { get: down, getWithMetadata: down, put: down }) })()).toBe('value');
  });

  test.each([
    ['UC-12', { expire: 0, revalidate: 0 }],
    ['UC-11', { revalidate: 0 }],
    ['UC-11', { revalidate: -1 }],
  ])('%s %j is not stored', async (_rule, life) => {
    let runs = 0;
    const read = cached(async () => (cacheLife(life), ++runs), { id: 'never' });
    const ask = run(() => read());
    expect([await ask(), await ask()]).toEqual([1, 2]);
  });

  test('UC-10 UC-11 UC-20 between revalidate and expire it is served, and renewed behind', async () => {
    let runs = 0;
    const read = cached(async () => (cacheLife({ revalidate: 0.03, expire: 600 }), ++runs), { id: 'swr' });
    const ask = run(() => read());
    expect(await ask()).toBe(1);
    await wait(60);
    expect(await ask()).toBe(1);
    expect(runs).toBe(2);
  });

  test('UC-19 what goes into something stored is made anew first', async () => {
    let runs = 0;
    const read = cached(async () => (cacheLife({ revalidate: 0.03, expire: 600 }), ++runs), { id: 'nested' });
    const { ask } = site({ '/[id]': { GET: async () => new Response(String(await read())) } });
    expect((await ask('/1')).text).toBe('1');
    await wait(60);
    expect((await ask('/2')).text).toBe('2');
  });

  test('UC-21 many callers of a stale result: one renewal', async () => {
    let runs = 0;
    const read = cached(async () => (cacheLife({ revalidate: 0.03, expire: 600 }), await wait(30), ++runs), { id: 'herd' });
    const ask = run(() => read());
    await ask();
    await wait(60);
    expect(await Promise.all(Array.from({ length: 10 }, ask))).toEqual(Array(10).fill(1));
    expect(runs).toBe(2);
  });

  test('UC-21 a renewal that fails keeps the old result', async () => {
    let runs = 0;
    const read = cached(async () => {
      cacheLife({ revalidate: 0.03, expire: 600 });
      if (++runs > 1) throw new Error('down');
      return runs;
    }, { id: 'keeps' });
    const ask = run(() => read());
    await ask();
    await wait(60);
    expect([await ask(), await ask(), await ask()]).toEqual([1, 1, 1]);
    expect(runs).toBe(2); // IS-6: not again for three seconds
  });

  test('UC-24 the same call twice in one request runs once', async () => {
    let runs = 0;
    const read = cached(async () => ++runs, { id: 'twice' });
    expect(await run(async () => [await read(), await read()])()).toEqual([1, 1]);
    expect(await run(async () => Promise.all([read(), read()]))()).toHaveLength(2);
  });

  test('UC-27 another build has entries of its own, unless they are shared', async () => {
    let runs = 0;
    const own = cached(async () => ++runs, { id: 'own' });
    const shared = cached(async () => ++runs, { id: 'shared', shared: true });
    const namespace = crypto.randomUUID();
    const build = (buildId) => run(async () => [await own(), await shared()], { namespace, buildId })();
    expect(await build('1')).toEqual([1, 2]);
    expect(await build('1')).toEqual([1, 2]);
    expect(await build('2')).toEqual([3, 2]);
  });

  test('UC-30 every argument counts, also one the function does not name', async () => {
    let runs = 0;
    const read = cached(async (_a) => ++runs, { id: 'more' });
    expect(await run(async () => [await read(1), await read(1, 2), await read(1)])()).toEqual([1, 2, 1]);
  });

  test('UC-31 what a function closes over is no part of its key', async () => {
    const make = (value) => cached(async () => value, { id: 'closure' });
    expect(await run(async () => [await make('a')(), await make('b')()])()).toEqual(['a', 'a']);
  });

  test('UC-2 TG-14 T42 what is revalidated while it is made is not fresh afterwards', async () => {
    let runs = 0;
    let during = async () => {};
    const read = cached(async () => {
      cacheTag('t');
      const value = ++runs;
      await during();
      return value;
    }, { id: 'mid' });
    const app = site({ '/': { POST: async () => Response.json(await read()) } });
    during = async () => {
      await wait(5);
      await app.admin('revalidate', { tag: 't', ...never });
      await wait(5);
    };
    await app.ask('/', { method: 'POST' });
    during = async () => {};
    expect((await app.ask('/', { method: 'POST' })).text).toBe('2');
  });
});

describe('unstable_cache', () => {
  test('IC-7 the limit of the reader wins over the stored one', async () => {
    let runs = 0;
    const source = async () => ++runs;
    const long = unstable_cache(source, ['same'], { revalidate: 3600 });
    const short = unstable_cache(source, ['same'], { revalidate: 0.03 });
    const { ask } = site({ '/[which]': { POST: async (_request, { params }) => Response.json(await ((await params).which === 'long' ? long : short)()) } });
    const post = async (path) => JSON.parse((await ask(path, { method: 'POST' })).text);
    expect(await post('/long')).toBe(1);
    await wait(60);
    expect(await post('/long')).toBe(1);
    expect(await post('/short')).toBe(1);
    expect(runs).toBe(2);
  });

  // Under which tags it is stored, what is revalidated, under which it is read, and whether it runs again.
  test.each([
    ['what it was stored with', ['a'], 'a', ['b'], 1],
    ['what it is read with', ['a'], 'b', ['b'], 2],
    ['both', ['a'], 'a', ['a', 'b'], 2],
    ['neither', ['a'], 'c', ['b'], 1],
    ['none at the read', ['a'], 'a', undefined, 1],
    ['none at the store', undefined, 'a', ['a'], 2],
    ['a tag of a cached function inside', undefined, 'inner', undefined, 2],
    ['the same tag, of the call and inside', ['inner'], 'inner', undefined, 2],
  ])('IC-7 the tags of the reader count: %s', async (_name, stored, tag, read, runs) => {
    let ran = 0;
    const inner = cached(async () => (cacheTag('inner'), 'inner'), { id: 'under an unstable one' });
    const source = async () => `${await inner()} ${++ran}`;
    const calls = { store: unstable_cache(source, ['tags'], { tags: stored }), read: unstable_cache(source, ['tags'], { tags: read }) };
    const { ask, admin } = site({ '/[which]': { POST: async (_request, { params }) => new Response(await calls[(await params).which]()) } });
    const post = async (path) => (await ask(path, { method: 'POST' })).text;
    expect(await post('/store')).toBe('inner 1');
    await admin('revalidate', { tag, ...never });
    expect(await post('/read')).toBe(`inner ${runs}`);
    // Whoever ran it, it is stored and good for the next one.
    expect(await post('/read')).toBe(`inner ${runs}`);
  });

  test('IC-7 UN-8 a page has the tags of its own call, whoever stored the result', async () => {
    let ran = 0;
    const source = async () => ++ran;
    const [one, two] = [['one'], ['two']].map((tags) => unstable_cache(source, ['page'], { tags, revalidate: 60 }));
    const { ask, admin } = site({ '/store': { POST: async () => new Response(await one()) }, '/': { GET: async () => new Response(`${await two()}`) } });
    await ask('/store', { method: 'POST' });
    expect(await ask('/')).toMatchObject({ text: '1', cache: 'MISS' });
    await admin('revalidate', { tag: 'one', ...never });
    expect(await ask('/')).toMatchObject({ text: '1', cache: 'HIT' });
    await admin('revalidate', { tag: 'two', ...never });
    expect(await ask('/')).toMatchObject({ text: '2', cache: 'MISS' });
  });

  test('UN-4 a nested call is not read, though it is written', async () => {
    let runs = 0;
    const inner = unstable_cache(async () => ++runs, ['inner']);
    const outer = unstable_cache(async (n) => `${n} ${await inner()}`, ['outer']);
    const { ask } = site({ '/': { POST: async () => Response.json([await outer(1), await outer(2), await inner(), await outer(1)]) } });
    expect(JSON.parse((await ask('/', { method: 'POST' })).text)).toEqual(['1 1', '2 2', 2, '1 1']);
  });

  test('UN-5 stale is returned and renewed behind, except into something stored', async () => {
    let runs = 0;
    const read = unstable_cache(async () => ++runs, ['quote'], { revalidate: 0.03 });
    const { ask } = site({ '/live': { POST: async () => new Response(String(await read())) }, '/[id]': { GET: async () => new Response(String(await read())) } });
    await ask('/live', { method: 'POST' });
    await wait(60);
    expect((await ask('/live', { method: 'POST' })).text).toBe('1');
    expect(runs).toBe(2);
    await wait(60);
    expect((await ask('/page')).text).toBe('3');
  });

  test('UN-6 a renewal that fails keeps the stale value', async () => {
    let runs = 0;
    const read = unstable_cache(async () => {
      if (++runs > 1) throw new Error('down');
      return runs;
    }, ['fails'], { revalidate: 0.03 });
    const { ask } = site({ '/': { POST: async () => new Response(String(await read())) } });
    const post = () => ask('/', { method: 'POST' });
    await post();
    await wait(60);
    expect((await post()).text).toBe('1');
    expect((await post()).text).toBe('1');
  });

  test('UN-6 what holds a stale value is answered, but not stored', async () => {
    let runs = 0;
    const read = unstable_cache(async () => {
      if (++runs > 1) throw new Error('down');
      return runs;
    }, ['fails too'], { revalidate: 0.03 });
    const { ask } = site({ '/[id]': { GET: async () => new Response(String(await read())) } });
    await ask('/1');
    await wait(60);
    const answer = await ask('/2');
    expect(answer).toMatchObject({ status: 200, text: '1', cache: null });
    expect(answer.header('cache-control')).toMatch(/^private, no-cache/);
    expect(await ask('/1')).toMatchObject({ status: 200, text: '1' });
  });
});

describe('pages', () => {
  test('IS-4 WK-4 four first visitors: one render in an isolate, all are told MISS', async () => {
    let renders = 0;
    const page = { revalidate: 60, GET: async () => (await wait(20), new Response(String(++renders))) };
    const namespace = crypto.randomUUID();
    const here = site({ '/': page }, { namespace });
    const answers = await Promise.all(Array.from({ length: 4 }, () => here.ask('/')));
    expect(answers.map(({ cache, text }) => [cache, text])).toEqual(Array(4).fill(['MISS', '1']));
    // Another isolate knows nothing of this one but what is in the KV.
    expect(await site({ '/': page }, { namespace }).ask('/')).toMatchObject({ cache: 'HIT', text: '1' });
    const [a, b] = [site({ '/': page }, { namespace: `${namespace}2` }), site({ '/': page }, { namespace: `${namespace}2` })];
    await Promise.all([a.ask('/'), b.ask('/')]);
    expect(renders).toBe(3);
  });

  test('IS-5 what nobody gave a lifetime is not stored', async () => {
    const { puts, CACHE } = counting();
    await site({ '/': counter() }, {}, { CACHE }).ask('/');
    expect(puts).toEqual([]);
  });

  test('IS-6 a refresh that fails keeps the good page, its age and its Cache-Control, and is not repeated at once', async () => {
    let renders = 0;
    const { ask } = site({ '/': { revalidate: 0.03, GET() {
      if (++renders > 1) throw new Error('down');
      return new Response('good');
    } } });
    const first = await ask('/');
    await wait(60);
    for (let i = 0; i < 3; i++) {
      const answer = await ask('/');
      expect(answer).toMatchObject({ status: 200, cache: 'STALE', text: 'good' });
      expect(answer.header('cache-control')).toBe(first.header('cache-control'));
    }
    expect(renders).toBe(2);
  });

  test('IS-7 a page past expire whose render fails is an error, each time', async () => {
    let renders = 0;
    const { ask } = site({ '/': { revalidate: 0.03, GET() {
      if (++renders > 1) throw new Error('down');
      return new Response('good');
    } } }, { expireTime: 0.06 });
    await ask('/');
    await wait(100);
    for (let i = 0; i < 2; i++) expect(await ask('/')).toMatchObject({ status: 500, cache: null });
  });

  test('IS-8 a page that begins to read its visitor keeps its last good answer', async () => {
    let renders = 0;
    const { ask } = site({ '/': { revalidate: 0.03, GET: async () => (++renders > 1 && (await headers()), new Response('shared')) } });
    await ask('/');
    await wait(60);
    expect(await ask('/')).toMatchObject({ cache: 'STALE', text: 'shared' });
    expect(await ask('/')).toMatchObject({ cache: 'STALE', text: 'shared' });
  });

  test('IS-10 IS-11 T1 a header cannot make a page render or store', async () => {
    const { ask } = site({ '/': counter({ revalidate: 60 }), '/none': counter() });
    await ask('/');
    for (const name of ['x-prerender-revalidate', 'x-prerender-revalidate-if-generated', 'x-now-route-matches', 'x-middleware-prefetch', 'purpose', 'cache-control', 'pragma']) {
      expect(await ask('/', { headers: { [name]: name === 'purpose' ? 'prefetch' : 'no-cache' } })).toMatchObject({ cache: 'HIT', text: 'render 1' });
    }
  });

  test('IS-13 a Cache-Control of the handler stays, a page that is not stored is private', async () => {
    const { ask } = site({
      '/own': { revalidate: 60, GET: () => new Response('x', { headers: { 'cache-control': 'public, max-age=5' } }) },
      '/dynamic': { revalidate: 60, GET: async () => (await headers(), new Response('x')) },
      '/forever': counter({ revalidate: false }),
    });
    for (let i = 0; i < 2; i++) expect((await ask('/own')).header('cache-control')).toBe('public, max-age=5');
    expect((await ask('/own')).cache).toBe('HIT');
    expect((await ask('/dynamic')).header('cache-control')).toBe(NO_CACHE);
    expect((await ask('/forever')).header('cache-control')).toBe('s-maxage=31536000');
  });

  test('IS-13 a 404 of a page that is stored is stored', async () => {
    let renders = 0;
    const { ask } = site({ '/[id]': { revalidate: 60, GET: () => new Response(`nothing here ${++renders}`, { status: 404 }) } });
    expect(await ask('/1')).toMatchObject({ status: 404, cache: 'MISS', text: 'nothing here 1' });
    expect(await ask('/1')).toMatchObject({ status: 404, cache: 'HIT', text: 'nothing here 1' });
  });

  test('UC-3 a body that breaks off is stored nowhere', async () => {
    const { puts, CACHE } = counting();
    const broken = () => new Response(new ReadableStream({ start: (c) => c.enqueue(new TextEncoder().encode('half')), pull: (c) => c.error(new Error('cut')) }));
    const { app, env: bindings } = site({ '/': { revalidate: 60, GET: broken } }, {}, { CACHE });
    const tasks = [];
    const response = await app.fetch(new Request('http://localhost/'), bindings, { waitUntil: (task) => tasks.push(task) });
    await expect(response.text()).rejects.toThrow();
    await Promise.all(tasks);
    expect(puts).toEqual([]);
  });

  test('IS-14 HIT and STALE carry the same Cache-Control, and no Age', async () => {
    const { ask } = site({ '/': counter({ revalidate: 0.2 }) });
    const first = await ask('/');
    const hit = await ask('/');
    await wait(250);
    const stale = await ask('/');
    expect([first.cache, hit.cache, stale.cache]).toEqual(['MISS', 'HIT', 'STALE']);
    for (const answer of [hit, stale]) {
      expect(answer.header('cache-control')).toBe(first.header('cache-control'));
      expect(answer.header('age')).toBe(null);
    }
  });

  test('IS-15 GET is stored beside other methods, its headers with it', async () => {
    const { ask } = site({ '/': { revalidate: 60, GET: () => new Response('x', { headers: { 'x-own': '1' } }), POST: () => new Response('posted') } });
    await ask('/');
    const hit = await ask('/');
    expect(hit.cache).toBe('HIT');
    expect(hit.header('x-own')).toBe('1');
    expect(await ask('/', { method: 'POST' })).toMatchObject({ text: 'posted', cache: null });
  });

  test('IS-18 the ETag is a digest of the body, made when it is stored', async () => {
    const { ask } = site({ '/': { revalidate: 60, GET: () => new Response('the body') } });
    const miss = await ask('/');
    expect(miss.header('etag')).toBe(null);
    const hit = await ask('/');
    const digest = [...new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode('the body')))].slice(0, 16);
    const etag = `"${digest.map((byte) => byte.toString(16).padStart(2, '0')).join('')}"`;
    expect(hit.header('etag')).toBe(etag);
    expect(await ask('/', { headers: { 'if-none-match': `W/${etag}, "x"` } })).toMatchObject({ status: 304, text: '' });
    expect((await ask('/', { headers: { 'if-none-match': '"x"' } })).status).toBe(200);
  });

  test('IS-19 a page takes the lowest revalidate of its inputs, each input keeps its own', async () => {
    const [slow, fast] = [3600, 60].map((revalidate) => unstable_cache(async () => revalidate, [String(revalidate)], { revalidate }));
    const { ask, json } = site({ '/': { revalidate: 7200, GET: async () => new Response(`${await slow()} ${await fast()}`) } });
    expect((await ask('/')).header('cache-control')).toMatch(/^s-maxage=60,/);
    const { entries } = await json('/_freshtag/entries?kind=data');
    expect(entries.map(({ lifetime }) => lifetime.revalidate).sort((a, b) => a - b)).toEqual([60, 3600]);
  });

  test('WK-1 T39 what goes on behind the response is in waitUntil', async () => {
    const { puts, CACHE } = counting({ put: async (kv, ...args) => (await wait(20), kv.put(...args)) });
    const { app, env: bindings } = site({ '/': counter({ revalidate: 60 }) }, {}, { CACHE });
    const tasks = [];
    const response = await app.fetch(new Request('http://localhost/'), bindings, { waitUntil: (task) => tasks.push(task) });
    expect(puts).toEqual([]);
    await response.text();
    expect(tasks.length).toBeGreaterThan(0);
    await Promise.all(tasks);
    expect(puts).toHaveLength(1);
  });

  test('T39 a leader that never ends does not hold back the others', async () => {
    let renders = 0;
    const { ask } = site({ '/': { revalidate: 60, async GET() {
      if (++renders === 1) await wait(6_500);
      return new Response(`render ${renders}`);
    } } });
    const leader = ask('/');
    await wait(20);
    const start = Date.now();
    expect((await ask('/')).status).toBe(200);
    expect(Date.now() - start).toBeLessThan(6_000);
    await leader;
  }, 20_000);
});

describe('threats', () => {
  test('T1 no header and no query turns storing on', async () => {
    const { puts, CACHE } = counting();
    const { ask } = site({ '/[id]': counter(), '/d/[id]': counter({ dynamic: 'force-dynamic' }) }, {}, { CACHE });
    const names = ['x-now-route-matches', 'x-matched-path', 'x-nextjs-data', 'x-middleware-prefetch', 'x-prerender-revalidate', 'x-isr', 'next-resume', 'x-invoke-path'];
    const queries = ['?__nextDataReq=1', '?_rsc=1', '?__nextLocale=en', '?revalidate=60', '?amp=1'];
    for (const path of ['/1', '/d/1']) {
      for (const name of names) expect((await ask(path, { headers: { [name]: '1', 'cache-control': 's-maxage=60' } })).cache).toBe(null);
      for (const query of queries) expect((await ask(path + query)).header('cache-control')).toBe(NO_CACHE);
    }
    expect(puts).toEqual([]);
  });

  describe('an origin', () => {
    function behind(answer) {
      let n = 0;
      const ORIGIN = { fetch: async (input, init) => answer(new Request(input, init), ++n) };
      const { puts, CACHE } = counting();
      return { ...site({}, {}, { ORIGIN, CACHE }), puts };
    }
    const kept = { 'cache-control': 's-maxage=60, stale-while-revalidate=600', 'cache-tag': 'page' };

    test.each([
      ['204', () => new Response(null, { status: 204, headers: kept })],
      ['500', () => new Response('error', { status: 500, headers: kept })],
      ['an empty 200', () => new Response('', { headers: kept })],
      ['206', () => new Response('pa', { status: 206, headers: { ...kept, 'content-range': 'bytes 0-1/4' } })],
      ['a body that breaks', () => new Response(new ReadableStream({ pull: (c) => c.error(new Error('cut')) }), { headers: kept })],
      ['a cookie', () => new Response('other', { headers: { ...kept, 'set-cookie': 'a=1' } })],
    ])('T2 T11 T14 a good page is not replaced by %s', async (_name, bad) => {
      const app = behind((_request, n) => (n === 1 ? new Response('page', { headers: kept }) : bad()));
      await app.ask('/');
      await app.admin('revalidate', { tag: 'page', profile: 'max' });
      for (let i = 0; i < 2; i++) expect(await app.ask('/')).toMatchObject({ status: 200, cache: 'STALE', text: 'page' });
      expect(app.puts.filter((key) => key.includes('/e/'))).toHaveLength(1);
    });

    test('T3 the forms of a page have entries of their own, without any Vary', async () => {
      const app = behind((request) => new Response(['rsc', 'next-router-prefetch', 'next-router-state-tree', 'next-router-segment-prefetch'].map((name) => request.headers.get(name)).join(), { headers: kept }));
      const forms = [{}, { rsc: '1' }, { rsc: '1', 'next-router-prefetch': '1' }, { rsc: '1', 'next-router-state-tree': '%5B%5D' }, { rsc: '1', 'next-router-segment-prefetch': '/a' }];
      const seen = [];
      for (const headers of forms) seen.push((await app.ask('/', { headers })).text);
      expect(new Set(seen).size).toBe(forms.length);
      for (const [i, headers] of forms.entries()) expect(await app.ask('/', { headers })).toMatchObject({ cache: 'HIT', text: seen[i] });
    });

    test('IS-17 the forms of a page are revalidated together', async () => {
      const app = behind((request, n) => new Response(`${request.headers.get('rsc')} ${n}`, { headers: kept }));
      const forms = [{}, { rsc: '1' }];
      for (const headers of forms) await app.ask('/a', { headers });
      await app.admin('revalidate', { path: '/a' });
      for (const headers of forms) expect((await app.ask('/a', { headers })).cache).toBe('MISS');
    });

    test('UC-22 UC-23 in the draft mode of an origin nothing is read or written', async () => {
      const app = behind((_request, n) => new Response(`page ${n}`, { headers: kept }));
      const draft = { headers: { cookie: '__prerender_bypass=x' } };
      expect(await app.ask('/', draft)).toMatchObject({ cache: null, text: 'page 1' });
      expect(app.puts).toEqual([]);
      expect(await app.ask('/')).toMatchObject({ cache: 'MISS', text: 'page 2' });
      expect(await app.ask('/', draft)).toMatchObject({ cache: null, text: 'page 3' });
      expect(await app.ask('/')).toMatchObject({ cache: 'HIT', text: 'page 2' });
    });

    test.each([
      ['max-age=60', false],
      ['public, max-age=60', true],
      ['s-maxage=60', true],
      ['max-age=60, must-revalidate', true],
    ])('T5 an answer to Authorization, %s', async (control, shared) => {
      const app = behind((_request, n) => new Response(`page ${n}`, { headers: { 'cache-control': control } }));
      await app.ask('/', { headers: { authorization: 'Basic YQ==' } });
      expect((await app.ask('/')).text).toBe(shared ? 'page 1' : 'page 2');
    });

    test.each(['cookie', 'authorization', 'Cookie, accept'])('T5 T13 Vary: %s is not stored', async (vary) => {
      const app = behind((_request, n) => new Response(`page ${n}`, { headers: { ...kept, vary } }));
      await app.ask('/');
      expect((await app.ask('/')).text).toBe('page 2');
    });

    test('T12 a path that looks like a file is no reason to store', async () => {
      const app = behind(() => new Response('private'));
      for (const path of ['/account/x.css', '/account%2f..%2fstatic/x.js', '/account;x.css', '/account%00.css', '/account%0ax.css', '/static/..%2faccount']) {
        await app.ask(path);
      }
      expect(app.puts).toEqual([]);
    });

    test('T14 HEAD and a method override read a GET and store nothing of their own', async () => {
      const app = behind((request, n) => new Response(request.method === 'HEAD' ? null : `${request.method} ${n}`, { headers: kept }));
      await app.ask('/', { method: 'HEAD' });
      expect(app.puts).toEqual([]);
      expect((await app.ask('/', { headers: { 'x-http-method-override': 'DELETE' } })).text).toMatch(/^GET/);
      expect(app.puts).toEqual([]);
      const first = await app.ask('/');
      expect(first).toMatchObject({ cache: 'MISS' });
      expect(await app.ask('/')).toMatchObject({ cache: 'HIT', text: first.text });
      expect(await app.ask('/', { method: 'HEAD' })).toMatchObject({ cache: 'HIT', text: '' });
      expect((await app.ask('/', { method: 'POST' })).cache).toBe(null);
      expect((await app.ask('/', { headers: { range: 'bytes=0-1' } })).cache).not.toBe('HIT');
    });
  });

  test('T8 IC-6 another host is another page', async () => {
    let renders = 0;
    const namespace = crypto.randomUUID();
    const app = createApp({ namespace, routes: { '/': { revalidate: 60, GET: () => new Response(String(++renders)) } } });
    const ask = async (host) => {
      const ctx = createExecutionContext();
      const text = await (await app.fetch(new Request(`http://${host}/`, { headers: { 'x-forwarded-host': 'a.test' } }), env, ctx)).text();
      await waitOnExecutionContext(ctx);
      return text;
    };
    expect([await ask('a.test'), await ask('b.test'), await ask('a.test')]).toEqual(['1', '2', '1']);
  });

  test('T11 a cookie that a refresh sets reaches nobody', async () => {
    let renders = 0;
    const { ask } = site({ '/': { revalidate: 0.03, GET: () => new Response('page', { headers: ++renders > 1 ? { 'set-cookie': 'id=1' } : {} }) } });
    await ask('/');
    await wait(60);
    for (let i = 0; i < 3; i++) {
      const answer = await ask('/');
      expect(answer).toMatchObject({ cache: 'STALE', text: 'page' });
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
  });

  test('T37 what one visitor sent is in no answer to another one', async () => {
    const shared = cached(async (n) => (cacheLife({ revalidate: 60 }), await wait(1), `shared ${n}`), { id: 'canary' });
    const { ask } = site({
      '/mine': { GET: async (request) => {
        const before = (await headers()).get('x-canary');
        const text = await shared(before.length % 7);
        await wait(Math.random() * 5);
        return Response.json([before, (await headers()).get('x-canary'), request.headers.get('cookie'), text]);
      } },
      '/ours': { revalidate: 60, GET: async () => new Response(await shared(1)) },
    });
    await Promise.all(Array.from({ length: 300 }, async (_, i) => {
      const canary = `canary-${i}-${crypto.randomUUID()}`;
      const init = { headers: { 'x-canary': canary, cookie: `id=${canary}` } };
      const [mine, ours] = await Promise.all([ask('/mine', init), ask('/ours', init)]);
      expect(JSON.parse(mine.text).slice(0, 3)).toEqual([canary, canary, `id=${canary}`]);
      expect(mine.cache).toBe(null);
      expect(ours.text + [...ours.headers]).not.toContain('canary-');
    }));
  }, 30_000);

  test('T38 a stream of one request is not handed to another', async () => {
    let renders = 0;
    const body = 'x'.repeat(100_000);
    const { ask } = site({ '/': { revalidate: 60, GET: async () => (renders++, await wait(10), new Response(new Blob([body]).stream())) } });
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask('/')));
    for (const answer of answers) expect(answer.text).toBe(body);
    expect(renders).toBe(1);
  });

  test('T41 a stored entry that cannot become a response is a MISS', async () => {
    for (const spoil of [(meta) => meta.replace('200', '999'), (meta) => meta.replace('text/plain', 'a\\r\\nx: b'), () => '{}', () => '"x"']) {
      const { ask, json } = site({ '/': { revalidate: 60, GET: () => new Response('page', { headers: { 'content-type': 'text/plain' } }) } }, { memory: 0 });
      await ask('/');
      const { entries: [{ key }] } = await json('/_freshtag/entries');
      const { value, metadata } = await env.CACHE.getWithMetadata(key, 'arrayBuffer');
      await env.CACHE.put(key, value, { metadata: JSON.parse(spoil(JSON.stringify(metadata))) });
      const elsewhere = site({ '/': { revalidate: 60, GET: () => new Response('anew') } }, { namespace: key.slice(3, key.indexOf('/')) });
      expect(await elsewhere.ask('/')).toMatchObject({ status: 200, cache: 'MISS', text: 'anew' });
    }
  });

  test('T40 when the engine fails in the middle, the handler answers', async () => {
    const trap = () => Promise.reject(new WebAssembly.RuntimeError('unreachable'));
    const { ask } = site({ '/': counter({ revalidate: 60 }) }, {}, { CACHE: wrapKv(env.CACHE, { get: trap, getWithMetadata: trap, put: trap }) });
    expect(await ask('/')).toMatchObject({ status: 200, text: 'render 1' });
  });

  test('T43 an older answer of the KV does not take the place of a newer one', async () => {
    let old;
    const late = wrapKv(env.CACHE, {
      getWithMetadata: async (kv, key, ...rest) => (key.includes('/e/') && old ? { ...(await kv.getWithMetadata(key, ...rest)), ...old(rest[0]) } : kv.getWithMetadata(key, ...rest)),
    });
    const app = site({ '/': counter({ revalidate: 60 }) }, {}, { CACHE: late });
    await app.ask('/');
    const { entries: [{ key }] } = await app.json('/_freshtag/entries');
    const first = await env.CACHE.getWithMetadata(key, 'text');
    await app.admin('revalidate', { path: '/' });
    expect((await app.ask('/')).text).toBe('render 2');
    old = () => ({ value: new Blob([first.value]).stream(), metadata: first.metadata });
    expect(await app.ask('/')).toMatchObject({ cache: 'HIT', text: 'render 2' });
  });
});
