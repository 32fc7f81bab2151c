// Tags: a caller's own, and those of paths.
import { implicitTags, revalidatePathTags, validateTags } from 'freshtag/core';

import { THROWS } from './compare.js';
import * as next from './next.js';
import { anyPath, anyText, anyWildText } from './texts.js';

/** @typedef {import('./compare.js').Oracle} Oracle */

const isWild = (text) => typeof text === 'string' && !text.isWellFormed();

/** @type {Oracle} */
export const list = {
  name: 'validateTags',
  peer: 'server/lib/patch-fetch',
  inputs(any) {
    const tag = () => (any.chance(0.05) ? any.pick([5, null, undefined, true, {}, []]) : anyWildText(any, any.chance(0.02) ? 300 : 12));
    return () => [any.many(any.chance(0.005) ? 200 : 6, tag)];
  },
  ours: (tags) => validateTags(tags).valid,
  theirs: (tags) => next.validateTags(tags),
  meant: {
    'TG-2': (_, ours, theirs) => theirs.length > 128 && ours.length === 128 && ours.every((tag, i) => tag === theirs[i]),
    'TG-4': ([tags], ours, theirs) => tags.some(isWild) && theirs === THROWS && ours !== THROWS,
  },
};

/** @type {Oracle} */
export const implicit = {
  name: 'implicitTags',
  peer: 'server/lib/implicit-tags',
  inputs: (any) => () => [anyPath(any, ['page', 'route', 'layout', '']), anyPath(any)],
  ours: (page, pathname) => implicitTags(page, pathname),
  theirs: (page, pathname) => next.implicitTags(page, pathname),
};

/** @type {Oracle} */
export const path = {
  name: 'revalidatePathTags',
  peer: 'server/web/spec-extension/revalidate',
  inputs: (any) => {
    const types = [undefined, undefined, 'page', 'layout', 'route', ''];
    return () => [any.chance(0.001) ? `/${'x'.repeat(1020 + any.below(8))}` : anyPath(any), any.chance(0.15) ? anyText(any, 5) : any.pick(types)];
  },
  ours: (path, type) => revalidatePathTags(path, type),
  theirs: (path, type) => next.recorded(() => next.revalidatePath(path, type)),
  meant: { 'RV-7': ([, type], ours) => /[^\t -~]/.test(type ?? '') && ours.every((tag) => /^[\t -~]*$/.test(tag)) },
};
