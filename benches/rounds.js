// Interleaved rounds.

/**
 * The median time of one operation in µs, by name.
 * @param {Record<string, (n: number) => Promise<void>>} subjects Each does `n` operations.
 * @param {{ ms: number, rounds: number }} how Length of a round in ms, and how many.
 */
export async function measure(subjects, how) {
  const compared = await compare(subjects, how);
  return Object.fromEntries(Object.entries(compared).map(([name, { us }]) => [name, us]));
}

/**
 * The median time of one operation in µs, and the median of its ratios to the first subject's, by name.
 * @param {Record<string, (n: number) => Promise<void>>} subjects Each does `n` operations.
 * @param {{ ms: number, rounds: number, clock?: () => number }} how `clock` in ms; a Worker's `cpu()` for the time it computes.
 * @returns {Promise<Record<string, { us: number, ratio: number }>>}
 */
export async function compare(subjects, { ms, rounds, clock = () => performance.now() }) {
  const names = Object.keys(subjects);
  const counts = new Map();
  for (const name of names) counts.set(name, await calibrate(subjects[name], ms, clock));
  const times = new Map(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of names.map((_, i) => names[(i + round) % names.length])) {
      const n = counts.get(name);
      const empty = await time(subjects[name], 0, clock);
      times.get(name).push(Math.max(0, (await time(subjects[name], n, clock)) - empty) / n);
    }
  }
  const first = times.get(names[0]);
  const ratio = (list) => median(list.map((time, round) => time / first[round]));
  return Object.fromEntries(names.map((name) => [name, { us: median(times.get(name)) * 1000, ratio: ratio(times.get(name)) }]));
}

/** How often fits into a round; warms the engines up on the way. */
async function calibrate(subject, ms, clock) {
  let n = 16;
  for (;;) {
    const taken = await time(subject, n, clock);
    if (taken > ms / 2) return Math.max(1, Math.round((n * ms) / taken));
    n *= 4;
  }
}

async function time(subject, n, clock) {
  const start = clock();
  await subject(n);
  return clock() - start;
}

export function median(list) {
  const sorted = [...list].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Prints a table for docs/performance.md.
 * @param {string[]} heads
 * @param {(string | number)[][]} rows
 */
export function table(heads, rows) {
  console.log(`\n| ${heads.join(' | ')} |\n|---|${heads.slice(1).map(() => '---:|').join('')}`);
  for (const row of rows) console.log(`| ${row.join(' | ')} |`);
}
