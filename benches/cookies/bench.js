// Cookies, in workerd and in Node.
import { measure } from '../rounds.js';
import { startWorker } from '../workerd.js';
import { CASES, prepare, run, SIZES } from './cases.js';

const seed = Date.now() % 2 ** 32;

export async function bench(how) {
  console.log(`# Cookies\n\nµs for one operation, medians of ${how.rounds} rounds of ${how.ms} ms, seed ${seed}.`);
  const worker = await startWorker(new URL('worker.js', import.meta.url));
  try {
    await table('workerd', how, (group, who, size) => async (n) => {
      await worker.ask(JSON.stringify({ group, who, size, seed, n }));
    });
  } finally {
    await worker.stop();
  }
  await table('Node', how, (group, who, size) => {
    const inputs = prepare(size, seed);
    return async (n) => void run(group, who, inputs, n);
  });
}

async function table(engine, how, subject) {
  console.log(`\n## ${engine}`);
  for (const [group, subjects] of Object.entries(CASES)) {
    const sizes = group.startsWith('get') ? SIZES : [1];
    const names = Object.keys(subjects);
    const columns = [];
    for (const size of sizes) {
      columns.push(await measure(Object.fromEntries(names.map((who) => [who, subject(group, who, size)])), how));
    }
    const heads = sizes.map((size) => (group.startsWith('get') ? `${size} (${prepare(size, seed)[0].text.length} B)` : 'µs'));
    console.log(`\n| ${[group, ...heads].join(' | ')} |\n|---|${heads.map(() => '---:|').join('')}`);
    for (const who of names) console.log(`| ${[who, ...columns.map((column) => cell(column, who))].join(' | ')} |`);
  }
}

/** The time, and how many times as fast ours is. */
function cell(column, who) {
  const ours = who.includes('from Headers') ? 'freshtag, from Headers' : 'freshtag';
  const figure = column[who].toFixed(3);
  return who === ours ? figure : `${figure} (${(column[who] / column[ours]).toFixed(2)}×)`;
}
