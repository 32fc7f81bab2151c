// The ids of actions, beside those that Next's own compiler writes.
import { createRequire } from 'node:module';
import { actionId } from 'freshtag/core';
import { describe, expect, test } from 'vitest';

import { compiled } from '../oracle/actions.js';

const require = createRequire(import.meta.url);
const { extractInfoFromServerReferenceId } = require('next/dist/shared/lib/server-reference-info');

const [SALT, ACTIONS, PAGE] = ['SALT', '/proj/app/actions.js', '/proj/app/page.js'];

test.each([
  ['V-3', { file: ACTIONS, exportName: 'a', params: 0 }, '008cd9fe5ee7e2d12bbffa5090f9bbab50a7dc5ba5'],
  ['V-3', { file: ACTIONS, exportName: 'b', params: 2 }, '600e0e629b0eec0ce59907f4f94571b7ca3af0dd73'],
  ['V-3', { file: ACTIONS, exportName: 'c', params: 7 }, '7fd0121cf56258469c0378f003bd6c8aff14cec8ca'],
  ['V-3', { file: ACTIONS, exportName: 'd', params: 1, rest: true }, '7fc654be54984824cb7098d58c70eb5f539f966f6d'],
  ['V-3', { file: PAGE, exportName: '$$RSC_SERVER_ACTION_0', params: 2 }, '60a1964e3fd82aaa0ec9b95ca5e218481e5d3a49dc'],
  ['V-3', { file: PAGE, exportName: '$$RSC_SERVER_CACHE_1', params: 1, cache: true }, 'c0da7635c2de3b931b783be31acdd0d9ac301c82a2'],
])('%s actionId(%j) is %s', (_rule, of, id) => {
  expect(actionId({ salt: SALT, ...of })).toBe(id);
});

test.each([
  ['nothing is said', {}, '7f'],
  ['a rest parameter', { rest: true }, '7f'],
  ['no parameters', { params: 0 }, '00'],
  ['six', { params: 6 }, '7e'],
  ['seven', { params: 7 }, '7f'],
  ['very many', { params: Number.MAX_SAFE_INTEGER }, '7f'],
  ['a cached function', { params: 0, cache: true }, '80'],
  ['some are not used', { used: [true, false, true] }, '50'],
  ['which are used is known better than how many there are', { params: 2, used: [false, true] }, '20'],
  ['the last of seven', { used: [false, false, false, false, false, false, true] }, '01'],
  ['the last of nine', { used: [...new Array(8).fill(false), true] }, '01'],
  ['none', { used: [] }, '00'],
])('SA-12 %s', (_name, of, byte) => {
  const id = actionId({ salt: '', file: '', exportName: '', ...of });
  expect(id).toMatch(/^[0-9a-f]{42}$/);
  expect(id.slice(0, 2)).toBe(byte);
  // Its counterpart in Next's client reads back what was written.
  const { type, usedArgs, hasRestArgs } = extractInfoFromServerReferenceId(id);
  expect(type).toBe(of.cache ? 'use-cache' : 'server-action');
  if (of.used) expect([...usedArgs, hasRestArgs]).toEqual(Array.from({ length: 7 }, (_, i) => (i < 6 ? of.used[i] === true : of.used.slice(6).includes(true))));
});

test.each([
  [{ salt: undefined }, /^actionId: salt /],
  [{ file: 5 }, /^actionId: file /],
  [{ exportName: null }, /^actionId: exportName /],
  [{ params: -1 }, /^actionId: params /],
  [{ params: 1.5 }, /^actionId: params /],
  [{ params: '1' }, /^actionId: params /],
  [{ used: 'all' }, /^actionId: used /],
])('actionId with %j is CONFIG', (wrong, message) => {
  expect(() => actionId({ salt: '', file: '', exportName: '', ...wrong })).toThrow(expect.objectContaining({ code: 'CONFIG', message: expect.stringMatching(message) }));
});

describe('SA-11 SA-12 the compiler writes the same', () => {
  test('for actions and cached functions inside of a component', async () => {
    const source = `
      export default function Page({ secret }) {
        async function act(form) { 'use server'; console.log(secret); }
        async function plain(form) { 'use server'; }
        async function load(id) { 'use cache'; return id + secret; }
        return act ?? plain ?? load;
      }`;
    const ids = await compiled(source, PAGE, SALT);
    // The closure is the first argument.
    const wanted = [['$$RSC_SERVER_ACTION_0', 2], ['$$RSC_SERVER_ACTION_1', 1], ['$$RSC_SERVER_CACHE_2', 2]].map(([exportName, params]) => [
      exportName,
      actionId({ salt: SALT, file: PAGE, exportName, params, cache: exportName.includes('CACHE') }),
    ]);
    expect(ids).toEqual(Object.fromEntries(wanted));
  });
});
