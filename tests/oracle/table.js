// Every function of freshtag/core, each with what it is held to.
import { id, open, seal } from './actions.js';
import { key as fetchKey, options } from './fetches.js';
import { data, route } from './keys.js';
import { header, life } from './lives.js';
import { allowed, check } from './origins.js';
import { implicit, list, path } from './tags.js';
import { create, verify } from './tokens.js';

/** @type {import('./compare.js').Oracle[]} */
export const ORACLES = [life, header, list, implicit, path, data, route, options, fetchKey, id, allowed, check, seal, open, create, verify];
