// No failure of ours takes the site down.
import { env } from 'cloudflare:test';
import { cached } from 'freshtag';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { Engine } from '../../js/load.workerd.js';
import { counter, silence, site, wrapKv } from './support.js';

let lines;
beforeEach(() => (lines = silence()));
afterEach(() => vi.restoreAllMocks());

const dead = () => Promise.reject(new Error('KV is down'));
const deadKv = () => wrapKv(env.CACHE, { get: dead, getWithMetadata: dead, put: dead, list: dead });
const NO_CACHE = 'private, no-cache, no-store, max-age=0, must-revalidate';

test('KV down: the handler answers', async () => {
  const { ask } = site({ '/': counter({ revalidate: 60 }) }, {}, { CACHE: deadKv() });
  for (let n = 0; n < 2; n++) {
    const answer = await ask('/');
    expect(answer.status).toBe(200);
    expect(answer.text).toMatch(/^render/);
  }
});

test('KV down: cached functions answer', async () => {
  const read = cached(async () => 'value', { id: 'kv down' });
  const { ask } = site({ '/': { POST: async () => new Response(await read()) } }, {}, { CACHE: deadKv() });
  expect(await ask('/', { method: 'POST' })).toMatchObject({ status: 200, text: 'value' });
});

test('no binding: everything runs uncached, and the log says which binding and how to make it', async () => {
  const read = cached(async () => 'value', { id: 'no binding' });
  let renders = 0;
  const { ask } = site({ '/': { revalidate: 60, GET: async () => new Response(`${await read()} ${++renders}`) } }, {}, { CACHE: undefined });
  expect(await ask('/')).toMatchObject({ status: 200, text: 'value 1' });
  expect(await ask('/')).toMatchObject({ status: 200, text: 'value 2' });
  expect(lines.filter((line) => /CACHE.*wrangler kv namespace create CACHE/.test(line))).toHaveLength(1);
});

test('the engine fails: the handler answers uncached and a header says so', async () => {
  vi.spyOn(Engine.prototype, 'route').mockImplementation(() => Promise.reject(new WebAssembly.RuntimeError('unreachable')));
  const { ask } = site({ '/': counter({ revalidate: 60 }) });
  const answer = await ask('/');
  expect(answer).toMatchObject({ status: 200, text: 'render 1', cache: null });
  expect(answer.header('x-freshtag-error')).toBe('TRAP');
  expect(answer.header('cache-control')).toBe(NO_CACHE);
  expect(lines.join('\n')).toMatch(/freshtag: TRAP: \/ is answered uncached/);
});

test('the engine fails under a cached function: what holds its result is not stored', async () => {
  vi.spyOn(Engine.prototype, 'data').mockImplementation(() => Promise.reject(Object.assign(new Error('x'), { code: 'STORE' })));
  const read = cached(async () => 'value', { id: 'data fails' });
  const { ask } = site({ '/': { revalidate: 60, GET: async () => new Response(await read()) } });
  expect(await ask('/')).toMatchObject({ status: 200, text: 'value', cache: null });
  vi.restoreAllMocks();
  silence();
  expect((await ask('/')).cache).toBe('MISS');
});

test('the engine fails before an origin: the origin answers uncached', async () => {
  vi.spyOn(Engine.prototype, 'origin').mockImplementation(() => Promise.reject(Object.assign(new Error('x'), { code: 'STORE' })));
  const ORIGIN = { fetch: async (url, init) => new Response(init.headers.length ? String(new Headers(init.headers).get('x-mine')) : '', { headers: { 'cache-control': 's-maxage=60', 'cache-tag': 'a' } }) };
  const answer = await site({}, {}, { ORIGIN }).ask('/', { headers: { 'x-mine': '1', 'x-middleware-subrequest': '1' } });
  expect(answer).toMatchObject({ status: 200, text: '1' });
  expect(answer.header('x-freshtag-error')).toBe('STORE');
  expect(answer.header('cache-control')).toBe(NO_CACHE);
  expect(answer.header('cache-tag')).toBe(null);
});

test("a handler's own error is no failure of ours, whatever its code", async () => {
  let runs = 0;
  const { ask } = site({ '/': { revalidate: 60, GET() {
    runs++;
    throw Object.assign(new Error('mine'), { code: 'STORE' });
  } } });
  const answer = await ask('/');
  expect(answer.status).toBe(500);
  expect(answer.header('x-freshtag-error')).toBe(null);
  expect(runs).toBe(1);
});

test('a body that breaks off is not stored', async () => {
  let broken = true;
  const { app, env: bindings, ask } = site({ '/': { revalidate: 60, GET() {
    if (!broken) return new Response('whole');
    return new Response(new ReadableStream({ pull: (controller) => controller.error(new Error('half way')) }));
  } } });
  const first = await app.fetch(new Request('http://localhost/'), bindings, { waitUntil: (task) => task.catch(() => {}) });
  await expect(first.text()).rejects.toThrow();
  broken = false;
  expect(await ask('/')).toMatchObject({ cache: 'MISS', text: 'whole' });
});

test('100 visitors at once: one render, whole bodies', async () => {
  let renders = 0;
  const { ask } = site({ '/p/[id]': { revalidate: 60, async GET(_request, { params }) {
    const { id } = await params;
    renders++;
    await new Promise((resolve) => setTimeout(resolve, 20));
    return new Response(id.repeat(1000));
  } } });
  const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => ask(`/p/${n % 2}`)));
  for (const [n, answer] of answers.entries()) expect(answer.text).toBe(String(n % 2).repeat(1000));
  expect(renders).toBe(2);
});
