// Who may call an action, beside the released `next`: its predicate, and its verdict on a request.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { checkActionOrigin, isCsrfOriginAllowed } from 'freshtag/core';
import { afterAll, describe, expect, test, vi } from 'vitest';

import { compile, doubtsAbout } from '../../js/allowed_origins.js';
import { forAWhile, seconds, seed } from '../oracle/random.js';

const theirs = createRequire(import.meta.url)('next/dist/server/app-render/csrf-protection').isCsrfOriginAllowed;

/**
 * The verdict of Next's `handleAction`, which is not exported: `true`, `false`, or that it throws. Its source is compared
 * with what this was written from, below.
 */
function nextVerdict({ origin, host, forwardedHost, allowedOrigins }) {
  const originHost = typeof origin === 'string' ? (origin === 'null' ? 'null' : outcome(() => new URL(origin).host)) : undefined;
  if (originHost === 'throws') return 'throws';
  const value = forwardedHost?.split(',')[0]?.trim() || host || undefined;
  return !originHost || (value !== undefined && originHost === value) || theirs(originHost, allowedOrigins);
}

/**
 * Every difference that is meant, with Next's ways asked for. The key is a rule with a row in docs/differences.md.
 */
const ACCEPTED = {
  // No browser writes such an Origin: Next reads it as an address, or fails.
  'SA-7, T21': ({ origin }, ours) => ours.reason === 'malformed-origin' && origin !== null && !isSerialised(origin),
  // A name that no DNS has: Next fails.
  'SA-7, IDNA': ({ origin }) => /xn--/i.test(origin ?? '') && !URL.canParse(origin),
  T31: ({ forwardedHost }) => /^[^\S \t]|[^\S \t]$/.test(forwardedHost?.split(',')[0].replace(/^[ \t]+|[ \t]+$/g, '') ?? ''),
};

/** Whether the URL standard would write the same, but for the case and a port that may be left out. */
function isSerialised(origin) {
  if (origin === 'null') return true;
  if (/[^!-~]|^file:/i.test(origin) || !URL.canParse(origin)) return false;
  const { protocol, host } = new URL(origin);
  const written = /^(https?|wss?|ftp):$/.test(protocol) ? origin.toLowerCase() : origin.replace(/^[^:]*/, (scheme) => scheme.toLowerCase());
  const ports = { 'http:': ':80', 'ws:': ':80', 'https:': ':443', 'wss:': ':443', 'ftp:': ':21' };
  return /^[\w.~:[\]-]+$/.test(host) && [`${protocol}//${host}`, `${protocol}//${host}${ports[protocol] ?? ''}`].includes(written);
}

const differs = new Set();
let inputs = 0;
vi.setConfig({ testTimeout: 10_000 + seconds * 2_000 });
afterAll(() => console.info(`seed ${seed}, ${inputs} origins compared (SEED=${seed} repeats this run)`));

const outcome = (call) => {
  try {
    return call();
  } catch {
    return 'throws';
  }
};

const LABELS = ['a', 'b', 'B', 'example', 'com', 'test', 'x1', '*', '**', '', 'com:3000', 'COM:3000', 'null', '***', 'a*', ':', '*:3000', 'xn--a'];
const ODD = ['\u00e4', '\u00c4', '\u212a', 'K', 'k', '\u0130', ' ', '\t', '/', '@', '://', '[', '%', ',', '\u{1f600}', '\n', '\0'];
const anyHost = (any) => {
  const labels = any.many(4, () => (any.chance(0.02) ? any.pick(ODD) : any.pick(LABELS)));
  return labels.join(any.chance(0.01) ? '..' : '.');
};
/** A pattern that has something to do with the host. */
const anyPattern = (any, host) => {
  if (any.chance(0.3)) return anyHost(any);
  const labels = host.split('.').map((label) => any.pick([label, label, '*', any.chance(0.1) ? '**' : label, label.toUpperCase()]));
  if (any.chance(0.3)) labels.shift();
  if (any.chance(0.3)) labels.unshift(any.pick(['**', '*', 'a', '']));
  if (any.chance(0.1)) labels.pop();
  return labels.join('.');
};

describe('isCsrfOriginAllowed', () => {
  const same = (host, list) => {
    inputs++;
    const [ours, wanted] = [isCsrfOriginAllowed(host, list), theirs(host, list)];
    if (ours !== wanted) expect(ours, `isCsrfOriginAllowed(${JSON.stringify(host)}, ${JSON.stringify(list)}), seed ${seed}`).toBe(wanted);
    return ours;
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
    inputs += texts.length ** 2;
  });

  test('SA-10 random hosts and lists', async () => {
    let allowed = 0;
    const count = await forAWhile((any) => {
      const host = anyHost(any);
      const list = any.many(any.chance(0.05) ? 120 : 4, () => (any.chance(0.02) ? any.pick(['', null, undefined]) : anyPattern(any, host)));
      for (let i = 0; i < 12; i++) {
        if (same(i < 4 ? host : i < 8 ? anyPattern(any, host).toLowerCase() : (any.pick(list) ?? '').replace(/\*+/g, () => any.pick(['a', 'a.b', ''])), list)) allowed++;
      }
    });
    expect(count).toBeGreaterThan(200);
    expect(allowed / count).toBeGreaterThan(0.5);
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

  test('T34 half of a surrogate pair counts as U+FFFD', () => {
    expect(theirs('\ud800', ['\ufffd'])).toBe(false);
    expect(isCsrfOriginAllowed('\ud800', ['\ufffd'])).toBe(true);
    differs.add('SA-10, T34');
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

  test("SA-7 SA-8 compat: 'next' is Next's verdict on random requests", async () => {
    const seen = new Set();
    const count = await forAWhile((any) => {
      const hostname = () =>
        any.pick([
          () => any.pick(['a.test', 'A.test', 'b.a.test', 'localhost', 'null', 'a.test.', 'a..test', '127.0.0.1', '[::1]', 'xn--mnchen-3ya.test']),
          () => anyHost(any),
          () => any.many(5, () => any.pick(['0', '1', '127', '255', '256', '0x7f', '01', 'a'])).join('.'),
          () => `[${any.many(9, () => any.pick(['0', '0', '1', '', 'a', '2001', '00', 'FFFF', 'g'])).join(':')}]`,
          () => any.many(6, () => any.pick('ab.-_~*:@/?#[]%, \t!$\u00e4\u3002A0')).join(''),
        ])();
      const port = () => any.pick(['', '', '', ':80', ':443', ':3000', ':21', ':', ':0', ':0443', ':65535', ':65536', ':x']);
      const name = hostname();
      const scheme = any.pick(['https', 'https', 'http', 'HTTPS', 'ws', 'wss', 'ftp', 'file', 'app', 'chrome-extension', 'x+y', '1a', 'a b', '']);
      const origin = any.chance(0.05)
        ? any.pick([null, undefined, 'null', '', 'NULL', name])
        : `${scheme}${any.chance(0.97) ? '://' : any.pick([':', ':/', '//', ':///'])}${name}${port()}${any.chance(0.02) ? any.pick(['/', '?', '#', ' ', '/a', ', https://b.test']) : ''}`;
      const other = () => (any.chance(0.7) ? name + port() : hostname() + port());
      const absent = () => any.pick([null, undefined]);
      const request = {
        origin,
        host: any.chance(0.1) ? absent() : any.chance(0.05) ? '' : any.chance(0.5) ? other() : other().toLowerCase(),
        forwardedHost: any.chance(0.6)
          ? absent()
          : any.pick(['', ' ', ',', ', a.test', `${other()}, b`, ` \t${other()} `, `\u00a0${other()}`, other().toLowerCase(), 'null']),
        secFetchSite: any.pick([null, 'cross-site', 'same-origin']),
        allowedOrigins: any.chance(0.5) ? undefined : any.many(3, () => (any.chance(0.3) ? 'null' : anyPattern(any, name))),
        compat: 'next',
      };
      inputs++;
      const wanted = nextVerdict(request);
      const ours = checkActionOrigin(request);
      seen.add(ours.reason);
      if (ours.allowed === (wanted === true)) return;
      const rules = Object.keys(ACCEPTED).filter((rule) => ACCEPTED[rule](request, ours));
      for (const rule of rules) differs.add(rule);
      if (rules.length === 0) expect(ours.allowed, `${JSON.stringify(request)}, ${JSON.stringify(ours)}, seed ${seed}`).toBe(wanted);
    });
    expect(count).toBeGreaterThan(2000);
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
  ['T31', { origin: 'https://a.test', host: 'b.test', forwardedHost: '\u00a0a.test' }, true],
])('%s %j is otherwise', (rule, request, wanted) => {
  expect(nextVerdict(request)).toBe(wanted);
  const ours = checkActionOrigin({ ...request, compat: 'next' });
  expect(ours.allowed).toBe(wanted !== true);
  expect(ACCEPTED[rule](request, ours)).toBe(true);
  differs.add(rule);
});

test('every accepted difference happens and has a row in docs/differences.md', () => {
  const rows = readFileSync(new URL('../../docs/differences.md', import.meta.url), 'utf8').split('\n').filter((line) => line.startsWith('|'));
  for (const rule of [...Object.keys(ACCEPTED), 'SA-10, T34']) {
    expect(rows.some((row) => rule.split(', ').every((id) => row.includes(id))), rule).toBe(true);
    expect(differs, rule).toContain(rule);
  }
});
