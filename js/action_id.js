// The ids of actions as Next's compiler makes them (SA-11, SA-12).
import { actionId as idOf } from '#wasm';
import { FreshtagError } from './errors.js';

/** @type {Pick<typeof import('./contract.js'), 'actionId'>} */
const rules = { actionId: idOf };

/** From the seventh argument on there is one bit for all. */
const MOST_ARGUMENTS = 7;

/**
 * @param {{ salt: string, file: string, exportName: string, params?: number, rest?: boolean, used?: readonly boolean[], cache?: boolean }} of
 * @returns {string}
 */
export function actionId({ salt, file, exportName, params, rest, used, cache }) {
  for (const [field, value] of Object.entries({ salt, file, exportName })) {
    if (typeof value !== 'string') throw new FreshtagError('CONFIG', `actionId: ${field} must be a string.`);
  }
  if (params !== undefined && !(Number.isInteger(params) && params >= 0)) {
    throw new FreshtagError('CONFIG', 'actionId: params must be the number of parameters.');
  }
  if (used !== undefined && !Array.isArray(used)) throw new FreshtagError('CONFIG', 'actionId: used must be a list of booleans.');
  const mask = used ?? (params === undefined ? undefined : new Array(Math.min(params, MOST_ARGUMENTS)).fill(true));
  return rules.actionId(salt, file, exportName, rest || !mask ? undefined : Uint8Array.from(mask, Number), cache === true);
}
