// The end of a run: what it recorded is written before anybody gets an answer.
import { renewAfter } from './instance.js';
import { plain } from './reply.js';

/** @typedef {import('./work.js').Work} Work */

/**
 * Writes what the handler recorded, then makes the response.
 * @param {Work} work
 * @param {(seen: string | undefined) => Response} respond
 */
export async function settled(work, respond) {
  const { recorded } = work;
  try {
    await work.settle();
  } catch (error) {
    await work.response?.body?.cancel().catch(() => {});
    work.bodyEnded();
    work.replied();
    return revalidateFailed(error);
  }
  try {
    return respond(recorded ? work.visit?.seenCookie() : undefined);
  } finally {
    work.replied();
  }
}

/** @param {Work} work @param {Response} response */
export function finish(work, response) {
  work.replied();
  return response;
}

/** @param {Work | undefined} work @param {unknown} error */
export async function afterThrow(work, error) {
  try {
    await work?.settle();
  } catch (failure) {
    console.error('freshtag: a revalidation of a handler that threw was not written:', failure);
  }
  work?.replied();
  const code = /** @type {{ code?: unknown } | null} */ (error)?.code;
  return code === 'REVALIDATE_FAILED' ? revalidateFailed(error) : handlerFailed(error);
}

/** @param {unknown} error */
export function handlerFailed(error) {
  console.error(error);
  return plain(500, 'Internal Server Error');
}

/** @param {unknown} error */
function revalidateFailed(error) {
  void renewAfter(error);
  console.error('freshtag: REVALIDATE_FAILED:', error);
  return plain(500, 'Internal Server Error', { 'x-freshtag-error': 'REVALIDATE_FAILED' });
}
