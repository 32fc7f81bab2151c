// Bodies of requests, read up to a limit that counts on the stream and not on what a header claims.

/**
 * All bytes of a body, or undefined when there are more than `limit`: then the rest is not read.
 * @param {Request} request
 * @param {number} limit
 * @returns {Promise<Blob | undefined>}
 */
export async function readBody(request, limit) {
  const { body } = request;
  if (!body) return new Blob([]);
  if (Number(request.headers.get('content-length') ?? 0) > limit) {
    await dropBody(request);
    return undefined;
  }
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const chunks = [];
  let size = 0;
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return new Blob(chunks);
    size += value.byteLength;
    if (size > limit) {
      await reader.cancel().catch(() => {});
      return undefined;
    }
    chunks.push(value);
  }
}

/** Says that nobody will read the body. @param {Request} request */
export async function dropBody({ body }) {
  if (body && !body.locked) await body.cancel().catch(() => {});
}

const UNITS = { b: 1, kb: 2 ** 10, mb: 2 ** 20, gb: 2 ** 30 };

/**
 * A size in bytes from a number or a text like `'2mb'`. Undefined when it is none, or less than one byte.
 * @param {unknown} size
 * @returns {number | undefined}
 */
export function parseSize(size) {
  const [, digits, unit = 'b'] = /^(\d+(?:\.\d+)?) *(b|kb|mb|gb)?$/i.exec(String(size)) ?? [];
  const bytes = Math.floor(Number(digits) * UNITS[/** @type {keyof typeof UNITS} */ (unit.toLowerCase())]);
  return Number.isSafeInteger(bytes) && bytes >= 1 ? bytes : undefined;
}
