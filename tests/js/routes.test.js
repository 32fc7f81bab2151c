// Route handler modules: methods, params, states (NV-12, NV-13, IS-*).
import { cached, cacheLife, cacheTag } from 'freshtag';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { counter, silence, site } from './support.js';

beforeEach(silence);
afterEach(() => vi.restoreAllMocks());

const NO_CACHE = 'private, no-cache, no-store, max-age=0, must-revalidate';
const say = (text) => () => new Response(text);

describe('a body, wherever it comes from', () => {
  /** A body that workerd makes, to be read while it is written. */
  const through = (transform) => {
    const writer = transform.writable.getWriter();
    writer.write(new TextEncoder().encode('body')).then(() => writer.close());
    return new Response(transform.readable);
  };
  const rows = [
    ['a text', () => new Response('body')],
    ['one that was cloned', () => { const response = new Response('body'); response.clone(); return response; }],
    ['a clone', () => new Response('body').clone()],
    ['one whose clone was read', async () => { const response = new Response('body'); await response.clone().text(); return response; }],
    ['half of a tee', () => new Response(new Response('body').body.tee()[0])],
    ['a Blob', () => new Response(new Blob(['bo', 'dy']))],
    ['an IdentityTransformStream', () => through(new IdentityTransformStream())],
    ['a FixedLengthStream', () => through(new FixedLengthStream(4))],
    ['a TransformStream', () => through(new TransformStream())],
    ['a stream', () => new Response(new ReadableStream({ start: (c) => (c.enqueue(new TextEncoder().encode('body')), c.close()) }))],
  ];
  test.each(rows)('%s: sent, and kept', async (_, GET) => {
    for (const module of [{ GET, revalidate: 60 }, { GET, dynamic: 'force-dynamic' }]) {
      const { ask } = site({ '/': module });
      const [first, second] = [await ask('/'), await ask('/')];
      expect([first.status, first.text, second.text]).toEqual([200, 'body', 'body']);
      expect(second.cache).toBe(module.revalidate ? 'HIT' : null);
    }
  });

  const bytes = Uint8Array.from({ length: 1_000_003 }, (_, i) => (i * 31 + (i >> 8)) & 255);
  test.each([
    ['in memory', () => new Response(bytes)],
    ['cloned', () => { const response = new Response(bytes); response.clone(); return response; }],
    ['in odd chunks', () => { const { readable, writable } = new IdentityTransformStream(); const writer = writable.getWriter(); (async () => { for (let i = 0; i < bytes.length; i += 77_777) await writer.write(bytes.subarray(i, i + 77_777)); await writer.close(); })(); return new Response(readable); }],
  ])('a million bytes %s come as they are', async (_, GET) => {
    const { app, env } = site({ '/': { GET, revalidate: 60 } });
    for (const state of ['MISS', 'HIT']) {
      const tasks = [];
      const answer = await app.fetch(new Request('http://localhost/'), env, { waitUntil: (task) => tasks.push(task) });
      const got = new Uint8Array(await answer.arrayBuffer());
      await Promise.all(tasks);
      expect([answer.headers.get('x-nextjs-cache'), got.length, got.findIndex((byte, i) => byte !== bytes[i])]).toEqual([state, bytes.length, -1]);
    }
  });

  test('one that was read already is an error, and no answer that never ends', async () => {
    const { ask } = site({ '/': { GET: () => { const response = new Response('body'); response.body.getReader(); return response; } } });
    expect((await ask('/')).status).toBe(500);
  });

  test('one that nobody wants is cancelled', async () => {
    const cancelled = new Promise((resolve) => {
      const GET = () => new Response(new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(65536)), cancel: () => resolve('cancelled') }));
      const { app, env } = site({ '/': { GET, dynamic: 'force-dynamic' } });
      app.fetch(new Request('http://localhost/'), env, { waitUntil() {} }).then(async ({ body }) => {
        const reader = body.getReader();
        await reader.read();
        await reader.cancel();
      });
    });
    expect(await cancelled).toBe('cancelled');
  });
});

describe('NV-12 methods', () => {
  const { ask } = site({
    '/get': { GET: say('get') },
    '/both': { GET: say('get'), HEAD: () => new Response(null, { headers: { 'x-own': '1' } }), POST: say('post') },
    '/post': { POST: say('post'), DELETE: say('delete'), OPTIONS: say('own') },
  });
  /** @type {[method: string, path: string, status: number, text: string, headers?: Record<string, string | null>][]} */
  const rows = [
    ['GET', '/get', 200, 'get'],
    ['HEAD', '/get', 200, ''],
    ['HEAD', '/both', 200, '', { 'x-own': '1' }],
    ['OPTIONS', '/get', 204, '', { allow: 'GET, HEAD, OPTIONS' }],
    ['OPTIONS', '/both', 204, '', { allow: 'GET, HEAD, OPTIONS, POST' }],
    ['OPTIONS', '/post', 200, 'own'],
    ['POST', '/post', 200, 'post', { 'cache-control': NO_CACHE, 'x-nextjs-cache': null }],
    ['DELETE', '/post', 200, 'delete'],
    ['GET', '/post', 405, ''],
    ['HEAD', '/post', 405, ''],
    ['PUT', '/get', 405, ''],
    ['PURGE', '/get', 400, ''],
    ['GET', '/nothing', 404, 'Not Found: no route answers this path, and ORIGIN is not set.'],
  ];
  test.each(rows)('%s %s is %i', async (method, path, status, text, headers = {}) => {
    const answer = await ask(path, { method });
    expect(answer).toMatchObject({ status, text });
    for (const [name, value] of Object.entries(headers)) expect(answer.header(name)).toBe(value);
  });
});

describe('NV-13 what a handler must return', () => {
  const rows = [
    ['nothing', () => {}, /No response is returned from route handler '\/'. Expected a Response object but received 'undefined'/],
    ['a text', () => 'text', /but received 'string'/],
    ['null', () => null, /but received 'null'/],
    ['a rewrite', () => new Response(null, { headers: { 'x-middleware-rewrite': '/' } }), /NextResponse.rewrite\(\) was used/],
    ['next()', () => new Response(null, { headers: { 'x-middleware-next': '1' } }), /NextResponse.next\(\) was used/],
  ];
  test.each(rows)('%s is a 500', async (_name, GET, message) => {
    const lines = silence();
    const answer = await site({ '/': { GET } }).ask('/');
    expect(answer).toMatchObject({ status: 500, text: 'Internal Server Error', cache: null });
    expect(answer.header('cache-control')).toBe(NO_CACHE);
    expect(lines.join('\n')).toMatch(message);
  });
});

describe('NV-10 errors of next/navigation', () => {
  const rows = [
    ['notFound()', 'NEXT_HTTP_ERROR_FALLBACK;404', 404, null],
    ['forbidden()', 'NEXT_HTTP_ERROR_FALLBACK;403', 403, null],
    ['unauthorized()', 'NEXT_HTTP_ERROR_FALLBACK;401', 401, null],
    ['redirect()', 'NEXT_REDIRECT;replace;/a;b?c=1;307;', 307, '/a;b?c=1'],
    ['permanentRedirect()', 'NEXT_REDIRECT;replace;/a;308;', 308, '/a'],
    ['an unknown digest', 'NEXT_HTTP_ERROR_FALLBACK;500', 500, null],
  ];
  test.each(rows)('%s', async (_name, digest, status, location) => {
    const fail = () => {
      throw Object.assign(new Error(digest), { digest });
    };
    const { ask } = site({ '/': { GET: fail, POST: fail } });
    for (const method of ['GET', 'POST']) {
      const answer = await ask('/', { method });
      expect(answer.status).toBe(status);
      expect(answer.header('location')).toBe(location);
    }
  });
});

describe('patterns', () => {
  const params = { GET: async (_request, context) => Response.json(await context.params) };
  const { ask } = site({
    '/': params,
    '/posts/[id]': params,
    '/posts/new': { GET: say('new') },
    '/docs/[...rest]': params,
    '/shop/[[...rest]]': params,
    '/(group)/about': { GET: say('about') },
  });
  const rows = [
    ['/', '{}'],
    ['/posts/1', '{"id":"1"}'],
    ['/posts/new', 'new'],
    ['/posts/a%20b', '{"id":"a b"}'],
    ['/posts/__proto__', '{"id":"__proto__"}'],
    ['/docs/a/b', '{"rest":["a","b"]}'],
    ['/shop', '{}'],
    ['/shop/a', '{"rest":["a"]}'],
    ['/about', 'about'],
  ];
  test.each(rows)('%s', async (path, text) => {
    expect(await ask(path)).toMatchObject({ status: 200, text });
  });
  test.each([['/docs', 404], ['/posts', 404], ['/posts/%', 400], ['/posts/%00', 400], ['/posts/%ff', 400], [`/posts/${'x'.repeat(3000)}`, 200], ['/posts/..%2f', 200]])(
    '%s never is a 5xx',
    async (path) => {
      expect((await ask(path)).status).toBeLessThan(500);
    },
  );
});

describe('ISR states', () => {
  test('IS-9 MISS, then HIT with the same body and an ETag that gives 304', async () => {
    const { ask } = site({ '/': counter({ revalidate: 60 }) });
    const first = await ask('/');
    const second = await ask('/');
    expect(first).toMatchObject({ status: 200, cache: 'MISS', text: 'render 1' });
    expect(second).toMatchObject({ status: 200, cache: 'HIT', text: 'render 1' });
    const etag = second.header('etag');
    expect(etag).toBeTruthy();
    expect(await ask('/', { headers: { 'if-none-match': etag } })).toMatchObject({ status: 304, text: '' });
  });

  test('IS-9 a page whose time is over answers at once and renews itself', async () => {
    const { ask } = site({ '/': counter({ revalidate: 0.001 }) });
    expect(await ask('/')).toMatchObject({ cache: 'MISS', text: 'render 1' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await ask('/')).toMatchObject({ cache: 'STALE', text: 'render 1' });
    expect((await ask('/')).text).toBe('render 2');
  });

  test('CL-20 CL-21 the route says how long', async () => {
    const { ask } = site({ '/': counter({ revalidate: 60 }), '/f': counter({ revalidate: false }), '/s': counter({ dynamic: 'force-static' }) });
    expect((await ask('/')).header('cache-control')).toBe('s-maxage=60, stale-while-revalidate=31535940');
    expect((await ask('/f')).header('cache-control')).toBe('s-maxage=31536000');
    expect((await ask('/s')).header('cache-control')).toBe('s-maxage=31536000');
  });

  test('CL-20 cached inputs say how long, where the route does not', async () => {
    const read = cached(async () => (cacheLife({ revalidate: 60, expire: 600 }), cacheTag('input'), 'value'), { id: 'input' });
    const { ask } = site({ '/': { GET: async () => new Response(await read()) } });
    expect(await ask('/')).toMatchObject({ cache: 'MISS', text: 'value' });
    const hit = await ask('/');
    expect(hit).toMatchObject({ cache: 'HIT', text: 'value' });
    expect(hit.header('cache-control')).toBe('s-maxage=60, stale-while-revalidate=540');
  });

  test('a GET that says nothing about its life is not stored', async () => {
    const { ask } = site({ '/': counter() });
    expect(await ask('/')).toMatchObject({ text: 'render 1', cache: null });
    expect(await ask('/')).toMatchObject({ text: 'render 2', cache: null });
  });

  test.each([['force-dynamic', { dynamic: 'force-dynamic', revalidate: 60 }], ['revalidate 0', { revalidate: 0 }]])(
    '%s is never stored and sees the real request',
    async (_name, module) => {
      const { ask } = site({ '/': { GET: (request) => new Response(request.headers.get('x')), ...module } });
      expect(await ask('/', { headers: { x: '1' } })).toMatchObject({ text: '1', cache: null });
      const second = await ask('/', { headers: { x: '2' } });
      expect(second).toMatchObject({ text: '2', cache: null });
      expect(second.header('cache-control')).toBe(NO_CACHE);
    },
  );

  test('a HEAD fills the store for a GET', async () => {
    const { ask } = site({ '/': counter({ revalidate: 60 }) });
    expect(await ask('/', { method: 'HEAD' })).toMatchObject({ status: 200, cache: 'MISS', text: '' });
    expect(await ask('/')).toMatchObject({ cache: 'HIT', text: 'render 1' });
  });

  test('WK-16 the query is no part of the key', async () => {
    const { ask } = site({ '/': counter({ revalidate: 60 }) });
    await ask('/?a=1');
    expect(await ask('/?a=2')).toMatchObject({ cache: 'HIT', text: 'render 1' });
  });

  test('WK-8 a response that sets a cookie is not stored', async () => {
    const module = { revalidate: 60, GET: () => new Response('x', { headers: [['set-cookie', 'a=1'], ['set-cookie', 'b=2']] }) };
    const { ask } = site({ '/': module });
    for (let i = 0; i < 2; i++) {
      const answer = await ask('/');
      expect(answer.cache).not.toBe('HIT');
      expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    }
  });

  test('an error is not stored', async () => {
    let renders = 0;
    const { ask } = site({ '/': { revalidate: 60, GET() {
      if (++renders === 1) throw new Error('boom');
      return new Response('good');
    } } });
    expect(await ask('/')).toMatchObject({ status: 500, text: 'Internal Server Error' });
    expect(await ask('/')).toMatchObject({ status: 200, cache: 'MISS', text: 'good' });
  });

  test('a body made on demand knows its request to its end', async () => {
    const part = cached(async (n) => (cacheTag('part'), `part ${n};`), { id: 'part' });
    let n = 0;
    const body = () =>
      new ReadableStream({
        async pull(controller) {
          if (n === 3) return controller.close();
          controller.enqueue(new TextEncoder().encode(await part(++n)));
        },
      });
    const { ask } = site({ '/': { revalidate: 60, GET: () => new Response(body()) } });
    expect(await ask('/')).toMatchObject({ cache: 'MISS', text: 'part 1;part 2;part 3;' });
    expect(await ask('/')).toMatchObject({ cache: 'HIT', text: 'part 1;part 2;part 3;' });
  });
});

describe('generateStaticParams', () => {
  const posts = {
    ...counter({ revalidate: 60 }),
    generateStaticParams: ({ params }) => (expect(params).toEqual({}), [{ id: '1' }, { id: 'a b' }]),
  };

  test('dynamicParams = false: only what is listed exists', async () => {
    const { ask } = site({ '/posts/[id]': { ...posts, dynamicParams: false } });
    expect((await ask('/posts/1')).status).toBe(200);
    expect((await ask('/posts/a%20b')).status).toBe(200);
    expect((await ask('/posts/2')).status).toBe(404);
  });

  test('prerender fills what is listed', async () => {
    const { ask, admin } = site({ '/posts/[id]': posts, '/docs/[[...rest]]': { ...counter({ revalidate: 60 }), generateStaticParams: () => [{}, { rest: ['a', 'b'] }] } });
    expect(JSON.parse((await admin('prerender', {})).text)).toMatchObject({ done: 4, next: null });
    for (const path of ['/posts/1', '/posts/a%20b', '/docs', '/docs/a/b']) expect((await ask(path)).cache).toBe('HIT');
    expect((await ask('/posts/2')).cache).toBe('MISS');
  });

  test('prerender goes in pages of 50', async () => {
    const list = Array.from({ length: 120 }, (_, n) => ({ id: String(n) }));
    const { ask, admin } = site({ '/p/[id]': { ...counter({ revalidate: 60 }), generateStaticParams: () => list } });
    const done = [];
    for (let cursor; cursor !== null; ) {
      const page = JSON.parse((await admin('prerender', cursor ? { cursor } : {})).text);
      done.push(page.done);
      cursor = page.next;
    }
    expect(done).toEqual([50, 50, 20]);
    expect((await ask('/p/119')).cache).toBe('HIT');
  });

  test('a page that needs a visitor is reported, the others are filled', async () => {
    const { ask, admin } = site({
      '/p/[id]': {
        revalidate: 60,
        generateStaticParams: () => [{ id: '1' }, { id: '2' }],
        GET: async (request, { params }) => new Response((await params).id === '1' ? request.headers.get('x') : 'ok'),
      },
    });
    const { done, failed } = JSON.parse((await admin('prerender', {})).text);
    expect(done).toBe(1);
    expect(failed).toMatchObject([{ path: '/p/1', message: expect.stringMatching(/Dynamic server usage/) }]);
    expect((await ask('/p/2')).cache).toBe('HIT');
  });
});

test('a WebSocket passes through a page that could be stored', async () => {
  const { app, env } = site({ '/': { GET(request) {
    if (request.headers.get('upgrade') !== 'websocket') return new Response(null, { status: 426 });
    const { 0: client, 1: server } = new WebSocketPair();
    server.accept();
    return new Response(null, { status: 101, webSocket: client });
  } } });
  const answer = await app.fetch(new Request('http://localhost/', { headers: { upgrade: 'websocket' } }), env, { waitUntil() {} });
  expect(answer.status).toBe(101);
  expect(answer.webSocket).toBeTruthy();
});

test.each([[204, () => new Response(null, { status: 204 })], [302, () => Response.redirect('http://a.test/')]])(
  'a page without a body, %i, is kept as well',
  async (status, GET) => {
    const { ask } = site({ '/': { GET, revalidate: 60 } });
    expect(await ask('/')).toMatchObject({ status, cache: 'MISS' });
    expect(await ask('/')).toMatchObject({ status, cache: 'HIT' });
  },
);

test('options that cannot be are named', async () => {
  const lines = silence();
  expect(() => site({ '/': {} })).toThrow(/routes\['\/'\] exports none of GET/);
  expect(() => site({ '/': 1 })).toThrow(/routes\['\/'\] must be a module/);
  const answer = await site({ '/': counter() }, { cacheLife: { blog: { stale: 'x' } } }).ask('/');
  expect(answer.status).toBe(500);
  expect(answer.text).toMatch(/blog/);
  expect(lines.join('\n')).toMatch(/blog/);
});
