// headers(), draftMode(), connection(), after(): what belongs to one request.
import { assertOpen, readRequest, requestScope } from './access.js';
import { draftModeInCache, dynamicIsError, FreshtagError, insideGenerator } from './errors.js';
import { readonlyHeaders } from './headers.js';
import { currentScope } from './scope.js';
import { keepAlive } from './work.js';

/** @typedef {import('./scope.js').Scope} Scope */

/**
 * The visitor's headers, read-only and without those of Next's own router.
 * @returns {Promise<Headers>}
 */
export async function headers() {
  const scope = requestScope('headers');
  return readonlyHeaders(readRequest(scope, 'headers()') ? scope.work.request.headers : new Headers());
}

/** Says that what follows needs a real request: the render is not stored (NV-1). */
export async function connection() {
  readRequest(requestScope('connection'), 'connection()');
}

/** Draft mode of this request. */
export async function draftMode() {
  const scope = requestScope('draftMode');
  if (scope.kind === 'params') throw insideGenerator(scope.work.route, 'draftMode()', 'generateStaticParams');
  return new DraftMode(scope);
}

class DraftMode {
  #scope;

  /** @param {Scope} scope */
  constructor(scope) {
    this.#scope = scope;
  }

  get isEnabled() {
    return false;
  }

  enable() {
    this.#mutate('draftMode().enable()');
  }

  disable() {
    this.#mutate('draftMode().disable()');
  }

  /** @param {string} expression */
  #mutate(expression) {
    const { kind, work } = currentScope() ?? this.#scope;
    if (kind === 'after') {
      throw new Error(
        `Route ${work.route} used "${expression}" inside \`after()\`. The enabled status of \`draftMode()\` can be read inside \`after()\` but you cannot enable or disable \`draftMode()\`. See more info here: https://nextjs.org/docs/app/api-reference/functions/after`,
      );
    }
    if (work.mode === 'error') throw dynamicIsError(work.route, expression);
    if (kind === 'cached' || kind === 'unstable') throw draftModeInCache(work.route, expression, kind);
    throw new FreshtagError('CONFIG', `${expression} needs FRESHTAG_SECRET. Set it with \`wrangler secret put FRESHTAG_SECRET\`.`);
  }
}

/**
 * Does work that the visitor need not wait for: a function starts when the response body has ended, a promise is kept
 * alive until it settles. Errors are logged.
 * @param {PromiseLike<unknown> | (() => unknown)} task
 */
export function after(task) {
  const scope = requestScope('after');
  assertOpen(scope, 'after()');
  const { work } = scope;
  if (typeof task === 'function') work.after(task);
  else if (typeof task?.then === 'function') keepAlive(work, task);
  else throw new Error('`after()`: Argument must be a promise or a function');
}
