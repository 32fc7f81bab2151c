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
  // Copied: a chunk of one byte may hold a buffer of thousands, and there can be a million of them.
  let bytes = new Uint8Array(Math.min(limit, FIRST_BYTES));
  let size = 0;
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return new Blob([bytes.subarray(0, size)]);
    const end = size + value.byteLength;
    if (end > limit) {
      await reader.cancel().catch(() => {});
      return undefined;
    }
    if (end > bytes.length) {
      const larger = new Uint8Array(Math.min(limit, Math.max(end, 2 * bytes.length)));
      larger.set(bytes);
      bytes = larger;
    }
    bytes.set(value, size);
    size = end;
  }
}

const FIRST_BYTES = 16 * 1024;

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
