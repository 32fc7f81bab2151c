// Reading the visitor's request: the one place that decides what such a read means (NV-1, NV-2, UC-35).
import { dynamicIsError, insideGenerator, notStatic, outsideRequest, requestInCache, requestIsOver } from './errors.js';
import { currentScope } from './scope.js';

/** @typedef {import('./scope.js').Scope} Scope */

/**
 * The scope of the caller; throws where there is no request.
 * @param {string} name
 */
export function requestScope(name) {
  const scope = currentScope();
  if (!scope) throw outsideRequest(name);
  return scope;
}

/**
 * Notes that `expression` reads the request. False: it must look empty (`dynamic = 'force-static'`).
 * Throws where there is no request to read.
 * @param {Scope} scope
 * @param {string} expression
 */
export function readRequest(scope, expression) {
  const { work } = scope;
  if (work.mode === 'force-static') return false;
  if (work.mode === 'error') throw dynamicIsError(work.route, expression);
  refuseInCache(scope, expression);
  switch (scope.kind) {
    case 'params':
      throw insideGenerator(work.route, expression, 'generateStaticParams');
    case 'after':
      return true;
    case 'route':
      markDynamic(scope, expression);
      return true;
  }
}

/**
 * Throws in a cached function: its result is not for one visitor (UC-35).
 * @param {Scope} scope
 * @param {string} expression
 */
export function refuseInCache(scope, expression) {
  const { kind, work } = scope;
  if (kind !== 'cached' && kind !== 'unstable') return;
  const error = requestInCache(work.route, expression, kind);
  if (kind === 'cached') scope.misuse ??= error;
  throw error;
}

/**
 * Makes the render of `scope` one that is not stored. Where that cannot be, in a refresh, a prerender and a body whose
 * head was sent, it ends it.
 * @param {Scope} scope
 * @param {string} expression
 */
export function markDynamic(scope, expression) {
  const { work } = scope;
  if (work.how !== 'live' || work.sealed) throw notStatic(work.route, expression);
  if (!scope.over) scope.collector?.dynamic(expression);
}

/**
 * Throws when the module's objects of this scope are gone.
 * @param {Scope} scope
 * @param {string} expression
 */
export function assertOpen(scope, expression) {
  if (scope.over) throw requestIsOver(scope.work.route, expression);
}
