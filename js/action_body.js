// Which action a request calls, and with what.
import { readBody } from './body.js';
import { FreshtagError } from './errors.js';
import { decryptBoundArgs } from './sealed.js';
import { decodeCall, decodeText, FIELD, fields } from './wire.js';

/** @typedef {import('./action.js').Definition} Definition */
/** @typedef {import('./actions.js').Table} Table */

/**
 * @typedef {object} ActionCall
 * @property {boolean} byFetch Whether a script called, and not a form.
 * @property {Definition} definition
 * @property {unknown[]} args
 */

/** More arguments, or fields of a form, are an attack (SA-18). */
const MOST = 1000;

/**
 * Reads a call, or the id that stands for no action. Fails with `TOO_LARGE`, `INVALID_REQUEST` or `SEALED_ARGUMENTS`.
 * @param {Request} request
 * @param {Table} actions
 * @returns {Promise<ActionCall | { missing: string | null }>}
 */
export async function readCall(request, actions) {
  const limit = actions.app.bodySizeLimit;
  const body = await readBody(request, limit).catch((cause) => {
    throw malformed('The body broke off.', cause);
  });
  if (!body) {
    throw new FreshtagError('TOO_LARGE', `The body exceeds serverActions.bodySizeLimit, ${limit} bytes.`);
  }
  const type = request.headers.get('content-type') ?? '';
  const isForm = /^(?:multipart\/form-data|application\/x-www-form-urlencoded)\b/i.test(type);
  const form = isForm ? await formOf(body, type) : undefined;
  const id = request.headers.get('next-action');
  if (id === null) return formCall(form ?? new FormData(), actions);
  return fetchCall(id, form?.get('0') ?? (await body.text()), form, actions);
}

/** @param {Blob} body @param {string} type */
async function formOf(body, type) {
  const form = await new Response(body, { headers: { 'content-type': type } }).formData().catch((cause) => {
    throw malformed('The body is not the form that content-type says.', cause);
  });
  if ([...form.keys()].length > MOST) throw malformed(`A form has at most ${MOST} fields.`);
  return form;
}

/**
 * The last field wins: that of the button that was pressed comes after the form's own.
 * @param {FormData} form
 * @param {Table} actions
 * @returns {Promise<ActionCall | { missing: string | null }>}
 */
async function formCall(form, actions) {
  const field = [...form].findLast(([name]) => name.startsWith(FIELD));
  if (!field) return { missing: null };
  const id = field[0].slice(FIELD.length);
  const definition = actions.get(id);
  if (!definition) return { missing: id };
  const own = new FormData();
  for (const [name, value] of fields(form)) own.append(name, /** @type {string} */ (value));
  return { byFetch: false, definition, args: [...(await boundOf(field[1], id, definition, actions)), own] };
}

/**
 * @param {string} id
 * @param {unknown} text
 * @param {FormData | undefined} form
 * @param {Table} actions
 * @returns {Promise<ActionCall | { missing: string | null }>}
 */
async function fetchCall(id, text, form, actions) {
  const definition = actions.get(id);
  if (!definition) return { missing: id };
  /** @type {{ bound: string, args: unknown[] }} */
  let call;
  try {
    call = decodeCall(String(text), form);
  } catch (cause) {
    throw malformed('The arguments cannot be read: call the action with callAction() of freshtag/client.', cause);
  }
  const bound = await boundOf(call.bound, id, definition, actions);
  // Before they are put together: a list of holes is longer than its text.
  if (bound.length + call.args.length > MOST) throw malformed(`An action takes at most ${MOST} arguments.`);
  return { byFetch: true, definition, args: [...bound, ...call.args] };
}

/**
 * What was bound to the action when its field was made. That of a sealed action is believed only if it was sealed.
 * @param {unknown} value of the field
 * @param {string} id
 * @param {Definition} definition
 * @param {Table} actions
 * @returns {Promise<unknown[]>}
 */
async function boundOf(value, id, definition, actions) {
  if (typeof value !== 'string') throw malformed('The field of an action holds text.');
  if (value === '' && !definition.sealed) return [];
  const text = definition.sealed ? await decryptBoundArgs(id, value, actions.keys) : value;
  try {
    const bound = decodeText(text);
    if (Array.isArray(bound) && bound.length <= MOST) return bound;
  } catch {
    // As what is no list.
  }
  throw malformed('The bound arguments cannot be read.');
}

/** @param {string} message @param {unknown} [cause] */
function malformed(message, cause) {
  return new FreshtagError('INVALID_REQUEST', message, { cause });
}
