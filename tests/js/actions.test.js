// Server Actions: who may call them, how, and what comes back (SA-*).
import {
  actionState, after, cached, cacheTag, cookies, createApp, formField, forbidden, headers, notFound, permanentRedirect, redirect, refresh,
  revalidatePath, revalidateTag, serverAction, unauthorized, updateTag,
} from 'freshtag';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { encodeCall } from '../../js/wire.js';
import { parse } from 'devalue';
import { silence, site } from './support.js';

const ORIGIN = 'http://localhost';

let lines;
beforeEach(() => void (lines = silence()));
afterEach(() => vi.restoreAllMocks());

/** A site with one page whose form calls `action`, and both ways to call it. */
async function pageWith(action, { module = {}, options = {}, bindings = {}, path = '/' } = {}) {
  const pageOf = async () => {
    const { name, value } = await formField(action);
    return new Response(JSON.stringify({ name, value, state: actionState(action) ?? null }));
  };
  const own = site({ '/': { GET: pageOf, ...module } }, { actions: [action], ...options }, bindings);
  const { name, value } = JSON.parse((await own.ask(path)).text);
  const id = name.slice('$ACTION_ID_'.length);
  const call = (args = [], { headers, bound = value, ...init } = {}) => {
    const body = encodeCall(bound, args);
    const type = typeof body === 'string' ? { 'content-type': 'application/json' } : {};
    return own.ask(path, { method: 'POST', headers: given({ origin: ORIGIN, 'next-action': id, ...type, ...headers }), body, ...init });
  };
  const submit = (fields = {}, { headers, urlencoded = false, ...init } = {}) => {
    const form = urlencoded ? new URLSearchParams() : new FormData();
    for (const [key, text] of Object.entries({ [name]: value, ...fields })) form.append(key, text);
    return own.ask(path, { method: 'POST', headers: given({ origin: ORIGIN, ...headers }), body: form, ...init });
  };
  return { ...own, id, name, value, call, submit };
}

const given = (headers) => Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
const echo = (...args) => args;
const act = (fn = echo, options) => serverAction(fn, { id: 'app/actions.js:act', ...options });
const valueOf = ({ text }) => parse(text);

describe('by fetch', () => {
  const VALUES = [
    ['nothing', []],
    ['primitives', [1, 'two', true, null, undefined, NaN, -0, 10n]],
    ['plain objects', [{ a: [1, { b: 2 }] }, []]],
    ['dates, maps and sets', [new Date(0), new Map([['a', new Set([1])]])]],
    ['bytes', [new Uint8Array([0, 255, 254])]],
    ['a list with holes', [Object.assign([], { 0: 'a', 999: 'b' })]],
    ['a number of 300 digits', [BigInt('9'.repeat(300))]],
    ['a repeated object', [...Array(2).fill({ a: 1 })]],
    ['names of what every object has', [JSON.parse('{"constructor": 1, "toString": 2}')]],
  ];
  test.each(VALUES)('SA-1, SA-29: %s go there and back', async (_, args) => {
    const { call } = await pageWith(act());
    const answer = await call(args);
    expect([answer.status, answer.header('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    expect(valueOf(answer)).toEqual(args);
  });

  test('files and forms arrive as they are', async () => {
    const action = act(async (text, file, form) => ({
      text,
      name: file.name,
      type: file.type,
      bytes: new Uint8Array(await file.arrayBuffer()),
      entries: await Promise.all([...form].map(async ([name, value]) => [name, typeof value === 'string' ? value : await value.text()])),
    }));
    const form = new FormData();
    form.append('title', 'ä\r\nb');
    form.append('title', 'again');
    form.append('$ACTION_ID_x', '');
    form.append('upload', new File(['content'], 'u.txt'));
    const { call } = await pageWith(action);
    const answer = await call(['x', new File([new Uint8Array([0, 255])], 'f.bin', { type: 'image/png' }), form]);
    expect(valueOf(answer)).toEqual({
      text: 'x',
      name: 'f.bin',
      type: 'image/png',
      bytes: new Uint8Array([0, 255]),
      entries: [['title', 'ä\r\nb'], ['title', 'again'], ['upload', 'content']],
    });
  });

  test('promises in a result are awaited', async () => {
    const { call } = await pageWith(act(async () => ({ later: Promise.resolve(1) })));
    expect(await valueOf(await call()).later).toBe(1);
  });

  test.each([
    ['a function', () => () => {}],
    ['an instance', () => new (class Post { id = 1; })()],
    ['a function deep inside', () => [{ a: () => {} }]],
  ])('%s is no result', async (_, fn) => {
    const { call } = await pageWith(act(fn), { bindings: { FRESHTAG_DEV: undefined } });
    const answer = await call();
    expect([answer.status, JSON.parse(answer.text)]).toEqual([500, { digest: expect.stringMatching(/^\d+$/) }]);
    expect(lines.join('\n')).toContain('the result of Server Action "app/actions.js:act" holds a value that cannot be stored');
  });
});

describe('by a form', () => {
  test.each([['multipart', false], ['urlencoded', true]])('SA-1: %s; the answer is the page, made afterwards', async (_, urlencoded) => {
    const action = act(async (form) => ({ names: [...form.keys()], text: form.get('text') }));
    const { submit } = await pageWith(action);
    const answer = await submit({ text: 'ä & b' }, { urlencoded });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text).state).toEqual({ names: ['text'], text: 'ä & b' });
    expect(answer.header('cache-control')).toBe('private, no-cache, no-store, max-age=0, must-revalidate');
  });

  test.each(['Application/X-WWW-Form-URLencoded', 'application/x-www-form-urlencoded;charset=UTF-8', 'application/x-www-form-urlencoded ; x=y'])(
    'SA-1: %s is a form too',
    async (type) => {
      const { submit, name } = await pageWith(act((form) => form.get('a')));
      const answer = await submit({}, { headers: { 'content-type': type }, body: `${encodeURIComponent(name)}=&a=1` });
      expect(JSON.parse(answer.text).state).toBe('1');
    },
  );

  test('the last field wins: the button of a nested formAction comes after the form\'s own', async () => {
    const ran = [];
    const save = serverAction(() => void ran.push('save'), { id: 'save' });
    const publish = serverAction(() => void ran.push('publish'), { id: 'publish' });
    const own = site(
      { '/': { GET: async () => new Response(JSON.stringify([await formField(save), await formField(publish)])) } },
      { actions: { save, publish } },
    );
    const [first, second] = JSON.parse((await own.ask('/')).text);
    const form = new FormData();
    form.append(first.name, first.value);
    form.append('title', 'x');
    form.append(second.name, second.value);
    await own.ask('/', { method: 'POST', headers: { origin: ORIGIN }, body: form });
    expect(ran).toEqual(['publish']);
  });

  test('actionState is of the form that was sent, and of no other action', async () => {
    const other = serverAction(() => 'other', { id: 'other' });
    const action = act(() => 'mine');
    const own = await pageWith(action, { options: { actions: [action, other] }, module: {} });
    expect(JSON.parse((await own.ask('/')).text).state).toBe(null);
    expect(JSON.parse((await own.submit()).text).state).toBe('mine');
    expect(actionState(action)).toBe(undefined);
  });
});

describe('bound arguments', () => {
  const KEY = 'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';
  const NEXT_KEY = 'MTEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';
  const withKey = (keys) => ({ bindings: { NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: keys } });

  test('SA-16: .bind() goes before the other arguments, in clear', async () => {
    const { call, submit, value } = await pageWith(act((...args) => args.map((arg) => (arg instanceof FormData ? arg.get('a') : arg))).bind(null, 1).bind(null, new Date(0)));
    expect(value).toContain('1970');
    expect(valueOf(await call(['x']))).toEqual([1, new Date(0), 'x']);
    expect(JSON.parse((await submit({ a: 'x' })).text).state).toHaveLength(3);
  });

  test('a sealed action believes only what it has sealed', async () => {
    const { call, submit, value, id } = await pageWith(act(echo, { sealed: true }).bind(null, 'secret'), withKey(KEY));
    expect(value).not.toContain('secret');
    expect(atob(value)).not.toContain('secret');
    expect(valueOf(await call(['x']))).toEqual(['secret', 'x']);
    expect((await submit()).status).toBe(200);
    const forged = ['', '[[1],"forged"]', value.slice(0, -4), value.replace(/^./, (c) => (c === 'A' ? 'B' : 'A')), `${value}AAAA`];
    for (const bound of forged) {
      const answer = await call(['x'], { bound });
      expect([bound, answer.status, answer.header('x-freshtag-error')]).toEqual([bound, 400, 'SEALED_ARGUMENTS']);
    }
    expect(id).toHaveLength(42);
  });

  test('T26: what was sealed for one action is nothing to another', async () => {
    const one = serverAction(echo, { id: 'one', sealed: true });
    const two = serverAction(echo, { id: 'two', sealed: true });
    const own = site(
      { '/': { GET: async () => Response.json([await formField(one.bind(null, 1)), await formField(two.bind(null, 2))]) } },
      { actions: [one, two] },
      { NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: KEY },
    );
    const [a, b] = await own.json('/');
    const post = (field, bound) =>
      own.ask('/', { method: 'POST', headers: { origin: ORIGIN, 'next-action': field.name.slice(11), 'content-type': 'application/json' }, body: encodeCall(bound, []) });
    expect(valueOf(await post(a, a.value))).toEqual([1]);
    expect((await post(a, b.value)).status).toBe(400);
  });

  test('a key that is rotated out still opens, and the ids it salted still answer', async () => {
    const action = act(echo, { sealed: true });
    const module = { GET: async () => Response.json(await formField(action.bind(null, 'x'))) };
    const namespace = `t${crypto.randomUUID().slice(0, 8)}`;
    const at = (keys) => site({ '/': module }, { actions: [action], namespace }, { NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: keys });
    const { name, value } = await at(KEY).json('/');
    const post = (own) =>
      own.ask('/', { method: 'POST', headers: { origin: ORIGIN, 'next-action': name.slice(11), 'content-type': 'application/json' }, body: encodeCall(value, []) });
    for (const comma of [',', ', ']) expect(valueOf(await post(at(NEXT_KEY + comma + KEY)))).toEqual(['x']);
    expect((await post(at(NEXT_KEY))).status).toBe(409);
  });

  test('without a key nothing is sealed, and the error names what is missing', async () => {
    const action = act(echo, { sealed: true });
    const own = site({ '/': { GET: async () => new Response(await formField(action.bind(null, 1)).catch((error) => `${error.code}: ${error.message}`)) } }, { actions: [action] });
    expect((await own.ask('/')).text).toMatch(/^CONFIG: .*NEXT_SERVER_ACTIONS_ENCRYPTION_KEY.*openssl rand -base64 32/);
  });

  test('SA-11: the id is salted by the key', async () => {
    const [plain, salted] = [await pageWith(act()), await pageWith(act(), withKey(KEY))];
    expect(plain.id).toMatch(/^7f[0-9a-f]{40}$/);
    expect(salted.id).toMatch(/^7f[0-9a-f]{40}$/);
    expect(salted.id).not.toBe(plain.id);
  });
});

describe('who may call', () => {
  const ROWS = [
    ['T20: the same origin', { origin: ORIGIN }, 200],
    ['SA-8: no Origin', { origin: undefined }, 200],
    ['T22: no Origin, from another site', { origin: undefined, 'sec-fetch-site': 'cross-site' }, 403, 'cross-site'],
    ['T22: no Origin, from a sibling', { origin: undefined, 'sec-fetch-site': 'same-site' }, 403, 'cross-site'],
    ['T22: no Origin, from here', { origin: undefined, 'sec-fetch-site': 'same-origin' }, 200],
    ['SA-9: another host', { origin: 'http://evil.example' }, 403, 'cross-origin'],
    ['T20: null', { origin: 'null' }, 403, 'null-origin'],
    ['T21: no URL', { origin: 'not-a-url' }, 403, 'malformed-origin'],
    ['T21: two that were joined', { origin: 'http://localhost, http://evil.example' }, 403, 'malformed-origin'],
    ['T23: X-Forwarded-Host of whoever sends it', { origin: 'http://evil.example', 'x-forwarded-host': 'evil.example' }, 403, 'cross-origin'],
  ];
  test.each(ROWS)('%s', async (_, headers, status, reason) => {
    let ran = 0;
    const { call, submit } = await pageWith(act(() => ++ran));
    for (const ask of [() => call([], { headers }), () => submit({}, { headers })]) {
      ran = 0;
      const answer = await ask();
      expect([answer.status, answer.header('x-freshtag-error') ?? undefined, ran]).toEqual([status, reason, status === 200 ? 1 : 0]);
    }
  });

  test('SA-6: a refusal comes before the body is read and before the id is looked up', async () => {
    const { call } = await pageWith(act());
    let pulled = 0;
    const body = new ReadableStream({ pull: (controller) => (pulled++, controller.enqueue(new Uint8Array(1024))) }, { highWaterMark: 0 });
    const answer = await call([], { headers: { origin: 'http://evil.example', 'next-action': 'unknown' }, body });
    expect([answer.status, pulled]).toEqual([403, 0]);
  });

  test('the log names the entry that would allow it', async () => {
    const { call } = await pageWith(act());
    await call([], { headers: { origin: 'https://App.example:8443' } });
    expect(lines.join('\n')).toContain('allowedOrigins: ["app.example:8443"]');
  });

  test.each([
    ['allowedOrigins', { serverActions: { allowedOrigins: ['*.example'] } }, { origin: 'https://a.example' }, 200],
    ['trustForwardedHost', { serverActions: { trustForwardedHost: true } }, { origin: 'https://a.example', 'x-forwarded-host': 'a.example, b' }, 200],
    ['trustForwardedHost, another host', { serverActions: { trustForwardedHost: true } }, { origin: ORIGIN, 'x-forwarded-host': 'a.example' }, 403],
    ['compat: X-Forwarded-Host wins', { compat: 'next' }, { origin: 'https://a.example', 'x-forwarded-host': 'a.example' }, 200],
    ['compat: a refusal is 500', { compat: 'next' }, { origin: 'https://a.example' }, 500],
    ['compat: Sec-Fetch-Site is not looked at', { compat: 'next' }, { origin: undefined, 'sec-fetch-site': 'cross-site' }, 200],
  ])('SA-7, SA-10: %s', async (_, options, headers, status) => {
    const { call } = await pageWith(act(), { options });
    expect((await call([], { headers })).status).toBe(status);
  });
});

describe('what is no call', () => {
  const known = async () => pageWith(act());
  test.each([
    ['SA-20: 42 characters', 'f'.repeat(42), 409, 'Server Action unavailable.'],
    ['SA-20: 42 characters that are no hex', 'z'.repeat(42), 409, 'Server Action unavailable.'],
    ['SA-20: another length', 'abc', 400, 'Invalid Server Action request.'],
    ['SA-20: empty', '', 400, 'Invalid Server Action request.'],
    ['SA-20: what every object has', 'toString', 400, 'Invalid Server Action request.'],
  ])('%s: %s', async (_, id, status, text) => {
    const { call, submit, name } = await known();
    const form = new FormData();
    form.append(`$ACTION_ID_${id}`, '');
    for (const answer of [await call([], { headers: { 'next-action': id } }), await submit({}, { body: form })]) {
      expect([answer.status, answer.text, answer.header('x-nextjs-action-not-found'), answer.header('content-type')]).toEqual([status, text, '1', 'text/plain; charset=utf-8']);
    }
    expect(name).toContain('$ACTION_ID_');
  });

  test('SA-20: a function that nothing refers to is not there', async () => {
    const hidden = serverAction(() => 'hidden', { id: 'hidden' });
    const own = site({ '/': { GET: () => formField(hidden).then(Response.json, (error) => new Response(error.message)) } }, { actions: [act()] });
    expect((await own.ask('/')).text).toBe('Server Action "hidden" is not in createApp({ actions }), so nobody can call it.');
  });

  test.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'])('SA-2: %s with next-action is an ordinary request', async (method) => {
    let ran = false;
    const { ask, id } = await pageWith(act(() => (ran = true)));
    const answer = await ask('/', { method, headers: { 'next-action': id, origin: ORIGIN } });
    expect([answer.status, ran]).toEqual([method === 'GET' || method === 'HEAD' ? 200 : 405, false]);
  });

  test('SA-2: a module with a POST of its own answers it, whatever it looks like', async () => {
    const { call, submit } = await pageWith(act(), { module: { POST: () => new Response('own') } });
    expect([(await call()).text, (await submit()).text]).toEqual(['own', 'own']);
  });

  test.each([
    ['SA-5: a form without the field', { a: new FormData() }, 400],
    ['SA-4: an urlencoded one without the field', { a: new URLSearchParams({ a: '1' }) }, 400],
  ])('%s', async (_, { a }, status) => {
    const { submit } = await known();
    const answer = await submit({}, { body: a });
    expect([answer.status, answer.text, answer.header('x-nextjs-action-not-found')]).toEqual([status, 'Invalid Server Action request.', '1']);
  });

  test('SA-4: an urlencoded form is no body of a fetch call', async () => {
    const { call } = await known();
    const answer = await call([], { body: new URLSearchParams({ a: '1' }), headers: { 'content-type': 'application/x-www-form-urlencoded' } });
    expect([answer.status, answer.header('x-freshtag-error')]).toEqual([400, 'INVALID_REQUEST']);
  });

  test('an app without actions has no calls', async () => {
    const own = site({ '/': { GET: () => new Response('page') } });
    const answer = await own.ask('/', { method: 'POST', headers: { origin: ORIGIN, 'next-action': 'f'.repeat(42) }, body: '[]' });
    expect(answer.status).toBe(405);
  });

  const MALFORMED = [
    ['no JSON', '{'],
    ['no text of devalue', '{"a":1}'],
    ['no call', '["x"]'],
    ['arguments that are no list', '[{"bound":1,"args":2},"",{"a":3},1]'],
    ['a reference to nowhere', '[{"bound":1,"args":99},""]'],
    ['a file that is not there', '[{"bound":1,"args":2},"",[3],["Blob",4],1]'],
    ['a form outside of a form', '[{"bound":1,"args":2},"",[3],["FormData",4],1]'],
    ['a regular expression', '[{"bound":1,"args":2},"",[3],["RegExp","(a+)+$"]]'],
    ['a prototype', '[{"bound":1,"args":2},"",[3],{"__proto__":4},1]'],
    ['a list of holes', '[{"bound":1,"args":2},"",[3],[-7,1000001]]'],
    ['arguments that are holes', '[{"bound":1,"args":2},"",[-7,4294967295]]'],
    ['bound arguments that are holes', '[{"bound":1,"args":2},"[[-7,4294967295]]",[]]'],
    ['a number of 301 digits', `[{"bound":1,"args":2},"",[3],["BigInt","${'9'.repeat(301)}"]]`],
    ['a number that is none', '[{"bound":1,"args":2},"",[3],["BigInt",{"a":1}]]'],
    ['bound arguments that cannot be read', '[{"bound":1,"args":2},"{",[]]'],
    ['bound arguments that are no list', '[{"bound":1,"args":2},"[{}]",[]]'],
  ];
  test.each(MALFORMED)('SA-19: %s', async (_, body) => {
    let ran = false;
    const action = act(() => (ran = true));
    const answers = [];
    for (const options of [{}, { compat: 'next' }]) answers.push((await (await pageWith(action, { options })).call([], { body })).status);
    expect([answers, ran]).toEqual([[400, 500], false]);
  });

  test('T18: a thousand arguments, and no more', async () => {
    const { call } = await pageWith(act((...args) => args.length));
    expect(valueOf(await call(Array(1000).fill(0)))).toBe(1000);
    expect((await call(Array(1001).fill(0))).status).toBe(400);
  });

  test('SA-18: a thousand fields, and no more', async () => {
    const { submit } = await pageWith(act((form) => [...form].length));
    const many = (n) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`f${i}`, '']));
    expect(JSON.parse((await submit(many(999))).text).state).toBe(999);
    expect((await submit(many(1000))).status).toBe(400);
  });

  test('T18: references to references that would fill a machine', async () => {
    const { call } = await pageWith(act((arg) => JSON.stringify(arg).length));
    const bomb = (depth) => `[{"bound":1,"args":2},"",[3],${Array.from({ length: depth }, (_, i) => `[${[4 + i, 4 + i]}]`).join(',')},1]`;
    expect((await call([], { body: bomb(10) })).status).toBe(200);
    expect((await call([], { body: bomb(40) })).status).toBe(400);
    const deep = `[{"bound":1,"args":2},"",[3],${Array.from({ length: 90_000 }, (_, i) => `[${4 + i}]`).join(',')},1]`;
    const start = Date.now();
    expect((await call([], { body: deep })).status).toBe(400);
    expect(Date.now() - start).toBeLessThan(2_000);
  });

  test.each([
    ['the arguments', '[{"bound":1,"args":2},"",[-7,4294967295]]'],
    ['the bound ones', '[{"bound":1,"args":2},"[[-7,4294967295]]",[]]'],
    ['one of them', '[{"bound":1,"args":2},"",[3],[-7,1000001]]'],
    ['many of them', `[{"bound":1,"args":2},"",[${Array(11).fill(3)}],[-7,100000]]`],
  ])('T18: an array that says it is long without being it: %s', async (_, body) => {
    const { call } = await pageWith(act((...args) => args.flat().length));
    const start = Date.now();
    expect((await call([], { body })).status).toBe(400);
    expect(Date.now() - start).toBeLessThan(1_000);
  });

  test('SA-29: an array with holes is one', async () => {
    const { call } = await pageWith(act());
    const holes = Object.assign([], { 5000: 1 });
    expect(valueOf(await call([holes, [, 1]]))).toEqual([holes, [, 1]]);
  });

  test('T18: a text that names a form of many fields again and again', async () => {
    const { call } = await pageWith(act((...args) => args.map(([form]) => [...form].length)));
    const names = Array(30_000).fill('["FormData",3]');
    const form = new FormData();
    form.append('0', `[{"bound":1,"args":2},"",[4],1,[${names.map((_, at) => at + 5)}],${names}]`);
    for (let at = 0; at < 900; at++) form.append('1_a', 'x');
    const started = Date.now();
    expect(valueOf(await call([], { headers: { 'content-type': undefined }, body: form }))).toEqual([900]);
    expect(Date.now() - started).toBeLessThan(5_000); // 30 s if each were gathered anew
  });

  test('SA-17: the body limit counts what arrives', async () => {
    const row = async (bodySizeLimit, bytes, options) => {
      const { call } = await pageWith(act((text) => text.length), { options: { serverActions: { bodySizeLimit }, ...options } });
      const overhead = encodeCall('', ['x']).length - 1;
      return (await call(['x'.repeat(bytes - overhead)])).status;
    };
    expect(await row(undefined, 1048576)).toBe(200);
    expect(await row(undefined, 1048577)).toBe(413);
    expect(await row('2kb', 2048)).toBe(200);
    expect(await row('2KB', 2049)).toBe(413);
    expect(await row(100, 101, { compat: 'next' })).toBe(500);
  });

  test('T18: chunks are not held: behind one byte may stand a buffer of thousands', async () => {
    const { call, value } = await pageWith(act((text) => text.length));
    const text = new TextEncoder().encode(encodeCall(value, ['x'.repeat(40_000)]));
    const buffer = new Uint8Array(4096);
    let at = 0;
    const pull = (controller) => {
      if (at === text.length) return controller.close();
      buffer[0] = text[at++];
      controller.enqueue(buffer.subarray(0, 1));
    };
    const answer = await call([], { body: new ReadableStream({ pull }, { highWaterMark: 0 }) });
    expect(valueOf(answer)).toBe(40_000);
  });

  test('T18: a body without end is read to one chunk after the limit', async () => {
    const { call, submit } = await pageWith(act(), { options: { serverActions: { bodySizeLimit: 10_000 } } });
    for (const send of [call, submit]) {
      let pulled = 0;
      let cancelled = false;
      const body = new ReadableStream(
        { pull: (controller) => (pulled++, controller.enqueue(new Uint8Array(1000))), cancel: () => void (cancelled = true) },
        { highWaterMark: 0 },
      );
      const answer = await send([], { body, headers: { 'content-type': 'multipart/form-data; boundary=x' } });
      expect([answer.status, cancelled]).toEqual([413, true]);
      expect(pulled).toBeLessThanOrEqual(12);
    }
  });
});

describe('what an action may do', () => {
  test('SA-24: x-action-revalidated', async () => {
    const ROWS = [
      ['nothing', () => {}, null],
      ['a tag, at once', () => revalidateTag('t', { expire: 0 }), '1'],
      ['a tag, by profile', () => revalidateTag('t', 'max'), null],
      ['updateTag', () => updateTag('t'), '1'],
      ['a path', () => revalidatePath('/'), '1'],
      ['refresh', () => refresh(), '2'],
      ['refresh and updateTag', () => (refresh(), updateTag('t')), '1'],
      ['a cookie', async () => void (await cookies()).set('a', '1'), '1'],
      ['a cookie that goes', async () => void (await cookies()).delete('a'), '1'],
      ['and then an error', () => (updateTag('t'), Promise.reject(new Error('no'))), '1'],
      ['and then a redirect', () => (updateTag('t'), redirect('/x')), '1'],
      ['and then a 404', () => (refresh(), notFound()), '2'],
    ];
    for (const [name, fn, expected] of ROWS) {
      const { call } = await pageWith(act(() => void fn() ?? undefined));
      const { call: awaited } = await pageWith(act(async () => void (await fn())));
      expect([name, (await awaited()).header('x-action-revalidated')]).toEqual([name, expected]);
      if (!/error/.test(name)) await call();
    }
  });

  test.each([
    ['SA-22: redirect', () => redirect('/there?a=1;b'), [200, '/there?a=1;b;push'], [303, '/there?a=1;b']],
    ['SA-22: redirect, replace', () => redirect('/there', 'replace'), [200, '/there;replace'], [303, '/there']],
    ['SA-22: permanentRedirect', () => permanentRedirect('https://a.example/ä'), [200, 'https://a.example/%C3%A4;replace'], [303, 'https://a.example/%C3%A4']],
  ])('%s', async (_, fn, byFetch, byForm) => {
    const { call, submit } = await pageWith(act(async () => ((await cookies()).set('a', '1'), fn())));
    const fetched = await call();
    expect([fetched.status, fetched.header('x-action-redirect')]).toEqual(byFetch);
    const formed = await submit();
    expect([formed.status, formed.header('location')]).toEqual(byForm);
    for (const { headers } of [fetched, formed]) expect(headers.getSetCookie()).toEqual(['a=1; Path=/']);
  });

  test.each([
    ['a redirect that no header can carry', Object.assign(new Error(), { digest: 'NEXT_REDIRECT;push;/a\r\nset-cookie: a=b;307;' })],
    ['a redirect to nowhere', Object.assign(new Error(), { digest: 'NEXT_REDIRECT;push;;307;' })],
  ])('SA-21, CK-24: %s is an error like others, and what was deferred runs', async (_, error) => {
    const done = [];
    const action = act(async () => {
      after(() => void done.push('after'));
      (await cookies()).set('a', '1');
      throw error;
    });
    const { call, submit } = await pageWith(action, { bindings: { ORIGIN: 'http://127.0.0.1:9' } });
    for (const answer of [await call(), await submit()]) {
      expect([answer.status, answer.text, answer.headers.getSetCookie()]).toEqual([500, 'Internal Server Error', ['a=1; Path=/']]);
    }
    expect(done).toEqual(['after', 'after']);
  });

  test('SA-22: a redirect of the page that follows does not send the form again', async () => {
    let ran = false;
    const module = { GET: async () => (ran ? redirect('https://a.example/') : Response.json(await formField(action))) };
    const action = act(() => void (ran = true));
    const { submit } = await pageWith(action, { module });
    const answer = await submit({ password: 'x' }, { redirect: 'manual' });
    expect([answer.status, answer.header('location')]).toEqual([303, 'https://a.example/']);
  });

  test.each([['notFound', notFound, 404], ['forbidden', forbidden, 403], ['unauthorized', unauthorized, 401]])('SA-21, NV-6: %s', async (_, fn, status) => {
    const pages = Object.fromEntries(['notFound', 'forbidden', 'unauthorized'].map((name) => [name, () => new Response(`page ${name}`)]));
    const { call, submit } = await pageWith(act(fn), { options: pages });
    const answer = await call();
    expect([answer.status, JSON.parse(answer.text)]).toEqual([status, { digest: `NEXT_HTTP_ERROR_FALLBACK;${status}` }]);
    const page = await submit();
    expect([page.status, page.text]).toEqual([status, `page ${fn.name}`]);
    const compat = await (await pageWith(act(fn), { options: { ...pages, compat: 'next' } })).submit();
    expect([compat.status, compat.text]).toEqual([404, 'page notFound']);
  });

  test('SA-21: an error is a number to the visitor and a line in the log', async () => {
    const { call, submit } = await pageWith(act(() => Promise.reject(new Error('the password is x'))), { bindings: { FRESHTAG_DEV: undefined } });
    const answer = await call();
    expect([answer.status, JSON.parse(answer.text)]).toEqual([500, { digest: expect.stringMatching(/^\d+$/) }]);
    expect(lines.join('\n')).toContain(JSON.parse(answer.text).digest);
    const page = await submit();
    expect([page.status, page.text]).toEqual([500, 'Internal Server Error']);
    const dev = await pageWith(act(() => Promise.reject(new Error('what it is'))));
    expect(JSON.parse((await dev.call()).text).message).toBe('what it is');
  });

  test('SA-27, WK-8: nothing of it may be stored, whatever the page says of itself', async () => {
    const action = act();
    const GET = async () => Response.json(await formField(action), { headers: { 'cache-control': 'public, max-age=60' } });
    const { call, submit } = await pageWith(action, { module: { GET, revalidate: 60 } });
    for (const answer of [await call(), await submit(), await call([], { headers: { origin: 'null' } })]) {
      expect(answer.header('cache-control')).toBe('private, no-cache, no-store, max-age=0, must-revalidate');
      expect(answer.cache).toBe(null);
    }
  });

  test('CK-24, CK-26: cookies are read and set, and the page that follows sees them', async () => {
    const action = act(async () => {
      const store = await cookies();
      store.set('visits', Number(store.get('visits').value) + 1).delete('gone');
      return store.get('gone').value;
    });
    const GET = async (request) => {
      const store = await cookies();
      if (request.url.endsWith('?form')) return Response.json(await formField(action));
      return Response.json({ visits: store.get('visits')?.value, gone: store.get('gone')?.value, header: request.headers.get('cookie'), method: request.method, type: request.headers.get('content-type') });
    };
    const own = site({ '/': { GET } }, { actions: [action] });
    const { name } = await own.json('/?form');
    const form = new FormData();
    form.append(name, '');
    const answer = await own.ask('/', { method: 'POST', headers: { origin: ORIGIN, cookie: 'visits=1; gone=x; other=%C3%A4' }, body: form });
    expect(JSON.parse(answer.text)).toEqual({ visits: '2', gone: '', header: 'visits=2; other=%C3%A4', method: 'GET', type: null });
    expect(answer.headers.getSetCookie()).toEqual(['visits=2; Path=/', 'gone=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT']);
  });

  test('CK-25: what an action holds is nothing to the page', async () => {
    let held;
    const action = act(async () => void (held = await cookies()));
    const own = await pageWith(action, { module: { GET: async () => {
      let error = null;
      if (actionState(action) !== undefined || held) try { held.set('late', '1'); } catch (thrown) { error = thrown.message; }
      return Response.json({ ...(await formField(action)), error });
    } } });
    const answer = await own.submit();
    expect(JSON.parse(answer.text).error).toContain('Cookies can only be modified in a Server Action or Route Handler.');
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  test('RV-5, RV-14: the author sees his comment at once, in the page of the answer and in the next', async () => {
    const comments = ['first'];
    const list = cached(async () => (cacheTag('comments'), [...comments]), { id: 'comments' });
    const add = act(async (form) => {
      comments.push(form.get('text'));
      updateTag('comments');
    });
    const GET = async () => Response.json({ list: await list(), ...(await formField(add)) });
    const own = site({ '/': { GET, revalidate: 60 } }, { actions: [add], secret: 's' });
    const { name } = await own.json('/');
    expect((await own.ask('/')).cache).toBe('HIT');
    const form = new FormData();
    form.append(name, '');
    form.append('text', 'second');
    const answer = await own.ask('/', { method: 'POST', headers: { origin: ORIGIN }, body: form });
    expect(JSON.parse(answer.text).list).toEqual(['first', 'second']);
    const seen = answer.headers.getSetCookie().find((line) => line.startsWith('__freshtag_seen='));
    const next = await own.ask('/', { headers: { cookie: seen.split(';')[0] } });
    expect(JSON.parse(next.text).list).toEqual(['first', 'second']);
  });

  test('RV-5: updateTag is for actions and what they leave for after(), not for the page that follows', async () => {
    const errors = [];
    const attempt = (where) => {
      try {
        updateTag('t');
      } catch (error) {
        errors.push(`${where}: ${error.message.split(' within')[0]}`);
      }
    };
    const action = act(() => (attempt('action'), after(() => attempt('after'))));
    const GET = async () => (actionState(action), attempt('page'), Response.json(await formField(action)));
    const { submit } = await pageWith(action, { module: { GET } });
    errors.length = 0;
    expect((await submit()).status).toBe(200);
    expect(errors).toEqual(['page: updateTag can only be called from']);
  });

  test('headers() and after() work, and a page for everybody does not stop cookies()', async () => {
    const done = [];
    const action = act(async () => {
      after(() => void done.push('after'));
      return [(await headers()).get('x-a'), (await cookies()).get('c')?.value];
    });
    const { call } = await pageWith(action, { module: { dynamic: 'force-static' } });
    expect(valueOf(await call([], { headers: { 'x-a': '1', cookie: 'c=2' } }))).toEqual(['1', '2']);
    expect(done).toEqual(['after']);
  });

  test('an action that has begun ends, whoever has left', async () => {
    let open;
    const gate = new Promise((resolve) => (open = resolve));
    const { app, env, id } = await pageWith(act(() => gate.then(() => revalidatePath('/'))));
    const kept = [];
    const headers = { origin: ORIGIN, 'next-action': id, 'content-type': 'application/json' };
    const answering = app.fetch(new Request(ORIGIN, { method: 'POST', headers, body: encodeCall('', []) }), env, { waitUntil: (task) => kept.push(task) });
    await vi.waitFor(() => expect(kept).toHaveLength(1));
    expect(await Promise.race([kept[0].then(() => 'ended'), new Promise((resolve) => setTimeout(resolve, 20, 'running'))])).toBe('running');
    open();
    await kept[0];
    expect((await answering).headers.get('x-action-revalidated')).toBe('1');
    await Promise.all(kept);
  });

  test('T37: two calls at the same time keep apart', async () => {
    const gates = new Map();
    const action = act(async (name) => {
      await new Promise((resolve) => gates.set(name, resolve));
      (await cookies()).set('who', name);
      return name;
    });
    const { call } = await pageWith(action);
    const both = Promise.all([call(['a']), call(['b'])]);
    await vi.waitFor(() => expect(gates.size).toBe(2));
    for (const name of ['b', 'a']) gates.get(name)();
    const answers = await both;
    expect(answers.map(valueOf)).toEqual(['a', 'b']);
    expect(answers.map(({ headers }) => headers.getSetCookie())).toEqual([['who=a; Path=/'], ['who=b; Path=/']]);
  });

  test('an action is a function to the code of the server', async () => {
    const action = act((a, b) => a + b);
    expect([action(1, 2), action.bind(null, 1)(2)]).toEqual([3, 3]);
  });
});

describe('what createApp takes', () => {
  test('an array or a module; app.actions says which can be called', () => {
    const [one, two] = ['one', 'two'].map((id) => serverAction(echo, { id }));
    expect([createApp({ actions: [one, two] }), createApp({ actions: { one, again: one } }), createApp()].map((app) => app.actions)).toEqual([['one', 'two'], ['one'], []]);
  });

  test.each([
    [{ actions: 'x' }, 'actions must be an array'],
    [{ actions: [() => {}] }, 'actions: "0" is not made by serverAction'],
    [{ actions: { help: 1 } }, 'actions: "help" is not made by serverAction'],
    [{ actions: [act(), act()] }, 'two of them have the id "app/actions.js:act"'],
    [{ actions: ['save', 'save:default'].map((id) => serverAction(echo, { id })) }, 'two of them have the id "save:default"'],
    [{ serverActions: { bodySizeLimit: '0' } }, 'serverActions.bodySizeLimit'],
    [{ serverActions: { bodySizeLimit: 'much' } }, 'serverActions.bodySizeLimit'],
    [{ serverActions: { allowedOrigins: 'a.example' } }, 'allowedOrigins must be a list'],
  ])('%j: CONFIG', (options, message) => {
    expect(() => createApp({ routes: {}, ...options })).toThrow(expect.objectContaining({ code: 'CONFIG', message: expect.stringContaining(message) }));
  });

  test.each([
    [() => serverAction(1, { id: 'a' }), 'fn must be a function'],
    [() => serverAction(() => {}, {}), 'id must be a non-empty string'],
    [() => serverAction(() => {}), 'id must be a non-empty string'],
  ])('serverAction: CONFIG', (make, message) => {
    expect(make).toThrow(expect.objectContaining({ code: 'CONFIG', message: expect.stringContaining(message) }));
  });
});
