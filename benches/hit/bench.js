// What a hit costs the CPU.
import { PAGES } from '../page.js';
import { compare, table } from '../rounds.js';
import { startWorker } from '../workerd.js';

const NAMES = ['limit', 'freshtag, from KV', 'freshtag, from memory', 'freshtag, createStore', 'OpenNext', 'vinext', 'Next, in memory'];

export async function bench(how) {
  console.log(`# Hits\n\nCPU of workerd for a hit in µs, and as a multiple of the limit's; medians of ${how.rounds} rounds of ${how.ms} ms.`);
  const worker = await startWorker(new URL('worker.js', import.meta.url));
  try {
    for (const who of NAMES) {
      const wrong = JSON.parse(await worker.ask(JSON.stringify({ who, page: PAGES[0], verify: true })));
      if (wrong) throw new Error(`${who}: ${wrong}`);
    }
    const column = (page, drained, how) => {
      const subject = (who) => async (n) => void (await worker.ask(JSON.stringify({ who, page, n, drained })));
      return compare(Object.fromEntries(NAMES.map((who) => [who, subject(who)])), { ...how, clock: worker.cpu });
    };
    // What runs often is compiled anew while it runs, and not in the first column.
    await column(PAGES[1], true, how);
    for (const drained of [false, true]) {
      const columns = [];
      for (const page of PAGES) columns.push(await column(page, drained, how));
      const cell = ({ us, ratio }) => `${us.toFixed(us < 100 ? 1 : 0)} (${ratio.toFixed(2)}×)`;
      table([drained ? 'body drained' : 'Response built', ...PAGES], NAMES.map((who) => [who, ...columns.map((column) => cell(column[who]))]));
    }
  } finally {
    await worker.stop();
  }
}
