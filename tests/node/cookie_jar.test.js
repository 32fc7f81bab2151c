// The cookies of a request with `compat: 'next'`, beside the adapter of the released `next`: random requests and handlers.
import '../oracle/next.js';
import { createRequire } from 'node:module';
import { isDeepStrictEqual } from 'node:util';
import { RequestCookies, ResponseCookies } from '@edge-runtime/cookies';
import { parseSetCookie } from 'freshtag';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import { Jar } from '../../js/jar.js';
import { anyHeader, anyLine, anyOptions, anyText, anyToken } from './cookie_inputs.js';
import { faults, LINE, tidyHeader, tidyLine } from './cookie_rules.js';
import { forAWhile, seconds, seed } from '../oracle/random.js';

const { appendMutableCookies, MutableRequestCookiesAdapter } = createRequire(import.meta.url)('next/dist/server/web/spec-extension/adapters/request-cookies');
const RULES = { compat: 'next', trustMiddleware: false };

vi.setConfig({ testTimeout: 10_000 + seconds * 2_000 });
const { now } = Date;
beforeAll(() => {
  Date.now = () => Date.UTC(2026, 0, 2, 3, 4, 5);
});
afterAll(() => {
  Date.now = now;
});

/** What a handler sets or deletes, if a header can carry it. */
function anyChange(any) {
  const [name, value, options] = [anyToken(any), anyText(any).toWellFormed(), anyOptions(any, true)];
  const deletes = any.chance(0.3);
  if (faults({ name, value, ...options, path: options.path ?? '/' }).length > 0) return undefined;
  // We delete these with Secure (CK-19).
  if (deletes) return /^__\w+-/.test(name) ? undefined : ['delete', [any.chance(0.5) ? name : { name, ...options }]];
  return ['set', any.chance(0.5) ? [name, value, options] : [{ name, value, ...options }]];
}

/** A line of the handler's Response that both read alike, and can write again. */
function anyOwn(any) {
  const line = anyLine(any, false);
  const cookie = line === tidyLine(line) && !Object.values(LINE).some((rule) => rule(line)) && parseSetCookie(line, RULES);
  // CK-17: a date that follows from a `maxAge` ends with the year 9999.
  const ends = cookie && (cookie.maxAge ?? 0) < 1e11;
  return ends && faults({ ...cookie, path: cookie.path ?? '/' }).length === 0 ? [line] : [];
}

test('CK-23 CK-24 CK-28 what is read, and what goes out', async () => {
  const count = await forAWhile((any) => {
    const header = anyHeader(any).replace(/[^\t -~]/g, '');
    const jar = new Jar(new Headers({ cookie: header }), RULES);
    const wanted = MutableRequestCookiesAdapter.wrap(new RequestCookies(new Headers({ cookie: tidyHeader(header) })));
    const changes = any.many(5, () => anyChange(any)).filter(Boolean);
    for (const [method, args] of changes) {
      if (method === 'set') jar.set(args);
      else jar.delete(args);
      wanted[method](...args);
    }
    const own = any.many(4, () => anyOwn(any)).flat();
    const [mine, others] = [own, own].map((lines) => new Headers(lines.map((line) => ['set-cookie', line])));
    if (jar.modified) jar.mergeInto(mine);
    appendMutableCookies(others, wanted);
    const names = [...jar.names];
    const ours = [names.map((name) => jar.get(name)), names.every((name) => jar.has(name)), mine.getSetCookie()];
    const theirs = [wanted.getAll(), true, others.getSetCookie()];
    if (!isDeepStrictEqual(ours, theirs)) expect(ours, `${JSON.stringify([header, changes, own])}, seed ${seed}`).toEqual(theirs);
  });
  expect(count).toBeGreaterThan(200);
});
