// In the browser: calls of Server Actions.
import { parse } from 'devalue';
import { encodeCall, FIELD } from './wire.js';

/** A Server Action that failed, or was refused. */
export class ActionError extends Error {
  /**
   * @param {string} message
   * @param {{ status?: number, digest?: string, cause?: unknown }} [details]
   */
  constructor(message, { status, digest, cause } = {}) {
    super(message, { cause });
    this.name = 'ActionError';
    this.status = status;
    this.digest = digest;
  }
}

/** The call before this one: one runs after the other (SA-28). @type {Promise<unknown>} */
let last = Promise.resolve();

/**
 * Calls a Server Action and returns what it returned.
 * @param {string | { name: string, value: string }} action Its id, or the field that stands for it in a form.
 * @param {unknown[]} args
 * @returns {Promise<any>}
 */
export function callAction(action, ...args) {
  const { id, bound } =
    typeof action === 'string' ? { id: action, bound: '' } : { id: action.name.slice(FIELD.length), bound: action.value };
  // Read now: what changes while others run is not what was meant.
  const body = encodeCall(bound, args);
  const call = last.then(() => send(id, body));
  last = call.catch(() => {});
  return call;
}

/**
 * Calls the action of a form with its fields, as the browser would by itself.
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} [submitter] The button, as in `event.submitter`.
 * @returns {Promise<any>}
 */
export async function submitForm(form, submitter) {
  const data = new FormData(form, submitter);
  const field = [...data].findLast(([name]) => name.startsWith(FIELD));
  if (!field) throw new TypeError('submitForm(form): the form has no field of formField(action).');
  return callAction({ name: field[0], value: String(field[1]) }, data);
}

/** @param {string} id @param {string | FormData} body */
async function send(id, body) {
  const headers = { 'next-action': id, accept: 'application/json', ...(typeof body === 'string' && { 'content-type': 'application/json' }) };
  const [url] = location.href.split('#');
  /** @type {Response} */
  let response;
  try {
    response = await fetch(url, { method: 'POST', headers, body });
  } catch (cause) {
    throw new ActionError('The Server Action could not be sent.', { cause });
  }
  const { status } = response;
  const kind = response.headers.get('x-action-revalidated');
  if (kind) dispatchEvent(new CustomEvent('freshtag:revalidated', { detail: { kind: Number(kind) } }));
  const target = response.headers.get('x-action-redirect');
  if (target) return redirect(target);
  const isOurs = response.headers.get('content-type')?.startsWith('application/json');
  const text = await response.text();
  if (isOurs && status === 200) return parse(text);
  const { digest, message } = isOurs ? JSON.parse(text) : { digest: undefined, message: text.slice(0, 200) };
  throw new ActionError(message || `The Server Action failed with status ${status}.`, { status, digest });
}

/** @param {string} target `url;push` or `url;replace` (SA-22) */
function redirect(target) {
  const end = target.lastIndexOf(';');
  const url = new URL(target.slice(0, end), location.href);
  if (!/^https?:$/.test(url.protocol)) throw new ActionError(`The Server Action redirects to ${url.protocol}, which is no page.`);
  if (target.slice(end) === ';replace') location.replace(url);
  else location.assign(url);
}
