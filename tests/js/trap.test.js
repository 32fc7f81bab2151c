// T40: a trap of the module is one request's trouble. The memory of the instance is destroyed under it, as a bug would.
import { env } from 'cloudflare:test';
import { cached, cacheTag, cookies, revalidateTag } from 'freshtag';
import { createStore } from 'freshtag/store';
import { checkActionOrigin } from 'freshtag/core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { Engine, memory } from '../../js/load.workerd.js';
import { counter, silence, site, wrapKv } from './support.js';

let lines;
beforeEach(() => (lines = silence()));
afterEach(() => vi.restoreAllMocks());

const destroy = () => new Uint8Array(memory.buffer).fill(0x7f);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const slowKv = (ms) => {
  const late = (name) => async (kv, ...args) => (await sleep(ms), kv[name](...args));
  return wrapKv(env.CACHE, { get: late('get'), getWithMetadata: late('getWithMetadata') });
};
const renewals = () => lines.filter((line) => line.includes('starts anew')).length;

test('between two things it waits for: all that wait end uncached, those that follow are served as ever', async () => {
  let renders = 0;
  const GET = async () => (renders++, cacheTag, new Response('page'));
  const { ask } = site({ '/p/[id]': { GET, revalidate: 60 } }, {}, { CACHE: slowKv(50) });
  await ask('/p/1');
  const asked = Date.now();
  const waiting = Array.from({ length: 100 }, (_, n) => ask(`/p/${100 + n}`));
  await sleep(10);
  destroy();
  const answers = await Promise.all(waiting);
  expect(Date.now() - asked).toBeLessThan(2_000);
  for (const answer of answers) {
    expect(answer).toMatchObject({ status: 200, text: 'page', cache: null });
    expect(answer.header('x-freshtag-error')).toBe('TRAP');
    expect(answer.header('cache-control')).toMatch(/no-store/);
  }
  expect(renders).toBe(101);
  expect(renewals()).toBe(1);
  const began = Date.now();
  expect(await ask('/p/1')).toMatchObject({ cache: 'HIT' });
  expect(Date.now() - began).toBeLessThan(500);
  for (const state of ['MISS', 'HIT']) {
    const answer = await ask('/p/100');
    expect(answer).toMatchObject({ cache: state, status: 200 });
    expect(answer.header('x-freshtag-error')).toBe(null);
  }
});

describe('in a call', () => {
  const rows = [
    ['matchRoute', 500],
    ['visit', 200],
    ['route', 200],
  ];
  test.each(rows)('%s', async (name, status) => {
    const { ask } = site({ '/': counter({ revalidate: 60 }) });
    await ask('/');
    const own = Engine.prototype[name];
    const trap = vi.spyOn(Engine.prototype, name).mockImplementation(function (...args) {
      destroy();
      return own.apply(this, args);
    });
    const answer = await ask('/');
    trap.mockRestore();
    expect(answer.status).toBe(status);
    expect(answer.header('x-freshtag-error')).toBe('TRAP');
    expect(renewals()).toBe(1);
    expect(await ask('/')).toMatchObject({ status: 200, cache: 'HIT', text: 'render 1' });
  });
});

test('under a running handler: it is answered, its cached functions run, and nothing of it is stored', async () => {
  const read = cached(async () => 'value', { id: `trap ${crypto.randomUUID()}` });
  let trap = true;
  const GET = async () => {
    await sleep(5);
    if (trap) destroy();
    trap = false;
    return new Response(await read());
  };
  const { ask } = site({ '/': { GET, revalidate: 60 } });
  const answer = await ask('/');
  expect(answer).toMatchObject({ status: 200, text: 'value', cache: null });
  expect((await ask('/')).cache).toBe('MISS');
  expect((await ask('/')).cache).toBe('HIT');
});

test('a revalidation that was lost with it is reported', async () => {
  const POST = async () => {
    revalidateTag('a', { expire: 0 });
    destroy();
    return new Response('done');
  };
  const answer = await site({ '/': { POST } }).ask('/', { method: 'POST' });
  expect(answer.status).toBe(500);
  expect(answer.header('x-freshtag-error')).toBe('REVALIDATE_FAILED');
});

test('what the glue keeps of the module is made anew', async () => {
  const open = createStore({ kv: env.CACHE, namespace: crypto.randomUUID().slice(0, 8) });
  await open.set('k', { body: 'body', lifetime: { stale: 300, revalidate: 60, expire: 3600 } });
  const read = async () => new Response(JSON.stringify((await cookies()).getAll()));
  const { ask } = site({ '/': { GET: read } });
  const asks = () => ask('/', { headers: { cookie: 'a=1; b=%41' } });
  const origin = () => checkActionOrigin({ origin: 'https://a.example.com', host: 'example.com', allowedOrigins: ['*.example.com'] });
  const before = [(await asks()).text, origin()];
  destroy();
  await expect(open.get('k')).rejects.toThrow();
  expect(renewals()).toBe(1);
  expect([(await asks()).text, origin()]).toEqual(before);
  expect((await open.get('k')).state).toBe('fresh');
});
