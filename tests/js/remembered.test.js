// What is given again without asking the module, and what ends that (T43).
import { env } from 'cloudflare:test';
import { createBypassToken } from 'freshtag/core';
import { actionState, cached, cacheTag, cookies, draftMode, formField, revalidatePath, revalidateTag, serverAction, updateTag } from 'freshtag';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { Engine, memory } from '../../js/load.workerd.js';
import { rememberedBy } from '../../js/remembered.js';
import { counter, silence, site, wrapKv } from './support.js';

const secret = 'a secret of some length';
const bearer = { authorization: `Bearer ${secret}` };
/** Whoever develops gets nothing of this. */
const LIVE = { FRESHTAG_DEV: undefined };
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

let visits;
beforeEach(() => {
  silence();
  // Every request for which the module is asked makes a visit.
  visits = vi.spyOn(Engine.prototype, 'visit');
});
afterEach(() => vi.restoreAllMocks());

/** A site whose answers tell whether the module was asked. */
function live(routes, options = {}, bindings = {}) {
  const own = site(routes, { secret, ...options }, { ...LIVE, ...bindings });
  const ask = async (path, init) => {
    visits.mockClear();
    const answer = await own.ask(path, init);
    return { ...answer, asked: visits.mock.calls.length > 0, engine: visits.mock.contexts[0] };
  };
  /** Asks until it is remembered. */
  const warm = async (path) => {
    await ask(path);
    await ask(path);
    const quick = await ask(path);
    expect(quick).toMatchObject({ asked: false, cache: 'HIT' });
    return quick;
  };
  const post = (path, init) => ask(path, { method: 'POST', ...init });
  return { ...own, ask, warm, post };
}

/** More than memory holds of one body. */
const SIZE = 300 * 1024;
const large = (n = 1) => `render ${n}`.padEnd(SIZE, '.');

/** A page with the tag `a` that counts its renders. */
const page = () => {
  let renders = 0;
  const read = cached(async () => cacheTag('a'), { id: 'read' });
  return { GET: async () => (await read(), new Response(`render ${++renders}`)), revalidate: 60 };
};

describe('it is the same answer', () => {
  const bytes = crypto.getRandomValues(new Uint8Array(5_000));
  const headers = { 'content-type': 'image/x', 'x-a': '1', 'x-UTF': 'a, b', link: '</a>; rel=x', etag: '"own"' };
  const rows = [
    ['a text', () => new Response('text')],
    ['bytes', () => new Response(bytes, { headers })],
    ['another status', () => new Response('gone', { status: 404, statusText: 'Not here' })],
    ['its own Cache-Control', () => new Response('text', { headers: { 'cache-control': 'public, max-age=7' } })],
    ['headers of one name', () => new Response('text', { headers: [['link', '<a>'], ['link', '<b>']] })],
    ['nothing', () => new Response('')],
  ];
  test.each(rows)('%s', async (_name, GET) => {
    const app = live({ '/': { GET, revalidate: 60 } });
    const get = async () => {
      visits.mockClear();
      const response = await app.app.fetch(new Request('http://localhost/'), app.env, { waitUntil() {} });
      const asked = visits.mock.calls.length > 0;
      const { status, statusText } = response;
      return { asked, status, statusText, headers: [...response.headers], body: [...new Uint8Array(await response.arrayBuffer())] };
    };
    await app.ask('/');
    const slow = await get();
    expect(slow.asked).toBe(true);
    for (let n = 0; n < 3; n++) expect(await get()).toEqual({ ...slow, asked: false });
  });

  test('one that somebody changes is his alone', async () => {
    const app = live({ '/': page() });
    await app.warm('/');
    const response = await app.app.fetch(new Request('http://localhost/'), app.env);
    response.headers.set('x-mine', '1');
    await response.body.cancel();
    expect(await app.ask('/')).toMatchObject({ asked: false, text: 'render 1' });
    expect((await app.ask('/')).header('x-mine')).toBe(null);
  });

  test('it counts as any other hit', async () => {
    const app = live({ '/': page() });
    const hits = async () => {
      const { requests } = JSON.parse((await app.ask('/_freshtag/stats', { headers: bearer })).text);
      return [requests.total, requests.minutes.reduce((sum, [hit]) => sum + hit, 0)];
    };
    await app.warm('/');
    expect(await hits()).toEqual([3, 2]);
    await app.ask('/');
    expect(await hits()).toEqual([4, 3]);
  });
});

describe('what is revalidated here is seen by the next request', () => {
  const inHandler = (code) => ({ app }) => app.post('/do', { body: code });
  const CODES = {
    'hard': () => revalidateTag('a', { expire: 0 }),
    'without a profile': () => revalidateTag('a'),
    'soft': () => revalidateTag('a', 'max'),
    'path': () => revalidatePath('/p/1'),
    'pattern': () => revalidatePath('/p/[id]', 'page'),
    'all': () => revalidatePath('/', 'layout'),
    'not awaited': () => void revalidateTag('a', { expire: 0 }),
  };
  const admin = (body) => ({ app }) =>
    app.post('/_freshtag/revalidate', { headers: { ...bearer, 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const action = async ({ app, name }) => {
    const form = new FormData();
    form.append(name, '');
    return app.post('/form', { headers: { origin: 'http://localhost' }, body: form });
  };
  const rows = [
    ...Object.keys(CODES).map((code) => [`in a handler: ${code}`, inHandler(code), code === 'soft' ? 'STALE' : 'MISS']),
    ['admin: a tag', admin({ tag: 'a' }), 'MISS'],
    ['admin: a tag with a profile', admin({ tag: 'a', profile: 'max' }), 'STALE'],
    ['admin: a path', admin({ path: '/p/1' }), 'MISS'],
    ['updateTag in an action', action, 'MISS'],
  ];
  test.each(rows)('%s', async (_name, act, cache) => {
    const update = serverAction(() => updateTag('a'), { id: 'app/actions.js:update' });
    const form = { GET: async () => Response.json({ ...(await formField(update)), state: actionState(update) ?? null }) };
    const run = { POST: async (request) => (await CODES[await request.text()](), new Response('done')) };
    const app = live({ '/p/[id]': page(), '/do': run, '/form': form }, { actions: [update] });
    const { name } = JSON.parse((await app.ask('/form')).text);
    await app.warm('/p/1');
    expect((await act({ app, name })).status).toBe(200);
    const next = await app.ask('/p/1');
    expect(next).toMatchObject({ asked: true, cache, text: cache === 'STALE' ? 'render 1' : 'render 2' });
    // What is made then takes its place.
    expect((await app.warm('/p/1')).text).toBe('render 2');
  });
});

describe('time ends it', () => {
  /** Everybody's clock, the module's too. */
  const pass = (ms) => {
    const now = Date.now() + ms;
    vi.spyOn(Date, 'now').mockImplementation(() => now);
  };

  test.each([
    ['revalidate, to the millisecond', { revalidate: 1 }, 1_001, 'STALE'],
    ['a lifetime that is longer: the watermark is read again', { revalidate: 60 }, 5_000, 'HIT'],
  ])('%s', async (_name, more, ms, cache) => {
    const app = live({ '/': { ...page(), ...more } });
    pass(0);
    const from = Date.now();
    await app.warm('/');
    vi.mocked(Date.now).mockImplementation(() => from + ms - 1);
    expect(await app.ask('/')).toMatchObject({ asked: false, cache: 'HIT' });
    vi.mocked(Date.now).mockImplementation(() => from + ms);
    expect(await app.ask('/')).toMatchObject({ asked: true, cache });
  });

  test('a short lifetime, by the real clock', async () => {
    const app = live({ '/': { ...page(), revalidate: 1 } });
    await app.warm('/');
    await sleep(1_100);
    expect(await app.ask('/')).toMatchObject({ asked: true, cache: 'STALE', text: 'render 1' });
    expect((await app.ask('/')).text).toBe('render 2');
  });

  test('what another isolate revalidated is seen after 5 s', async () => {
    const routes = { '/': page(), '/do': { POST: async () => (await revalidateTag('a', { expire: 0 }), new Response()) } };
    const namespace = `n${crypto.randomUUID().slice(0, 8)}`;
    const [here, there] = [live(routes, { namespace }), live(routes, { namespace })];
    await here.warm('/');
    await there.post('/do');
    expect(await here.ask('/')).toMatchObject({ asked: false, text: 'render 1' });
    pass(5_000);
    expect(await here.ask('/')).toMatchObject({ asked: true, cache: 'MISS', text: 'render 2' });
  });
});

describe('who asks otherwise gets what he gets without it', () => {
  const etag = async (app) => (await app.ask('/')).header('etag');
  const rows = [
    ['If-None-Match', async (app) => ({ 'if-none-match': await etag(app) }), true, { status: 304, text: '' }],
    ['If-None-Match of another', () => ({ 'if-none-match': '"x"' }), true, { status: 200, cache: 'HIT' }],
    ['a token that is none', () => ({ 'x-prerender-revalidate': 'x' }), true, { status: 200, cache: 'HIT' }],
    ['IS-10: a token', () => ({ 'x-prerender-revalidate': createBypassToken({ secret, purpose: 'revalidate' }) }), true, { cache: 'REVALIDATED', text: 'public 2' }],
    ['DM-9: a draft', () => ({ cookie: `a=1; __prerender_bypass=${createBypassToken({ secret })}` }), true, { cache: null, text: 'draft 2' }],
    ['a draft cookie that is none', () => ({ cookie: '__prerender_bypass=1' }), true, { cache: 'HIT', text: 'public 1' }],
    ['a seen cookie that is none', () => ({ cookie: '__freshtag_seen=1' }), true, { cache: 'HIT', text: 'public 1' }],
    // Of these a route's answer knows nothing.
    ['another cookie', () => ({ cookie: 'session=1' }), false, { cache: 'HIT', text: 'public 1' }],
    ['Range', () => ({ range: 'bytes=0-1' }), false, { status: 200, text: 'public 1' }],
    ['Authorization', () => ({ authorization: 'Bearer x' }), false, { status: 200, text: 'public 1' }],
    ['If-Modified-Since', () => ({ 'if-modified-since': new Date().toUTCString() }), false, { status: 200, text: 'public 1' }],
    ['a navigation of a router', () => ({ rsc: '1', 'next-router-prefetch': '1', 'next-action': 'x' }), false, { status: 200, text: 'public 1' }],
    ['a reload', () => ({ 'cache-control': 'no-cache' }), false, { status: 200, text: 'public 1' }],
  ];
  const drafts = () => {
    let renders = 0;
    return { GET: async () => new Response(`${(await draftMode()).isEnabled ? 'draft' : 'public'} ${++renders}`), revalidate: 60 };
  };
  const plain = ({ status, text, headers }) => ({ status, text, headers: [...headers].filter(([name]) => name !== 'date') });

  test.each(rows)('%s', async (_name, headersOf, asked, expected) => {
    // The other one remembers nothing, as its operator wants to see everything.
    const app = live({ '/': drafts() });
    const other = live({ '/': drafts() }, {}, { FRESHTAG_DEV: '1' });
    await app.warm('/');
    await other.ask('/');
    const headers = await headersOf(app);
    const answer = await app.ask('/', { headers });
    expect(answer).toMatchObject({ asked, ...expected });
    if (headers['cache-control'] === undefined) expect(plain(answer)).toEqual(plain(await other.ask('/', { headers })));
  });

  test('HEAD and other methods', async () => {
    const app = live({ '/': page() });
    await app.warm('/');
    expect(await app.ask('/', { method: 'HEAD' })).toMatchObject({ asked: true, status: 200, text: '', cache: 'HIT' });
    expect((await app.ask('/', { method: 'OPTIONS' })).status).toBe(204);
    expect((await app.ask('/', { method: 'DELETE' })).status).toBe(405);
    expect((await app.post('/')).status).toBe(405);
    expect((await app.ask('/')).asked).toBe(false);
  });

  test('what a HEAD or a condition brought is nobody else\'s', async () => {
    const app = live({ '/': page() });
    const tag = await etag(app);
    for (const init of [{ method: 'HEAD' }, { headers: { 'if-none-match': tag } }, { headers: { 'if-none-match': '"x"' } }]) {
      await app.ask('/', init);
      expect(await app.ask('/', init)).toMatchObject({ asked: true });
    }
    expect(await app.ask('/')).toMatchObject({ asked: true, status: 200, text: 'render 1' });
  });

  test('T14: a visitor who revalidated elsewhere, with his cookie', async () => {
    const routes = { '/': page(), '/do': { POST: async () => (await revalidateTag('a', { expire: 0 }), new Response()) } };
    const namespace = `n${crypto.randomUUID().slice(0, 8)}`;
    const [here, there] = [live(routes, { namespace }), live(routes, { namespace })];
    await here.warm('/');
    const seen = (await there.post('/do')).headers.getSetCookie().find((line) => line.startsWith('__freshtag_seen='));
    expect((await here.ask('/')).asked).toBe(false);
    expect(await here.ask('/', { headers: { cookie: seen.split(';')[0] } })).toMatchObject({ asked: true, text: 'render 2' });
  });
});

describe('what is another question has another answer', () => {
  const fetchOf = ({ app, env }) => async (url) => {
    visits.mockClear();
    const behind = [];
    const response = await app.fetch(new Request(url), env, { waitUntil: (task) => behind.push(task) });
    const text = await response.text();
    await Promise.all(behind);
    return { text, asked: visits.mock.calls.length > 0 };
  };

  test('hosts, schemes, paths', async () => {
    const get = fetchOf(live({ '/[...path]': page() }));
    const urls = ['https://a.test/x', 'https://b.test/x', 'https://a.test:8443/x', 'https://a.test/y'];
    const texts = [];
    for (const url of urls) texts.push((await get(url)).text);
    expect(new Set(texts).size).toBe(urls.length);
    for (let round = 0; round < 3; round++) {
      for (const [n, url] of urls.entries()) expect(await get(url)).toEqual({ text: texts[n], asked: round === 0 });
    }
  });

  test('a query that a handler reads is never remembered, another one is not confused with it', async () => {
    let renders = 0;
    const GET = (request) => new Response(`${request.nextUrl?.search ?? new URL(request.url).search} ${++renders}`);
    const get = fetchOf(live({ '/read': { GET, revalidate: 60 }, '/blind': page() }));
    for (let n = 1; n < 5; n++) expect(await get(`https://a.test/read?q=${n}`)).toEqual({ text: `?q=${n} ${n}`, asked: true });
    for (const query of ['', '?a', '?a=1&b']) {
      for (let n = 0; n < 3; n++) expect((await get(`https://a.test/blind${query}`)).text).toBe('render 1');
    }
  });
});

describe('never', () => {
  const reads = async () => new Response((await cookies()).get('a')?.value ?? 'none');
  const listed = { ...counter({ revalidate: 60 }), dynamicParams: false, generateStaticParams: () => [{ id: '1' }] };
  const long = { headers: { 'x-long': 'x'.repeat(1_100) } };
  test.each([
    ['while somebody develops', page(), { FRESHTAG_DEV: '1' }],
    ['with FRESHTAG_DEBUG', page(), { FRESHTAG_DEBUG: '1' }],
    ['with NEXT_PRIVATE_DEBUG_CACHE', page(), { NEXT_PRIVATE_DEBUG_CACHE: '1' }],
    ['without KV', page(), { CACHE: undefined }],
    ['force-dynamic', { ...page(), dynamic: 'force-dynamic', revalidate: undefined }, {}],
    ['a handler that reads its visitor', { GET: reads, revalidate: 60 }, {}],
    ['revalidate 0', { ...page(), revalidate: 0 }, {}],
    ['paths that the app lists', listed, {}],
    ['a large body whose header stands in front of it', { GET: () => new Response(large(), long), revalidate: 60 }, {}],
    ['what fails', { GET: () => new Response('no', { status: 500 }), revalidate: 60 }, {}],
    ['what has no body', { GET: () => new Response(null, { status: 204 }), revalidate: 60 }, {}],
  ])('%s', async (_name, module, bindings) => {
    const app = live({ '/p/[id]': module }, {}, bindings);
    for (let n = 0; n < 5; n++) expect((await app.ask('/p/1', { headers: { cookie: `a=${n}` } })).asked).toBe(true);
  });

  test('in another environment', async () => {
    const routes = { '/': page() };
    const { secret: _, ...app } = live(routes, { secret: undefined });
    await app.warm('/');
    for (const more of [{ FRESHTAG_SECRET: 'x' }, { FRESHTAG_NAMESPACE: 'x' }, { FRESHTAG_DEBUG: '1' }, { FRESHTAG_DEV: '1' }]) {
      visits.mockClear();
      await app.app.fetch(new Request('http://localhost/'), { ...app.env, ...more }, { waitUntil() {} });
      expect(visits).toHaveBeenCalled();
    }
  });

  test('after a trap', async () => {
    const app = live({ '/': page() });
    await app.warm('/');
    new Uint8Array(memory.buffer).fill(0x7f);
    expect((await app.ask('/')).header('x-freshtag-error')).toBe('TRAP');
    expect(await app.ask('/')).toMatchObject({ asked: true, cache: 'HIT', text: 'render 1' });
    expect((await app.warm('/')).text).toBe('render 1');
  });
});

describe('what memory does not hold is read again each time', () => {
  /** A page that is too large for memory and counts its renders. */
  const largePage = (more = {}) => {
    let renders = 0;
    const read = cached(async () => cacheTag('a'), { id: 'read' });
    return { GET: async () => (await read(), new Response(large(++renders))), revalidate: 60, ...more };
  };
  /** A site that counts what it asks of KV, and one beside it in another isolate; `fault` may change how a read goes. */
  function two(routes = () => ({ '/': largePage() }), options = {}) {
    const own = { fault: undefined, reads: 0, puts: 0 };
    const read = (kv, ...args) => {
      own.reads++;
      return own.fault ? own.fault(kv, ...args) : kv.getWithMetadata(...args);
    };
    const CACHE = wrapKv(env.CACHE, { getWithMetadata: read, put: (kv, ...args) => (own.puts++, kv.put(...args)) });
    const namespace = `n${crypto.randomUUID().slice(0, 8)}`;
    const here = live(routes(), { namespace, ...options }, { CACHE });
    const there = live(routes(), { namespace, ...options });
    const get = async (init) => {
      own.reads = own.puts = 0;
      const { text, asked, cache, status } = await here.ask('/', init);
      return { text: text.slice(0, 8), whole: text.length, asked, cache, status, reads: own.reads, puts: own.puts };
    };
    const warm = async () => {
      await there.ask('/');
      // What is read again is counted to its end once.
      for (let n = 0; n < 2; n++) expect(await get()).toMatchObject({ asked: true, cache: 'HIT', reads: 1 });
      expect(await get()).toMatchObject(given(1));
    };
    return { own, here, there, namespace, get, warm };
  }
  const given = (n) => ({ asked: false, cache: 'HIT', text: `render ${n}`, whole: SIZE, reads: 1, puts: 0 });
  /** The module goes on with what was read. */
  const judged = { asked: true, status: 200, reads: 1 };
  /** A render reads what it is made of. */
  const made = { ...judged, cache: 'MISS', reads: 2 };

  test('with one read, and counted as any other hit', async () => {
    const { own, here, get, warm } = two();
    const stats = async () => {
      const { reads, requests } = JSON.parse((await here.ask('/_freshtag/stats', { headers: bearer })).text);
      return [reads, requests.total];
    };
    await warm();
    const [reads, requests] = await stats();
    for (let n = 0; n < 5; n++) expect(await get()).toEqual({ status: 200, ...given(1) });
    expect(await stats()).toEqual([reads + 5, requests + 5]);
    // One that comes late is the module's to count.
    own.fault = async (kv, ...args) => (await sleep(300), kv.getWithMetadata(...args));
    expect(await get()).toMatchObject({ asked: true, reads: 1 });
    await sleep(100);
    const [marks] = await stats();
    expect(await stats()).toEqual([marks, requests + 6]);
    expect(marks - reads).toBeLessThanOrEqual(7);
  });

  test('the head is the same', async () => {
    const { here, there } = two();
    await there.ask('/');
    const headers = [];
    for (let n = 0; n < 3; n++) headers.push([...(await here.ask('/')).headers]);
    expect(headers[1]).toEqual(headers[0]);
    expect(headers[2]).toEqual(headers[0]);
  });

  test('small ones too where memory has no room at all', async () => {
    const { here, get } = two(() => ({ '/': page() }), { memory: 0 });
    await here.ask('/');
    for (let n = 0; n < 2; n++) await get();
    expect(await get()).toMatchObject({ asked: false, reads: 1, text: 'render 1' });
  });

  test('what another isolate has made anew', async () => {
    const { there, get, warm } = two();
    await warm();
    // Nothing that is known here says so.
    const token = createBypassToken({ secret, purpose: 'revalidate' });
    expect(await there.ask('/', { headers: { 'x-prerender-revalidate': token } })).toMatchObject({ cache: 'REVALIDATED' });
    for (let n = 0; n < 2; n++) expect(await get()).toMatchObject({ ...judged, cache: 'HIT', text: 'render 2', whole: SIZE });
    expect(await get()).toMatchObject(given(2));
  });

  test('what is revalidated here', async () => {
    const { here, get, warm } = two(() => ({ '/': largePage(), '/do': { POST: async () => (await revalidateTag('a', { expire: 0 }), new Response()) } }));
    await warm();
    await here.post('/do');
    expect(await get()).toMatchObject({ asked: true, cache: 'MISS', text: 'render 1' });
  });

  test('what is revalidated here while it is read', async () => {
    const { own, here, get, warm } = two(() => ({ '/': largePage(), '/do': { POST: async () => (await revalidateTag('a', { expire: 0 }), new Response()) } }));
    await warm();
    own.fault = async (kv, ...args) => {
      own.fault = undefined;
      const found = await kv.getWithMetadata(...args);
      await here.post('/do');
      return found;
    };
    expect(await get()).toMatchObject({ cache: 'MISS', text: 'render 1' });
  });

  test('time passes while it is read', async () => {
    const { own, get, warm } = two(() => ({ '/': largePage({ revalidate: 2 }) }));
    await warm();
    const now = vi.spyOn(Date, 'now');
    own.fault = (kv, ...args) => {
      const later = performance.timeOrigin + performance.now() + 2_100;
      now.mockImplementation(() => later);
      return kv.getWithMetadata(...args);
    };
    expect(await get()).toMatchObject({ asked: true, cache: 'STALE', text: 'render 1' });
  });

  const rows = [
    ['it is gone', async (kv, ...args) => ({ ...(await kv.getWithMetadata(...args)), value: null, metadata: null }), made],
    ['KV fails', () => Promise.reject(new Error('KV GET failed: 500 Internal Server Error')), made],
    ['KV throws', () => { throw new Error('no'); }, { ...made, reads: 3 }],
    ['it takes 100 ms', async (kv, ...args) => (await sleep(100), kv.getWithMetadata(...args)), { ...given(1) }],
    ['it takes 350 ms', async (kv, ...args) => (await sleep(350), kv.getWithMetadata(...args)), { ...judged, cache: 'HIT', text: 'render 1', whole: SIZE }],
    ['it never comes', () => new Promise(() => {}), made],
    ['its header has changed', async (kv, ...args) => {
      const { value, metadata } = await kv.getWithMetadata(...args);
      return { value, metadata: { ...metadata, c: metadata.c + 1 } };
    }, made],
  ];
  test.each(rows)('%s', async (_name, fault, expected) => {
    const { own, get, warm } = two();
    await warm();
    own.fault = fault;
    expect(await get()).toMatchObject({ ...judged, ...expected, whole: SIZE });
    own.fault = undefined;
    expect(await get()).toMatchObject({ status: 200, whole: SIZE });
  });

  test('a store that is late holds a visitor up twice as long as otherwise, and once', async () => {
    const { own, here, get, warm } = two(() => ({ '/': { GET: () => new Response(large()), revalidate: 60 } }));
    await warm();
    own.fault = () => new Promise(() => {});
    for (const [least, most] of [[490, 750], [240, 500]]) {
      const began = performance.now();
      await (await here.app.fetch(new Request('http://localhost/'), here.env, { waitUntil() {} })).body.cancel();
      const taken = performance.now() - began;
      expect(taken).toBeGreaterThan(least);
      expect(taken).toBeLessThan(most);
    }
    own.fault = undefined;
    expect(await get()).toMatchObject({ status: 200, whole: SIZE });
  });

  test('T19 one that is cut breaks off each time', async () => {
    const { there, here, namespace } = two();
    await there.ask('/');
    const { keys } = await env.CACHE.list({ prefix: `f1-${namespace}/e/route` });
    expect(keys).toHaveLength(1);
    const [{ name, metadata }] = keys;
    await env.CACHE.put(name, large().slice(1), { metadata });
    for (let n = 0; n < 3; n++) {
      visits.mockClear();
      const read = await (await here.app.fetch(new Request('http://localhost/'), here.env)).text().then((text) => text.length, () => 'breaks off');
      expect([n, read, visits.mock.calls.length]).toEqual([n, 'breaks off', 1]);
    }
  });
});

describe('there is not more of it than there may be', () => {
  test.each([
    ['answers', 100, 10, 64],
    ['bytes', 60, 100 * 1024, 40],
  ])('%s', async (_name, pages, size, most) => {
    const app = live({ '/[id]': { GET: async (_, { params }) => new Response((await params).id.padEnd(size, '.')), revalidate: 60 } });
    let engine;
    for (let round = 0; round < 2; round++) {
      for (let n = 0; n < pages; n++) ({ engine = engine } = await app.ask(`/${n}`));
    }
    const usage = () => rememberedBy(engine).usage;
    expect(usage().answers).toBe(most);
    expect(usage().bytes).toBeLessThanOrEqual(4 * 1024 * 1024);
    expect(usage().bytes).toBeGreaterThan(most * size);
    // The latest are there, whole, and the first have gone.
    const answers = [];
    for (let n = pages - most; n < pages; n++) answers.push((await app.ask(`/${n}`)).asked);
    expect(answers).toEqual(answers.map(() => false));
    expect((await app.ask('/0')).asked).toBe(true);
    expect((await app.ask(`/${pages - 1}`)).text).toBe(`${pages - 1}`.padEnd(size, '.'));
    expect(usage().answers).toBe(most);
    // What ends the epoch leaves nothing behind.
    await app.ask('/new');
    await app.ask('/0');
    expect(usage().answers).toBeLessThan(3);
    expect(usage().bytes).toBeLessThan(3 * (size + 1_000));
  });
});
