// The Worker as a shared cache (RFC 9111, docs/http-caching.md), in workerd with a local KV.
import { env } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { silence, site, wrapKv } from './support.js';

beforeEach(silence);
afterEach(() => vi.restoreAllMocks());

const second = () => new Promise((resolve) => setTimeout(resolve, 1200));
const bodiless = new Set([204, 304]);

/** An origin that answers with `[body, headers, status]`, and what it was asked. */
function behind(answer, options = {}, bindings = {}) {
  const asked = [];
  const ORIGIN = {
    async fetch(input, init) {
      const request = new Request(input, init);
      const { pathname, search } = new URL(request.url);
      asked.push({ path: pathname + search, method: request.method, header: (name) => request.headers.get(name) });
      const [body, headers, status = 200] = answer(request, asked.length);
      return new Response(bodiless.has(status) ? null : body, { status, headers });
    },
  };
  const app = site({}, options, { ORIGIN, FRESHTAG_DEBUG: '1', ...bindings });
  const texts = async (...inits) => {
    const all = [];
    for (const init of inits) all.push((await app.ask('/', init)).text);
    return all;
  };
  return { ...app, asked, texts };
}

const ops = (answer) => /"(.*)"/.exec(answer.header('server-timing'))[1];
const with_ = (headers) => ({ headers });

describe('§4.1 variants', () => {
  const greeting = (vary) => (request, n) => [`${request.headers.get('accept-language')} ${n}`, { 'cache-control': 's-maxage=60', vary }];
  const de = with_({ 'accept-language': 'de' });
  const en = with_({ 'accept-language': 'en' });

  test('each request gets its own, and one further read is all they cost', async () => {
    const app = behind(greeting('Accept-Language'));
    expect(await app.texts(de, en, de, en, with_({ 'accept-language': 'DE' }), {}, {})).toEqual(['de 1', 'en 2', 'de 1', 'en 2', 'de 1', 'null 3', 'null 3']);
    expect(app.asked).toHaveLength(3);
  });

  test('a hit reads what it always did; a variant reads one entry more', async () => {
    const app = behind(greeting('Accept-Language'), { memory: 0 });
    const first = await app.ask('/', de);
    const other = await app.ask('/', en);
    expect([ops(first), ops(other)]).toEqual(['gets=2 bulk=0 keys=0 puts=0', 'gets=2 bulk=0 keys=0 puts=0']);
    expect(ops(await app.ask('/', de))).toBe('gets=1 bulk=0 keys=0 puts=0');
    expect(ops(await app.ask('/', en))).toBe('gets=2 bulk=0 keys=0 puts=0');
  });

  test('T3 the forms of a React page stay apart, varying or not', async () => {
    const app = behind((request, n) => [`${request.headers.get('rsc')} ${n}`, { 'cache-control': 's-maxage=60', vary: 'RSC, Accept-Language' }]);
    const rsc = with_({ rsc: '1', 'accept-language': 'de' });
    expect(await app.texts(de, rsc, de, rsc)).toEqual(['null 1', '1 2', 'null 1', '1 2']);
  });

  test.each([['Cookie'], ['Authorization'], ['Accept-Language, cookie'], ['*'], ['a, *'], ['a,b,c,d,e,f,g,h,i']])('T5, T13 Vary: %s is not kept', async (vary) => {
    const app = behind(greeting(vary));
    expect(await app.texts(de, de)).toEqual(['de 1', 'de 2']);
  });

  test('T10 of one URL 64 variants are written, and all are answered', async () => {
    let puts = 0;
    const CACHE = wrapKv(env.CACHE, { put: (kv, ...args) => (puts++, kv.put(...args)) });
    const app = behind(greeting('Accept-Language'), {}, { CACHE });
    for (let n = 1; n <= 80; n++) {
      expect((await app.ask('/', with_({ 'accept-language': `x-${n}` }))).text).toBe(`x-${n} ${n}`);
    }
    expect(puts).toBe(65); // the one that stands for the URL, and 64 more
    expect((await app.ask('/', with_({ 'accept-language': 'x-2' }))).text).toBe('x-2 2');
  });

  test('a URL that varies no longer, or otherwise, forgets how it did', async () => {
    let vary = 'Accept-Language';
    const app = behind((request, n) => [`${n}`, { 'cache-control': 's-maxage=60', ...(vary && { vary }) }]);
    expect(await app.texts(de)).toEqual(['1']);
    vary = '';
    expect(await app.texts(en, en, de)).toEqual(['2', '2', '2']);
  });

  test('T2 an error without Vary does not take the place of the page', async () => {
    const app = behind((request, n) => (n === 2 ? ['bad', { 'cache-control': 's-maxage=60' }, 500] : greeting('Accept-Language')(request, n)));
    expect(await app.texts(de, en, de)).toEqual(['de 1', 'bad', 'de 1']);
  });

  test('a stale variant is refreshed with its own fields and nothing else of the visitor', async () => {
    const app = behind((request, n) => [`${n}`, { 'cache-control': 's-maxage=1, stale-while-revalidate=60', vary: 'Accept-Language' }]);
    await app.texts(de, en);
    await second();
    const answer = await app.ask('/', with_({ 'accept-language': 'en', cookie: 'a=1', 'user-agent': 'x' }));
    expect(answer).toMatchObject({ cache: 'STALE', text: '2' });
    expect(['accept-language', 'cookie', 'user-agent'].map(app.asked[2].header)).toEqual(['en', null, null]);
    expect(await app.texts(en)).toEqual(['3']);
  });
});

describe('originRules', () => {
  const counted = (_request, n) => [`${n}`, { 'cache-control': 's-maxage=60' }];

  test('vary: pages depend on more than they say', async () => {
    const app = behind(counted, { originRules: [{ match: '/*', vary: ['X-Country'] }] });
    expect(await app.texts(with_({ 'x-country': 'at' }), with_({ 'x-country': 'ch' }), with_({ 'x-country': 'at' }))).toEqual(['1', '2', '1']);
  });

  test('query: what does not count is neither kept nor sent', async () => {
    const app = behind(counted, { originRules: [{ match: '/*', query: ['page'] }] });
    const paths = ['/?page=2&utm_source=a', '/?utm_source=b&page=2', '/?page=3', '/', '/?gclid=1'];
    const texts = [];
    for (const path of paths) texts.push((await app.ask(path)).text);
    expect(texts).toEqual(['1', '1', '2', '3', '3']);
    await app.ask('/?page=2&a=b', { method: 'POST', body: 'x' });
    expect(app.asked.map((request) => request.path)).toEqual(['/?page=2', '/?page=3', '/', '/?page=2&a=b']);
    expect((await app.ask('/?page=2')).text).toBe('5');
  });

  // Rows: rules; code, and what the message says.
  test.each([
    ['/*', 'CONFIG', 'originRules must be an array like [{ match'],
    [['/*'], 'CONFIG', 'originRules[0] must be an object'],
    [[{ match: '/a' }, { math: '/*' }], 'CONFIG', 'originRules[1] has the fields match, life, tags, vary, query and no other, not "math"'],
    [[{ life: 'hours' }], 'CONFIG', 'originRules[0].match must be a path like "/blog/*", not undefined'],
    [[{ match: 'blog' }], 'CONFIG', 'originRules[0].match must be a path like "/blog/*", not "blog"'],
    [[{ match: '/*/*' }], 'INVALID_PATH', 'use at most one *'],
    [[{ match: '/*', life: 'often' }], 'UNKNOWN_PROFILE', 'often'],
    [[{ match: '/*', tags: 'docs' }], 'CONFIG', 'originRules[0].tags must be an array of strings, not "docs"'],
    [[{ match: '/*', tags: ['x'.repeat(300)] }], 'INVALID_TAG', 'originRules: tag'],
    [[{ match: '/*', query: 'page' }], 'CONFIG', 'originRules[0].query must be an array of strings, not "page"'],
    [[{ match: '/*', query: ['page='] }], 'CONFIG', 'originRules[0].query must name parameters as they stand in the URL'],
    [[{ match: '/*', vary: [1] }], 'CONFIG', 'originRules[0].vary must be an array of strings, not 1'],
    [[{ match: '/*', vary: null }], 'CONFIG', 'originRules[0].vary must be an array of strings, not null'],
    [[{ match: '/*', vary: ['a b'] }], 'CONFIG', 'originRules[0].vary must name header fields of requests, not "a b"'],
    [[{ match: '/*', vary: ['*'] }], 'CONFIG', 'originRules[0].vary must name header fields of requests, not "*"'],
    [[{ match: '/*', vary: [...'abcdefghi'] }], 'CONFIG', 'originRules[0].vary must name at most 8 fields'],
  ])('%j is a mistake', async (originRules, code, says) => {
    const logged = silence();
    const answer = await behind(counted, { originRules }).ask('/');
    expect([answer.text, answer.header('x-freshtag-error')]).toEqual(['1', code]);
    expect(answer.header('cache-control')).toContain('no-store');
    expect(logged.join()).toContain(says);
  });

  test('life: the switch for what says nothing, not for what another may have provoked', async () => {
    const rules = { originRules: [{ match: '/*', life: 'hours' }] };
    for (const [status, kept] of [[200, true], [404, true], [400, false], [403, false], [429, false], [500, false]]) {
      const app = behind((_request, n) => [`${n}`, {}, status], rules);
      expect(await app.texts({}, {})).toEqual(['1', kept ? '1' : '2']);
    }
  });

  test('T10 of many queries those that count are written', async () => {
    let puts = 0;
    const CACHE = wrapKv(env.CACHE, { put: (kv, ...args) => (puts++, kv.put(...args)) });
    const app = behind(counted, { originRules: [{ match: '/*', query: ['page'] }] }, { CACHE });
    for (let n = 0; n < 2_000; n++) expect((await app.ask(`/?utm=${n}&%70age=${n}&page=1`)).text).toBe('1');
    expect([puts, app.asked.length]).toEqual([1, 1]);
  });

  test('T10 of many forms of a React page 64 are written, and they go with the page', async () => {
    let puts = 0;
    const CACHE = wrapKv(env.CACHE, { put: (kv, ...args) => (puts++, kv.put(...args)) });
    const app = behind(counted, {}, { CACHE });
    const form = (n) => with_({ rsc: '1', 'next-router-state-tree': `${n}` });
    for (let n = 1; n <= 300; n++) expect((await app.ask('/', form(n))).text).toBe(`${n}`);
    expect(puts).toBe(64);
    expect(await app.texts(form(1), form(64), {})).toEqual(['1', '64', '301']);
  });

  test('a rule costs a hit nothing', async () => {
    const app = behind(counted, { memory: 0, originRules: [{ match: '/*', life: 'hours', tags: ['a'], query: ['page'] }] });
    await app.ask('/?page=1');
    expect(ops(await app.ask('/?page=1&b'))).toBe('gets=1 bulk=0 keys=0 puts=0');
    expect(ops(await app.ask('/?page=1', { method: 'HEAD' }))).toBe('gets=1 bulk=0 keys=0 puts=0');
    expect(ops(await app.ask('/?page=1', with_({ range: 'bytes=0-0' })))).toBe('gets=1 bulk=0 keys=0 puts=0');
  });
});

describe('§4.3 revalidation', () => {
  const renewed = (more = {}) => (request, n) =>
    request.headers.has('if-none-match') || request.headers.has('if-modified-since')
      ? [null, { 'cache-control': 's-maxage=60', 'x-n': `${n}`, ...more }, 304]
      : [`body ${n}`, { 'cache-control': 's-maxage=1', etag: 'W/"a"', 'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT', 'x-n': `${n}`, 'x-old': '1' }];

  test('§4.3.4 a 304 updates the headers and keeps the body, here and elsewhere', async () => {
    const app = behind(renewed());
    await app.ask('/');
    await second();
    const answer = await app.ask('/');
    expect(answer).toMatchObject({ status: 200, text: 'body 1', cache: 'REVALIDATED' });
    expect(['if-none-match', 'if-modified-since'].map(app.asked[1].header)).toEqual(['W/"a"', 'Thu, 01 Jan 2026 00:00:00 GMT']);
    const kept = await app.ask('/');
    expect(kept).toMatchObject({ text: 'body 1', cache: 'HIT' });
    expect(['x-n', 'x-old', 'etag', 'cache-control'].map(kept.header)).toEqual(['2', '1', 'W/"a"', 's-maxage=60']);
  });

  test('behind a stale reply as well', async () => {
    const app = behind((request, n) => renewed()(request, n).map((part, at) => (n === 1 && at === 1 ? { ...part, 'cache-control': 's-maxage=1, stale-while-revalidate=60' } : part)));
    await app.ask('/');
    await second();
    expect(await app.ask('/')).toMatchObject({ text: 'body 1', cache: 'STALE' });
    expect(app.asked[1].header('if-none-match')).toBe('W/"a"');
    const kept = await app.ask('/');
    expect([kept.text, kept.cache, kept.header('x-n')]).toEqual(['body 1', 'HIT', '2']);
  });

  test.each([
    ['T11 a cookie', { 'set-cookie': 'a=1' }],
    ['no-store', { 'cache-control': 'no-store' }],
    ['private', { 'cache-control': 'private' }],
  ])('a 304 with %s is passed on, and nothing is kept of it', async (_name, more) => {
    const app = behind(renewed(more));
    await app.ask('/');
    await second();
    expect(await app.ask('/')).toMatchObject({ status: 200, text: 'body 1' });
    expect((await app.ask('/')).cache).not.toBe('HIT');
    expect(app.asked).toHaveLength(3);
  });

  // Rows: the stored validators, those of the 304; how often the origin is asked in all, what the visitor gets.
  test.each([
    ['the same tag', { etag: '"a"' }, { etag: '"a"' }, 2, 'body 1'],
    ['the same one, weak', { etag: '"a"', 'last-modified': 'x' }, { etag: 'W/"a"' }, 2, 'body 1'],
    ['another one, asked by the tag', { etag: '"a"' }, { etag: '"b"' }, 2, 'body 1'],
    ['another one, that may have come of the date', { etag: '"a"', 'last-modified': 'x' }, { etag: '"b"' }, 3, 'body 3'],
    ['none', { etag: '"a"', 'last-modified': 'x' }, {}, 2, 'body 1'],
  ])('§4.3.4 a 304 with %s', async (_name, own, told, times, text) => {
    for (const grace of ['', ', stale-while-revalidate=60']) {
      const app = behind((request, n) =>
        request.headers.has('if-none-match')
          ? [null, { 'cache-control': 's-maxage=60', ...told }, 304]
          : [`body ${n}`, { 'cache-control': n === 1 ? `s-maxage=1${grace}` : 's-maxage=60', ...own }],
      );
      await app.ask('/');
      await second();
      const answer = await app.ask('/');
      expect([answer.status, answer.text]).toEqual([200, grace ? 'body 1' : text]);
      expect(await app.ask('/')).toMatchObject({ status: 200, text, cache: 'HIT' });
      expect(app.asked).toHaveLength(times);
    }
  });

  test('what a tag has expired is asked for as if it were not known', async () => {
    const app = behind((request, n) => {
      const [body, headers, status] = renewed()(request, n);
      return [body, { ...headers, 'cache-control': 's-maxage=60', 'cache-tag': 'a' }, status];
    });
    await app.ask('/');
    await app.admin('revalidate', { tag: 'a' });
    expect(await app.ask('/')).toMatchObject({ text: 'body 2' });
    expect(app.asked[1].header('if-none-match')).toBeNull();
  });

  test('a visitor who has the page gets 304, from the store and from the origin', async () => {
    const app = behind(renewed());
    const since = with_({ 'if-modified-since': 'Thursday, 01-Jan-26 00:00:00 GMT' });
    expect((await app.ask('/', since)).status).toBe(304);
    expect((await app.ask('/', since)).status).toBe(304);
    await second();
    expect((await app.ask('/', since)).status).toBe(304);
    // Entity tags speak before dates (RFC 9110 §13.2.2).
    expect((await app.ask('/', with_({ ...since.headers, 'if-none-match': '"b"' }))).status).toBe(200);
    expect((await app.ask('/', with_({ 'if-modified-since': 'Wed, 31 Dec 2025 00:00:00 GMT' }))).status).toBe(200);
  });
});

describe('§14 parts', () => {
  const digits = (_request, n) => ['0123456789', { 'cache-control': 's-maxage=60', etag: '"a"', 'x-n': `${n}` }];
  const range = (value, more) => with_({ range: value, ...more });

  test.each([
    ['bytes=0-1', 206, '01', 'bytes 0-1/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=-1', 206, '9', 'bytes 9-9/10'],
    ['bytes=8-99999999999999999999', 206, '89', 'bytes 8-9/10'],
    ['bytes=10-', 416, '', 'bytes */10'],
    ['bytes=0-1,4-5', 200, '0123456789', null],
    ['lines=0-1', 200, '0123456789', null],
  ])('%s is answered from a complete entry', async (value, status, text, told) => {
    const app = behind(digits);
    await app.ask('/');
    for (let times = 0; times < 3; times++) {
      const answer = await app.ask('/', range(value));
      expect([answer.status, answer.text, answer.header('content-range'), answer.header('x-n')]).toEqual([status, text, told, '1']);
    }
    expect(app.asked).toHaveLength(1);
  });

  test('from the store itself, where memory holds nothing', async () => {
    const app = behind(digits, { memory: 0 });
    await app.ask('/');
    expect(await app.ask('/', range('bytes=3-5'))).toMatchObject({ status: 206, text: '345' });
  });

  test('T14 a part that no entry has is passed through and never kept', async () => {
    const app = behind((request) => (request.headers.has('range') ? ['01', { 'cache-control': 's-maxage=60', 'content-range': 'bytes 0-1/10' }, 206] : digits(request, 2)));
    expect(await app.ask('/', range('bytes=0-1'))).toMatchObject({ status: 206, text: '01' });
    expect(app.asked[0].header('range')).toBe('bytes=0-1');
    expect(await app.ask('/')).toMatchObject({ status: 200, text: '0123456789', cache: 'MISS' });
  });

  test.each([['"a"', 206], ['W/"a"', 200], ['"b"', 200], ['Thu, 01 Jan 2026 00:00:00 GMT', 200]])('If-Range: %s', async (value, status) => {
    const app = behind(digits);
    await app.ask('/');
    expect((await app.ask('/', range('bytes=0-1', { 'if-range': value }))).status).toBe(status);
  });

  test('a HEAD has no parts', async () => {
    const app = behind(digits);
    await app.ask('/');
    expect(await app.ask('/', { method: 'HEAD', ...range('bytes=0-1') })).toMatchObject({ status: 200, text: '' });
  });
});

describe('§4.4 a write', () => {
  const site_ = (status, headers = {}) =>
    behind((request, n) => (request.method === 'GET' ? [`${n}`, { 'cache-control': 's-maxage=60', vary: 'Accept-Language' }] : ['done', headers, status]));
  const write = (method) => ({ method, ...(method === 'DELETE' ? {} : { body: 'x' }) });

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('%s expires its URL, in every variant', async (method) => {
    const app = site_(200);
    const de = with_({ 'accept-language': 'de' });
    await app.texts({}, de);
    await app.ask('/', write(method));
    expect(await app.texts({}, de)).toEqual(['4', '5']);
  });

  test.each([
    ['a failure', 500, {}, '1'],
    ['a refusal', 403, {}, '1'],
    ['a redirect', 303, {}, '3'],
  ])('%s', async (_name, status, headers, text) => {
    const app = site_(status, headers);
    await app.ask('/');
    await app.ask('/', write('POST'));
    expect((await app.ask('/')).text).toBe(text);
  });

  test.each([
    ['Location', { location: '/b?q' }, '3'],
    ['Content-Location', { 'content-location': 'b?q' }, '3'],
    ['an address of this host', { location: 'http://localhost/b?q' }, '3'],
    ['one of another', { location: 'https://example.com/b?q' }, '1'],
    ['none at all', { location: 'http://' }, '1'],
  ])('what %s names', async (_name, headers, text) => {
    const app = site_(201, headers);
    await app.ask('/b?q');
    await app.ask('/a', write('POST'));
    expect((await app.ask('/b?q')).text).toBe(text);
  });

  test('costs a read, and writes only where something is stored', async () => {
    let puts = 0;
    const CACHE = wrapKv(env.CACHE, { put: (kv, ...args) => (puts++, kv.put(...args)) });
    const app = behind((_request, n) => [`${n}`, { 'cache-control': 's-maxage=60' }], {}, { CACHE });
    expect(ops(await app.ask('/a', write('POST')))).toBe('gets=1 bulk=0 keys=0 puts=0');
    expect(puts).toBe(0);
    await app.ask('/a');
    await app.ask('/a', write('POST'));
    expect(puts).toBe(3); // the page, the mark of its path, the watermark
    await app.ask('/a', { method: 'OPTIONS' });
    expect(puts).toBe(3);
  });
});

describe('§5.2.1 requests', () => {
  const counted = (_request, n) => [`${n}`, { 'cache-control': 's-maxage=60' }];

  test.each(['no-cache', 'max-age=0', 'min-fresh=999', 'no-store', 'only-if-cached'])('%s passes nothing by', async (control) => {
    const app = behind(counted);
    expect(await app.texts({}, with_({ 'cache-control': control, pragma: 'no-cache' }))).toEqual(['1', '1']);
  });

  test('no-store keeps the answer out of the store', async () => {
    const app = behind(counted);
    expect(await app.texts(with_({ 'cache-control': 'No-Store' }), {}, {})).toEqual(['1', '2', '2']);
  });
});

describe('§3.1 fields', () => {
  test('Age counts on from that of the origin, and is told once', async () => {
    const app = behind((_request, n) => [`${n}`, { 'cache-control': 's-maxage=600', age: '30' }]);
    await app.ask('/');
    expect((await app.ask('/')).header('age')).toMatch(/^3[01]$/);
  });

  test('what Connection lists is neither stored nor passed on', async () => {
    const app = behind((_request, n) => [`${n}`, { 'cache-control': 's-maxage=600', connection: 'x-a', 'x-a': '1', 'x-b': '2', 'keep-alive': 'a' }]);
    for (let times = 0; times < 2; times++) {
      const { header } = await app.ask('/');
      expect(['x-a', 'keep-alive', 'x-b'].map(header)).toEqual([null, null, '2']);
    }
  });

  test('a coding that the platform leaves alone stays named', async () => {
    const app = behind((_request, n) => [`${n}`, { 'cache-control': 's-maxage=600', 'content-encoding': 'x-own' }]);
    await app.ask('/');
    expect((await app.ask('/')).header('content-encoding')).toBe('x-own');
  });
});
