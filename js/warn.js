// Next's warning about tags that were dropped (TG-1, TG-2).

/**
 * @param {{ tag: string, reason: string }[] | undefined} rejected
 * @param {string} description
 */
export function warnRejected(rejected, description) {
  if (!rejected || rejected.length === 0) return;
  console.warn(`Warning: invalid tags passed to ${description}: `);
  for (const { tag, reason } of rejected) console.log(`tag: "${tag}" ${reason}`);
}
