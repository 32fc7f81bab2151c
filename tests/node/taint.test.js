// Taint, against React's own functions (NV-26), and the end of a lifetime (NV-27).
import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as own from 'freshtag';
import { describe, expect, test, vi } from 'vitest';

import { assertUntainted, hasTaint } from '../../js/taint.js';

const require = createRequire(import.meta.url);
const react = require('next/dist/compiled/react-experimental/cjs/react.react-server.development.js');
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

const thrown = (call) => {
  try {
    call();
    return undefined;
  } catch (error) {
    return error.message;
  }
};

describe('NV-27 the end of a lifetime', () => {
  const turns = async () => {
    for (let turn = 0; turn < 20; turn++) {
      collect();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };

  test('a value is as tainted as there are lifetimes', async () => {
    let [one, two] = [{}, {}];
    own.experimental_taintUniqueValue('kept', one, 'token-1');
    own.experimental_taintUniqueValue('kept', two, 'token-1');
    own.experimental_taintUniqueValue('kept', one, new Uint8Array([9, 9, 9]));
    one = undefined;
    await turns();
    expect(thrown(() => assertUntainted('token-1'))).toBe('kept');
    expect(thrown(() => assertUntainted(new Uint8Array([9, 9, 9])))).toBe(undefined);
    expect(two).toEqual({});
    two = undefined;
    await turns();
    expect(thrown(() => assertUntainted('token-1'))).toBe(undefined);
    expect(hasTaint()).toBe(false);
  });

  test('and while the request runs that said so', async () => {
    const GET = async () => {
      own.experimental_taintUniqueValue('kept', { user: 1 }, 'token-2');
      own.experimental_taintUniqueValue('kept', { user: 2 }, 'token-3');
      await turns();
      return Response.json([thrown(() => assertUntainted('token-2')), thrown(() => assertUntainted('token-3'))]);
    };
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const app = own.createApp({ routes: { '/': { GET } } });
    expect(await (await app.fetch(new Request('http://localhost/'))).json()).toEqual(['kept', 'kept']);
    await turns();
    expect(hasTaint()).toBe(false);
  });
});

describe('NV-26 what is refused', () => {
  const values = [
    'text', '', 1n, 1, NaN, true, undefined, null, Symbol('a'), {}, [], () => {}, new Date(0), new ArrayBuffer(3),
    new Uint8Array([1, 2]), new Float64Array(2), new BigInt64Array(1), new DataView(new ArrayBuffer(3)), Buffer.from('ab'),
  ];
  test.each(values.map((value) => [typeof value, value]))('a %s: %o', (_type, value) => {
    for (const call of [
      (api) => api.experimental_taintObjectReference('no', value),
      (api) => api.experimental_taintUniqueValue('no', {}, value),
      (api) => api.experimental_taintUniqueValue('no', value, 'a value'),
    ]) {
      expect(thrown(() => call(own))).toBe(thrown(() => call(react)));
    }
  });
});
