// generateStaticParams and dynamicParams.
import { FreshtagError } from './errors.js';
import { forgetFetches } from './fetch_memo.js';
import { Scope } from './scope.js';
import { Work } from './work.js';

/** @typedef {import('./route.js').Route} Route */
/** @typedef {import('./route.js').Params} Params */
/** @typedef {import('./call.js').Call} Call */

/** How long an isolate believes a list, in ms. */
const MEMO_MS = 60_000;

/** Finished lists only: a promise of one request must not be awaited by another. @type {WeakMap<Route, { at: number, paths: Set<string> }>} */
const memo = new WeakMap();

/**
 * The paths that `generateStaticParams` of a route lists.
 * @param {Route} route
 * @param {Call} call
 * @returns {Promise<string[]>}
 */
export async function listPaths(route, call) {
  const generate = route.module.generateStaticParams;
  if (generate === undefined) return [];
  const { engine, stores, request, defer, settings } = call;
  // A visit of its own: the work frees it.
  const visit = engine.visit(undefined, undefined, defer);
  const work = new Work({ engine: stores ? engine : undefined, visit, ...route.says, how: 'prerender', request, defer, settings });
  const scope = new Scope('params', work, visit, undefined);
  try {
    const list = await scope.run(async () => generate({ params: {} }));
    if (!Array.isArray(list)) {
      throw new FreshtagError('INVALID_PARAMS', `generateStaticParams of ${route.pattern} must return an array of params.`);
    }
    return list.map((params) => fillPattern(route.pattern, params));
  } finally {
    scope.over = true;
    forgetFetches(scope);
    work.bodyEnded();
  }
}

/**
 * Whether a route that takes only listed params takes these.
 * @param {Route} route
 * @param {Call} call
 */
export async function isListed(route, call) {
  let known = memo.get(route);
  if (!known || Date.now() - known.at > MEMO_MS) {
    known = { at: Date.now(), paths: new Set(await listPaths(route, call)) };
    memo.set(route, known);
  }
  return known.paths.has(fillPattern(route.pattern, call.engine.routeParams(call.pathname)));
}

/**
 * The path of a pattern with its params filled in.
 * @param {string} pattern
 * @param {any} params
 */
export function fillPattern(pattern, params) {
  /** @type {string[]} */
  const path = [];
  for (const segment of pattern.split('/')) {
    // Groups and slots are no part of a path.
    if (segment === '' || (segment.startsWith('(') && segment.endsWith(')')) || segment.startsWith('@')) continue;
    const [, optional, rest, name] = /^(\[)?\[(\.\.\.)?([^\]]+)\]{1,2}$/.exec(segment) ?? [];
    if (name === undefined) {
      path.push(segment);
      continue;
    }
    const value = params?.[name];
    const parts = rest ? (value ?? (optional ? [] : undefined)) : [value];
    if (!Array.isArray(parts) || (parts.length === 0 && !optional) || !parts.every(isPart)) {
      throw new FreshtagError(
        'INVALID_PARAMS',
        `generateStaticParams of ${pattern} must give "${name}" as ${rest ? 'an array of strings' : 'a string'}.`,
      );
    }
    path.push(...parts.map((part) => encodeURIComponent(part)));
  }
  return `/${path.join('/')}`;
}

/** @param {unknown} part */
function isPart(part) {
  return (typeof part === 'string' && part !== '') || typeof part === 'number';
}
