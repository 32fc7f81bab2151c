// Keys of cached functions and of routes.
import { routeCacheKey, unstableCacheKey } from 'freshtag/core';

import { THROWS } from './compare.js';
import * as next from './next.js';
import { anyPath, anyText } from './texts.js';

/** @typedef {import('./compare.js').Oracle} Oracle */

/** @type {Oracle} */
export const data = {
  name: 'unstableCacheKey',
  peer: 'server/web/spec-extension/unstable-cache, server/lib/incremental-cache',
  inputs(any) {
    const part = () => any.pick([anyText(any, 4), any.below(10), null, undefined, [anyText(any, 2)]]);
    const arg = () => any.pick([anyText(any, 6), any.below(99), null, undefined, { [anyText(any, 3)]: any.next() }, [1, [2]]]);
    return () => [anyText(any, 20), any.chance(0.2) ? undefined : any.many(3, part), any.many(3, arg), any.pick(['', '', 'p', 'é'])];
  },
  ours: (source, parts, args, prefix) => unstableCacheKey(source, parts, args, prefix),
  theirs: (source, parts, args, prefix) => next.unstableCacheKey(source, parts, args, prefix),
};

const isOdd = (pathname) => /\/\/|(^|\/)\.\.?(\/|$)/.test(pathname) || (/^\/index\//.test(pathname) && /\/\[[^/]+\](\/|$)/.test(pathname));

/** @type {Oracle} */
export const route = {
  name: 'routeCacheKey',
  peer: 'server/lib/route-cache-key',
  inputs: (any) => () => [any.pick(['APP_PAGE', 'APP_ROUTE', 'PAGES']), anyPath(any, ['page', 'route']), anyPath(any)],
  ours: (kind, source, pathname) => routeCacheKey(kind, source, pathname),
  theirs: (kind, source, pathname) => next.routeCacheKey(kind, source, pathname),
  meant: { 'IC-6': ([, , pathname], ours) => isOdd(pathname) && ours !== THROWS },
};
