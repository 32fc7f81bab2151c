// headers(), connection(), after(): what belongs to one request.
import { assertOpen, readRequest, requestScope } from './access.js';
import { readonlyHeaders } from './headers.js';
import { keepAlive } from './work.js';

/**
 * The visitor's headers, read-only and without those of Next's own router.
 * @returns {Promise<Headers>}
 */
export async function headers() {
  const scope = requestScope('headers');
  return readonlyHeaders(readRequest(scope, 'headers()') ? scope.work.request.headers : new Headers());
}

/** Says that what follows needs a real request: the render is not stored (NV-1). */
export async function connection() {
  readRequest(requestScope('connection'), 'connection()');
}

/**
 * Does work that the visitor need not wait for: a function starts when the response body has ended, a promise is kept
 * alive until it settles. Errors are logged.
 * @param {PromiseLike<unknown> | (() => unknown)} task
 */
export function after(task) {
  const scope = requestScope('after');
  assertOpen(scope, 'after()');
  const { work } = scope;
  if (typeof task === 'function') work.after(task);
  else if (typeof task?.then === 'function') keepAlive(work, task);
  else throw new Error('`after()`: Argument must be a promise or a function');
}
