// What ends a handler, against Next's own functions (NV-6, NV-7).
import { createRequire } from 'node:module';
import * as own from 'freshtag';
import { describe, expect, test } from 'vitest';

import { interruptOf } from '../../js/navigation.js';
import { Scope } from '../../js/scope.js';

process.env.__NEXT_EXPERIMENTAL_AUTH_INTERRUPTS = '1';
const require = createRequire(import.meta.url);
const { AsyncLocalStorage } = require('node:async_hooks');
globalThis.AsyncLocalStorage ??= AsyncLocalStorage;
const dist = (path) => require(`next/dist/${path}`);
const next = dist('client/components/navigation.react-server');
const { isRedirectError } = dist('client/components/redirect-error');
const redirects = dist('client/components/redirect');
const { actionAsyncStorage } = dist('client/components/server-async-storage');
const access = dist('client/components/http-access-fallback/http-access-fallback');

/** What a call throws. */
function thrown(call) {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error('it returned');
}

const shape = (error) => ({ message: error.message, digest: error.digest, name: error.name, isError: error instanceof Error });

describe('thrown values', () => {
  const rows = [
    ['NV-6', 'notFound', []],
    ['NV-6', 'forbidden', []],
    ['NV-6', 'unauthorized', []],
    ['NV-7', 'redirect', ['/a']],
    ['NV-7', 'redirect', ['/a;b;307;?c=d;', 'push']],
    ['NV-7', 'redirect', ['https://example.com/a', 'replace']],
    ['NV-7', 'redirect', [new URL('https://example.com/é')]],
    ['NV-7', 'permanentRedirect', ['/a']],
    ['NV-7', 'permanentRedirect', ['/a', 'push']],
  ];
  test.each(rows)('%s %s(%s)', (_rule, name, args) => {
    expect(shape(thrown(() => own[name](...args)))).toEqual(shape(thrown(() => next[name](...args))));
  });

  test.each([['redirect'], ['permanentRedirect']])('NV-7 %s() in a Server Action', (name) => {
    const work = { action: true };
    const inAction = (call) => new Scope('route', work, undefined, undefined).run(call);
    const inNext = (call) => actionAsyncStorage.run({ isAction: true }, call);
    for (const args of [['/a'], ['/a', 'replace'], ['/a', 'push']]) {
      expect(shape(thrown(() => inAction(() => own[name](...args))))).toEqual(shape(thrown(() => inNext(() => next[name](...args)))));
    }
  });

  test('NV-7 RedirectType', () => {
    expect({ ...own.RedirectType }).toEqual({ ...next.RedirectType });
  });

  const refused = [['empty', ''], ['CR', '/a\rb'], ['LF', '/a\nSet-Cookie: a=1'], ['NUL', '/a\0'], ['undefined', undefined], ['a number', 1], ['an object', {}]];
  test.each(refused)('NV-7 a url that is %s is refused', (_name, url) => {
    for (const name of ['redirect', 'permanentRedirect']) {
      expect(thrown(() => own[name](url))).toMatchObject({ code: 'INVALID_URL', message: expect.stringMatching(new RegExp(`^${name}\\(url\\)`)) });
    }
  });
});

/** What Next makes of a thrown value. */
function oracle(error) {
  if (isRedirectError(error)) {
    return {
      kind: 'redirect',
      url: redirects.getURLFromRedirectError(error),
      type: redirects.getRedirectTypeFromError(error),
      status: redirects.getRedirectStatusCodeFromError(error),
    };
  }
  return access.isHTTPAccessFallbackError(error) ? { kind: 'fallback', status: access.getAccessFallbackHTTPStatus(error) } : undefined;
}

describe('interruptOf', () => {
  const digests = [
    ['NV-6', 'NEXT_HTTP_ERROR_FALLBACK;404', 404],
    ['NV-6', 'NEXT_HTTP_ERROR_FALLBACK;403', 403],
    ['NV-6', 'NEXT_HTTP_ERROR_FALLBACK;401', 401],
    ['NV-6', 'NEXT_HTTP_ERROR_FALLBACK;404;more', 404],
    ['NV-6', 'NEXT_HTTP_ERROR_FALLBACK;500'],
    ['NV-6', 'NEXT_HTTP_ERROR_FALLBACK;'],
    ['NV-6', 'NEXT_HTTP_ERROR_FALLBACK'],
    ['NV-6', 'NEXT_HTTP_ERROR_FALLBACKS;404'],
    ['NV-7', 'NEXT_REDIRECT;push;/a;307;', '/a'],
    ['NV-7', 'NEXT_REDIRECT;replace;/a;b;c;308;', '/a;b;c'],
    ['NV-7', 'NEXT_REDIRECT;replace;/a;303;', '/a'],
    ['NV-7', 'NEXT_REDIRECT;replace;;307;', ''],
    ['NV-7', 'NEXT_REDIRECT;replace;/a;302;'],
    ['NV-7', 'NEXT_REDIRECT;back;/a;307;'],
    ['NV-7', 'NEXT_REDIRECT;push;/a;SeeOther;'],
    ['NV-7', 'NEXT_REDIRECT;push;/a;307'],
    ['NV-7', 'NEXT_REDIRECT'],
    ['NV-7', 'NEXT_NOT_FOUND'],
    ['NV-7', ''],
  ];
  test.each(digests)('%s %s', (_rule, digest, means) => {
    const error = Object.assign(new Error('any'), { digest });
    const found = interruptOf(error);
    expect(found).toEqual(oracle(error));
    expect(found && (found.kind === 'redirect' ? found.url : found.status)).toBe(means);
    expect(interruptOf({ digest })).toEqual(found);
  });

  test.each([[null], [undefined], ['NEXT_HTTP_ERROR_FALLBACK;404'], [404], [{}], [{ digest: 404 }], [new Error('NEXT_REDIRECT')]])(
    'NV-6 %s is none',
    (value) => {
      expect(interruptOf(value)).toBe(undefined);
      expect(oracle(value)).toBe(undefined);
    },
  );

  test.each([['notFound'], ['forbidden'], ['unauthorized']])('NV-6 that of Next for %s()', (name) => {
    expect(interruptOf(thrown(() => next[name]()))).toEqual(oracle(thrown(() => own[name]())));
  });
});

describe('unstable_rethrow', () => {
  const digest = (text) => Object.assign(new Error(text), { digest: text });
  const rows = [
    ['notFound()', thrown(next.notFound), true],
    ['redirect()', thrown(() => next.redirect('/')), true],
    ['a dynamic read', digest('DYNAMIC_SERVER_USAGE'), true],
    ['a read that hangs', digest('HANGING_PROMISE_REJECTION'), true],
    ['what a client renders', digest('BAILOUT_TO_CLIENT_SIDE_RENDERING'), true],
    ['the end of a prerender', digest('NEXT_PRERENDER_INTERRUPTED'), true],
    ['an error', new Error('own'), false],
    ['another digest', digest('OWN'), false],
    ['nothing', undefined, false],
    ['null', null, false],
  ];
  const kept = (rethrow, error) => {
    try {
      rethrow(error);
      return false;
    } catch (again) {
      return again;
    }
  };
  test.each(rows)('NV-7 %s', (_name, error, isRethrown) => {
    const wrapped = new Error('outer', { cause: new TypeError('inner', { cause: error }) });
    for (const rethrow of [own.unstable_rethrow, next.unstable_rethrow]) {
      expect(kept(rethrow, error)).toBe(isRethrown && error);
      expect(kept(rethrow, wrapped)).toBe(isRethrown && error);
    }
  });

  test('NV-7 causes in a circle', () => {
    const [one, two] = [new Error('one'), new Error('two')];
    Object.assign(one, { cause: two });
    Object.assign(two, { cause: one });
    expect(own.unstable_rethrow(one)).toBe(undefined);
  });
});
