// A stored body that is not as long as its entry says never passes for whole: the answer breaks off.
import { env } from 'cloudflare:test';
import { cached, createApp } from 'freshtag';
import { createStore } from 'freshtag/store';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { silence, site } from './support.js';

beforeEach(() => silence());
afterEach(() => vi.restoreAllMocks());

const TEXT = 'a body of some length';
/** So many headers do not fit into the metadata of KV. */
const LONG = { 'x-long': 'x'.repeat(1_100) };
const namespaced = () => ({ namespace: `t${crypto.randomUUID().slice(0, 8)}` });

/** Changes the only stored value of a namespace. */
async function tamper(namespace, change) {
  const { keys } = await env.CACHE.list({ prefix: `f1-${namespace}/e/` });
  expect(keys).toHaveLength(1);
  const [{ name, metadata }] = keys;
  await env.CACHE.put(name, change(new Uint8Array(await env.CACHE.get(name, 'arrayBuffer'))), { metadata });
}
const cut = (bytes) => bytes.slice(0, -1);
const half = (bytes) => bytes.slice(0, -(TEXT.length >> 1));
const longer = (bytes) => Uint8Array.from([...bytes, 33]);
const bodiless = (bytes) => bytes.slice(0, -TEXT.length);

/** What becomes of an answer to another isolate. */
async function answered(namespace, init) {
  const app = createApp({ namespace, routes: { '/': { revalidate: 60, GET: () => new Response('new') } } });
  const response = await app.fetch(new Request('http://localhost/', init), { ...env, FRESHTAG_DEV: '1' }, { waitUntil: () => {} });
  const body = await response.text().catch(() => 'breaks off');
  return [response.status, response.headers.get('x-nextjs-cache'), body];
}

describe.each([['in the metadata', {}], ['in front of the body', LONG]])('an entry whose header stands %s', (_where, headers) => {
  async function stored() {
    const { namespace } = namespaced();
    await site({ '/': { revalidate: 60, GET: () => new Response(TEXT, { headers }) } }, { namespace }).ask('/');
    return namespace;
  }

  test.each([
    ['as it was', (bytes) => bytes, TEXT],
    ['without its last byte', cut, 'breaks off'],
    ['cut in half', half, 'breaks off'],
    ['empty', bodiless, 'breaks off'],
    ['a byte longer', longer, 'breaks off'],
  ])('T19 %s', async (_name, change, expected) => {
    const namespace = await stored();
    await tamper(namespace, change);
    expect(await answered(namespace)).toEqual([200, 'HIT', expected]);
  });

  test('a HEAD has no body', async () => {
    const namespace = await stored();
    await tamper(namespace, cut);
    expect(await answered(namespace, { method: 'HEAD' })).toEqual([200, 'HIT', '']);
  });
});

test.each([['without its last byte', cut], ['a byte longer', longer]])('T19 the result of a cached function %s is computed anew', async (_name, change) => {
  const { namespace } = namespaced();
  let calls = 0;
  const routes = () => {
    const compute = cached(async () => `${++calls} ${TEXT}`, { id: 'compute' });
    return { '/': { dynamic: 'force-dynamic', GET: async () => new Response(await compute()) } };
  };
  expect((await site(routes(), { namespace }).ask('/')).text).toBe(`1 ${TEXT}`);
  await tamper(namespace, change);
  expect((await site(routes(), { namespace }).ask('/')).text).toBe(`2 ${TEXT}`);
});

test.each([['without its last byte', cut], ['a byte longer', longer]])('T19 the body of an entry of createStore %s', async (_name, change) => {
  const { namespace } = namespaced();
  const store = () => createStore({ kv: env.CACHE, namespace });
  await store().set('k', { body: TEXT, lifetime: { revalidate: 60, expire: 600 } });
  const body = async () => {
    const { entry } = await store().get('k');
    return new Response(entry.body).text().catch(() => 'breaks off');
  };
  await tamper(namespace, (bytes) => bytes);
  expect(await body()).toBe(TEXT);
  await tamper(namespace, change);
  expect(await body()).toBe('breaks off');
});
