// freshtag/store and freshtag/core over a real local KV.
import { env } from 'cloudflare:test';
import {
  cacheControlHeader,
  implicitTags,
  resolveCacheLife,
  revalidatePathTags,
  routeCacheKey,
  validateTags,
} from 'freshtag/core';
import { createStore } from 'freshtag/store';
import { describe, expect, test } from 'vitest';

import { wrapKv } from './support.js';

const open = (options = {}) => createStore({ kv: env.CACHE, namespace: crypto.randomUUID().slice(0, 8), ...options });
const lifetime = { stale: 300, revalidate: 60, expire: 3600 };
const text = (body) => new Response(body).text();

describe('createStore', () => {
  test('a miss, then what was set', async () => {
    const store = open();
    expect(await store.get('a')).toMatchObject({ state: 'miss', entry: null, ops: { gets: 2, puts: 0 } });
    expect(await store.set('a', { body: 'héllo', status: 201, headers: [['x-a', '1']], tags: ['t'], lifetime })).toMatchObject({ stored: true, ops: { puts: 1 } });
    const { state, entry } = await store.get('a');
    expect(state).toBe('fresh');
    expect(entry.body instanceof ReadableStream || entry.body instanceof Uint8Array).toBe(true);
    expect(await text(entry.body)).toBe('héllo');
    expect(entry).toMatchObject({ status: 201, headers: [['x-a', '1']], tags: ['t'], lifetime });
    expect(Math.abs(entry.created - Date.now())).toBeLessThan(10_000);
  });

  test.each([
    ['bytes', new TextEncoder().encode('body')],
    ['a buffer', new TextEncoder().encode('body').buffer],
    ['a Blob', new Blob(['body'])],
    ['a stream', new Blob(['body']).stream()],
  ])('takes %s', async (_name, body) => {
    const store = open();
    await store.set('a', { body, lifetime });
    expect(await text((await store.get('a')).entry.body)).toBe('body');
  });

  test('a revalidation expires now, or makes stale now', async () => {
    const store = open();
    await store.set('a', { body: 'a', tags: ['t'], lifetime, created: Date.now() - 2000 });
    expect(await store.revalidate(['t'], { expire: 60 })).toMatchObject({ at: expect.any(Number), seen: null });
    expect((await store.get('a')).state).toBe('stale');
    await store.revalidate(['t']);
    expect((await store.get('a')).state).toBe('expired');
  });

  test('soft tags are asked with the read', async () => {
    const store = open();
    await store.set('a', { body: 'a', lifetime, created: Date.now() - 2000 });
    await store.revalidate(['_N_T_/layout']);
    expect((await store.get('a')).state).toBe('fresh');
    expect((await store.get('a', { softTags: ['_N_T_/layout'] })).state).toBe('expired');
  });

  test('seen lets a visitor see his own write elsewhere', async () => {
    const namespace = crypto.randomUUID().slice(0, 8);
    const secret = 'a secret of some length';
    const here = open({ namespace, secret });
    // Elsewhere KV still returns what it had.
    const old = new Map();
    const kv = wrapKv(env.CACHE, { put: async () => {} });
    const there = open({ namespace, secret, kv });
    await here.set('a', { body: 'a', tags: ['t'], lifetime, created: Date.now() - 2000 });
    const { seen } = await open({ namespace, secret, kv }).revalidate(['t']);
    expect(seen).toEqual(expect.any(String));
    expect((await there.get('a')).state).toBe('fresh');
    expect((await there.get('a', { seen })).state).toBe('expired');
    expect((await there.get('a', { seen: `${seen}x` })).state).toBe('fresh');
    expect(old.size).toBe(0);
  });

  test('a KV that refuses is an answer, not an error', async () => {
    const store = open({ kv: wrapKv(env.CACHE, { put: () => Promise.reject(new Error('KV PUT failed: 429 Too Many Requests')) }) });
    const result = await store.set('a', { body: 'a', lifetime });
    expect(result).toMatchObject({ stored: false, reason: expect.any(String), ops: { puts: 3 } });
  }, 10_000);

  test('a revalidation that cannot be written rejects', async () => {
    const store = open({ kv: wrapKv(env.CACHE, { put: () => Promise.reject(new Error('KV PUT failed: 500')) }) });
    await expect(store.revalidate(['t'])).rejects.toMatchObject({ code: 'REVALIDATE_FAILED', message: expect.stringMatching(/t/) });
  }, 20_000);

  test.each([[undefined], [{}], [{ kv: {} }]])('options %j are refused', (options) => {
    expect(() => createStore(options)).toThrow(/kv must be a KV namespace/);
  });
});

describe('core', () => {
  test.each([
    ['CL-1', 'max', undefined, { stale: 300, revalidate: 2592000, expire: 31536000 }],
    ['CL-1', 'seconds', undefined, { stale: 30, revalidate: 1, expire: 60 }],
    ['CL-5', 'days', { days: { stale: 1 } }, { stale: 1, revalidate: 900, expire: 4294967294 }],
    ['CL-8', { expire: 500 }, undefined, { stale: 300, revalidate: 900, expire: 500 }],
    ['CL-9', {}, undefined, { stale: 300, revalidate: 900, expire: 4294967294 }],
  ])('%s resolveCacheLife(%j, %j)', (_rule, profile, profiles, life) => {
    expect(resolveCacheLife(profile, profiles)).toEqual(life);
  });

  test.each([
    [{ revalidate: 0 }, 'private, no-cache, no-store, max-age=0, must-revalidate'],
    [{ revalidate: 60 }, 's-maxage=60'],
    [{ revalidate: 60, expire: 300 }, 's-maxage=60, stale-while-revalidate=240'],
    [{ revalidate: 1.5 }, 's-maxage=1.5'],
    [{ revalidate: false }, 's-maxage=31536000'],
  ])('CL-21 cacheControlHeader(%j)', (life, header) => {
    expect(cacheControlHeader(life)).toBe(header);
  });

  test('TG-10 implicitTags', () => {
    expect(implicitTags('/page', '/')).toEqual(['_N_T_/layout', '_N_T_/page', '_N_T_/', '_N_T_/index']);
  });

  test('RV-8 revalidatePathTags', () => {
    expect(revalidatePathTags('/')).toEqual(['_N_T_/', '_N_T_/index']);
    expect(revalidatePathTags('/', 'layout')).toEqual(['_N_T_/layout']);
    expect(revalidatePathTags('/blog/')).toEqual(['_N_T_/blog']);
  });

  test('TG-1 validateTags', () => {
    expect(validateTags(['a', '', 5, 'é'])).toEqual({ valid: ['a', '', '%C3%A9'], rejected: [{ tag: '5', reason: 'invalid type, must be a string' }] });
  });

  test('routeCacheKey tells routes apart', () => {
    expect(routeCacheKey('route', '/a/[id]', '/a/1')).not.toBe(routeCacheKey('route', '/[x]/1', '/a/1'));
  });
});
