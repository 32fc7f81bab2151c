// What stands before a Server Action.
import { compare, table } from '../rounds.js';
import { startWorker } from '../workerd.js';

export async function bench(how) {
  console.log(`# Server Actions\n\nCPU of workerd in µs, and how many times as fast ours is; medians of ${how.rounds} rounds of ${how.ms} ms.`);
  const worker = await startWorker(new URL('worker.js', import.meta.url));
  const pair = (group, size) => {
    const subject = (who) => async (n) => void (await worker.ask(JSON.stringify({ group, who, size, n })));
    return compare({ freshtag: subject('freshtag'), Next: subject('Next') }, { ...how, clock: worker.cpu });
  };
  const rows = (columns) => ['freshtag', 'Next'].map((who) => [who, ...columns.map((column) => `${column[who].us.toFixed(3)}${who === 'Next' ? ` (${column[who].ratio.toFixed(2)}×)` : ''}`)]);
  try {
    const origins = [];
    for (const size of [1, 10, 100]) origins.push(await pair('origin', size));
    table(['isCsrfOriginAllowed', '1 pattern', '10', '100'], rows(origins));
    table(['bound arguments, 1 KB', 'seal', 'open'], rows([await pair('seal', 0), await pair('open', 0)]));
  } finally {
    await worker.stop();
  }
}
