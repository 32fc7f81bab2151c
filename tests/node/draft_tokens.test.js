// The bypass tokens of freshtag/core, against node's own HKDF and HMAC.
import { createBypassToken, verifyBypassToken } from 'freshtag/core';
import { describe, expect, test } from 'vitest';

import { signed as signedBy } from '../oracle/tokens.js';

const secret = 'a secret of the test';
const signed = (text, { key = secret, purpose } = {}) => signedBy(text, { key, purpose });

describe('T28 the key of each purpose is derived by HKDF (RFC 5869)', () => {
  for (const purpose of ['draft', 'revalidate']) {
    for (const key of [secret, 'x', 'é', 'k'.repeat(200)]) {
      test(`${purpose} under ${key.length} characters`, () => {
        const token = createBypassToken({ secret: key, purpose });
        expect(token).toBe(signed(token.slice(0, token.lastIndexOf('.')), { key, purpose }));
        const made = signed(`1.${'0'.repeat(32)}.1000.${Date.now() + 60_000}.`, { key, purpose });
        expect(verifyBypassToken(made, { secret: key, purpose })).toMatchObject({ id: '0'.repeat(32), issuedAt: 1000 });
      });
    }
  }
});

test('a token says what it was made of', () => {
  const before = Date.now();
  const token = createBypassToken({ secret, path: '/blog/', expiresIn: 60 });
  const found = verifyBypassToken(token, { secret });
  expect(found).toEqual({ id: expect.stringMatching(/^[0-9a-f]{32}$/), issuedAt: expect.any(Number), expiresAt: found.issuedAt + 60_000, path: '/blog' });
  expect(found.issuedAt - before).toBeLessThan(5_000);
  const plain = verifyBypassToken(createBypassToken({ secret }), { secret });
  expect(plain.expiresAt - plain.issuedAt).toBe(86_400_000);
  expect(plain).not.toHaveProperty('path');
});

test('no two tokens are the same, and none is of zeros', () => {
  const ids = Array.from({ length: 200 }, () => verifyBypassToken(createBypassToken({ secret }), { secret }).id);
  expect(new Set(ids).size).toBe(200);
  expect(ids.join('')).not.toMatch(/0{16}/);
});

test('a cookie, a header and encodeURIComponent take it as it is', () => {
  for (const path of ['/', '/a b', '/é;,"%2F', `/${'x'.repeat(300)}`]) {
    const token = createBypassToken({ secret, path });
    expect(token).toMatch(/^[\w.~-]+$/);
    expect(encodeURIComponent(token)).toBe(token);
    expect(token.length).toBeLessThanOrEqual(512);
  }
});

const late = createBypassToken({ secret, expiresIn: 0.001 });
const draft = createBypassToken({ secret, path: '/blog' });
test.each([
  ['its own secret', { secret }, true],
  ['another secret', { secret: 'another' }, false],
  ['the secret before', { secret: ['another', secret] }, true],
  ['no secret', { secret: [] }, false],
  ['its path', { secret, pathname: '/blog' }, true],
  ['a path below', { secret, pathname: '/blog/x' }, true],
  ['a path beside', { secret, pathname: '/blogx' }, false],
  ['its purpose', { secret, purpose: 'draft' }, true],
  ['another purpose', { secret, purpose: 'revalidate' }, false],
])('%s', (_name, options, counts) => {
  expect(verifyBypassToken(draft, options) !== undefined).toBe(counts);
});

test('what has expired, was changed or cut counts as nothing', async () => {
  await new Promise((resolve) => setTimeout(resolve, 3));
  for (const bad of [late, '', 'x', undefined, null, 5, {}, signed('2.0.0.9999999999999.'), signed('1.0.0.1.')]) {
    expect(verifyBypassToken(bad, { secret })).toBe(undefined);
  }
  for (let at = 0; at < draft.length; at++) {
    const other = draft[at] === '0' ? '1' : '0';
    for (const bad of [draft.slice(0, at) + other + draft.slice(at + 1), draft.slice(0, at), draft.slice(at + 1)]) expect(verifyBypassToken(bad, { secret })).toBe(undefined);
  }
});

test.each([
  ['secret', 'CONFIG', () => createBypassToken({})],
  ['secret', 'CONFIG', () => createBypassToken({ secret: '' })],
  ['secret', 'CONFIG', () => createBypassToken({ secret: ['a'] })],
  ['secret', 'CONFIG', () => verifyBypassToken(draft, {})],
  ['secret', 'CONFIG', () => verifyBypassToken(draft, { secret: ['a', ''] })],
  ['secret', 'CONFIG', () => verifyBypassToken(draft, { secret: ['a', undefined] })],
  ['expiresIn', 'CONFIG', () => createBypassToken({ secret, expiresIn: 0 })],
  ['expiresIn', 'CONFIG', () => createBypassToken({ secret, expiresIn: -5 })],
  ['expiresIn', 'CONFIG', () => createBypassToken({ secret, expiresIn: NaN })],
  ['expiresIn', 'CONFIG', () => createBypassToken({ secret, expiresIn: Infinity })],
  ['expiresIn', 'CONFIG', () => createBypassToken({ secret, expiresIn: '60' })],
  ['purpose', 'CONFIG', () => createBypassToken({ secret, purpose: 'seen' })],
  ['purpose', 'CONFIG', () => verifyBypassToken(draft, { secret, purpose: 5 })],
  ['pathname', 'CONFIG', () => verifyBypassToken(draft, { secret, pathname: 5 })],
  ['path', 'CONFIG', () => createBypassToken({ secret, path: 5 })],
  ['path', 'INVALID_PATH', () => createBypassToken({ secret, path: 'blog' })],
  ['path', 'INVALID_PATH', () => createBypassToken({ secret, path: '//blog' })],
  ['path', 'INVALID_PATH', () => createBypassToken({ secret, path: '/a?b' })],
  ['path', 'INVALID_PATH', () => createBypassToken({ secret, path: `/${'x'.repeat(500)}` })],
])('a bad %s is %s and named', (field, code, call) => {
  let thrown;
  try {
    call();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ name: 'FreshtagError', code, message: expect.stringMatching(new RegExp(`^${field} `)) });
});
