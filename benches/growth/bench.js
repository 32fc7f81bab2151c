// What a hit and a revalidation cost with many entries and many tags.
import { compare, table } from '../rounds.js';
import { startWorker } from '../workerd.js';

/** Entries, and tags of each. The first is what the others are compared with. */
const SIZES = [[100, 16], [10_000, 16], [100_000, 16], [100, 1], [100, 128]];
const WHAT = ['hit from KV', 'hit from memory', 'revalidate one tag'];

export async function bench(how) {
  console.log(`# Growth\n\nCPU of workerd in µs, and as a multiple of the first row's; createStore on a KV in the isolate, medians of ${how.rounds} rounds of ${how.ms} ms.`);
  const worker = await startWorker(new URL('worker.js', import.meta.url));
  try {
    const columns = [];
    for (const what of WHAT) {
      const subject = ([entries, tags]) => async (n) => void (await worker.ask(JSON.stringify({ entries, tags, what, n })));
      columns.push(await compare(Object.fromEntries(SIZES.map((size) => [size.join(), subject(size)])), { ...how, clock: worker.cpu }));
    }
    const cell = ({ us, ratio }) => `${us.toFixed(1)} (${ratio.toFixed(2)}×)`;
    table(['entries, tags of each', ...WHAT], SIZES.map((size) => [size.map((n) => n.toLocaleString('en')).join(', '), ...columns.map((column) => cell(column[size.join()]))]));
  } finally {
    await worker.stop();
  }
}
