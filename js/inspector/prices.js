// What Workers KV costs.

/** List prices in dollars for a million, beyond what a plan includes. A key in a bulk read is a read. */
export const PRICES = {
  read: 0.5,
  write: 5,
  as_of: '2026-11-21',
  link: 'https://developers.cloudflare.com/kv/platform/pricing/',
};

/**
 * What a million requests cost that ask the store as those did.
 * @param {{ reads: number, writes: number, requests: number }} so_far
 */
export function perMillion({ reads, writes, requests }) {
  const each = (/** @type {number} */ operations) => (requests ? operations / requests : 0);
  const [read, write] = [each(reads) * PRICES.read, each(writes) * PRICES.write];
  return { reads: each(reads), writes: each(writes), read, write, all: read + write };
}
