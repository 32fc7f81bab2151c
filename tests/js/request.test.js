// The tracked Request and the functions that read a request (NV-1 to NV-4, NV-14, UC-35, WK-6).
import { cached, connection, cookies, headers, unstable_noStore } from 'freshtag';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { inHandler, silence, site } from './support.js';

beforeEach(silence);
afterEach(() => vi.restoreAllMocks());

const init = { headers: { 'x-visitor': 'ada', cookie: 'name=ada; %zz=1; flag', rsc: '1' } };

/** A page whose GET runs `read`; asked twice, then by another visitor. */
async function visit(read, module = {}) {
  let renders = 0;
  const { ask } = site({
    '/page/[id]': {
      revalidate: 60,
      async GET(request, context) {
        const text = String(await read(request, context));
        return new Response(`${++renders}: ${text}`);
      },
      ...module,
    },
  });
  return [await ask('/page/1?q=2', init), await ask('/page/1?q=2', init), await ask('/page/1', {})];
}

describe('reading the visitor makes the answer one that is not stored', () => {
  const rows = [
    ['NV-14', 'request.headers', (request) => request.headers.get('x-visitor')],
    ['NV-14', 'request.cookies', (request) => request.cookies.get('name')?.value],
    ['NV-14', 'request.url', (request) => request.url],
    ['NV-14', 'request.body', (request) => request.body],
    ['NV-14', 'request.text', (request) => request.text()],
    ['NV-14', 'request.arrayBuffer', async (request) => (await request.arrayBuffer()).byteLength],
    ['NV-14', 'request.blob', async (request) => (await request.blob()).size],
    ['NV-14', 'request.json', (request) => request.json().catch(() => 'no json')],
    ['NV-14', 'request.formData', (request) => request.formData().catch(() => 'no form')],
    ['NV-14', 'request.cf', (request) => request.cf?.country],
    ['NV-14', 'request.clone().headers', (request) => request.clone().headers.get('x-visitor')],
    ['NV-14', 'nextUrl.search', (request) => request.nextUrl.search],
    ['NV-14', 'nextUrl.searchParams', (request) => request.nextUrl.searchParams.get('q')],
    ['NV-14', 'nextUrl.href', (request) => request.nextUrl.href],
    ['NV-14', 'nextUrl.origin', (request) => request.nextUrl.origin],
    ['NV-14', 'nextUrl.toString()', (request) => request.nextUrl.toString()],
    ['NV-14', 'nextUrl as a text', (request) => `${request.nextUrl}`],
    ['NV-14', 'nextUrl.clone().search', (request) => request.nextUrl.clone().search],
    ['NV-1', 'connection()', () => connection()],
    ['NV-2', 'headers()', async () => (await headers()).get('x-visitor')],
    ['NV-2', 'cookies()', async () => (await cookies()).get('name')?.value],
    ['NV-4', 'unstable_noStore()', () => unstable_noStore()],
  ];
  test.each(rows)('%s %s', async (_rule, _name, read) => {
    for (const answer of await visit(read)) {
      expect(answer.status).toBe(200);
      expect(answer.cache).toBe(null);
      expect(answer.header('cache-control')).toBe('private, no-cache, no-store, max-age=0, must-revalidate');
    }
  });
});

describe('what is the same for everybody may be read', () => {
  const rows = [
    ['NV-14', 'request.method', (request) => request.method, 'GET'],
    ['NV-14', 'request.nextUrl.pathname', (request) => request.nextUrl.pathname, '/page/1'],
    ['NV-14', 'params', async (_, { params }) => (await params).id, '1'],
    ['NV-14', 'instanceof Request', (request) => request instanceof Request, 'true'],
    ['NV-14', 'request.signal', (request) => request.signal.aborted, 'false'],
  ];
  test.each(rows)('%s %s', async (_rule, _name, read, value) => {
    const [first, second, third] = await visit(read);
    expect(first).toMatchObject({ cache: 'MISS', text: `1: ${value}` });
    expect(second).toMatchObject({ cache: 'HIT', text: first.text });
    expect(third).toMatchObject({ cache: 'HIT', text: first.text });
  });
});

describe("dynamic = 'force-static': the request looks empty", () => {
  const rows = [
    ['NV-14', 'request.headers', (request) => request.headers.get('x-visitor'), 'null'],
    ['NV-14', 'request.url', (request) => request.url, 'http://localhost/page/1'],
    ['NV-14', 'nextUrl.search', (request) => request.nextUrl.search, ''],
    ['NV-14', 'request.cookies', (request) => request.cookies.size, '0'],
    ['NV-1', 'connection()', () => connection(), 'undefined'],
    ['NV-2', 'headers()', async () => (await headers()).get('x-visitor'), 'null'],
    ['CK-29', 'cookies()', async () => (await cookies()).size, '0'],
    ['NV-4', 'unstable_noStore()', () => unstable_noStore(), 'undefined'],
  ];
  test.each(rows)('%s %s', async (_rule, _name, read, value) => {
    const [first, second] = await visit(read, { dynamic: 'force-static' });
    expect(first).toMatchObject({ status: 200, cache: 'MISS', text: `1: ${value}` });
    expect(second).toMatchObject({ cache: 'HIT', text: first.text });
  });
});

describe("dynamic = 'error': reading throws", () => {
  const rows = [
    ['NV-14', 'request.headers', (request) => request.headers, /`request.headers`/],
    ['NV-14', 'nextUrl.search', (request) => request.nextUrl.search, /`nextUrl.search`/],
    ['NV-1', 'connection()', () => connection(), /`connection\(\)`/],
    ['NV-2', 'headers()', () => headers(), /`headers\(\)`/],
    ['CK-29', 'cookies()', () => cookies(), /`cookies\(\)`/],
    ['NV-4', 'unstable_noStore()', () => unstable_noStore(), /`unstable_noStore\(\)`/],
  ];
  test.each(rows)('%s %s', async (_rule, _name, read, expression) => {
    const answer = await inHandler(read, { module: { dynamic: 'error' } });
    expect(answer.code).toBe('NEXT_STATIC_GEN_BAILOUT');
    expect(answer.error).toMatch(expression);
    expect(answer.error).toMatch(/with `dynamic = "error"` couldn't be rendered statically/);
  });
});

test('NV-3 in a refresh there is nobody whose request could be read', async () => {
  let errors = [];
  let first = true;
  const { ask } = site({
    '/': {
      revalidate: 0.001,
      dynamic: 'auto',
      async GET(request) {
        if (!first) {
          for (const read of [() => request.headers, headers, connection, () => request.nextUrl.search]) {
            try {
              await read();
            } catch (error) {
              errors.push(error);
            }
          }
        }
        first = false;
        return new Response('ok');
      },
    },
  });
  await ask('/', init);
  await ask('/', init);
  expect(errors).toHaveLength(4);
  for (const error of errors) {
    expect(error.digest).toBe('DYNAMIC_SERVER_USAGE');
    expect(error.message).toMatch(/^Dynamic server usage: Route \/ couldn't be rendered statically because it used/);
  }
});

test("a body that reads its visitor after the head has left breaks off, and nobody else's gets it", async () => {
  let n = 0;
  const body = () =>
    new ReadableStream({
      async pull(controller) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        if (n++ === 1) controller.enqueue(new TextEncoder().encode((await headers()).get('x-visitor')));
        else controller.enqueue(new TextEncoder().encode('for all'));
        if (n === 3) controller.close();
      },
    });
  const { app, env } = site({ '/': { revalidate: 60, GET: () => new Response(body()) } });
  const answer = await app.fetch(new Request('http://localhost/', init), env, { waitUntil: (task) => task.catch(() => {}) });
  expect(answer.headers.get('cache-control')).toMatch(/^s-maxage=60/);
  await expect(answer.text()).rejects.toThrow(/Dynamic server usage/);
});

test('UC-35 a cached function cannot read the Request it was given', async () => {
  const steal = cached(async (request) => request.headers.get('x-visitor'), { id: 'steal' });
  const { error } = await inHandler((request) => steal(request), { init });
  expect(error).toMatch(/`request.headers` can't be read inside `"use cache"`/);
});

test.each([
  ['fetch(request)', (request) => fetch(request)],
  ['new Request(request)', (request) => new Request(request)],
  ['`${request}`', (request) => `${request}`],
])('NV-14 %s would pass on what was not noted', async (_name, use) => {
  const { error } = await inHandler(use);
  expect(error).toMatch(/use new Request\(request.url, …\)/);
});

test('WK-6 headers() is read-only, live and without router headers', async () => {
  const { value } = await inHandler(
    async () => {
      const list = await headers();
      const refused = ['append', 'set', 'delete'].map((name) => {
        try {
          list[name]('a', 'b');
          return 'allowed';
        } catch (error) {
          return error.message;
        }
      });
      return { refused, visitor: list.get('X-Visitor'), rsc: list.has('rsc'), names: [...list.keys()].includes('rsc') };
    },
    { init },
  );
  expect(value).toMatchObject({ visitor: 'ada', rsc: false, names: false });
  for (const message of value.refused) expect(message).toMatch(/^Headers cannot be modified/);
});

test('CK-21 CK-23 cookies() reads what came', async () => {
  const { value } = await inHandler(
    async () => {
      const store = await cookies();
      return [store.size, store.get('name'), store.get({ name: 'flag' })?.value, store.has('none'), [...store].map(([name]) => name), store.getAll('name')];
    },
    { init },
  );
  const name = { name: 'name', value: 'ada', path: '/' };
  expect(value).toEqual([3, name, 'true', false, ['name', '%zz', 'flag'], [name]]);
});
