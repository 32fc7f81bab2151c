// What is tainted is not written into a cache (NV-26, NV-27).
import { cached, experimental_taintObjectReference as taintObject, experimental_taintUniqueValue as taintValue, unstable_cache } from 'freshtag';
import { stringifyAsync } from 'devalue';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { assertUntainted, hasTaint, taintReducer } from '../../js/taint.js';
import { silence, site } from './support.js';

beforeEach(silence);
afterEach(() => vi.restoreAllMocks());

const DEFAULT = 'A tainted value was attempted to be serialized to a Client Component or Action closure. This would leak it to the client.';
let ids = 0;
const secret = () => `secret-${++ids}`;

/** What came of `code` in a handler: its value or its message, and what is stored then. */
async function handled(code) {
  const run = async () => {
    try {
      return Response.json({ value: (await code()) ?? null });
    } catch (error) {
      return Response.json({ message: error.message, code: error.code });
    }
  };
  const { json } = site({ '/': { GET: run, dynamic: 'force-dynamic' } });
  return { ...(await json('/')), stored: (await json('/_freshtag/entries?kind=data')).entries.length };
}

const wraps = {
  cached: (fn) => cached(fn, { id: `taint-${++ids}` }),
  unstable_cache: (fn) => unstable_cache(fn, [`taint-${++ids}`]),
};

test('NV-27 nothing is looked at before something is tainted', () => {
  expect(hasTaint()).toBe(false);
  taintObject('first', {});
  expect(hasTaint()).toBe(true);
});

describe.each(Object.entries(wraps))('NV-27 %s', (name, wrap) => {
  const object = { password: 'x' };
  const text = secret();
  const big = BigInt(`1${'0'.repeat(30)}${++ids}`);
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  const view = crypto.getRandomValues(new Uint8Array(26));
  beforeEach(() => {
    taintObject('object', object);
    taintValue('text', globalThis, text);
    taintValue('big', globalThis, big);
    taintValue('bytes', globalThis, bytes);
    taintValue('view', globalThis, new DataView(view.buffer, 2, 22));
  });

  const rows = [
    ['an object', () => object, 'object'],
    ['deep in arrays and objects', () => [{ a: [object] }], 'object'],
    ['a text', () => text, 'text'],
    ['a text among others', () => ({ a: 'other', b: text }), 'text'],
    ['a boxed text', () => Object(text), 'text'],
    ['a bigint', () => big, 'big'],
    ['bytes', () => bytes, 'bytes'],
    ['equal bytes', () => bytes.slice(), 'bytes'],
    ['equal bytes of another type', () => new Uint32Array(bytes.slice().buffer), 'bytes'],
    ['equal bytes, a part of more', () => new Uint8Array([0, ...bytes, 0]).subarray(1, 25), 'bytes'],
    ['their buffer', () => bytes.slice().buffer, 'bytes'],
    ['what a view saw', () => view.slice(2, 24), 'view'],
  ];
  const ofCached = [
    ['in a Map', () => new Map([['a', object]]), 'object'],
    ['a key of a Map', () => new Map([[text, 1]]), 'text'],
    ['in a Set', () => new Set([text]), 'text'],
    ['a value of URLSearchParams', () => new URLSearchParams({ a: text }), 'text'],
    ['a promised text', () => ({ later: Promise.resolve(text) }), 'text'],
    ['an instance with fields', () => Object.assign(new (class User {})(), { a: 1 }), 'instance'],
  ];
  const ofJson = [
    ['an object with a toJSON', () => Object.assign(object, { toJSON: () => 'plain' }), 'object'],
    ['a text from a toJSON', () => ({ toJSON: () => text }), 'text'],
  ];
  test.each([...rows, ...(name === 'cached' ? ofCached : ofJson)])('%s', async (what, make, message) => {
    const value = make();
    if (message === 'instance') taintObject('instance', value);
    const refused = { message, code: 'TAINTED', stored: 0 };
    const result = wrap(async () => value);
    expect(await handled(() => result())).toEqual(refused);
    const argument = wrap(async () => 'done');
    expect(await handled(() => argument(1, value))).toEqual(refused);
    delete object.toJSON;
  });

  const kept = [
    ['a copy', () => ({ ...object })],
    ['a text made of it', () => `${text}!`],
    ['a part of it', () => text.slice(1)],
    ['bytes and one more', () => [...bytes, 0]],
    ['other bytes', () => Array.from(bytes, (byte) => byte ^ 1)],
    ['its name alone', () => ({ [text]: 1 })],
    ['nothing', () => null],
  ];
  test.each(kept)('%s is not tainted', async (_what, make) => {
    const call = wrap(async (value) => value);
    expect(await handled(() => call(make()))).toEqual({ value: make(), stored: 1 });
  });
});

test('NV-27 what passes by position is not written', async () => {
  const onEnd = () => 'end';
  class Db {
    #secret = 1;
  }
  const db = new Db();
  taintObject('function', onEnd);
  taintObject('instance', db);
  const call = cached(async (end, given) => [given, end()], { id: 'opaque' });
  expect(await handled(async () => (await call(onEnd, db))[1])).toEqual({ value: 'end', stored: 1 });
  const made = cached(async () => onEnd, { id: 'made' });
  expect(await handled(() => made())).toMatchObject({ stored: 0, code: 'NOT_SERIALIZABLE' });
});

test.each([[undefined], [''], [null]])('NV-27 a message of %j is the default', (message) => {
  const [object, value] = [{}, secret()];
  taintObject(message, object);
  taintValue(message, object, value);
  for (const tainted of [object, value]) expect(() => assertUntainted(tainted)).toThrow(DEFAULT);
});

test('NV-27 the first message of a value stays, the last of an object counts', () => {
  const [object, value] = [{}, secret()];
  for (const message of ['one', 'two']) {
    taintObject(message, object);
    taintValue(message, object, value);
  }
  expect(() => assertUntainted(value)).toThrow(/^one$/);
  expect(() => assertUntainted(object)).toThrow(/^two$/);
});

test('NV-26 large bytes', () => {
  const bytes = new Uint8Array(1_000_000).fill(7);
  taintValue('large', globalThis, bytes);
  expect(() => assertUntainted(bytes.slice())).toThrow(/^large$/);
  expect(assertUntainted(new Uint8Array(1_000_000))).toBe(undefined);
});

test('NV-27 the reducer of others', async () => {
  const value = secret();
  taintValue('reduced', globalThis, value);
  await expect(stringifyAsync({ a: [value] }, taintReducer)).rejects.toThrow(/^reduced$/);
  expect(await stringifyAsync({ a: 1 }, taintReducer)).toBe('[{"a":1},1]');
});

test('NV-27 lifetimes are watched in workerd', () => {
  expect(typeof FinalizationRegistry).toBe('function');
});
