// Seeded random inputs. `SEED=… npx vitest …` repeats a run, `SECONDS=60` makes it longer.

export const seed = Number(process.env.SEED ?? Date.now() % 2 ** 32) >>> 0;
export const seconds = Number(process.env.SECONDS ?? 0.7);

/** mulberry32 */
export function random(start = seed) {
  let state = start >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n) => Math.floor(next() * n);
  const pick = (list) => list[below(list.length)];
  const many = (most, make) => Array.from({ length: below(most + 1) }, make);
  return { next, below, pick, many, chance: (share) => next() < share };
}

/** Calls `once` with a generator until the time is over; says how often. */
export async function forAWhile(once) {
  const any = random();
  const end = performance.now() + seconds * 1000;
  let count = 0;
  while (performance.now() < end) {
    for (let i = 0; i < 20; i++, count++) await once(any);
  }
  return count;
}
