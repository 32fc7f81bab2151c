// cookies() in a Worker (CK-21 to CK-29): what is read, what goes out, and who may not.
import { env } from 'cloudflare:test';
import { after, cached, cookies, createApp, headers, revalidateTag, unstable_cache } from 'freshtag';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { Engine } from '../../js/load.workerd.js';
import { currentScope } from '../../js/scope.js';
import { counter, silence, site, wrapKv } from './support.js';

let lines;
beforeEach(() => (lines = silence()));
afterEach(() => vi.restoreAllMocks());

const EPOCH = 'Thu, 01 Jan 1970 00:00:00 GMT';
const READONLY = 'Cookies can only be modified in a Server Action or Route Handler. Read more: https://nextjs.org/docs/app/api-reference/functions/cookies#options';

/** Runs `code` with the cookies of a request, in a POST; what it returns is the Response, or JSON. */
async function run(code, { cookie = 'a=1; b=2', extra = {}, options = {}, bindings = {}, module = {} } = {}) {
  const POST = async (request) => {
    const result = await code(await cookies(), request);
    return result instanceof Response ? result : Response.json(result ?? null);
  };
  const { ask } = site({ '/page': { POST, ...module } }, options, bindings);
  const answer = await ask('/page', { method: 'POST', headers: { cookie, ...extra }, redirect: 'manual' });
  const json = answer.text.startsWith('{') || answer.text.startsWith('[') ? JSON.parse(answer.text) : undefined;
  return { ...answer, json, set: answer.headers.getSetCookie() };
}

/** What a call throws, as `Name: message`; `allowed` when it does not. */
async function thrown(call) {
  try {
    await call();
    return 'allowed';
  } catch (error) {
    return `${error.constructor.name}: ${error.message}`;
  }
}

describe('every way to delete deletes', () => {
  test.each([
    ['CK-19', 'delete(name)', (c) => c.delete('a'), `a=; Path=/; Expires=${EPOCH}`],
    ['CK-19', 'delete({ name, path, domain })', (c) => c.delete({ name: 'a', path: '/docs', domain: 'example.com' }), `a=; Path=/docs; Expires=${EPOCH}; Domain=example.com`],
    ['CK-20', 'delete({ name, maxAge })', (c) => c.delete({ name: 'a', maxAge: 100 }), `a=; Path=/; Expires=${EPOCH}`],
    ['CK-19', 'delete of a __Host- cookie', (c) => c.delete('__Host-a'), `__Host-a=; Path=/; Expires=${EPOCH}; Secure`],
    ['CK-19', "set(name, '')", (c) => c.set('a', ''), `a=; Path=/; Expires=${EPOCH}`],
    ['CK-19', "set(name, '', options)", (c) => c.set('a', '', { path: '/docs', httpOnly: true }), `a=; Path=/docs; Expires=${EPOCH}; HttpOnly`],
    ['CK-19', "set({ name, value: '' })", (c) => c.set({ name: 'a', value: '' }), `a=; Path=/; Expires=${EPOCH}`],
    ['CK-19', 'set({ name })', (c) => c.set({ name: 'a' }), `a=; Path=/; Expires=${EPOCH}`],
    ['CK-17', 'set(name, value, { maxAge: 0 })', (c) => c.set('a', 'x', { maxAge: 0 }), 'a=x; Path=/; Max-Age=0'],
    ['CK-17', 'set(name, value, { expires: 0 })', (c) => c.set('a', 'x', { expires: 0 }), `a=x; Path=/; Expires=${EPOCH}`],
  ])('%s %s', async (_rule, _name, remove, line) => {
    const { set, json } = await run((c) => [remove(c) === c, c.has('a') || c.has('__Host-a')]);
    expect(set).toEqual([line]);
    expect(json).toEqual([true, true]);
  });

  test('CK-17 an empty value that is to last lasts', async () => {
    expect((await run((c) => void c.set('a', '', { maxAge: 60 }))).set[0]).toMatch(/^a=; Path=\/; Expires=.*; Max-Age=60$/);
    expect((await run((c) => void c.set('a', '', { expires: Date.UTC(2100, 0) }))).set).toEqual(['a=; Path=/; Expires=Fri, 01 Jan 2100 00:00:00 GMT']);
  });

  test.each([
    ['CK-19', "set(name, '')", (c) => c.set('a', ''), /^a=; Path=\/$/],
    ['CK-20', 'delete({ name, maxAge })', (c) => c.delete({ name: 'a', maxAge: 100 }), /Max-Age=100$/],
  ])("%s compat: 'next' does what Next does: %s", async (_rule, _name, remove, line) => {
    const { set } = await run((c) => void remove(c), { options: { compat: 'next' } });
    expect(set).toEqual([expect.stringMatching(line)]);
  });
});

describe('what a handler reads', () => {
  test.each([
    ['CK-21', 'what came', () => {}, [['a', '1'], ['b', '2']]],
    ['CK-24', 'a new one comes last', (c) => c.set('0', 'new'), [['a', '1'], ['b', '2'], ['0', 'new']]],
    ['CK-24', 'a changed one keeps its place', (c) => c.set('z', 'new').set('a', 'x'), [['a', 'x'], ['b', '2'], ['z', 'new']]],
    ['CK-19', 'a deleted one is empty', (c) => c.delete('a'), [['a', ''], ['b', '2']]],
    ['CK-24', 'one that was deleted and set', (c) => c.delete('a').set('a', 'x'), [['a', 'x'], ['b', '2']]],
    ['CK-5', 'a value as it was set', (c) => c.set('a', 'ü ='), [['a', 'ü ='], ['b', '2']]],
    ['T33', 'names of objects', (c) => c.set('__proto__', '1').set('constructor', '2'), [['a', '1'], ['b', '2'], ['__proto__', '1'], ['constructor', '2']]],
  ])('%s %s', async (_rule, _name, change, pairs) => {
    const { json } = await run((c) => {
      change(c);
      const read = [c.getAll(), [...c].map(([, cookie]) => cookie), [...c].map(([name]) => c.get(name)), [...c].flatMap(([name]) => c.getAll({ name }))];
      return { read: read.map((list) => list.map(({ name, value }) => [name, value])), has: pairs.map(([name]) => c.has(name)), size: c.size };
    });
    expect(json).toEqual({ read: Array(4).fill(pairs), has: pairs.map(() => true), size: pairs.length });
  });

  test('CK-23 what came looks like what is set', async () => {
    const { json } = await run((c) => (c.set('b', 'x', { httpOnly: true }), [c.get('a'), c.get({ name: 'b' }), c.get('none') ?? null, c.getAll('none'), c.has('toString')]));
    expect(json).toEqual([{ name: 'a', value: '1', path: '/' }, { name: 'b', value: 'x', path: '/', httpOnly: true }, null, [], false]);
  });

  test('CK-21 as a text, and for a log', async () => {
    const { json } = await run((c) => (c.set('b', 'x'), [String(c), c[Symbol.for('edge-runtime.inspect.custom')]()]));
    expect(json).toEqual(['a=1; Path=/; b=x; Path=/', 'ResponseCookies {"a":{"name":"a","value":"1","path":"/"},"b":{"name":"b","value":"x","path":"/"}}']);
  });

  test('CK-21 two objects of one request are one jar', async () => {
    const { json, set } = await run(async (first) => {
      const second = await cookies();
      first.set('a', 'one');
      second.set('c', 'two');
      first.delete('b');
      return [second.get('a').value, first.get('c').value, second.get('b').value];
    });
    expect(json).toEqual(['one', 'two', '']);
    expect(set).toEqual(['a=one; Path=/', `b=; Path=/; Expires=${EPOCH}`, 'c=two; Path=/']);
  });

  test('CK-21 requests do not meet', async () => {
    const page = { async POST(request) {
      const store = await cookies();
      const name = request.headers.get('x-name');
      store.set(name, '1');
      await new Promise((resolve) => setTimeout(resolve, 10));
      return Response.json([...store].map(([key]) => key));
    } };
    const { ask } = site({ '/': page });
    const answers = await Promise.all(['one', 'two'].map((name) => ask('/', { method: 'POST', headers: { cookie: `${name}-came=1`, 'x-name': name } })));
    expect(answers.map(({ text }) => JSON.parse(text))).toEqual([['one-came', 'one'], ['two-came', 'two']]);
    expect(answers.map(({ header }) => header('set-cookie'))).toEqual(['one=1; Path=/', 'two=1; Path=/']);
  });
});

describe('CK-28 what was set joins the lines of the response', () => {
  const own = (...values) => new Response('ok', { headers: values.map((value) => ['set-cookie', value]) });
  test.each([
    ['nothing was set: every byte stays', (c) => c.get('a'), ['x=%zz;path=/y', 'y="1"; Max-Age=0'], ['x=%zz;path=/y', 'y="1"; Max-Age=0']],
    ['nobody asked', () => {}, ['x=1'], ['x=1']],
    ['the own ones first', (c) => c.set('c', '3'), ['x=1; Path=/y'], ['x=1; Path=/y', 'c=3; Path=/']],
    ['the own ones win', (c) => c.set('x', 'mine').set('c', '3'), ['x=1; Path=/', 'y=2; Path=/'], ['x=1; Path=/', 'y=2; Path=/', 'c=3; Path=/']],
    ['an own one wins over a deletion', (c) => c.delete('x'), ['x=1; Path=/'], ['x=1; Path=/']],
    ['own ones without a path gain one', (c) => c.set('c', '3'), ['x=1; HttpOnly', 'y=2', 'z=%zz;Max-Age=0'], ['x=1; Path=/; HttpOnly', 'y=2; Path=/', 'z=%zz; Path=/;Max-Age=0', 'c=3; Path=/']],
    ['what does not parse stays', (c) => c.set('c', '3'), ['=x', 'y=2; Path=/a; path=/b'], ['=x', 'y=2; Path=/a; path=/b', 'c=3; Path=/']],
    ['both lines of one name stay', (c) => c.set('c', '3'), ['x=1; Path=/a', 'x=2; Path=/b'], ['x=1; Path=/a', 'x=2; Path=/b', 'c=3; Path=/']],
    ['CK-24: in the order of the request, then of the calls', (c) => c.set('z', '1').set('b', '1').set('y', '1').set('a', '1').set('z', '2'), [], ['a=1; Path=/', 'b=1; Path=/', 'z=2; Path=/', 'y=1; Path=/']],
  ])('%s', async (_name, change, before, after) => {
    expect((await run((c) => (change(c), own(...before)))).set).toEqual(after);
  });

  test("compat: 'next' writes the own ones anew (CK-11)", async () => {
    const { set } = await run((c) => (c.set('c', '3'), own('x=; Max-Age=0; HttpOnly', 'y=1; Unknown=1')), { options: { compat: 'next' } });
    expect(set).toEqual(['x=; Path=/; HttpOnly', 'y=1; Path=/', 'c=3; Path=/']);
  });

  test("compat: 'next' keeps one line a name, the last in the place of the first", async () => {
    const { set } = await run((c) => (c.set('c', '3'), own('x=1; HttpOnly', 'y=1', 'x=2', 'c=own')), { options: { compat: 'next' } });
    expect(set).toEqual(['x=2; Path=/', 'y=1; Path=/', 'c=own; Path=/']);
  });

  const thrower = (digest) => () => {
    throw Object.assign(new Error(digest), { digest });
  };
  test.each([
    ['redirect()', thrower('NEXT_REDIRECT;replace;/there;303;'), 303],
    ['permanentRedirect()', thrower('NEXT_REDIRECT;replace;/there;308;'), 308],
    ['notFound()', thrower('NEXT_HTTP_ERROR_FALLBACK;404'), 404],
    ['forbidden()', thrower('NEXT_HTTP_ERROR_FALLBACK;403'), 403],
    ['unauthorized()', thrower('NEXT_HTTP_ERROR_FALLBACK;401'), 401],
    ['a Response that cannot change', () => Response.redirect('https://example.com/there', 307), 307],
    ['a 204', () => new Response(null, { status: 204 }), 204],
    ['a 500 that the handler returns', () => new Response('sorry', { status: 500 }), 500],
  ])('%s', async (_name, end, status) => {
    const answer = await run((c) => (c.set('c', '3').delete('a'), end()));
    expect(answer).toMatchObject({ status, set: [`a=; Path=/; Expires=${EPOCH}`, 'c=3; Path=/'] });
    if (status > 300 && status < 400) expect(answer.header('location')).toMatch(/\/there$/);
  });

  test.each([
    ['throws', () => Promise.reject(new Error('broken'))],
    ['returns no Response', () => new Map()],
    ['revalidates in vain', () => (void revalidateTag('t', 'max'), new Response('ok'))],
  ])('a handler that %s sets nothing', async (_name, end) => {
    const CACHE = wrapKv(env.CACHE, { put: () => Promise.reject(new Error('KV is down')) });
    const { POST } = { POST: async () => ((await cookies()).set('c', '3'), end()) };
    const answer = await site({ '/': { POST } }, {}, { CACHE }).ask('/', { method: 'POST' });
    expect(answer).toMatchObject({ status: 500 });
    expect(answer.headers.getSetCookie()).toEqual([]);
  }, 15_000);

  test('a Response that answers everybody stays as it is', async () => {
    const DONE = new Response(null, { status: 204 });
    const secret = 'of the shared response';
    const { ask } = site({ '/': { POST: async (request) => {
      const name = request.headers.get('x-name');
      if (name) (await cookies()).set(name, '1');
      if (name) await revalidateTag('t', 'max');
      return DONE;
    } } }, { secret });
    expect((await ask('/', { method: 'POST', headers: { 'x-name': 'ada' } })).header('set-cookie')).toMatch(/^ada=1; Path=\/, __freshtag_seen=/);
    expect((await ask('/', { method: 'POST' })).headers.getSetCookie()).toEqual([]);
    expect(DONE.headers.has('set-cookie')).toBe(false);
  });

  test('a WebSocket', async () => {
    const { app, env: bindings } = site({ '/': { async GET() {
      (await cookies()).set('c', '3');
      const { 0: client, 1: server } = new WebSocketPair();
      server.accept();
      return new Response(null, { status: 101, webSocket: client });
    } } });
    const answer = await app.fetch(new Request('http://localhost/', { headers: { upgrade: 'websocket' } }), bindings, { waitUntil() {} });
    expect(answer.headers.getSetCookie()).toEqual(['c=3; Path=/']);
    answer.webSocket.accept();
    answer.webSocket.close();
  });

  test('the engine fails: the handler sets all the same', async () => {
    vi.spyOn(Engine.prototype, 'route').mockImplementation(() => Promise.reject(new WebAssembly.RuntimeError('unreachable')));
    const { ask } = site({ '/': { revalidate: 60, GET: async () => ((await cookies()).set('c', '3'), new Response('ok')) } });
    expect((await ask('/')).headers.getSetCookie()).toEqual(['c=3; Path=/']);
  });

  test('without a KV', async () => {
    expect((await run((c) => void c.set('c', '3'), { bindings: { CACHE: undefined } })).set).toEqual(['c=3; Path=/']);
  });

  test('what no header can carry fails at the call', async () => {
    const { json, set } = await run((c) => {
      try {
        c.set('c', '3', { path: '/; Domain=evil.example' });
      } catch ({ code, message }) {
        return [code, message.slice(0, 6), c.has('c')];
      }
    });
    expect(json).toEqual(['INVALID_COOKIE', 'path: ', false]);
    expect(set).toEqual([]);
  });
});

describe('a page that could be stored', () => {
  test.each([
    ['reads', (c) => c.get('visitor')],
    ['sets', (c) => c.set('visitor', 'ada')],
    ['deletes', (c) => c.delete('visitor')],
  ])('CK-21 T11 a GET that %s cookies is never stored', async (_name, use) => {
    let renders = 0;
    const { ask } = site({ '/': { revalidate: 60, GET: async (request) => {
      const store = await cookies();
      if (++renders === 1) use(store);
      return new Response(`render ${renders}`);
    } } });
    const first = await ask('/', { headers: { cookie: 'visitor=ada' } });
    const second = await ask('/');
    expect([first.cache, second.cache]).toEqual([null, null]);
    expect(first.header('cache-control')).toBe('private, no-cache, no-store, max-age=0, must-revalidate');
    expect(second).toMatchObject({ text: 'render 2' });
    expect(second.headers.getSetCookie()).toEqual([]);
  });

  test('T11 visitors at the same time get their own', async () => {
    const { ask } = site({ '/': { revalidate: 60, GET: async () => {
      const store = await cookies();
      await new Promise((resolve) => setTimeout(resolve, 20));
      store.set('me', store.get('me')?.value ?? 'nobody');
      return new Response('ok');
    } } });
    const answers = await Promise.all(['ada', 'bob', 'eve'].map((me) => ask('/', { headers: { cookie: `me=${me}` } })));
    expect(answers.map(({ headers }) => headers.getSetCookie())).toEqual([['me=ada; Path=/'], ['me=bob; Path=/'], ['me=eve; Path=/']]);
  });

  test('HEAD sets what GET sets', async () => {
    const { ask } = site({ '/': { revalidate: 60, GET: async () => ((await cookies()).set('c', '3'), new Response('ok')) } });
    const answer = await ask('/', { method: 'HEAD' });
    expect(answer).toMatchObject({ status: 200, text: '' });
    expect(answer.headers.getSetCookie()).toEqual(['c=3; Path=/']);
  });
});

describe('nobody sets a cookie without a response', () => {
  const setters = (c) => [() => c.set('x', '1'), () => c.delete('a'), () => c.set({ name: 'x', value: '' })];
  const REFUSED = `ReadonlyRequestCookiesError: ${READONLY}`;

  test('CK-25 a body that sets when the head has left', async () => {
    const seen = [];
    const { set, text } = await run((store) => {
      store.set('early', '1');
      const body = new ReadableStream({
        async pull(controller) {
          await new Promise((resolve) => setTimeout(resolve, 5));
          for (const c of [store, await cookies()]) for (const call of setters(c)) seen.push(await thrown(call));
          seen.push(store.get('early').value, (await cookies()).get('early').value);
          controller.enqueue(new TextEncoder().encode('done'));
          controller.close();
        },
      });
      return new Response(body);
    });
    expect(text).toBe('done');
    expect(seen).toEqual([...Array(6).fill(REFUSED), '1', '1']);
    expect(set).toEqual(['early=1; Path=/']);
  });

  test('CK-22 CK-29 after() reads what was set, and sets nothing', async () => {
    const seen = [];
    const { set } = await run((store) => {
      store.set('early', '1').delete('a');
      after(async () => {
        const late = await cookies();
        for (const call of [...setters(store), ...setters(late), () => late.clear()]) seen.push(await thrown(call));
        seen.push([...late], late.get('a'), late.getAll('early'), late.has('b'), late.size, String(late), late[Symbol.for('edge-runtime.inspect.custom')]());
      });
    });
    const [a, b, early] = [{ name: 'a', value: '' }, { name: 'b', value: '2' }, { name: 'early', value: '1' }];
    expect(seen.slice(0, 7)).toEqual(Array(7).fill(REFUSED));
    expect(seen.slice(7)).toEqual([
      [['a', a], ['b', b], ['early', early]], a, [early], true, 3, 'a=; b=2; early=1', `RequestCookies ${JSON.stringify({ a, b, early })}`,
    ]);
    expect(set).toHaveLength(2);
  });

  test('CK-25 CK-26 a render that follows reads what was set, and sets nothing', async () => {
    const { json, set } = await run(async (store) => {
      store.set('b', 'x').delete('a');
      currentScope().phase = 'render';
      const page = await cookies();
      const refused = [];
      for (const call of [...setters(store), ...setters(page), () => page.clear()]) refused.push(await thrown(call));
      return { refused, read: [...page], has: page.has('a') };
    });
    expect(json).toEqual({ refused: Array(7).fill(REFUSED), read: [['a', { name: 'a', value: '' }], ['b', { name: 'b', value: 'x' }]], has: true });
    expect(set).toEqual([`a=; Path=/; Expires=${EPOCH}`, 'b=x; Path=/']);
  });

  test('CK-25 a handle that was kept, in the request of somebody else', async () => {
    let kept;
    const { ask } = site({ '/': { POST: async () => {
      const error = kept ? await thrown(() => kept.set('x', '1')) : '';
      kept ??= await cookies();
      return new Response(error);
    } } });
    await ask('/', { method: 'POST' });
    const second = await ask('/', { method: 'POST' });
    expect(second.text).toBe(REFUSED);
    expect(second.headers.getSetCookie()).toEqual([]);
  });

  test.each([
    ['cached', (call) => cached(call, { id: 'given cookies' })],
    ['unstable_cache', (call) => unstable_cache(call, ['given cookies'])],
  ])('UC-35 a function in %s cannot use the cookies around it', async (_name, wrap) => {
    const uses = [(c) => c.get('a'), (c) => c.getAll(), (c) => c.has('a'), (c) => c.size, (c) => [...c], (c) => String(c), (c) => c.set('x', '1'), (c) => c.delete('a')];
    const { json, set } = await run(async (store) => {
      const errors = [];
      for (const use of uses) errors.push(await thrown(() => wrap(async () => void use(store))()));
      return errors;
    });
    expect(json).toHaveLength(uses.length);
    for (const error of json) expect(error).toMatch(/Route "\/page": `cookies\(\)` can't be read inside/);
    expect(set).toEqual([]);
  });
});

describe('CK-29 where there are no cookies', () => {
  test("dynamic = 'force-static': empty, and nothing can be set", async () => {
    const GET = async () => {
      const store = await cookies();
      const refused = [];
      for (const call of [() => store.set('x', '1'), () => store.delete('a'), () => store.clear()]) refused.push(await thrown(call));
      return Response.json([store.size, store.getAll(), store.has('a'), refused]);
    };
    const { ask } = site({ '/': { dynamic: 'force-static', GET } }, { trustMiddleware: true });
    const answer = await ask('/', { headers: { cookie: 'a=1', 'x-middleware-set-cookie': 'm=1' } });
    expect(JSON.parse(answer.text)).toEqual([0, [], false, Array(3).fill(`ReadonlyRequestCookiesError: ${READONLY}`)]);
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect((await ask('/')).cache).toBe('HIT');
  });

  test("dynamic = 'error'", async () => {
    const { status } = await run(() => {}, { module: { dynamic: 'error' } });
    expect(status).toBe(500);
    expect(lines.join('\n')).toMatch(/Route \/page with `dynamic = "error"` couldn't be rendered statically because it used `cookies\(\)`/);
  });

  test('outside of a request', async () => {
    await expect(cookies()).rejects.toThrow('`cookies` was called outside a request scope. Read more: https://nextjs.org/docs/messages/next-dynamic-api-wrong-context');
  });

  test.each([
    ['a refresh', async ({ ask }) => (await ask('/'), await new Promise((resolve) => setTimeout(resolve, 5)), await ask('/'))],
    ['a prerender', async ({ admin }) => admin('prerender', {})],
  ])('%s has no visitor', async (_name, start) => {
    let error;
    let renders = 0;
    const app = site({ '/': {
      revalidate: 0.001,
      generateStaticParams: () => [{}],
      async GET() {
        if (_name === 'a prerender' || ++renders > 1) error = await thrown(async () => (await cookies()).set('x', '1'));
        return new Response('page');
      },
    } });
    await start(app);
    expect(error).toMatch(/^DynamicServerError: Dynamic server usage: Route \/ couldn't be rendered statically because it used `cookies\(\)`/);
  });
});

describe('CK-27 cookies of a middleware', () => {
  const extra = { 'x-middleware-set-cookie': 'm=1; Path=/; HttpOnly, n=x%20y; Max-Age=60; Expires=Fri, 01 Jan 2100 00:00:00 GMT, a=new; Path=/, =bad' };
  const trusted = { extra, options: { trustMiddleware: true } };
  const N = 'n=x%20y; Path=/; Max-Age=60; Expires=Fri, 01 Jan 2100 00:00:00 GMT';
  const read = (c) => [...c].map(([name, { value }]) => `${name}=${value}`);

  test.each([[undefined], [false], ['true']])('T9 a client that sends the header is not heard: trustMiddleware %s', async (trustMiddleware) => {
    const { json, set } = await run((c) => (c.set('c', '3'), read(c)), { extra, options: { trustMiddleware } });
    expect(json).toEqual(['a=1', 'b=2', 'c=3']);
    expect(set).toEqual(['c=3; Path=/']);
  });

  test('they are read and sent, as they are', async () => {
    const { json, set } = await run(read, trusted);
    expect(json).toEqual(['a=new', 'b=2', 'm=1', 'n=x y']);
    expect(set).toEqual(['a=new; Path=/', 'm=1; Path=/; HttpOnly', N]);
  });

  test('a handler overrides them, and its Response overrides both', async () => {
    const { set } = await run((c) => (c.set('m', '2').delete('n'), new Response('ok', { headers: { 'set-cookie': 'a=own' } })), trusted);
    expect(set).toEqual(['a=own; Path=/', 'm=2; Path=/', `n=; Path=/; Expires=${EPOCH}`]);
  });

  test('after() reads them', async () => {
    let seen;
    await run(() => after(async () => (seen = read(await cookies()))), trusted);
    expect(seen).toEqual(['a=new', 'b=2', 'm=1', 'n=x y']);
  });

  const pages = {
    '/post': { POST: () => new Response('ok') },
    '/visitor': { revalidate: 60, GET: async () => (await headers(), new Response('ok')) },
    '/page': counter({ revalidate: 60 }),
  };
  test.each([
    ['a POST', '/post', 'POST', 3],
    ['a page that reads its visitor', '/visitor', 'GET', 3],
    ['a page for everybody', '/page', 'GET', 0],
  ])('who does not call cookies(): %s', async (_name, path, method, count) => {
    const { ask } = site(pages, { trustMiddleware: true });
    const answer = await ask(path, { method, headers: extra });
    expect(answer.headers.getSetCookie()).toHaveLength(count);
    expect(answer.cache).toBe(count ? null : 'MISS');
    if (!count) expect((await ask(path)).cache).toBe('HIT');
  });
});

test("createApp takes compat: 'next' alone", () => {
  expect(() => createApp({ compat: 'express' })).toThrow(expect.objectContaining({ code: 'CONFIG' }));
  expect(() => createApp({ compat: 'next' })).not.toThrow();
});

test('CK-21 a handler that asks for no cookies has no jar', async () => {
  const jar = () => new Response(String(currentScope().work.jar !== undefined));
  const { ask } = site({ '/none': { POST: jar }, '/some': { POST: async () => (await cookies(), jar()) } }, { trustMiddleware: true });
  const headers = { cookie: 'a=1' };
  expect((await ask('/none', { method: 'POST', headers })).text).toBe('false');
  expect((await ask('/some', { method: 'POST', headers })).text).toBe('true');
});
