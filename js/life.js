// cacheLife, cacheTag and what marks a render as not to be stored.
import { assertOpen, markDynamic } from './access.js';
import { dynamicIsError, outsideCache } from './errors.js';
import { currentScope } from './scope.js';
import { warnRejected } from './warn.js';

/**
 * The cached function around the caller (CL-10). @param {'cacheLife' | 'cacheTag'} name
 */
function cachedScope(name) {
  const scope = currentScope();
  if (scope?.kind !== 'cached') throw outsideCache(name, scope?.work.route);
  assertOpen(scope, `${name}()`);
  return scope;
}

/**
 * Sets how long the result of this cached function lives: a profile's name or `{ stale, revalidate, expire }` in seconds.
 * Several calls combine by the smaller of each (CL-11).
 * @param {unknown} profile
 */
export function cacheLife(profile) {
  cachedScope('cacheLife').collector?.life(profile);
}

/**
 * Adds tags to the result of this cached function. Tags that are no strings or too long are dropped with a warning (TG-1).
 * @param {...unknown} tags
 */
export function cacheTag(...tags) {
  const rejected = cachedScope('cacheTag').collector?.tags(tags);
  warnRejected(rejected, '`cacheTag()`');
}

/**
 * Makes the enclosing render one that is not stored (NV-4). Inside cached functions it does nothing.
 */
export function unstable_noStore() {
  const scope = currentScope();
  if (!scope || scope.work.mode === 'force-static') return;
  scope.work.noStore = true;
  if (scope.kind !== 'route') return;
  if (scope.work.mode === 'error') throw dynamicIsError(scope.work.route, 'unstable_noStore()');
  markDynamic(scope, 'unstable_noStore()');
}

/** @type {Set<string>} */
const warned = new Set();

/** @param {string} name */
function stabilized(name) {
  if (warned.has(name)) return;
  warned.add(name);
  console.error(
    new Error(
      `\`unstable_${name}\` was recently stabilized and should be imported as \`${name}\`. The \`unstable\` prefixed form will be removed in a future version of Next.js.`,
    ),
  );
}

/** @param {unknown} profile */
export function unstable_cacheLife(profile) {
  stabilized('cacheLife');
  cacheLife(profile);
}

/** @param {...unknown} tags */
export function unstable_cacheTag(...tags) {
  stabilized('cacheTag');
  cacheTag(...tags);
}
