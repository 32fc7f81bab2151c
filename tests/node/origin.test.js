// Who may call an action, beside the released `next`: its predicate, and its verdict on a request.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { checkActionOrigin, isCsrfOriginAllowed } from 'freshtag/core';
import { describe, expect, test } from 'vitest';

import { compile, doubtsAbout } from '../../js/allowed_origins.js';
import { difference } from '../oracle/compare.js';
import { allowed, anyHost, check, theirs } from '../oracle/origins.js';
import { forAWhile, random } from '../oracle/random.js';

/** The two differ as a rule of docs/differences.md says. */
async function differs(rule, oracle, ...input) {
  expect((await difference(oracle, input))?.rules).toContain(rule);
}

describe('isCsrfOriginAllowed', () => {
  const same = (host, list) => {
    expect(theirs(host, list)).toBe(isCsrfOriginAllowed(host, list));
    return isCsrfOriginAllowed(host, list);
  };

  test.each([
    ['V-8', 'a.com', 'A.COM', true],
    ['V-8', 'a.b.com', '*.b.com', true],
    ['V-8', 'b.com', '*.b.com', false],
    ['V-8', 'x.a.b.com', '*.b.com', false],
    ['V-8', 'x.a.b.com', '**.b.com', true],
    ['V-8', 'b.com', '**.b.com', false],
    ['V-8', 'a.b.com:3000', '*.b.com', false],
    ['V-8', 'a.b.com:3000', '*.b.com:3000', true],
    ['V-8', 'a.b.com', 'a.*.com', true],
    ['V-8', 'a.b.com', 'a.**.com', false],
    ['V-8', 'a.b.com', '*.*.com', true],
    ['V-8', 'a.com', '*', false],
    ['V-8', 'null', 'null', true],
    ['T24', 'evil.com', '*.com', true],
    ['T24', 'evil.com', '**', false],
  ])('%s %j %j: %j', (_rule, host, pattern, expected) => {
    expect(same(host, [pattern])).toBe(expected);
  });

  test('SA-10 each host of up to three labels, each pattern of up to three', () => {
    const labels = ['a', 'B', '*', '**', '', 'a:1'];
    const texts = [...labels, ...labels.flatMap((x) => labels.flatMap((y) => [`${x}.${y}`, ...labels.map((z) => `${x}.${y}.${z}`)]))];
    expect(texts).toHaveLength(258);
    for (const pattern of texts) {
      const compiled = compile([pattern]);
      for (const host of texts) {
        if (compiled.allows(host) !== theirs(host, [pattern])) expect.unreachable(`${host} ${pattern}`);
      }
      compiled.free();
    }
  });

  test('SA-10 a list that has changed is another one', () => {
    const list = ['a.test'];
    expect(isCsrfOriginAllowed('b.test', list)).toBe(false);
    list.push('b.test');
    expect(isCsrfOriginAllowed('b.test', list)).toBe(true);
    list[1] = 'c.test';
    expect(isCsrfOriginAllowed('b.test', list)).toBe(false);
    list.length = 0;
    expect(isCsrfOriginAllowed('a.test', list)).toBe(false);
    for (let i = 0; i < 50; i++) expect(isCsrfOriginAllowed(`${i}.test`, [`${i}.test`])).toBe(true);
    expect(isCsrfOriginAllowed('a.test')).toBe(false);
  });

  test.each([
    ['SA-10', 'a.test', 'a.test', 'CONFIG', /^allowedOrigins must be a list/],
    ['SA-10', 'a.test', null, 'CONFIG', /^allowedOrigins must be a list/],
    ['SA-10', 'a.test', [/a/], 'CONFIG', /^allowedOrigins: each entry must be a string, one is object/],
    ['SA-10', undefined, ['a.test'], 'INVALID_REQUEST', /^originHost: /],
  ])('%s isCsrfOriginAllowed(%j, %j) is %s', (_rule, host, list, code, message) => {
    expect(() => isCsrfOriginAllowed(host, list)).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });

  test('T34 half of a surrogate pair counts as U+FFFD', async () => {
    expect(isCsrfOriginAllowed('\ud800', ['\ufffd'])).toBe(true);
    await differs('SA-10, T34', allowed, '\ud800', ['\ufffd']);
  });
});

describe('checkActionOrigin', () => {
  test('what is copied from Next is what Next has', () => {
    const source = readFileSync(createRequire(import.meta.url).resolve('next/dist/server/app-render/action-handler'), 'utf8').replace(/\s+/g, ' ');
    for (const text of [
      `originHeader === 'null' ? 'null' : new URL(originHeader).host : undefined; const host = parseHostHeader(req.headers);`,
      `_forwardedHostHeader_split[0]) == null ? void 0 : _forwardedHostHeader_split_.trim(); const hostHeader = headers['host'];`,
      `return forwardedHostHeaderValue ? { type: "x-forwarded-host", value: forwardedHostHeaderValue } : hostHeader ? { type: "host", value: hostHeader } : undefined;`,
      'if (!originHost) {',
      '} else if (!host || originHost !== host.value) {',
      'isCsrfOriginAllowed)(originHost, serverActions == null ? void 0 : serverActions.allowedOrigins)) { // Ignore it } else {',
    ]) {
      expect(source).toContain(text);
    }
  });

  const host = 'a.test';
  test.each([
    ['SA-8', { origin: 'https://a.test', host }, { allowed: true, reason: 'same-origin' }],
    ['SA-8', { host }, { allowed: true, reason: 'no-origin' }],
    ['SA-8', { origin: null, host: null, forwardedHost: null, secFetchSite: null }, { allowed: true, reason: 'no-origin' }],
    ['SA-8', { origin: 'https://b.test:8443', host, allowedOrigins: ['*.test:8443'] }, { allowed: true, reason: 'allowed-origin' }],
    ['SA-8', { origin: 'https://B.test:8443', host }, { allowed: false, reason: 'cross-origin', allow: 'b.test:8443' }],
    ['SA-8', { origin: 'https://a.test' }, { allowed: false, reason: 'no-host', allow: 'a.test' }],
    ['SA-9', { origin: 'http://LOCAL.test', host: 'LOCAL.test' }, { allowed: false, reason: 'cross-origin', allow: 'local.test' }],
    ['SA-9', { origin: 'https://a.test', host: 'a.test:443' }, { allowed: false, reason: 'cross-origin', allow: 'a.test' }],
    ['T20', { origin: 'null', host }, { allowed: false, reason: 'null-origin', allow: 'null' }],
    ['T20', { origin: 'null', host: 'null' }, { allowed: false, reason: 'null-origin', allow: 'null' }],
    ['T20', { origin: 'null', host, allowedOrigins: ['null'] }, { allowed: true, reason: 'allowed-origin' }],
    ['T21', { origin: 'https://a.test, https://a.test', host }, { allowed: false, reason: 'malformed-origin' }],
    ['T21', { origin: '', host }, { allowed: false, reason: 'malformed-origin' }],
    ['T21', { origin: '\ud800://a.test', host }, { allowed: false, reason: 'malformed-origin' }],
    ['T22', { host, secFetchSite: 'Cross-Site' }, { allowed: false, reason: 'cross-site' }],
    ['T22', { host, secFetchSite: 'same-site' }, { allowed: false, reason: 'cross-site' }],
    ['T22', { host, secFetchSite: 'same-site', compat: 'next' }, { allowed: true, reason: 'no-origin' }],
    ['T22', { origin: 'https://a.test', host, secFetchSite: 'cross-site' }, { allowed: true, reason: 'same-origin' }],
    ['T23', { origin: 'https://evil.test', host, forwardedHost: 'evil.test' }, { allowed: false, reason: 'cross-origin', allow: 'evil.test' }],
    ['T23', { origin: 'https://b.test', host, forwardedHost: ' b.test , c', trustForwardedHost: true }, { allowed: true, reason: 'same-origin' }],
    ['T23', { origin: 'https://b.test', host, forwardedHost: 'b.test', compat: 'next' }, { allowed: true, reason: 'same-origin' }],
    ['T23', { origin: 'https://b.test', host, forwardedHost: 'b.test', trustForwardedHost: 'false' }, { allowed: false, reason: 'cross-origin', allow: 'b.test' }],
  ])('%s %j: %j', (_rule, request, expected) => {
    expect(checkActionOrigin(request)).toEqual(expected);
    if (expected.allow) expect(checkActionOrigin({ ...request, allowedOrigins: [expected.allow] })).toEqual({ allowed: true, reason: 'allowed-origin' });
  });

  test.each([
    [{ origin: ['https://a.test'] }, 'INVALID_REQUEST', /^origin: /],
    [{ forwardedHost: 5 }, 'INVALID_REQUEST', /^forwardedHost: /],
    [{ compat: 'nuxt' }, 'CONFIG', /^compat/],
    [{ allowedOrigins: {} }, 'CONFIG', /^allowedOrigins/],
  ])('%j is %s', (request, code, message) => {
    expect(() => checkActionOrigin(request)).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });

  test("SA-7 SA-8 compat: 'next': random requests come to every verdict", () => {
    const next = check.inputs(random());
    const seen = new Set(Array.from({ length: 5_000 }, () => check.ours(...next()).reason));
    expect([...seen].sort()).toEqual(['allowed-origin', 'cross-origin', 'malformed-origin', 'no-host', 'no-origin', 'null-origin', 'same-origin']);
  });

  test('T23 without it, X-Forwarded-Host changes no verdict', async () => {
    const count = await forAWhile((any) => {
      const [one, two] = [anyHost(any), anyHost(any)];
      const request = { origin: any.pick([`https://${one}`, 'null', undefined]), host: any.pick([one, two, undefined]) };
      expect(checkActionOrigin({ ...request, forwardedHost: any.pick([one, two, '']) })).toEqual(checkActionOrigin(request));
    });
    expect(count).toBeGreaterThan(200);
  });
});

test.each([
  ['*.com', /lets in every site under a top level/],
  ['**', /matches no origin/],
  ['https://a.test', /matches no origin/],
  ['localhost:*', /matches no origin/],
])('T24 %j is worth a warning', (pattern, message) => {
  expect(doubtsAbout(['a.test', pattern, '*.b.test'])).toEqual([expect.stringMatching(message)]);
  expect(doubtsAbout([pattern])[0]).toContain(JSON.stringify(pattern));
});

test.each([
  ['SA-7, T21', { origin: 'http://127.1', host: '127.0.0.1' }, true],
  ['SA-7, T21', { origin: 'file://localhost', host: 'a.test' }, true],
  ['SA-7, T21', { origin: 'https://a.test/', host: 'a.test' }, true],
  ['SA-7, IDNA', { origin: 'http://xn--a', host: 'xn--a' }, 'throws'],
  ['SA-7, T31', { origin: 'https://a.test', host: 'b.test', forwardedHost: '\u00a0a.test' }, true],
])('%s %j is otherwise', async (rule, request, wanted) => {
  const ours = checkActionOrigin({ ...request, compat: 'next' });
  expect(ours.allowed).toBe(wanted !== true);
  await differs(rule, check, { ...request, compat: 'next' });
});
