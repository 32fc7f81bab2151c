// fetch with Next's options, in workerd (FE-1 to FE-19).
import { after, cached, cacheLife, connection, createApp, draftMode, fetch, formField, revalidateTag, serverAction, unstable_cache, unstable_noStore } from 'freshtag';
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
    ['FE-8 next is null', { next: null, cache: 'force-cache' }, 1],
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

describe('the mode of the route', () => {
  test.each([
    ['FE-8 auto', 'auto', undefined, 1],
    ['FE-8 only-cache', 'only-cache', undefined, 1],
    ['FE-8 default-cache', 'default-cache', undefined, 1],
    ['FE-8 default-no-store', 'default-no-store', undefined, 2],
    ['FE-8 force-cache beats no-store', 'force-cache', { cache: 'no-store' }, 1],
    ['FE-8 force-no-store beats revalidate', 'force-no-store', { next: { revalidate: 60 } }, 2],
    ['FE-8 force-no-store does not beat force-cache', 'force-no-store', { cache: 'force-cache' }, 1],
  ])('%s', async (_rule, fetchCache, init, sent) => {
    const asked = upstream();
    const { run } = live(() => text(url, init), { fetchCache });
    await run();
    await run();
    expect(asked).toHaveLength(sent);
  });

  test('FE-8 under force-dynamic', async () => {
    const asked = upstream();
    const { ask } = site({ '/': { dynamic: 'force-dynamic', GET: async () => new Response(`${await text(url, { next: { revalidate: false } })} ${await text(url, { next: { revalidate: 60 } })}`) } });
    expect((await ask('/')).text).toBe('answer 1 answer 2');
    expect((await ask('/')).text).toBe('answer 3 answer 2');
    expect(asked).toHaveLength(3);
  });

  test.each([
    ['FE-6', undefined, { next: { revalidate: -1 } }, 'Invalid revalidate value "-1" on "/", must be a non-negative number or false'],
    ['FE-6', undefined, { next: { revalidate: '60' } }, 'Invalid revalidate value "60" on "/", must be a non-negative number or false'],
    ['FE-6', 'only-no-store', { cache: 'force-cache' }, `cache: 'force-cache' used on fetch for ${url} with 'export const fetchCache = 'only-no-store'`],
    ['FE-6', 'only-cache', { cache: 'no-store' }, `cache: 'no-store' used on fetch for ${url} with 'export const fetchCache = 'only-cache'`],
  ])('%s throws: %s %j', async (_rule, fetchCache, init, message) => {
    const asked = upstream();
    const { run } = live(() => text(url, init).catch((error) => error.message), { fetchCache });
    expect(await run()).toBe(message);
    expect(asked).toEqual([]);
  });

  test('FE-6 a mode that Next does not know', () => {
    expect(() => createApp({ routes: { '/': { GET() {}, fetchCache: 'always' } } })).toThrow(/fetchCache must be one of auto, /);
  });

  test('FE-6 after noStore(), what is kept by default is not', async () => {
    const asked = upstream();
    const { run } = live(() => (unstable_noStore(), text(url)), { fetchCache: 'default-cache' });
    await run();
    await run();
    expect(asked).toHaveLength(2);
  });

  test('FE-5, UN-9 inside unstable_cache', async () => {
    const asked = upstream();
    const both = async () => [await text(url, { next: { revalidate: 60 } }), await text(url, { cache: 'force-cache' })];
    const { run } = live(() => Promise.all([unstable_cache(both, ['1'])(), unstable_cache(both, ['2'])()]));
    const [[own1, kept1], [own2, kept2]] = await run();
    expect(own1).not.toBe(own2);
    expect([kept1, asked.length]).toEqual([kept2, 3]);
  });
});

describe('an answer', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);

  test('FE-15, FE-16 comes back bit for bit, with status, headers and address', async () => {
    upstream(() => new Response(bytes, { headers: { 'content-type': 'image/png', etag: '"a"', 'x-n': '1', vary: 'accept', 'cache-control': 'private', 'x-freshtag-url': 'https://evil.test/' } }));
    const { run } = live(async () => {
      const response = await fetch(url, { next: { revalidate: 60 } });
      const { status, headers } = response;
      return { url: response.url, status, headers: [...headers], bytes: [...new Uint8Array(await response.arrayBuffer())] };
    });
    const first = await run();
    const second = await run();
    expect(first.bytes).toEqual([...bytes]);
    expect(second).toEqual({ ...first, url, headers: first.headers.filter(([name]) => name !== 'x-freshtag-url') });
  });

  test('FE-16 keeps the address it was redirected to', async () => {
    upstream(() => Object.defineProperty(new Response('a'), 'url', { value: 'https://api.test/moved' }));
    const { run } = live(async () => {
      const response = await fetch(url, { next: { revalidate: 60 } });
      return [response.url, response.clone().url === '' || response.headers.get('x-freshtag-url'), await response.text()];
    });
    const first = await run();
    expect(first[0]).toBe('https://api.test/moved');
    expect((await run())[0]).toBe('https://api.test/moved');
  });

  test.each([201, 203, 204, 206, 404, 410, 500, 503])('FE-15 with status %i is not kept', async (status) => {
    const asked = upstream(() => new Response(status === 204 ? null : 'a', { status }));
    const { run } = live(async () => (await fetch(url, { cache: 'force-cache' })).status);
    expect([await run(), await run(), asked.length]).toEqual([status, status, 2]);
  });

  test('FE-15 an empty one is kept', async () => {
    const asked = upstream(() => new Response(null));
    const { run } = live(() => text(url, { cache: 'force-cache' }));
    expect([await run(), await run(), asked.length]).toEqual(['', '', 1]);
  });

  test('T11 a cookie of the upstream is for the one who asked', async () => {
    upstream(() => new Response('a', { headers: [['set-cookie', 'a=1'], ['set-cookie', 'b=2']] }));
    const { run } = live(async () => {
      const { headers } = await fetch(url, { next: { revalidate: 60 } });
      return headers.getSetCookie();
    });
    expect(await run()).toEqual(['a=1', 'b=2']);
    expect(await run()).toEqual([]);
  });

  test('one that is too large goes through', async () => {
    const asked = upstream(() => new Response(bytes));
    const { run } = live(async () => (await (await fetch(url, { cache: 'force-cache' })).arrayBuffer()).byteLength, {}, { maxEntryBytes: 255 });
    expect([await run(), await run(), asked.length]).toEqual([256, 256, 2]);
  });

  test('one that breaks off is not kept', async () => {
    const broken = () => new Response(new ReadableStream({ start: (at) => (at.enqueue(bytes), setTimeout(() => at.error(new Error('cut')), 5)) }));
    const asked = upstream((_request, n) => (n === 1 ? broken() : new Response('whole')));
    const { run } = live(() => text(url, { cache: 'force-cache' }).catch(() => 'broken'));
    expect([await run(), await run(), asked.length]).toEqual(['broken', 'whole', 2]);
  });
});

describe('what tells two requests apart', () => {
  const post = (body, more) => [url, { method: 'POST', body, next: { revalidate: 60 }, ...more }];
  const stream = (value) => new Response(value).body;
  const rows = [
    ['T7 the body', () => post('1'), () => post('2')],
    ['T7 a body over that of a Request', () => [new Request(url, { method: 'POST', body: '1' }), post('1')[1]], () => [new Request(url, { method: 'POST', body: '1' }), post('2')[1]]],
    ['FE-2 T7 a header over those of a Request', () => [new Request(url, { headers: { a: '1' } }), { headers: { a: '2' }, next: { revalidate: 60 } }], () => [new Request(url, { headers: { a: '1' } }), { next: { revalidate: 60 } }]],
    ['FE-2 T7 a method over that of a Request', () => [new Request(url), { next: { revalidate: 60 } }], () => [new Request(url), { method: 'POST', next: { revalidate: 60 } }]],
    ['T7 bytes that are not UTF-8', () => post(new Uint8Array([255])), () => post(new Uint8Array([254]))],
    ['T7 a stream', () => post(stream('1')), () => post(stream('2'))],
    ['T7 a part of a buffer', () => post(new Uint8Array([1, 2, 3]).subarray(0, 1)), () => post(new Uint8Array([1, 2, 3]).subarray(1, 2))],
    ['FE-13 cache', () => [url, { cache: 'force-cache' }], () => [url, { next: { revalidate: 60 } }]],
    ['T7 cf', () => [url, { cf: { cacheKey: 'a' }, next: { revalidate: 60 } }], () => [url, { cf: { cacheKey: 'b' }, next: { revalidate: 60 } }]],
    ['T7 a password', () => ['https://a:1@api.test/', { next: { revalidate: 60 } }], () => ['https://a:2@api.test/', { next: { revalidate: 60 } }]],
    ['FE-19 an authorization', () => [url, { headers: { authorization: 'a' }, next: { revalidate: 60 } }], () => [url, { headers: { authorization: 'b' }, next: { revalidate: 60 } }]],
  ];
  test.each(rows)('%s', async (_rule, one, other) => {
    const asked = [];
    globalThis.fetch = async (input, init) => {
      asked.push(input instanceof Request && input.body ? await input.text() : (init?.body ?? ''));
      return new Response(`answer ${asked.length}`);
    };
    const { run } = live(async () => [await text(...one()), await text(...other())]);
    expect(await run()).toEqual(['answer 1', 'answer 2']);
    expect(await run()).toEqual(['answer 1', 'answer 2']);
  });

  test('a body is sent as it was when fetch was called', async () => {
    const asked = upstream();
    const { run } = live(async () => {
      const body = new Uint8Array([1, 2]);
      const form = new URLSearchParams('a=1');
      const headers = { a: '1' };
      const both = [text(...post(body)), text(...post(form)), text(url, { headers, next: { revalidate: 60 } })];
      body[0] = 9;
      form.set('a', '9');
      headers.a = '9';
      await Promise.all(both);
    });
    await run();
    expect(asked.map(({ body }) => body && [...body])).toEqual(expect.arrayContaining([[1, 2], [...new TextEncoder().encode('a=1')], undefined]));
    expect(asked.map(({ headers }) => headers.get('a'))).toContain('1');
  });

  test('FE-19 nothing of the visitor is passed on', async () => {
    const asked = upstream();
    const { run } = live(() => text(url, { next: { revalidate: 60 } }));
    await run({ headers: { cookie: 'a=1', authorization: 'b', 'x-c': 'c' } });
    expect([...asked[0].headers]).toEqual([]);
  });

  test('a body that cannot be read is sent uncached', async () => {
    const asked = upstream();
    const { run } = live(() => text(url, { method: 'POST', body: 5, cache: 'force-cache' }));
    expect([await run(), await run(), asked.length]).toEqual(['answer 1', 'answer 2', 2]);
    expect(lines).toContainEqual(expect.stringMatching(/^Failed to generate cache key for .*Unsupported body type: number$/));
  });

  test('an address that is none is for the platform to refuse', async () => {
    globalThis.fetch = platform;
    const { run } = live(() => fetch('/posts', { cache: 'force-cache' }).catch((error) => error.name));
    expect(await run()).toMatch(/Error$/);
  });
});

describe('tags and time', () => {
  test('TG-1, IC-7 revalidateTag reaches what was kept under a tag, and what is read under it', async () => {
    const asked = upstream();
    const { run, admin } = live(async () => [await text(url, { cache: 'force-cache', next: { tags: ['a'] } }), await text(url, { cache: 'force-cache', next: { tags: ['b'] } })]);
    expect(await run()).toEqual(['answer 1', 'answer 1']);
    expect((await admin('revalidate', { tag: 'b' })).status).toBe(200);
    expect(await run()).toEqual(['answer 1', 'answer 2']);
    await admin('revalidate', { tag: 'a' });
    expect((await run())[0]).toBe('answer 3');
    expect(asked).toHaveLength(3);
  });

  test('IC-7 what it was stored with does not bind who reads it', async () => {
    const asked = upstream();
    let tags = ['a'];
    const { run, admin } = live(() => text(url, { cache: 'force-cache', next: { tags } }));
    await run();
    await admin('revalidate', { tag: 'a' });
    tags = ['b'];
    expect(await run()).toBe('answer 1');
    tags = ['a', 'b'];
    expect(await run()).toBe('answer 2');
    expect(asked).toHaveLength(2);
  });

  test('TG-1 bad tags are dropped with a warning', async () => {
    upstream();
    const { run } = live(() => text(url, { cache: 'force-cache', next: { tags: [1, 'a'] } }));
    await run();
    expect(lines).toEqual([`Warning: invalid tags passed to fetch ${url}: `, 'tag: "1" invalid type, must be a string']);
  });

  test('FE-14 a stale answer is served while one refresh runs', async () => {
    const asked = upstream();
    const { run } = live(() => text(url, { next: { revalidate: 0.05 } }));
    expect(await run()).toBe('answer 1');
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(await run()).toBe('answer 1');
    expect(await run()).toBe('answer 2');
    expect(asked).toHaveLength(2);
  });

  test('FE-14 a refresh that fails keeps the stale answer', async () => {
    const asked = upstream((_request, n) => {
      if (n === 2) throw new TypeError('no network');
      return new Response(`answer ${n}`, { status: n === 3 ? 500 : 200 });
    });
    const { run, admin } = live(() => text(url, { cache: 'force-cache', next: { tags: ['a'] } }));
    expect(await run()).toBe('answer 1');
    await admin('revalidate', { tag: 'a', profile: 'max' });
    expect(await run()).toBe('answer 1');
    expect(await run()).toBe('answer 1');
    expect(asked).toHaveLength(2);
    expect(lines).toContain(`freshtag: a refresh of ${url} failed: no network`);
  });

  test("FE-14 a refresh goes on without the caller's signal", async () => {
    const asked = upstream();
    const { run } = live(() => text(url, { next: { revalidate: 0.05 }, signal: new AbortController().signal }));
    await run();
    await new Promise((resolve) => setTimeout(resolve, 80));
    await run();
    expect(asked.map(({ signal }) => !!signal)).toEqual([true, false]);
    expect(await run()).toBe('answer 2');
  });

  test('IC-7 the limit of the reader counts', async () => {
    upstream();
    let revalidate = 60;
    const { run } = live(() => text(url, { next: { revalidate } }));
    await run();
    await new Promise((resolve) => setTimeout(resolve, 30));
    revalidate = 0.01;
    await run();
    expect(await run()).toBe('answer 2');
  });

  test('RV-14 what this request has revalidated is asked for anew', async () => {
    upstream();
    const init = { cache: 'force-cache', next: { tags: ['a'] } };
    const { ask } = site({ '/': { dynamic: 'force-dynamic', GET: async () => Response.json([await text(url, init), revalidateTag('a', 'max') && 0, await text(url, init), await text(url, init)]) } });
    expect(JSON.parse((await ask('/')).text)).toEqual(['answer 1', 0, 'answer 2', 'answer 2']);
  });

  test('IS-10 a page that is made anew asks for its parts anew', async () => {
    upstream();
    const { ask, env } = site({ '/': { revalidate: 60, GET: async () => new Response(await text(url, { cache: 'force-cache' })) } }, { secret: 'it is long enough' });
    const { createBypassToken } = await import('freshtag/core');
    const token = createBypassToken({ secret: 'it is long enough', purpose: 'revalidate' });
    expect((await ask('/')).text).toBe('answer 1');
    expect((await ask('/', { headers: { 'x-prerender-revalidate': token } })).text).toBe('answer 2');
    expect((await ask('/')).text).toBe('answer 2');
    expect(env.CACHE).toBeDefined();
  });
});

describe('what holds an answer', () => {
  /** A page that fetches, asked twice: whether the second one came from the store. */
  async function page(init, module = {}) {
    const app = site({ '/': { GET: async () => new Response(await text(url, init)), ...module } });
    const first = await app.ask('/');
    return { ...app, first, second: await app.ask('/') };
  }

  test.each([
    ['FE-11 revalidate gives it its lifetime', { next: { revalidate: 60 } }, {}, 'HIT', 's-maxage=60, stale-while-revalidate=31535940'],
    ['FE-11 the smaller one counts', { next: { revalidate: 60 } }, { revalidate: 900 }, 'HIT', 's-maxage=60, stale-while-revalidate=31535940'],
    ['FE-11 a larger one does not', { next: { revalidate: 900 } }, { revalidate: 60 }, 'HIT', 's-maxage=60, stale-while-revalidate=31535940'],
    ['FE-11 force-cache has none of its own', { cache: 'force-cache' }, {}, null, 'private, no-cache, no-store, max-age=0, must-revalidate'],
    ['FE-11 force-cache', { cache: 'force-cache' }, { revalidate: 60 }, 'HIT', 's-maxage=60, stale-while-revalidate=31535940'],
    ['FE-12 a plain one', undefined, { revalidate: 60 }, 'HIT', 's-maxage=60, stale-while-revalidate=31535940'],
    ['FE-11 no-store', { cache: 'no-store' }, { revalidate: 60 }, null, 'private, no-cache, no-store, max-age=0, must-revalidate'],
    ['FE-11 revalidate 0', { next: { revalidate: 0 } }, { revalidate: 60 }, null, 'private, no-cache, no-store, max-age=0, must-revalidate'],
    ['FE-11 no-store under force-static', { cache: 'no-store' }, { dynamic: 'force-static' }, 'HIT', 's-maxage=31536000'],
    ['FE-5 force-no-store', undefined, { revalidate: 60, fetchCache: 'force-no-store' }, null, 'private, no-cache, no-store, max-age=0, must-revalidate'],
  ])('%s', async (_rule, init, module, cache, control) => {
    upstream();
    const { first, second } = await page(init, module);
    expect(second.cache).toBe(cache);
    expect(first.header('cache-control')).toBe(control);
  });

  test('FE-11 under dynamic = error', async () => {
    upstream();
    const { first } = await page({ cache: 'no-store' }, { dynamic: 'error', revalidate: 60 });
    expect(first.status).toBe(500);
    expect(lines.join()).toContain(`Route / with \`dynamic = "error"\` couldn't be rendered statically because it used \`revalidate: 0 fetch ${url} /\`.`);
  });

  test.each([
    ['FE-3 kept', { cache: 'force-cache', next: { tags: ['a'] } }],
    ['FE-3 not kept', { next: { tags: ['a'] } }],
  ])('%s: it falls with the tag', async (_rule, init) => {
    upstream();
    const { ask, admin, second } = await page(init, { revalidate: 60 });
    expect(second).toMatchObject({ cache: 'HIT', text: 'answer 1' });
    await admin('revalidate', { tag: 'a' });
    expect(await ask('/')).toMatchObject({ cache: 'MISS', text: 'answer 2' });
  });

  test('CL-14 it is as old as what it holds', async () => {
    upstream();
    const init = { cache: 'force-cache', next: { tags: ['a'] } };
    const { ask, admin } = site({
      '/part': { dynamic: 'force-dynamic', GET: async () => new Response(await text(url, init)) },
      '/whole': { revalidate: 60, GET: async () => new Response(await text(url, init)) },
    });
    await ask('/part');
    expect((await ask('/whole')).text).toBe('answer 1');
    await admin('revalidate', { tag: 'a' });
    expect((await ask('/whole')).text).toBe('answer 2');
  });

  test('FE-14 what is kept waits for a fresh answer', async () => {
    upstream();
    const { ask, admin } = site({
      '/a': { dynamic: 'force-dynamic', GET: async () => new Response(await text(url, { cache: 'force-cache', next: { tags: ['a'] } })) },
      '/b': { revalidate: 60, GET: async () => new Response(await text(url, { cache: 'force-cache', next: { tags: ['a'] } })) },
    });
    await ask('/a');
    await admin('revalidate', { tag: 'a', profile: 'max' });
    expect((await ask('/b')).text).toBe('answer 2');
  });

  test('UN-6 what holds a stale answer is not kept', async () => {
    upstream((_request, n) => new Response(`answer ${n}`, { status: n === 2 ? 500 : 200 }));
    let read = 0;
    const { ask, admin } = site({
      '/a': { dynamic: 'force-dynamic', GET: async () => new Response(await text(url, { cache: 'force-cache', next: { tags: ['a'] } })) },
      '/b': { revalidate: 60, GET: async () => new Response(`${++read} ${await text(url, { cache: 'force-cache', next: { tags: ['a'] } })}`) },
    });
    await ask('/a');
    await admin('revalidate', { tag: 'a', profile: 'max' });
    expect(await ask('/b')).toMatchObject({ text: '1 answer 1', cache: null });
  });

  test.each([
    ['FE-11 revalidate', { next: { revalidate: 60, tags: ['a'] } }, 60],
    ['FE-11 no-store', { cache: 'no-store', next: { tags: ['a'] } }, 900],
  ])('in cached(): %s', async (_rule, init, seconds) => {
    upstream();
    let runs = 0;
    const read = cached(async () => `${++runs} ${await text(url, init)}`, { id: 'x' });
    const { ask, admin } = site({ '/': { GET: async () => new Response(await read()) } });
    const first = await ask('/');
    expect(first.header('cache-control')).toMatch(new RegExp(`^s-maxage=${seconds},`));
    expect((await ask('/')).text).toBe('1 answer 1');
    await admin('revalidate', { tag: 'a' });
    expect((await ask('/')).text).toBe('2 answer 2');
  });

  test('FE-11 in cached(): revalidate 0, unless cacheLife says more', async () => {
    upstream();
    const init = { next: { revalidate: 0 } };
    const short = cached(() => text(url, init), { id: 'short' });
    const long = cached(() => (cacheLife('hours'), text(`${url}/long`, init)), { id: 'long' });
    const { run } = live(async () => [await short(), await long()]);
    const [one, kept] = await run();
    const [two, again] = await run();
    expect(one).not.toBe(two);
    expect(kept).toBe(again);
  });

  test('FE-14, FE-3 a page that reads its visitor is a live request', async () => {
    upstream();
    const { ask, admin } = site({ '/': { revalidate: 60, GET: async () => (await connection(), new Response(await text(url, { cache: 'force-cache', next: { tags: ['a'] } }))) } });
    await ask('/');
    await admin('revalidate', { tag: 'a', profile: 'max' });
    expect((await ask('/')).text).toBe('answer 1');
    expect((await ask('/')).text).toBe('answer 2');
  });
});

describe('within one request', () => {
  const get = (code, more) => ({ '/': { dynamic: 'force-dynamic', GET: async (request) => Response.json(await code(request)), ...more } });
  const json = async (routes, options) => JSON.parse((await site(routes, options).ask('/')).text);

  test.each([
    ['FE-18 twice', () => [text(url), text(url)], 1],
    ['FE-18 an address and a Request', () => [text(new URL(url)), text(new Request(url))], 1],
    ['FE-18 no-store does not matter', () => [text(url), text(url, { cache: 'no-store' })], 1],
    ['FE-18 traces do not matter', () => [text(url, { headers: { traceparent: '1' } }), text(url, { headers: { tracestate: '2' } })], 1],
    ['FE-18 other headers do', () => [text(url, { headers: { a: '1' } }), text(url, { headers: { a: '2' } })], 2],
    ['FE-18 so does cf', () => [text(url, { cf: { cacheTtl: 1 } }), text(url, { cf: { cacheTtl: 2 } })], 2],
    ['FE-18 a HEAD', () => [text(url, { method: 'head' }), text(url, { method: 'HEAD' })], 1],
    ['FE-18 a HEAD is no GET', () => [text(url), text(url, { method: 'HEAD' })], 2],
    ['FE-18 a POST stands for itself', () => [text(url, { method: 'POST' }), text(url, { method: 'POST' })], 2],
    ['FE-18 so does what has a signal', () => [text(url), text(url, { signal: new AbortController().signal })], 2],
    ['FE-18 what is kept, once', () => [text(url, { next: { revalidate: 60 } }), text(url, { next: { revalidate: 60 } })], 1],
    ['FE-18 what is kept is as young as it says', () => [text(url), text(url, { next: { revalidate: 60 } })], 2],
  ])('%s', async (_rule, code, sent) => {
    const asked = upstream();
    await json(get(() => Promise.all(code())));
    expect(asked).toHaveLength(sent);
  });

  test('FE-18 each caller has a body of his own, and the address', async () => {
    upstream(() => Object.defineProperty(new Response('a'), 'url', { value: `${url}?moved` }));
    const seen = await json(
      get(async () => {
        const [one, two] = await Promise.all([fetch(url), fetch(url)]);
        const three = await fetch(url);
        return [await one.text(), await two.text(), await three.text(), one.url, two.url, three.url];
      }),
    );
    expect(seen).toEqual(['a', 'a', 'a', `${url}?moved`, `${url}?moved`, `${url}?moved`]);
  });

  test('FE-18 what has failed is tried again', async () => {
    upstream((_request, n) => {
      if (n === 1) throw new TypeError('no network');
      return new Response('a');
    });
    expect(await json(get(async () => [await text(url).catch((error) => error.message), await text(url)]))).toEqual(['no network', 'a']);
  });

  test.each([
    ['a change of the upstream', () => fetch(url, { method: 'DELETE' }), ['answer 1', 'answer 3']],
    ['a revalidation', () => revalidateTag('a', 'max') && 0, ['answer 1', 'answer 2']],
  ])('after %s it is asked anew', async (_what, change, expected) => {
    upstream();
    expect(await json(get(async () => {
      const before = await text(url);
      await change();
      return [before, await text(url)];
    }))).toEqual(expected);
  });

  test('what a cached function keeps does not come from the request around it', async () => {
    upstream();
    const read = cached(() => text(url), { id: 'x' });
    expect(await json(get(async () => [await text(url), await read()]))).toEqual(['answer 1', 'answer 2']);
  });

  test('FE-18 a handler of POST and what runs after() ask each time', async () => {
    const asked = upstream();
    const { run } = live(async () => [await text(url), await text(url)]);
    expect(await run()).toEqual(['answer 1', 'answer 2']);
    const { ask } = site(get(() => after(async () => [await text(url), await text(url)])));
    await ask('/');
    expect(asked).toHaveLength(4);
  });

  test('another request asks anew', async () => {
    upstream();
    const { ask } = site(get(() => text(url)));
    expect([(await ask('/')).text, (await ask('/')).text]).toEqual(['"answer 1"', '"answer 2"']);
  });

  const large = new Uint8Array(3 * 1024 * 1024).fill(7);
  const chunks = () => new ReadableStream({ start: (at) => (at.enqueue(large.slice(1)), at.enqueue(large.slice(0, 1)), at.close()) });
  test.each([
    ['a text', () => new Response('a'), 1],
    ['bytes', () => new Response(large), large.length],
    ['a Blob', () => new Response(new Blob([large])), large.length],
    ['a stream', () => new Response(chunks()), large.length],
    ['long headers', () => new Response('a', { headers: { long: 'y'.repeat(2000) } }), 1],
    ['nothing', () => new Response(null), 0],
  ])('a handler may return what it fetched: %s', async (_what, make, length) => {
    for (const memory of [0, 2 ** 24]) {
      for (const init of [undefined, { next: { revalidate: 60 } }]) {
        upstream(make);
        const { ask } = site({ '/': { dynamic: 'force-dynamic', GET: () => fetch(url, init) } }, { memory });
        for (let times = 0; times < 3; times++) expect((await ask('/')).text).toHaveLength(length);
      }
    }
  });
});

describe('who asks', () => {
  const init = { cache: 'force-cache', next: { tags: ['a'] } };

  test('FE-1 in draft mode nothing is read, kept or noted', async () => {
    const asked = upstream();
    const secret = 'it is long enough';
    const { ask } = site(
      {
        '/': { revalidate: 60, GET: async () => new Response(await text(url, init)) },
        '/odd': { GET: async () => new Response(await text(url, { next: { revalidate: -1 } })) },
        '/draft': { POST: async () => ((await draftMode()).enable(), new Response()) },
      },
      { secret },
    );
    const cookie = (await ask('/draft', { method: 'POST' })).headers.getSetCookie()[0].split(';')[0];
    expect((await ask('/', { headers: { cookie } })).text).toBe('answer 1');
    expect((await ask('/')).text).toBe('answer 2');
    expect((await ask('/', { headers: { cookie } })).text).toBe('answer 3');
    expect([(await ask('/odd', { headers: { cookie } })).text, (await ask('/odd')).status]).toEqual(['answer 4', 500]);
    expect(asked.slice(0, 3).map(({ cache }) => cache)).toEqual([undefined, undefined, undefined]);
  });

  test('FE-5 a Server Action and the page after it do not keep by default', async () => {
    const asked = upstream();
    const seen = [];
    const act = serverAction(async () => void seen.push(await text(url), await text(url, init)), { id: 'act' });
    const send = async (module) => {
      const { ask } = site({ '/': module, '/form': { GET: async () => Response.json(await formField(act)) } }, { actions: [act] });
      const { name, value } = JSON.parse((await ask('/form')).text);
      const call = () => ask('/', { method: 'POST', body: new URLSearchParams({ [name]: value }), headers: { origin: 'http://localhost' } });
      return [(await call()).text, (await call()).text];
    };
    const GET = async () => new Response(await text(`${url}/page`));
    expect(await send({ GET, fetchCache: 'default-cache' })).toEqual(['answer 3', 'answer 3']);
    expect(seen).toEqual(['answer 1', 'answer 2', 'answer 4', 'answer 2']);
    seen.length = asked.length = 0;
    expect(await send({ GET, fetchCache: undefined })).toEqual(['answer 3', 'answer 5']);
  });

  test('after() reads and keeps', async () => {
    const asked = upstream();
    const { ask } = site({ '/': { dynamic: 'force-dynamic', GET: () => (after(() => text(url, init)), new Response()) } });
    await ask('/');
    await ask('/');
    expect(asked).toHaveLength(1);
  });

  test('generateStaticParams reads and keeps', async () => {
    const asked = upstream(() => Response.json([{ id: 'a' }]));
    const routes = { '/[id]': { dynamicParams: false, revalidate: 60, GET: () => new Response(), generateStaticParams: async () => (await fetch(url, init)).json() } };
    const first = site(routes);
    expect([(await first.ask('/a')).status, (await first.ask('/b')).status]).toEqual([200, 404]);
    expect(asked).toHaveLength(1);
  });

  test('FE-1 outside of a request, and for what is internal, it is the platform', async () => {
    const asked = upstream();
    expect(await text(url)).toBe('answer 1');
    const { run } = live(() => text(url, { next: { internal: true, revalidate: 60 } }));
    await run();
    await run();
    expect(asked.map(({ next }) => next)).toEqual([undefined, { internal: true, revalidate: 60 }, { internal: true, revalidate: 60 }]);
  });

  test('once the request has ended it is the platform', async () => {
    const asked = upstream();
    let later;
    const gate = new Promise((resolve) => (later = resolve));
    let done;
    const { ask } = site({ '/': { dynamic: 'force-dynamic', GET: () => ((done = gate.then(() => text(url, { cache: 'force-cache' }))), new Response()) } });
    await ask('/');
    later();
    expect(await done).toBe('answer 1');
    expect(asked[0].cache).toBe(undefined);
  });

  test('NV-14 the visitor\'s own request is not passed on', async () => {
    upstream();
    const { ask } = site({ '/': { revalidate: 60, GET: (request) => fetch(request).catch((error) => new Response(error.name)) } });
    expect((await ask('/')).text).toBe('TypeError');
    expect((await ask('/')).cache).toBe('HIT');
  });

  test('without a KV it is fetched', async () => {
    const asked = upstream();
    const { ask } = site({ '/': { GET: async () => new Response(await text(url, init)) } }, {}, { CACHE: undefined });
    expect([(await ask('/')).text, (await ask('/')).text, asked.length]).toEqual(['answer 1', 'answer 2', 2]);
  });

  test('a KV that fails is passed by', async () => {
    upstream();
    const failing = site({ '/': { POST: async () => new Response(await text(url, init)) } }).env.CACHE;
    const refuse = () => Promise.reject(new Error('KV is down'));
    const CACHE = wrapKv(failing, { get: refuse, getWithMetadata: refuse, put: refuse });
    const { ask } = site({ '/': { POST: async () => new Response(await text(url, init)) } }, { memory: 0 }, { CACHE });
    expect((await ask('/', { method: 'POST' })).text).toBe('answer 1');
  });
});

describe('createApp({ patchFetch: true })', () => {
  test('the global fetch is ours in the app that asked for it, and nowhere else', async () => {
    const asked = upstream();
    const global = async (init) => (await globalThis.fetch(url, init)).text();
    const init = { next: { revalidate: 60 } };
    const other = live(() => global(init));
    const { run } = live(() => global(init), {}, { patchFetch: true });
    expect(globalThis.fetch.name).toBe('fetch');
    expect([await run(), await run()]).toEqual(['answer 1', 'answer 1']);
    expect([await other.run(), await other.run()]).toEqual(['answer 2', 'answer 3']);
    expect(await global(init)).toBe('answer 4');
    expect(asked.map(({ next }) => next)).toEqual([undefined, init.next, init.next, init.next]);
    // The one that is imported does not come by here again.
    const mine = live(() => text(`${url}/mine`), {}, { patchFetch: true });
    expect(await mine.run()).toBe('answer 5');
    expect(asked).toHaveLength(5);
  });
});

describe('development', () => {
  const init = { next: { revalidate: 60 } };
  const long = `https://api.example-company.test/posts/of/the/last/four/weeks?with=comments&and=authors`;

  test('FE-17 cache-control: no-cache makes reads miss, and what comes is kept', async () => {
    upstream();
    for (const [rule, routes, expected] of [
      ['a live page', { dynamic: 'force-dynamic' }, ['answer 1', 'answer 2', 'answer 2']],
      ['a page that is stored', { revalidate: 60 }, ['answer 3', 'answer 4', 'answer 3']],
    ]) {
      const { ask } = site({ '/': { ...routes, GET: async () => new Response(await text(url, init)) } });
      const texts = [];
      for (const headers of [{}, { 'cache-control': 'no-cache' }, {}]) texts.push((await ask('/', { headers })).text);
      expect([rule, texts]).toEqual([rule, expected]);
    }
  });

  test('WK-14 not elsewhere', async () => {
    upstream();
    const { ask } = site({ '/': { dynamic: 'force-dynamic', GET: async () => new Response(await text(url, init)) } }, { logging: { fetches: true } }, { FRESHTAG_DEV: '0' });
    expect([(await ask('/')).text, (await ask('/', { headers: { 'cache-control': 'no-cache' } })).text]).toEqual(['answer 1', 'answer 1']);
    expect(lines).toEqual([]);
  });

  const both = async () => [await fetch(long), await fetch(long, init), await fetch(url, { cache: 'no-store', next: { revalidate: 60 } })].length;
  const short = 'https://api.example-comp../posts/of/the/last/four/..?with=comments&a..';
  const warning = ' │ │ ⚠ Specified "cache: no-store" and "revalidate: 60", only one should be specified.';
  test.each([
    ['nothing said', undefined, [[` │ GET ${url}`, warning]]],
    ['false', false, []],
    ['fetches', { fetches: true }, [[` │ GET ${short} 200 in 0ms (cache skip)`, ' │ │ Cache skipped reason: (auto no cache)'], [` │ GET ${short} 200 in 0ms (cache miss)`, ' │ │ Cache missed reason: (revalidate: 60)'], [` │ GET ${url} 200 in 0ms (cache skip)`, ' │ │ Cache skipped reason: (auto no cache)', warning]]],
    ['fullUrl', { fetches: { fullUrl: true } }, [[` │ GET ${long} 200 in 0ms (cache skip)`, ' │ │ Cache skipped reason: (auto no cache)'], [` │ GET ${long} 200 in 0ms (cache miss)`, ' │ │ Cache missed reason: (revalidate: 60)'], [` │ GET ${url} 200 in 0ms (cache skip)`, ' │ │ Cache skipped reason: (auto no cache)', warning]]],
  ])('logging: %s', async (_what, logging, expected) => {
    upstream();
    const { run } = live(both, {}, { logging });
    await run();
    expect(lines.map((line) => line.replace(/ in \d+ms/, ' in 0ms').split('\n'))).toEqual(expected);
  });

  test('logging: what was kept, and a reload', async () => {
    upstream();
    const { run } = live(() => text(url, init), {}, { logging: { fetches: true } });
    await run();
    await run();
    await run({ headers: { 'cache-control': 'no-cache' } });
    expect(lines.map((line) => line.replace(/ in \d+ms/, ''))).toEqual([
      ` │ GET ${url} 200 (cache miss)\n │ │ Cache missed reason: (revalidate: 60)`,
      ` │ GET ${url} 200 (cache hit)`,
      ` │ GET ${url} 200 (cache skip)\n │ │ Cache skipped reason: (cache-control: no-cache (hard refresh))`,
    ]);
  });
});
