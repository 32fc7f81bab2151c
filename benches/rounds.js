// Interleaved rounds.

/**
 * The median time of one operation in µs, by name.
 * @param {Record<string, (n: number) => Promise<void>>} subjects Each does `n` operations.
 * @param {{ ms: number, rounds: number }} how Length of a round in ms, and how many.
 */
export async function measure(subjects, { ms, rounds }) {
  const names = Object.keys(subjects);
  const counts = new Map();
  for (const name of names) counts.set(name, await calibrate(subjects[name], ms));
  const times = new Map(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of names.map((_, i) => names[(i + round) % names.length])) {
      const n = counts.get(name);
      const empty = await time(subjects[name], 0);
      times.get(name).push(Math.max(0, (await time(subjects[name], n)) - empty) / n);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times.get(name)) * 1000]));
}

/** How often fits into a round; warms the engines up on the way. */
async function calibrate(subject, ms) {
  let n = 64;
  for (;;) {
    const taken = await time(subject, n);
    if (taken > ms / 2) return Math.max(1, Math.round((n * ms) / taken));
    n *= 4;
  }
}

async function time(subject, n) {
  const start = performance.now();
  await subject(n);
  return performance.now() - start;
}

export function median(list) {
  const sorted = [...list].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
