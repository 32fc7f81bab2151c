// /_freshtag: who may, and what is refused.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { counter, silence, site } from './support.js';

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
