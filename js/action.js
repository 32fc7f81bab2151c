// serverAction(fn): a function that pages of the app may call.
import { FreshtagError } from './errors.js';
import { encodeValue } from './encode.js';
import { requestScope } from './access.js';
import { currentScope } from './scope.js';
import { encryptBoundArgs } from './sealed.js';
import { FIELD } from './wire.js';

/**
 * @typedef {object} Definition
 * @property {(...args: any[]) => any} fn
 * @property {string} id As the app calls it.
 * @property {boolean} sealed Whether its bound arguments travel encrypted, and no others are believed.
 */

/** @typedef {{ definition: Definition, bound: unknown[] }} Reference */

/** @type {WeakMap<Function, Reference>} */
const references = new WeakMap();

/**
 * Makes `fn` a Server Action. It can be called once it is in `createApp({ actions })`, and only by pages of this site.
 * Arguments bound with `.bind()` travel in clear and can be changed by whoever has the page, unless `sealed` is set.
 * @template {(...args: any[]) => any} F
 * @param {F} fn
 * @param {{ id: string, sealed?: boolean }} options `id` is unique in the app and stays the same when code moves.
 * @returns {F}
 */
export function serverAction(fn, options) {
  const id = options?.id;
  if (typeof fn !== 'function') throw new FreshtagError('CONFIG', 'serverAction(fn, { id }): fn must be a function.');
  if (typeof id !== 'string' || id === '') {
    throw new FreshtagError('CONFIG', 'serverAction(fn, { id }): id must be a non-empty string that no other action uses.');
  }
  return /** @type {F} */ (callable({ fn, id, sealed: options.sealed === true }, []));
}

/**
 * @param {Definition} definition
 * @param {unknown[]} bound
 */
function callable(definition, bound) {
  /** @param {unknown[]} args */
  const action = (...args) => definition.fn(...bound, ...args);
  references.set(action, { definition, bound });
  return Object.defineProperty(action, 'bind', {
    /** @param {unknown} _this @param {unknown[]} more */
    value: (_this, ...more) => callable(definition, [...bound, ...more]),
  });
}

/** What stands behind an action, if it is one. @param {unknown} action @returns {Reference | undefined} */
export function referenceOf(action) {
  return typeof action === 'function' ? references.get(action) : undefined;
}

/**
 * The name and value of the form field, or of the button, that calls `action`. The value holds what was bound.
 * @param {Function} action
 * @returns {Promise<{ name: string, value: string }>}
 */
export async function formField(action) {
  const { work } = requestScope('formField');
  const reference = referenceOf(action);
  if (!reference) throw new FreshtagError('CONFIG', 'formField(action): action must be made by serverAction(fn, { id }).');
  const { definition, bound } = reference;
  const { actions } = work.settings;
  const id = actions.idOf(definition);
  if (bound.length === 0 && !definition.sealed) return { name: FIELD + id, value: '' };
  const text = await encodeValue(bound, `a bound argument of Server Action "${definition.id}"`);
  return { name: FIELD + id, value: definition.sealed ? await encryptBoundArgs(id, text, actions.sealingKey) : text };
}

/**
 * What `action` returned to the form whose answer this page is; undefined otherwise.
 * @param {Function} action
 * @returns {any}
 */
export function actionState(action) {
  const state = currentScope()?.work.actionState;
  return state && state.definition === referenceOf(action)?.definition ? state.value : undefined;
}
