// freshtag/store over a KV that is none, in Node: the shapes of its answers, and what it asks of the KV.
import { createStore } from 'freshtag/store';
import { describe, expect, test } from 'vitest';

import { FakeKv } from './kv.js';

const lifetime = { stale: 300, revalidate: 60, expire: 3600 };
const text = (body) => new Response(body).text();
const ops = (some) => ({ gets: 0, bulkGets: 0, keys: 0, puts: 0, lists: 0, ...some });
const ago = (ms) => Date.now() - ms;

function open(options) {
  const kv = new FakeKv();
  return { kv, store: createStore({ kv, namespace: 'node', ...options }) };
}

describe('get', () => {
  test('a miss: an entry and a watermark are asked for', async () => {
    expect(await open().store.get('a')).toStrictEqual({ state: 'miss', entry: null, ops: ops({ gets: 2 }) });
  });

  test('an entry comes back as it was set', async () => {
    const { kv, store } = open();
    const created = ago(5_000);
    await store.set('a', { body: 'hé', status: 201, headers: [['X-A', '1'], ['x-b', '2']], tags: ['t', 'ü'], lifetime, created });
    // Another isolate: nothing comes from memory.
    const { state, entry, ops: asked } = await createStore({ kv, namespace: 'node' }).get('a');
    expect(state).toBe('fresh');
    expect(asked).toEqual(ops({ gets: 2 }));
    const { body, ...rest } = entry;
    expect(rest).toStrictEqual({ status: 201, headers: [['x-a', '1'], ['x-b', '2']], tags: ['t', '%C3%BC'], created, lifetime });
    expect(body).toBeInstanceOf(ReadableStream);
    expect(await text(body)).toBe('hé');
  });

  test('what this store has set comes from memory', async () => {
    const { store } = open();
    await store.set('a', { body: 'a', lifetime });
    await store.get('a');
    const again = await store.get('a');
    expect(again).toMatchObject({ state: 'fresh', ops: ops() });
    expect(await text(again.entry.body)).toBe('a');
  });

  test.each([
    ['IS-1 younger than revalidate', 59_000, 'fresh'],
    ['IS-1 older than revalidate', 61_000, 'stale'],
    ['IS-1 older than expire', 3_601_000, 'expired'],
  ])('%s', async (_name, age, state) => {
    const { store } = open();
    await store.set('a', { body: 'a', lifetime, created: ago(age) });
    const found = await store.get('a');
    expect(found.state).toBe(state);
    expect(await text(found.entry.body)).toBe('a');
  });

  test('T4 an entry that says it is another one is a miss', async () => {
    const { kv, store } = open();
    await store.set('a', { body: 'of a', lifetime });
    await store.set('b', { body: 'of b', lifetime });
    const [a, b] = ['a', 'b'].map((key) => [...kv.values.keys()].find((name) => name.includes(`/${key}~`)));
    kv.values.set(a, kv.values.get(b));
    expect(await createStore({ kv, namespace: 'node' }).get('a')).toMatchObject({ state: 'miss', entry: null });
  });

  test('another namespace is another store', async () => {
    const { kv, store } = open();
    await store.set('a', { body: 'a', lifetime });
    expect((await createStore({ kv, namespace: 'other' }).get('a')).state).toBe('miss');
  });

  test('a KV that does not answer is an error with a code', async () => {
    const { kv, store } = open();
    kv.fault = () => {
      throw new Error('KV GET failed: 500 Internal Server Error');
    };
    await expect(store.get('a')).rejects.toMatchObject({ code: expect.any(String), message: expect.stringMatching(/500/) });
  });

  test('tags that cannot be read make an entry stale, never fresh', async () => {
    const { kv, store } = open();
    await store.set('a', { body: 'a', tags: ['t'], lifetime, created: ago(5_000) });
    await store.revalidate(['other']);
    const elsewhere = createStore({ kv, namespace: 'node' });
    kv.fault = (method) => {
      if (method === 'bulkGet') throw new Error('KV GET_BULK failed: 500');
    };
    expect((await elsewhere.get('a')).state).toBe('stale');
  });
});

describe('set', () => {
  test('one put', async () => {
    const { kv, store } = open();
    expect(await store.set('a', { body: 'a', lifetime })).toEqual({ stored: true, reason: undefined, ops: ops({ puts: 1 }) });
    expect(kv.puts()).toHaveLength(1);
  });

  test.each([
    ['a string', () => 'body ü'],
    ['bytes', () => new TextEncoder().encode('body ü')],
    ['a Buffer', () => Buffer.from('body ü')],
    ['an ArrayBuffer', () => new TextEncoder().encode('body ü').buffer],
    ['a Blob', () => new Blob(['body ', 'ü'])],
    ['a stream', () => new Blob(['body ü']).stream()],
    ['a stream of many chunks', () => ReadableStream.from(['body', ' ', 'ü'].map((part) => new TextEncoder().encode(part)))],
  ])('takes %s', async (_name, body) => {
    const { kv, store } = open();
    expect(await store.set('a', { body: body(), lifetime })).toMatchObject({ stored: true });
    expect(await text((await createStore({ kv, namespace: 'node' }).get('a')).entry.body)).toBe('body ü');
  });

  test('an empty body stays one', async () => {
    const { kv, store } = open();
    await store.set('a', { body: '', lifetime });
    expect(await text((await createStore({ kv, namespace: 'node' }).get('a')).entry.body)).toBe('');
  });

  test.each([
    ['pairs', [['x-a', '1'], ['x-a', '2']], [['x-a', '1'], ['x-a', '2']]],
    ['an object', { 'X-A': '1' }, [['x-a', '1']]],
    ['Headers', new Headers({ 'X-A': '1' }), [['x-a', '1']]],
    ['nothing', undefined, []],
  ])('takes headers as %s', async (_name, headers, pairs) => {
    const { store } = open();
    await store.set('a', { body: 'a', headers, lifetime });
    expect((await store.get('a')).entry.headers).toEqual(pairs);
  });

  test('a tag may say how old its data is', async () => {
    const { store } = open();
    const created = Date.now();
    await store.set('a', { body: 'a', tags: [['t', created - 60_000], 'u'], lifetime, created });
    await store.set('b', { body: 'b', tags: ['t'], lifetime, created });
    expect((await store.get('a')).entry.tags).toEqual(['t', 'u']);
    await store.revalidate(['t'], { expire: 60 });
    expect((await store.get('a')).state).toBe('stale');
  });

  test('TG-1 TG-2 tags that cannot be are left out, 128 are kept', async () => {
    const { store } = open();
    const many = Array.from({ length: 130 }, (_, i) => `t${i}`);
    await store.set('a', { body: 'a', tags: [5, 'x'.repeat(257), ...many], lifetime });
    expect((await store.get('a')).entry.tags).toEqual(many.slice(0, 128));
  });

  test('a header too large for metadata stands before the body', async () => {
    const { kv, store } = open();
    const tags = Array.from({ length: 128 }, (_, i) => `${i}`.padEnd(256, 'x'));
    expect(await store.set('a', { body: 'the body', tags, lifetime })).toMatchObject({ stored: true });
    const found = await createStore({ kv, namespace: 'node' }).get('a');
    expect(found.entry.tags).toEqual(tags);
    expect(await text(found.entry.body)).toBe('the body');
  });

  test('a lifetime may be a profile, or be left out', async () => {
    const { store } = open();
    await store.set('a', { body: 'a', lifetime: 'minutes' });
    await store.set('b', { body: 'b' });
    expect((await store.get('a')).entry.lifetime).toEqual({ stale: 300, revalidate: 60, expire: 3600 });
    expect((await store.get('b')).entry.lifetime).toEqual({ stale: 300, revalidate: 900, expire: 4294967294 });
  });

  test('a 429 is retried after a second, twice; then the answer says so', async () => {
    const { kv, store } = open();
    kv.fault = (method) => {
      if (method === 'put') throw new Error('KV PUT failed: 429 Too Many Requests');
    };
    expect(await store.set('a', { body: 'a', lifetime })).toEqual({ stored: false, reason: expect.stringMatching(/429/), ops: ops({ puts: 3 }) });
    const times = kv.puts().map(({ at }) => at);
    for (const gap of [times[1] - times[0], times[2] - times[1]]) {
      expect(gap).toBeGreaterThan(990);
      expect(gap).toBeLessThan(2_000);
    }
  }, 10_000);

  test('a retry that succeeds is a success', async () => {
    const { kv, store } = open();
    let refusals = 1;
    kv.fault = (method) => {
      if (method === 'put' && refusals-- > 0) throw new Error('KV PUT failed: 429 Too Many Requests');
    };
    expect(await store.set('a', { body: 'a', lifetime })).toMatchObject({ stored: true, ops: ops({ puts: 2 }) });
    expect((await store.get('a')).state).toBe('fresh');
  }, 10_000);

  test('an older entry does not take the place of a newer one', async () => {
    const { store } = open();
    await store.set('a', { body: 'new', lifetime, created: ago(1_000) });
    expect(await store.set('a', { body: 'old', lifetime, created: ago(2_000) })).toMatchObject({ stored: false, reason: expect.any(String) });
    expect(await text((await store.get('a')).entry.body)).toBe('new');
  });

  test('IC-8 a body over 10 MiB is not stored', async () => {
    const { store } = open();
    expect(await store.set('a', { body: new Uint8Array(10 * 1024 * 1024 + 1), lifetime })).toMatchObject({ stored: false, reason: expect.stringMatching(/larger than 10485760 bytes/) });
  });

  test.each([
    ['CL-6', { body: 'a', lifetime: { revalidate: false } }, 'INVALID_CACHE_LIFE'],
    ['CL-7', { body: 'a', lifetime: { revalidate: 5, expire: 1 } }, 'INVALID_CACHE_LIFE'],
    ['CL-9', { body: 'a', lifetime: 'blog' }, 'UNKNOWN_PROFILE'],
    ['', { body: 'a', created: 'now' }, 'INVALID_REQUEST'],
    ['', { body: 'a', status: 99 }, 'INVALID_REQUEST'],
  ])('%s a mistake is an error: %j', async (_rule, entry, code) => {
    const { kv, store } = open();
    await expect(store.set('a', entry)).rejects.toMatchObject({ code });
    expect(kv.puts()).toEqual([]);
  });
});

describe('what is in the KV', () => {
  test('WK-17 an entry, a mark a tag and a watermark; nothing is ever deleted', async () => {
    const { kv, store } = open();
    await store.set('a', { body: 'a', tags: ['t', 'u'], lifetime, created: ago(5_000) });
    await store.revalidate(['t']);
    await store.revalidate(['u'], { expire: 60 });
    await store.get('a');
    expect([...kv.values.keys()].map((key) => key.replace(/~[0-9a-f]{64}$/, '~digest')).sort()).toEqual(['f1-node/e/fetch/a~digest', 'f1-node/s/u', 'f1-node/w', 'f1-node/x/t']);
    expect(kv.calls.filter(({ method }) => method === 'delete')).toEqual([]);
  });

  test.each([
    ['what is left of expire, and a day', { revalidate: 60, expire: 3600 }, 0, 3600 + 86400],
    ['a day, when it has expired', { revalidate: 60, expire: 3600 }, 4_000_000, 86400],
    ['a year at most', { revalidate: 60, expire: Infinity }, 0, 31536000],
  ])('UC-5 an entry lives %s', async (_name, life, age, ttl) => {
    const { kv, store } = open();
    await store.set('a', { body: 'a', lifetime: life, created: ago(age) });
    const [{ ttl: given }] = kv.values.values();
    expect(Math.abs(given - ttl)).toBeLessThan(5);
  });

  test('UC-9 memory holds what fits, and not more', async () => {
    const { kv, store } = open({ memory: 1_000 });
    await store.set('small', { body: 'x'.repeat(100), lifetime });
    await store.set('large', { body: 'x'.repeat(5_000), lifetime });
    for (let i = 0; i < 3; i++) for (const key of ['small', 'large']) await text((await store.get(key)).entry.body);
    kv.calls.length = 0;
    for (const key of ['small', 'large']) expect((await store.get(key)).state).toBe('fresh');
    expect(kv.calls.filter(({ key }) => key.includes('/e/')).map(({ key }) => key.split('/').at(-1).split('~')[0])).toEqual(['large']);
  });
});

describe('revalidate', () => {
  test('TG-13 without expire it expires now, everywhere', async () => {
    const { kv, store } = open();
    await store.set('a', { body: 'a', tags: ['t'], lifetime, created: ago(5_000) });
    await store.set('b', { body: 'b', tags: ['u'], lifetime, created: ago(5_000) });
    const before = Date.now();
    const done = await store.revalidate(['t']);
    expect(done).toStrictEqual({ at: expect.any(Number), seen: null, ops: ops({ puts: 2 }) });
    expect(done.at).toBeGreaterThanOrEqual(before);
    expect(done.at % 1, 'UC-14').toBe(0);
    const elsewhere = createStore({ kv, namespace: 'node' });
    expect(await elsewhere.get('a')).toMatchObject({ state: 'expired', ops: ops({ gets: 2, bulkGets: 1, keys: 2 }) });
    expect((await elsewhere.get('b')).state).toBe('fresh');
  });

  test('TG-13 with expire it is stale now and expired then', async () => {
    const { kv, store } = open();
    await store.set('a', { body: 'a', tags: ['t'], lifetime, created: ago(5_000) });
    expect(await store.revalidate(['t'], { expire: 1 })).toMatchObject({ ops: ops({ puts: 2, bulkGets: 1, keys: 1 }) });
    expect((await store.get('a')).state).toBe('stale');
    expect((await createStore({ kv, namespace: 'node' }).get('a')).state).toBe('stale');
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect((await createStore({ kv, namespace: 'node' }).get('a')).state).toBe('expired');
  });

  test('RV-11 expire 0 is now', async () => {
    const { store } = open();
    await store.set('a', { body: 'a', tags: ['t'], lifetime, created: ago(5_000) });
    await store.revalidate(['t'], { expire: 0 });
    expect((await store.get('a')).state).toBe('expired');
  });

  test('TG-15 what has expired stays so', async () => {
    const { store } = open();
    await store.set('a', { body: 'a', tags: ['t'], lifetime, created: ago(5_000) });
    await store.revalidate(['t']);
    await store.revalidate(['t'], { expire: 31536000 });
    expect((await store.get('a')).state).toBe('expired');
  });

  test('TG-14 what is set afterwards is not touched', async () => {
    const { store } = open();
    await store.revalidate(['t']);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await store.set('a', { body: 'a', tags: ['t'], lifetime });
    expect((await store.get('a')).state).not.toBe('expired');
  });

  test('UC-18 a soft tag that expires later makes what is under it stale, and nothing newer', async () => {
    const { store } = open();
    await store.set('old', { body: 'a', lifetime, created: ago(5_000) });
    await store.revalidate(['_N_T_/x'], { expire: 31536000 });
    await store.set('new', { body: 'b', lifetime, created: Date.now() + 10 });
    expect((await store.get('old', { softTags: ['_N_T_/x'] })).state).toBe('stale');
    expect((await store.get('new', { softTags: ['_N_T_/x'] })).state).toBe('fresh');
  });

  test('many tags, many entries: a put each and one more', async () => {
    const { kv, store } = open();
    for (let i = 0; i < 20; i++) await store.set(`e${i}`, { body: 'a', tags: ['a', 'b', 'c'], lifetime, created: ago(5_000) });
    kv.calls.length = 0;
    expect(await store.revalidate(['a', 'b', 'c'])).toMatchObject({ ops: ops({ puts: 4 }) });
    expect(kv.calls).toHaveLength(4);
  });

  test('with a secret a visitor can carry what he wrote', async () => {
    const secret = 'a secret of some length';
    const { kv, store } = open({ secret });
    await store.set('a', { body: 'a', tags: ['t'], lifetime, created: ago(5_000) });
    const old = new Map(kv.values);
    const { seen } = await store.revalidate(['t']);
    expect(seen).toEqual(expect.any(String));
    // A place that has not heard.
    const late = new FakeKv();
    late.values = old;
    const there = createStore({ kv: late, namespace: 'node', secret });
    expect((await there.get('a')).state).toBe('fresh');
    expect((await there.get('a', { seen })).state).toBe('expired');
    expect((await there.get('a', { seen: `${seen.slice(0, -1)}!` })).state).toBe('fresh');
    expect((await there.get('a', { seen: null })).state).toBe('fresh');
    expect((await createStore({ kv: late, namespace: 'node', secret: 'another one' }).get('a', { seen })).state).toBe('fresh');
  });

  test('what could not be written rejects and names the tags', async () => {
    const { kv, store } = open();
    kv.fault = (method) => {
      if (method === 'put') throw new Error('KV PUT failed: 500 Internal Server Error');
    };
    await expect(store.revalidate(['t', 'u'])).rejects.toMatchObject({ code: 'REVALIDATE_FAILED', message: expect.stringMatching(/t, u/) });
  }, 20_000);

  test.each([
    ['no string', [5]],
    ['too long', ['x'.repeat(257)]],
  ])('RV-2 a tag that is %s is refused', async (_name, tags) => {
    const { kv, store } = open();
    await expect(store.revalidate(tags)).rejects.toMatchObject({ code: 'INVALID_TAG' });
    expect(kv.calls).toEqual([]);
  });
});
