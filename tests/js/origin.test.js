// A Worker in front of an origin: what is asked of it, what is kept, what is passed on.
import { env } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { counter, silence, site } from './support.js';

beforeEach(silence);
afterEach(() => vi.restoreAllMocks());

/** An origin as a service binding, and what it was asked. */
function behind(answer, options = {}, routes = {}) {
  const asked = [];
  const ORIGIN = {
    async fetch(input, init) {
      const request = new Request(input, init);
      asked.push({ url: request.url, method: request.method, headers: new Headers(request.headers), redirect: request.redirect, body: request.body && (await request.text()) });
      return answer(request, asked.length);
    },
  };
  return { ...site(routes, options, { ORIGIN }), asked };
}

const page = (headers = {}) => (_request, n) => new Response(`page ${n}`, { headers: { 'cache-control': 's-maxage=60', ...headers } });

test('T16 the address comes from config alone, path and query as they came', async () => {
  const app = behind(page());
  await app.ask('/a%2Fb/../c//d?x=%20&y', { headers: { host: 'evil.test', 'x-forwarded-host': 'evil.test' } });
  expect(app.asked[0].url).toBe('https://origin/c//d?x=%20&y');
  const named = behind(page(), { origin: 'https://www.example.com/base/' });
  await named.ask('/a?b');
  expect(named.asked[0].url).toBe('https://www.example.com/base/a?b');
});

test('T16 an address that is no address is a mistake that names ORIGIN', async () => {
  for (const ORIGIN of ['example.com', 'ftp://example.com', 'https://example.com/?a']) {
    const answer = await site({}, {}, { ORIGIN }).ask('/');
    expect(answer).toMatchObject({ status: 500, text: expect.stringMatching(/ORIGIN must be an http or https address/) });
  }
});

test('a page is kept as its Cache-Control says', async () => {
  const app = behind(page());
  expect(await app.ask('/')).toMatchObject({ cache: 'MISS', text: 'page 1' });
  expect(await app.ask('/')).toMatchObject({ cache: 'HIT', text: 'page 1' });
  expect((await app.ask('/?q')).text).toBe('page 2');
  expect(app.asked).toHaveLength(2);
});

test.each([
  ['private', { 'cache-control': 'private' }],
  ['no-store', { 'cache-control': 'no-store' }],
  ['nothing said', { 'cache-control': '' }],
  ['a cookie', { 'set-cookie': 'a=1' }],
  ['Vary: *', { vary: '*' }],
])('not kept: %s', async (_name, headers) => {
  const app = behind(page(headers));
  await app.ask('/');
  const second = await app.ask('/');
  expect(second.text).toBe('page 2');
  expect(second.cache).not.toBe('HIT');
});

test('a tag of the origin revalidates its pages', async () => {
  const app = behind(page({ 'cache-tag': 'news,sport' }));
  const first = await app.ask('/');
  expect(first.header('cache-tag')).toBe(null);
  await app.ask('/');
  await app.admin('revalidate', { tag: 'sport', profile: { expire: 0 } });
  expect(await app.ask('/')).toMatchObject({ cache: 'MISS', text: 'page 2' });
});

test('config gives lifetime and tags by path', async () => {
  const app = behind(() => new Response('x'), { originRules: [{ match: '/docs/*', life: 'hours', tags: ['docs'] }] });
  await app.ask('/docs/a');
  expect(await app.ask('/docs/a')).toMatchObject({ cache: 'HIT', text: 'x' });
  expect((await app.ask('/else')).cache).not.toBe('HIT');
});

test('redirects are passed on, never followed', async () => {
  const app = behind(() => new Response(null, { status: 302, headers: { location: 'https://elsewhere.test/' } }));
  const answer = await app.ask('/');
  expect(answer).toMatchObject({ status: 302 });
  expect(answer.header('location')).toBe('https://elsewhere.test/');
  expect(app.asked).toMatchObject([{ redirect: 'manual' }]);
});

test('T9 internal headers reach neither the origin nor the visitor', async () => {
  const app = behind(page({ 'x-next-cache-tags': 'a', 'x-middleware-rewrite': '/b' }));
  const internal = { 'x-middleware-subrequest': '1', 'x-nextjs-data': '1', 'x-prerender-revalidate': '1', 'x-matched-path': '/' };
  const answer = await app.ask('/', { headers: { ...internal, 'x-mine': '1' } });
  for (const name of Object.keys(internal)) expect(app.asked[0].headers.get(name)).toBe(null);
  for (const name of ['x-next-cache-tags', 'x-middleware-rewrite']) expect(answer.header(name)).toBe(null);
});

test('a POST goes through with its body and makes nothing', async () => {
  const app = behind((request) => new Response(`${request.method}`));
  const answer = await app.ask('/form?a', { method: 'POST', body: 'a=1', headers: { 'content-type': 'text/plain', 'x-mine': '1' } });
  expect(answer).toMatchObject({ status: 200, text: 'POST', cache: null });
  expect(app.asked[0]).toMatchObject({ method: 'POST', body: 'a=1' });
  expect(app.asked[0].headers.get('x-mine')).toBe('1');
});

test('several cookies of the origin stay several', async () => {
  const headers = new Headers([['set-cookie', 'a=1'], ['set-cookie', 'b=2; Expires=Wed, 21 Oct 2030 07:28:00 GMT']]);
  const app = behind(() => new Response('x', { headers }));
  expect((await app.ask('/')).headers.getSetCookie()).toEqual(['a=1', 'b=2; Expires=Wed, 21 Oct 2030 07:28:00 GMT']);
});

test('a refresh sees a bare GET', async () => {
  const app = behind((_request, n) => new Response(`page ${n}`, { headers: { 'cache-control': 's-maxage=60', 'cache-tag': 't' } }));
  const visitor = { headers: { cookie: 'session=1', 'x-mine': '1' } };
  await app.ask('/', visitor);
  await app.admin('revalidate', { tag: 't', profile: 'max' });
  await app.ask('/', visitor);
  for (const { headers } of app.asked.slice(1)) {
    expect(headers.get('cookie')).toBe(null);
    expect(headers.get('x-mine')).toBe(null);
  }
});

describe('a dead origin', () => {
  test('nothing stored: 502', async () => {
    const app = behind(() => Promise.reject(new Error('connection refused')));
    expect(await app.ask('/')).toMatchObject({ status: 502, text: 'Bad Gateway' });
  });

  test('the last good page answers inside stale-if-error', async () => {
    const app = behind((_request, n) => {
      if (n > 1) throw new Error('connection refused');
      return new Response('good', { headers: { 'cache-control': 's-maxage=1, stale-if-error=600' } });
    });
    await app.ask('/');
    await new Promise((resolve) => setTimeout(resolve, 1200));
    expect(await app.ask('/')).toMatchObject({ status: 200, text: 'good', cache: 'STALE' });
    // It is left alone for a while.
    expect(await app.ask('/')).toMatchObject({ status: 200, text: 'good', cache: 'STALE' });
    expect(app.asked).toHaveLength(2);
  });
});

test('routes come before the origin', async () => {
  const app = behind(page(), {}, { '/route': counter({ revalidate: 60 }) });
  expect((await app.ask('/route')).text).toBe('render 1');
  expect((await app.ask('/other')).text).toBe('page 1');
});

test('an app without routes needs nothing but ORIGIN', async () => {
  const { default: worker } = await import('../../js/worker.js');
  const FRESHTAG_NAMESPACE = crypto.randomUUID().slice(0, 8);
  const ORIGIN = { fetch: async () => new Response('from the origin') };
  const answer = await worker.fetch(new Request('http://localhost/a'), { ...env, ORIGIN, FRESHTAG_NAMESPACE }, { waitUntil() {} });
  expect(await answer.text()).toBe('from the origin');
});

describe('a stale page', () => {
  const second = () => new Promise((resolve) => setTimeout(resolve, 1200));
  const stale = page({ 'cache-control': 's-maxage=1, stale-while-revalidate=600' });

  test('is refreshed with its own query, and with nothing of the visitor', async () => {
    const app = behind(stale);
    await app.ask('/search?q=a');
    await second();
    expect(await app.ask('/search?q=a', { headers: { cookie: 'sid=1', authorization: 'Basic eA==' } })).toMatchObject({ cache: 'STALE', text: 'page 1' });
    expect(await app.ask('/search?q=a')).toMatchObject({ cache: 'HIT', text: 'page 2' });
    expect(app.asked[1].url).toBe('https://origin/search?q=a');
    expect([app.asked[1].headers.get('cookie'), app.asked[1].headers.get('authorization')]).toEqual([null, null]);
  });

  test('T14 is refreshed by a GET, though a HEAD found it', async () => {
    const app = behind(stale);
    await app.ask('/');
    await second();
    expect(await app.ask('/', { method: 'HEAD' })).toMatchObject({ cache: 'STALE', text: '' });
    expect(app.asked[1].method).toBe('GET');
    expect(await app.ask('/')).toMatchObject({ cache: 'HIT', text: 'page 2' });
  });

  test('IS-3 is not refreshed for a prefetch', async () => {
    const app = behind(stale);
    await app.ask('/');
    await second();
    expect((await app.ask('/', { headers: { purpose: 'prefetch' } })).cache).toBe('STALE');
    expect(app.asked).toHaveLength(1);
  });
});

test('a HEAD that finds nothing is the origin\'s to answer, and keeps nothing', async () => {
  const app = behind(page());
  await app.ask('/', { method: 'HEAD' });
  expect(app.asked[0].method).toBe('HEAD');
  expect(await app.ask('/')).toMatchObject({ cache: 'MISS', text: 'page 2' });
});

test('T29 a draft of the origin passes the cache by, and nobody else may keep it', async () => {
  const app = behind(page());
  await app.ask('/');
  const draft = await app.ask('/', { headers: { cookie: '__prerender_bypass=theirs' } });
  expect(draft).toMatchObject({ text: 'page 2', cache: null });
  expect(draft.header('cache-control')).toBe('private, no-cache, no-store, max-age=0, must-revalidate');
  expect(app.asked[1].headers.get('cookie')).toBe('__prerender_bypass=theirs');
  expect(await app.ask('/')).toMatchObject({ text: 'page 1', cache: 'HIT' });
});
