// Calls of Server Actions from somebody who means ill: bodies that were valid, changed at random. T18, SA-19.
import { isDeepStrictEqual } from 'node:util';
import { createApp, formField, serverAction } from 'freshtag';
import { stringify } from 'devalue';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

import { decryptBoundArgs, encryptBoundArgs } from '../../js/sealed.js';
import { decodeCall, encodeCall, FIELD } from '../../js/wire.js';
import { mutateBytes, mutateFlat } from './mutations.js';
import { anyArgument, anyPlain } from './plain_values.js';
import { forAWhile, seconds, seed } from '../oracle/random.js';

vi.setConfig({ testTimeout: 60_000 + seconds * 2_000 });

const KEY = 'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';
const OTHER_KEY = 'MTEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';
/** What an answer may take in milliseconds, on a busy machine too: a body has a megabyte at most. */
const LONGEST = 5_000;
/** As in js/wire.js. */
const MOST_VALUES = 1_000_000;
const URL_OF_PAGE = 'http://localhost/';

let calls = 0;
let slowest = 0;
const rejections = [];
const statuses = {};
const noteRejection = (reason) => rejections.push(reason);
const own = () => Object.getOwnPropertyNames(Object.prototype).sort().join();
const clean = own();

beforeAll(() => {
  process.on('unhandledRejection', noteRejection);
  for (const level of ['warn', 'error']) vi.spyOn(console, level).mockImplementation(() => {});
});
afterAll(() => {
  process.off('unhandledRejection', noteRejection);
  vi.restoreAllMocks();
  console.info(`seed ${seed}, ${calls} calls, the slowest ${Math.round(slowest)} ms, ${JSON.stringify(statuses)} (SEED=${seed} repeats this run)`);
});

/** Why the last run of an action was no good. */
let fault;
const inspect = (...args) => {
  const foreign = foreignIn(args);
  if (foreign) fault = foreign;
  // Files are no result.
  return foreign || holdsFiles ? undefined : args;
};
const actions = [
  serverAction(inspect, { id: 'plain' }),
  serverAction(inspect, { id: 'sealed', sealed: true }),
];
const app = createApp({
  actions,
  routes: { '/': { GET: async () => Response.json(await Promise.all(actions.map((action, i) => formField(i ? action.bind(null, 'secret', 7) : action.bind(null, { a: [1] }))))) } },
});
const ENV = { NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: KEY };

const KINDS = [
  Object, Array, Map, Set, Date, URL, URLSearchParams, ArrayBuffer, DataView, Blob, File, FormData, Number, String, Boolean, BigInt,
  Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array, BigInt64Array, BigUint64Array,
].map(({ prototype }) => prototype);
const PROTOTYPES = new Set([...KINDS, null]);

/** Says what an action should never get. */
let holdsFiles = false;
function foreignIn(args) {
  holdsFiles = false;
  let slots = 0;
  const seen = new Set();
  const left = [args];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`;
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    if (!PROTOTYPES.has(Object.getPrototypeOf(value))) return `a ${Object.prototype.toString.call(value)} of a foreign kind`;
    if (Object.hasOwn(value, '__proto__')) return 'a __proto__';
    holdsFiles ||= value instanceof Blob || value instanceof FormData;
    if (Array.isArray(value) && (slots += value.length) > MOST_VALUES) return `arrays with ${slots} places`;
    if (value instanceof Map) left.push(...[...value].flat());
    else if (value instanceof Set) left.push(...value);
    else if (!ArrayBuffer.isView(value)) for (const key of Object.keys(value)) left.push(value[key]);
  }
  return undefined;
}

/** Sends a body, held as one character a byte, and looks at the answer. */
async function send(body, headers) {
  const bytes = Buffer.from(body, 'latin1');
  fault = undefined;
  const start = performance.now();
  const response = await app.fetch(new Request(URL_OF_PAGE, { method: 'POST', headers: { origin: 'http://localhost', ...headers }, body: bytes }), ENV);
  const text = await response.text();
  const took = performance.now() - start;
  calls++;
  slowest = Math.max(slowest, took);
  statuses[response.status] = (statuses[response.status] ?? 0) + 1;
  const what = () => `seed ${seed}, ${JSON.stringify(headers)}, ${JSON.stringify(body.slice(0, 2_000))} (${body.length})`;
  // What is no call at all is a method that the page does not have.
  const isCall = headers['next-action'] !== undefined || /^(?:multipart\/form-data|application\/x-www-form-urlencoded)(?:;|$)/i.test(headers['content-type']);
  if (!(isCall ? [200, 400, 409, 413] : [405]).includes(response.status)) expect(response.status, `${what()}: ${text}`).toBe(400);
  if (response.status === 400) expect(text, what()).not.toBe('');
  if (took > LONGEST) expect(took, what()).toBeLessThan(LONGEST);
  if (fault !== undefined) expect(fault, what()).toBeUndefined();
  if (own() !== clean) expect(own(), what()).toBe(clean);
  if (rejections.length > 0) expect(rejections, what()).toEqual([]);
  return response;
}

const latin1 = (text) => Buffer.from(text, 'utf8').toString('latin1');

describe('T18, SA-19: calls that were changed', () => {
  /** Bodies that are as they should be. @type {{ body: string, headers: Record<string, string> }[]} */
  const seeds = [];
  const ids = [];

  async function add(body, id) {
    const whole = new Response(body);
    const type = typeof body === 'string' ? 'application/json' : whole.headers.get('content-type');
    const [, boundary] = /boundary=(.*)$/.exec(type) ?? [];
    // A random one would make no run like another.
    const fixed = (text) => (boundary ? text.replaceAll(boundary, '----fixed-boundary-0123456789') : text);
    const headers = { 'content-type': fixed(type), ...(id && { 'next-action': id }) };
    seeds.push({ body: fixed(Buffer.from(await whole.arrayBuffer()).toString('latin1')), headers });
  }

  beforeAll(async () => {
    const fields = await (await app.fetch(new Request(URL_OF_PAGE), ENV)).json();
    for (const [i, { name, value }] of fields.entries()) {
      const id = name.slice(FIELD.length);
      ids.push(id);
      const form = () => {
        const form = new FormData();
        for (const [key, text] of [['title', 'ä\r\nb'], ['title', ''], [name, value], ['text', '&=%']]) form.append(key, text);
        return form;
      };
      const upload = form();
      upload.append('file', new File([new Uint8Array([0, 13, 10, 255])], 'f"\r\n.bin'));
      const repeated = { a: 1 };
      const calls = [
        [], [1, 'two', null, undefined, NaN, -0, 10n], [{ a: [repeated, repeated] }, [,, 1]], [new Date(0), new Map([['a', new Set([1])]])],
        [new Uint8Array([0, 255]), new DataView(new ArrayBuffer(9), 2, 3), new Float64Array(2).buffer], [new URL('http://a.example/'), new URLSearchParams('a=1')],
        [Object.assign(Object.create(null), { a: 1 })], [Object.assign([], { 900: 1 })], [form(), 'x', form()], [new File(['content'], 'f.txt'), new Blob(['b'])], [upload, [upload]],
      ];
      for (const args of calls) await add(encodeCall(value, args), id);
      await add(form());
      await add(upload);
      await add(new URLSearchParams([[name, value], ['text', 'ä & b'], ['text', '']]));
      await add(new URLSearchParams([['0', encodeCall(value, [1])], ['1_a', 'b'], ['2', 'c']]), id);
    }
  });

  test('all of them are good before', async () => {
    for (const { body, headers } of seeds) expect([(await send(body, headers)).status, headers]).toEqual([200, headers]);
  });

  test('the answer is 200, 400, 409 or 413, soon, and an action gets only data', async () => {
    const count = await forAWhile(async (any) => {
      const seed = any.pick(seeds);
      let { body, headers } = seed;
      headers = { ...headers };
      const [, boundary] = /boundary=(.*)$/.exec(headers['content-type']) ?? [];
      for (let left = 1 + any.below(4); left > 0; left--) {
        if (headers['content-type'] === 'application/json' && any.chance(0.6)) body = latin1(mutateFlat(any, Buffer.from(body, 'latin1').toString()));
        else if (boundary && any.chance(0.3)) body = inPart(any, body);
        else body = mutateBytes(any, body, seeds.map((other) => other.body));
      }
      if (any.chance(0.1)) headers['content-type'] = changedType(any, headers['content-type'], boundary);
      if (any.chance(0.03)) headers['next-action'] = any.pick([...ids, 'toString', '', 'f'.repeat(42), ids[0].replace(/.$/, 'g')]);
      await send(body, headers);
    });
    expect(count).toBeGreaterThan(100);
  });

  /** Changes the text of devalue in the first part. */
  function inPart(any, body) {
    return body.replace(/\[\{"bound".*?\](?=\r\n)/s, (text) => latin1(mutateFlat(any, Buffer.from(text, 'latin1').toString())));
  }

  function changedType(any, type, boundary) {
    const types = ['', 'text/plain', 'multipart/form-data', 'multipart/form-data; boundary=', 'multipart/form-data; boundary="', 'application/x-www-form-urlencoded', 'application/x-www-form-urlencoded; charset=utf-16'];
    if (!boundary) return any.pick([...types, 'multipart/form-data; boundary=x']);
    return any.pick([...types, type.slice(0, -1), `${type}-`, type.toUpperCase(), `${type}; boundary=x`, type.replace(boundary, 'x'.repeat(500))]);
  }
});

describe('T26: sealed arguments that were changed', () => {
  test('are SEALED_ARGUMENTS, every one', async () => {
    const id = `7f${'0123456789'.repeat(4)}`;
    const sealed = await Promise.all(['', '[[]]', '[[1],"x"]', 'ä'.repeat(40)].map((text) => encryptBoundArgs(id, text, KEY)));
    const foreign = await encryptBoundArgs(id, '[[]]', OTHER_KEY);
    const count = await forAWhile(async (any) => {
      const text = any.pick(sealed);
      let changed = text;
      for (let left = 1 + any.below(3); left > 0; left--) changed = mutateBytes(any, changed, [...sealed, foreign]);
      if (sealed.includes(changed)) return;
      const outcome = await decryptBoundArgs(id, changed, [KEY]).catch((error) => error.code);
      if (outcome !== 'SEALED_ARGUMENTS') expect(outcome, `seed ${seed}, ${JSON.stringify(changed)}`).toBe('SEALED_ARGUMENTS');
    });
    expect(count).toBeGreaterThan(200);
  });
});

describe('SA-29: what is encoded is decoded', () => {
  const same = (ours, wanted) => {
    const texts = [stringify(ours), stringify(wanted)];
    // `expect` cannot print what holds itself.
    const equal = texts[0] === texts[1] && isDeepStrictEqual(ours, wanted);
    if (!equal) expect.fail(`seed ${seed}, ${texts.join('\nis not\n')}`);
  };

  test('plain values', async () => {
    const count = await forAWhile((any) => {
      const args = any.many(4, () => anyPlain(any));
      const bound = any.chance(0.5) ? '' : stringify(any.many(2, () => anyPlain(any)));
      same(decodeCall(encodeCall(bound, args)), { bound, args });
    });
    expect(count).toBeGreaterThan(200);
  });

  test('files and forms among them', async () => {
    const readable = async (value) => {
      if (value instanceof FormData) return Promise.all([...value].map(async ([name, field]) => [name, await readable(field)]));
      if (value instanceof Blob) return [value.constructor.name, value.name, value.type, Buffer.from(await value.arrayBuffer()).toString('hex')];
      return value;
    };
    const count = await forAWhile(async (any) => {
      const args = any.many(4, () => anyArgument(any));
      const body = encodeCall('', args);
      // Over the wire, where there are files.
      const form = typeof body === 'string' ? undefined : await new Response(body).formData();
      const { args: ours } = decodeCall(form ? form.get('0') : body, form);
      const [a, b] = await Promise.all([ours, args].map((list) => Promise.all(list.map(readable))));
      same(a, b);
    });
    expect(count).toBeGreaterThan(100);
  });
});
