// Reading the visitor's request: the one place that decides what such a read means (NV-1, NV-2, UC-35).
import { dynamicIsError, insideGenerator, notStatic, requestInCache, requestIsOver } from './errors.js';

/** @typedef {import('./scope.js').Scope} Scope */

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
  switch (scope.kind) {
    case 'cached': {
      const error = requestInCache(work.route, expression, 'cached');
      scope.misuse ??= error;
      throw error;
    }
    case 'unstable':
      throw requestInCache(work.route, expression, 'unstable');
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
