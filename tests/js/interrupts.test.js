// What a visitor gets when a handler ends early (NV-6 to NV-11, SA-22), and the pages of an app.
import {
  cached,
  cacheTag,
  connection,
  cookies,
  createApp,
  forbidden,
  headers,
  notFound,
  permanentRedirect,
  redirect,
  unauthorized,
  unstable_cache,
} from 'freshtag';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { silence, site } from './support.js';

beforeEach(silence);
afterEach(() => vi.restoreAllMocks());

const NO_CACHE = 'private, no-cache, no-store, max-age=0, must-revalidate';
const html = (text, init) => new Response(text, { ...init, headers: { 'content-type': 'text/html', ...init?.headers } });
const pages = {
  notFound: () => html('<h1>Not here</h1>'),
  forbidden: { default: () => html('<h1>Not for you</h1>', { status: 201 }) },
  unauthorized: { GET: () => html('<h1>Who are you?</h1>', { headers: { 'www-authenticate': 'Basic' } }) },
};

describe('without a page', () => {
  const rows = [
    ['NV-10 notFound()', () => notFound(), 404, null],
    ['NV-10 forbidden()', () => forbidden(), 403, null],
    ['NV-10 unauthorized()', () => unauthorized(), 401, null],
    ['NV-11 forbidden() after connection()', async () => (await connection(), forbidden()), 403, null],
    ['NV-10 redirect()', () => redirect('/a;b?c=1#d'), 307, '/a;b?c=1#d'],
    ['NV-10 redirect() to elsewhere', () => redirect(new URL('https://example.com')), 307, 'https://example.com/'],
    ['NV-10 permanentRedirect()', () => permanentRedirect('../a'), 308, '../a'],
    ['NV-10 a location that is not ASCII', () => redirect('/é/日本?q=\ud800'), 307, '/%C3%A9/%E6%97%A5%E6%9C%AC?q=%EF%BF%BD'],
  ];
  test.each(rows)('%s', async (_name, end, status, location) => {
    const { ask } = site({ '/': { GET: end, POST: end }, '/known': { GET: end, revalidate: 60 } });
    for (const [path, method] of [['/', 'GET'], ['/', 'HEAD'], ['/', 'POST'], ['/known', 'GET']]) {
      const answer = await ask(path, { method, redirect: 'manual' });
      expect([path, method, answer.status, answer.text, answer.header('location')]).toEqual([path, method, status, '', location]);
      expect(answer.header('x-robots-tag')).toBe(null);
    }
  });

  test('NV-10 cookies that were set come along', async () => {
    const set = async () => ((await cookies()).set('a', '1'), redirect('/'));
    const answer = await site({ '/': { POST: set } }).ask('/', { method: 'POST', redirect: 'manual' });
    expect(answer.headers.getSetCookie()).toEqual(['a=1; Path=/']);
  });

  test.each([['redirect("")', () => redirect('')], ["Next's own redirect('')", () => Promise.reject({ digest: 'NEXT_REDIRECT;push;;307;' })]])(
    'NV-7 %s is a 500',
    async (_name, GET) => {
      expect(await site({ '/': { GET } }).ask('/')).toMatchObject({ status: 500, text: 'Internal Server Error' });
    },
  );
});

describe('SA-22 a redirect after what could be a Server Action is a 303', () => {
  const rows = [
    ['POST', {}, 307, 308],
    ['POST', { 'next-action': 'x' }, 303, 303],
    ['POST', { 'Next-Action': '' }, 303, 303],
    ['POST', { 'content-type': 'application/x-www-form-urlencoded' }, 303, 303],
    ['POST', { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' }, 303, 303],
    ['POST', { 'content-type': 'multipart/form-data; boundary=x' }, 303, 303],
    ['POST', { 'content-type': 'text/plain' }, 307, 308],
    ['PUT', { 'next-action': 'x' }, 307, 308],
    ['GET', { 'next-action': 'x' }, 307, 308],
  ];
  const go = (to) => ({ GET: to, POST: to, PUT: to });
  test.each(rows)('%s %o', async (method, sent, temporary, permanent) => {
    const { ask } = site({ '/t': go(() => redirect('/')), '/p': go(() => permanentRedirect('/')), '/s': { ...go(() => redirect('/')), dynamic: 'force-static' } });
    const init = { method, headers: sent, redirect: 'manual' };
    const found = [await ask('/t', init), await ask('/p', init), await ask('/s', init)].map(({ status }) => status);
    expect(found).toEqual([temporary, permanent, temporary]);
  });
});

describe('with a page', () => {
  const rows = [
    ['notFound()', notFound, 404, '<h1>Not here</h1>'],
    ['forbidden()', forbidden, 403, '<h1>Not for you</h1>'],
    ['unauthorized()', unauthorized, 401, '<h1>Who are you?</h1>'],
  ];
  test.each(rows)('NV-8 %s', async (_name, end, status, text) => {
    const { ask } = site({ '/': { GET: () => end(), POST: () => end() } }, pages);
    for (const method of ['GET', 'POST']) {
      const answer = await ask('/', { method });
      expect(answer).toMatchObject({ status, text, cache: null });
      expect(answer.header('content-type')).toBe('text/html');
      expect(answer.header('x-robots-tag')).toBe('noindex');
      expect(answer.header('cache-control')).toBe(NO_CACHE);
      if (status === 401) expect(answer.header('www-authenticate')).toBe('Basic');
    }
    expect(await ask('/', { method: 'HEAD' })).toMatchObject({ status, text: '' });
  });

  test.each([['all', 'all, noindex'], ['noindex, nofollow', 'noindex, nofollow'], ['none', 'none']])('NV-8 robots that were told "%s"', async (told, robots) => {
    const { ask } = site({}, { notFound: () => html('', { headers: { 'x-robots-tag': told } }) });
    expect((await ask('/')).header('x-robots-tag')).toBe(robots);
  });

  test('NV-8 its request, params, cookies and headers are those of the handler', async () => {
    const page = async (request, { params }) => {
      (await cookies()).set('seen', 'yes');
      const { id } = await params;
      return Response.json([request.nextUrl?.pathname ?? new URL(request.url).pathname, id, (await headers()).get('x-own'), (await cookies()).get('in').value]);
    };
    const { ask } = site({ '/p/[id]': { GET: () => notFound(), revalidate: 60 } }, { notFound: page });
    const answer = await ask('/p/a%20b', { headers: { 'x-own': 'yes', cookie: 'in=1' } });
    expect(answer).toMatchObject({ status: 404, text: '["/p/a%20b","a b","yes","1"]', cache: null });
    expect(answer.headers.getSetCookie()).toEqual(['seen=yes; Path=/']);
  });

  test('IS-13 it is stored where the route is, and falls with its tags', async () => {
    let runs = 0;
    const read = cached(async () => (cacheTag('menu'), ++runs), { id: 'menu' });
    const { ask, admin } = site({ '/p/[id]': { GET: () => notFound(), revalidate: 60 } }, { notFound: async () => html(`menu ${await read()}`) });
    expect(await ask('/p/1')).toMatchObject({ status: 404, text: 'menu 1', cache: 'MISS' });
    const hit = await ask('/p/1');
    expect(hit).toMatchObject({ status: 404, text: 'menu 1', cache: 'HIT' });
    expect(hit.header('x-robots-tag')).toBe('noindex');
    await admin('revalidate', { tag: 'menu', profile: { expire: 0 } });
    expect(await ask('/p/1')).toMatchObject({ status: 404, text: 'menu 2', cache: 'MISS' });
  });

  test('NV-8 a page that looks at its visitor is not stored', async () => {
    const { ask } = site({ '/': { GET: () => notFound(), revalidate: 60 } }, { notFound: async () => html((await headers()).get('x-own')) });
    for (const name of ['one', 'two']) {
      expect(await ask('/', { headers: { 'x-own': name } })).toMatchObject({ status: 404, text: name, cache: null });
    }
  });
});

describe('a page that ends otherwise', () => {
  const rows = [
    ['throws', () => Promise.reject(new Error('broken')), 500, 'Internal Server Error'],
    ['returns no Response', () => 'text', 500, 'Internal Server Error'],
    ['is not found itself', () => notFound(), 404, ''],
    ['is forbidden', () => forbidden(), 403, ''],
    ['redirects', () => redirect('/login'), 307, ''],
  ];
  test.each(rows)('NV-8 %s', async (_name, page, status, text) => {
    let runs = 0;
    const counted = (...args) => (runs++, page(...args));
    const { ask } = site({ '/': { GET: () => notFound() } }, { notFound: counted, forbidden: counted });
    for (const path of ['/', '/nowhere']) {
      runs = 0;
      const answer = await ask(path, { redirect: 'manual' });
      expect(answer).toMatchObject({ status, text });
      expect(runs).toBe(1);
      if (status === 307) expect(answer.header('location')).toBe('/login');
    }
  });
});

describe('paths that nobody has', () => {
  const listed = { GET: () => html('page'), POST: () => html('post'), dynamicParams: false, generateStaticParams: () => [{ id: '1' }] };
  const routes = { '/p/[id]': listed };
  const page = { notFound: async (request, { params }) => html(`${request.method} ${JSON.stringify(await params)}`) };

  const rows = [
    ['GET', '/nowhere', 'GET {}'],
    ['HEAD', '/nowhere', ''],
    ['POST', '/nowhere', 'Not Found: no route answers this path, and ORIGIN is not set.'],
    ['GET', '/p/2', 'GET {"id":"2"}'],
    ['POST', '/p/2', 'Not Found'],
    ['GET', '/_freshtag/nothing', /"code":"NOT_FOUND"|not/i],
  ];
  test.each(rows)('NV-8 %s %s', async (method, path, text) => {
    const answer = await site(routes, page).ask(path, { method });
    expect(answer.status).toBe(404);
    expect(answer.text).toEqual(typeof text === 'string' ? text : expect.stringMatching(text));
    expect(answer.header('x-robots-tag')).toBe(text === '' || String(text).startsWith('GET') ? 'noindex' : null);
  });

  test('NV-8 it works without a KV, with cached functions', async () => {
    const read = cached(async () => 'menu', { id: 'menu' });
    const { ask } = site({}, { notFound: async () => html(await read()) }, { CACHE: undefined });
    expect(await ask('/')).toMatchObject({ status: 404, text: 'menu' });
  });

  test('NV-8 an origin answers for itself', async () => {
    vi.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response('from there', { status: 404 }));
    expect(await site({}, { ...page, origin: 'https://example.com' }).ask('/nowhere')).toMatchObject({ status: 404, text: 'from there' });
  });

  test('NV-10 without a page the answer is a word', async () => {
    const { ask } = site(routes);
    expect(await ask('/p/2')).toMatchObject({ status: 404, text: 'Not Found' });
    expect((await ask('/nowhere')).header('content-type')).toBe('text/plain; charset=utf-8');
  });
});

describe('options', () => {
  const rows = [['notFound', 'text'], ['notFound', null], ['forbidden', {}], ['unauthorized', { default: 'text' }], ['unauthorized', new Response('one for all')]];
  test.each(rows)('NV-8 %s: %o is refused', (name, page) => {
    expect(() => createApp({ [name]: page })).toThrow(expect.objectContaining({ code: 'CONFIG', message: expect.stringContaining(`createApp({ ${name} })`) }));
  });
});

describe('NV-6 NV-7 in a cached function', () => {
  const rows = [
    ['cached, notFound()', (fn) => cached(fn, { id: 'ends' }), () => notFound(), 404],
    ['cached, redirect()', (fn) => cached(fn, { id: 'ends' }), () => redirect('/'), 307],
    ['unstable_cache, forbidden()', (fn) => unstable_cache(fn, ['ends']), () => forbidden(), 403],
    ['unstable_cache, permanentRedirect()', (fn) => unstable_cache(fn, ['ends']), () => permanentRedirect('/'), 308],
  ];
  test.each(rows)('%s reaches the handler and is not stored', async (_name, wrap, end, status) => {
    let runs = 0;
    const read = wrap(async () => (++runs > 2 ? 'found' : end()));
    const { ask, json } = site({ '/': { GET: async () => html(await read()), dynamic: 'force-dynamic' } });
    for (const expected of [status, status, 200, 200]) expect((await ask('/', { redirect: 'manual' })).status).toBe(expected);
    expect(runs).toBe(3);
    expect((await json('/_freshtag/entries?kind=data')).entries).toHaveLength(1);
  });
});
