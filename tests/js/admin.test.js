// /_freshtag: who may, and what is refused.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { counter, silence, site, wrapKv } from './support.js';

beforeEach(silence);
afterEach(() => vi.restoreAllMocks());

const json = { 'content-type': 'application/json' };

describe('refusals are JSON with a code and a message, and change nothing', () => {
  const app = site({ '/': counter({ revalidate: 60 }) });
  const rows = [
    ['an unknown profile', { tag: 'a', profile: 'blogg' }, 400, /profile/],
    ['an empty tag', { tag: '' }, 400, /tag/],
    ['a tag that is no text', { tag: 5 }, 400, /tag/],
    ['a tag of 300 characters', { tag: 'x'.repeat(300) }, 400, /tag/],
    ['broken JSON', '{', 400, /JSON/i],
    ['neither tag nor path', {}, 400, /tag.*path/],
    ['both', { tag: 'a', path: '/' }, 400, /tag.*path/],
    ['a path without its slash', { path: 'a' }, 400, /path/],
    ['a body of 70 KB', { tag: 'x'.repeat(70_000) }, 413, /65536/],
  ];
  test.each(rows)('%s', async (_name, body, status, message) => {
    await app.ask('/');
    const answer = await app.admin('revalidate', body);
    expect(answer.status).toBe(status);
    expect(answer.header('content-type')).toMatch(/^application\/json/);
    expect(answer.header('cache-control')).toBe('no-store');
    expect(JSON.parse(answer.text)).toEqual({ code: expect.any(String), message: expect.stringMatching(message) });
    expect((await app.ask('/')).cache).toBe('HIT');
  });

  test.each([['a text', { cursor: 'a' }], ['negative', { cursor: -1 }], ['broken JSON', '{']])('prerender: a cursor that is %s', async (_name, body) => {
    const answer = await app.admin('prerender', body);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'INVALID_REQUEST', message: expect.stringMatching(/cursor/) });
  });
});

test('revalidate says which tags, and when', async () => {
  const { admin } = site({});
  const before = Date.now();
  const { tags, at } = JSON.parse((await admin('revalidate', { path: '/' })).text);
  expect(tags).toEqual(['_N_T_/', '_N_T_/index']);
  expect(Math.abs(at - before)).toBeLessThan(10_000);
  expect(JSON.parse((await admin('revalidate', { tag: 'é', profile: 'max' })).text).tags).toEqual(['%C3%A9']);
});

test('GET shows what is there', async () => {
  const app = site({ '/posts/[id]': counter({ revalidate: 60 }) });
  await app.ask('/posts/1');
  expect(JSON.stringify(await app.json('/_freshtag/entries'))).toMatch(/posts/);
  expect(await app.json('/_freshtag/stats')).toBeTypeOf('object');
  expect((await app.ask('/_freshtag/tags/posts')).status).toBe(200);
  expect((await app.ask('/_freshtag/nothing')).status).toBe(404);
});

describe('who may', () => {
  const routes = { '/': counter({ revalidate: 60 }) };
  const secret = 'a secret of some length';
  const bearer = { authorization: `Bearer ${secret}` };
  /** @type {[name: string, url: string, bindings: object, options: object, headers: object, status: number][]} */
  const rows = [
    ['dev on loopback', 'http://localhost', { FRESHTAG_DEV: '1' }, {}, {}, 200],
    ['dev on another host', 'https://example.com', { FRESHTAG_DEV: '1' }, {}, {}, 404],
    ['no dev, no secret', 'http://localhost', { FRESHTAG_DEV: undefined }, {}, {}, 404],
    ['a secret and no token', 'https://example.com', { FRESHTAG_DEV: undefined }, { secret }, {}, 401],
    ['a secret and a wrong token', 'https://example.com', { FRESHTAG_DEV: undefined }, { secret }, { authorization: 'Bearer wrong' }, 401],
    ['a secret and its token', 'https://example.com', { FRESHTAG_DEV: undefined }, { secret }, bearer, 200],
    ['a foreign Origin', 'https://example.com', { FRESHTAG_DEV: undefined }, { secret }, { ...bearer, origin: 'https://evil.test' }, 403],
    ['cross-site', 'https://example.com', { FRESHTAG_DEV: undefined }, { secret }, { ...bearer, 'sec-fetch-site': 'cross-site' }, 403],
  ];
  test.each(rows)('%s', async (_name, base, bindings, options, headers, status) => {
    const { app, env } = site(routes, options, bindings);
    const request = new Request(`${base}/_freshtag/revalidate`, { method: 'POST', body: '{"tag":"a"}', headers: { ...json, ...headers } });
    const answer = await app.fetch(request, env, { waitUntil() {} });
    expect(answer.status).toBe(status);
    if (status !== 404) expect(await answer.json()).toMatchObject(status === 200 ? { tags: ['a'] } : { code: expect.any(String), message: expect.any(String) });
  });

  test('a POST that is no JSON is refused', async () => {
    const { ask } = site(routes);
    const answer = await ask('/_freshtag/revalidate', { method: 'POST', body: '{"tag":"a"}', headers: { 'content-type': 'text/plain' } });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(JSON.parse(answer.text)).toHaveProperty('code');
  });
});

describe('the page', () => {
  const secret = 'a secret of some length';
  const fetchPage = (bindings, options, init, base = 'https://example.com') => {
    const { app, env } = site({}, options, { FRESHTAG_DEV: undefined, ...bindings });
    return app.fetch(new Request(`${base}/_freshtag`, init), env, { waitUntil() {} });
  };

  test.each([
    ['a secret is set: anybody', {}, { secret }, 'https://example.com', 200],
    ['no secret: absent', {}, {}, 'https://example.com', 404],
    ['dev on loopback', { FRESHTAG_DEV: '1' }, {}, 'http://localhost', 200],
    ['dev elsewhere', { FRESHTAG_DEV: '1' }, {}, 'https://example.com', 404],
  ])('%s', async (_name, bindings, options, base, status) => {
    const answer = await fetchPage(bindings, options, {}, base);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, expect.stringMatching(status === 200 ? /^text\/html/ : /json/)]);
  });

  test('the same for all, under a policy that lets it run its own script alone', async () => {
    const [one, other] = [await fetchPage({}, { secret }), await fetchPage({}, { secret: 'another', namespace: 'other' })];
    const text = await one.text();
    expect(text).toBe(await other.text());
    expect(text).not.toContain(secret);
    const policy = one.headers.get('content-security-policy');
    expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[\w+/]{43}='; style-src 'sha256-[\w+/]{43}='; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/);
    expect(text).not.toMatch(/<[^>]+ (?:on\w+|style)=/);
    expect(one.headers.get('x-content-type-options')).toBe('nosniff');
    const etag = one.headers.get('etag');
    const again = await fetchPage({}, { secret }, { headers: { 'if-none-match': `W/"x", ${etag}` } });
    expect([again.status, await again.text()]).toEqual([304, '']);
    const head = await fetchPage({}, { secret }, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect((await fetchPage({}, { secret }, { method: 'POST' })).status).toBe(405);
  });
});

describe('GET entries/<key>', () => {
  const body = (init) => ({ revalidate: 60, GET: () => new Response(init.body, { headers: { 'content-type': init.type } }) });
  const show = async (module, options) => {
    const app = site({ '/page': module }, options);
    await app.ask('/page');
    const [listed] = (await app.json('/_freshtag/entries')).entries;
    return { app, listed, shown: await app.json(`/_freshtag/entries/${encodeURIComponent(listed.key)}`) };
  };

  test('is its listing with headers, the age of its data and its body', async () => {
    const { listed, shown } = await show(body({ body: '<h1>é</h1>', type: 'text/html; charset=utf-8' }));
    const { asOf, headers, body: preview, etag, ...rest } = shown;
    expect(rest).toEqual(listed);
    expect(listed).toMatchObject({ kind: 'route', path: 'localhost/page', status: 200, tags: expect.arrayContaining(['_N_T_/page']) });
    expect(asOf).toEqual(listed.tags.map(() => listed.created));
    expect(headers).toContainEqual(['content-type', 'text/html; charset=utf-8']);
    expect(preview).toEqual({ text: '<h1>é</h1>', cut: false });
  });

  const long = 'x'.repeat(2_000);
  test.each([
    ['64 KiB exactly', { body: 'a'.repeat(65_536), type: 'text/plain' }, { text: 'a'.repeat(65_536), cut: false }],
    ['a byte more', { body: 'a'.repeat(65_537), type: 'text/plain' }, { text: 'a'.repeat(65_536), cut: true }],
    ['a character cut in two', { body: `${'a'.repeat(65_535)}é`, type: 'text/plain' }, { text: 'a'.repeat(65_535), cut: true }],
    ['JSON', { body: '{"a":1}', type: 'application/ld+json' }, { text: '{"a":1}', cut: false }],
    ['an image', { body: new Uint8Array([137, 80, 78, 71]), type: 'image/png' }, { base64: 'iVBORw==', cut: false }],
    ['text that is none', { body: new Uint8Array([255, 254]), type: 'text/plain' }, { base64: '//4=', cut: false }],
    ['nothing', { body: '', type: 'text/plain' }, { text: '', cut: false }],
    ['a header too long for the metadata', { body: 'framed', type: `text/plain; a=${long}` }, { text: 'framed', cut: false }],
  ])('%s', async (_name, init, expected) => {
    const { shown } = await show(body(init));
    expect(shown.body).toEqual(expected);
    expect(shown.headers).toContainEqual(['content-type', init.type]);
    expect(shown.tags).toContain('_N_T_/page');
  });

  test('nothing but entries of this namespace', async () => {
    const other = site({ '/page': counter({ revalidate: 60 }) });
    await other.ask('/page');
    const [{ key: foreign }] = (await other.json('/_freshtag/entries')).entries;
    const { app, listed } = await show(counter({ revalidate: 60 }), { namespace: 'shown' });
    await app.admin('revalidate', { tag: 'posts' });
    const { keys } = await app.env.CACHE.list({ prefix: 'f1-shown/x/' });
    expect(keys).toHaveLength(1);
    for (const key of [foreign, keys[0].name, 'f1-shown/w', `${listed.key}0`, '', '%', 'f1-shown/e/'].map((key) => (key === '%' ? key : encodeURIComponent(key)))) {
      const answer = await app.ask(`/_freshtag/entries/${key}`);
      expect([key, answer.status, JSON.parse(answer.text).code]).toEqual([key, 404, 'NO_ENTRY']);
    }
  });
});

test('GET tags?tag=… says of each what GET tags/<tag> says', async () => {
  const app = site({});
  await app.admin('revalidate', { tag: 'é&b' });
  const { tags } = await app.json(`/_freshtag/tags?${new URLSearchParams([['tag', 'é&b'], ['tag', 'a'], ['other', 'c']])}`);
  expect(tags).toEqual([await app.json(`/_freshtag/tags/${encodeURIComponent('é&b')}`), { tag: 'a', expired: null, soft: [] }]);
  expect(tags[0].expired).toBeGreaterThan(0);
  expect(await app.json('/_freshtag/tags')).toEqual({ tags: [] });
  const many = await app.ask(`/_freshtag/tags?${'tag=a&'.repeat(101)}`);
  expect([many.status, JSON.parse(many.text).code]).toEqual([400, 'INVALID_REQUEST']);
});

test('GET stats counts what visitors got, and not who looks', async () => {
  const app = site({ '/': counter({ revalidate: 60 }), '/now': counter({ dynamic: 'force-dynamic' }), '/old': counter({ revalidate: 60 }) });
  for (const path of ['/', '/', '/', '/now', '/old']) await app.ask(path);
  await app.admin('revalidate', { path: '/old' });
  await app.ask('/old');
  await app.ask('/_freshtag/entries');
  const { requests, reads, writes } = await app.json('/_freshtag/stats');
  expect(requests.states).toEqual(['hit', 'stale', 'miss', 'revalidated', 'bypass']);
  const sums = requests.states.map((_, at) => requests.minutes.reduce((sum, minute) => sum + minute[at], 0));
  expect([requests.total, sums]).toEqual([6, [2, 0, 3, 0, 1]]);
  expect(requests.minutes).toHaveLength(60);
  expect(writes).toBe(3);
  expect(reads).toBeGreaterThanOrEqual(3);
  await app.ask('/_freshtag/tags/a');
  expect((await app.json('/_freshtag/stats')).reads).toBe(reads);
});

test('a store that does not answer is named', async () => {
  const fails = () => Promise.reject(new Error('KV is down'));
  const { env } = site({});
  const down = site({}, { namespace: 'down' }, { CACHE: wrapKv(env.CACHE, { list: fails, getWithMetadata: fails }) });
  const answers = [await down.ask('/_freshtag/entries'), await down.ask('/_freshtag/entries/f1-down%2Fe%2Froute%2Fa~1'), await down.admin('sweep', {})];
  for (const { status, text } of answers) {
    expect([status, JSON.parse(text)]).toEqual([503, { code: 'STORE', message: 'the store did not answer: KV is down' }]);
  }
});

describe('POST sweep', () => {
  const app = site({ '/page': counter({ revalidate: 60 }) }, { namespace: 'swept' });
  const put = (key, metadata) => app.env.CACHE.put(key, 'body', metadata && { metadata });
  // Its sum is missing. One that is whole and expired is a row of tests/sweep.rs.
  const damaged = { v: 1, k: 'k', n: 'route', st: 200, c: 1_000, by: 'b', l: [1, 1, 10], len: 4 };
  const LEFT = ['f0-swept/e/route/a~1', 'f2-swept/e/data/b~2', 'f9-swept/e/x', 'f1-swept/e/route/old~3', 'f1-swept/e/route/none~4'];
  const OTHERS = ['f2-other/e/route/a~1', 'f2-swept2/e/route/a~1', 'f2-swept/x/posts', 'f2-swept/w', 'f1-swept/x/posts', 'f2/e/route/a~1', 'f22-swept/e/a', 'swept', 'f'];
  const names = async () => (await app.env.CACHE.list()).keys.map(({ name }) => name);
  const all = async (order) => {
    const steps = [];
    for (let cursor; ; cursor = steps.at(-1).next) {
      steps.push(JSON.parse((await app.admin('sweep', { ...order, ...(cursor && { cursor }) })).text));
      if (!steps.at(-1).next) return { steps, found: steps.flatMap((step) => step.found), looked: steps.reduce((sum, step) => sum + step.looked, 0) };
    }
  };

  beforeEach(async () => {
    await app.ask('/page');
    for (const key of LEFT) await put(key, key.includes('old') ? damaged : undefined);
    for (const key of OTHERS) await put(key);
  });

  test('says what would go, and deletes nothing', async () => {
    const { found } = await all({ dryRun: true });
    expect(found.map(({ key }) => key).sort()).toEqual([...LEFT].sort());
    expect(Object.fromEntries(found.map(({ key, why }) => [key, why]))).toMatchObject({
      'f2-swept/e/data/b~2': 'foreign', 'f1-swept/e/route/old~3': 'unreadable', 'f1-swept/e/route/none~4': 'unreadable',
    });
    expect(await names()).toEqual(expect.arrayContaining([...LEFT, ...OTHERS]));
  });

  test('deletes that, and nothing of another namespace, no mark, and nothing that is served', async () => {
    await all({});
    const left = await names();
    expect(left).toEqual(expect.arrayContaining(OTHERS));
    expect(left.filter((name) => LEFT.includes(name))).toEqual([]);
    expect((await app.ask('/page')).cache).toBe('HIT');
    expect((await all({ dryRun: true })).found).toEqual([]);
  });

  test('goes on, fifty at a time', async () => {
    await Promise.all(Array.from({ length: 120 }, (_, at) => put(`f2-swept/e/route/${at}~x`)));
    const { steps, found, looked } = await all({});
    expect(steps.every((step) => step.looked <= 50)).toBe(true);
    expect([found.filter(({ key }) => key.startsWith('f2-')).length, looked]).toEqual([121, 126]);
    expect((await names()).filter((name) => name.startsWith('f2-swept/e/'))).toEqual([]);
  });

  test.each([
    ['broken JSON', '{', /JSON/], ['no object', '5', /JSON/], ['a word', { dryRun: 'yes' }, /dryRun/], ['a cursor of nobody', { cursor: 'x' }, /cursor/], ['a number', { cursor: 1 }, /cursor/],
  ])('%s is refused', async (_name, body, message) => {
    const answer = await app.admin('sweep', body);
    expect([answer.status, JSON.parse(answer.text)]).toEqual([400, { code: 'INVALID_REQUEST', message: expect.stringMatching(message) }]);
  });
});
