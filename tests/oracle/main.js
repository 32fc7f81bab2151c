// What `npm run oracle` runs. Ends with 1 where something differs that nobody meant.
import { parseArgs } from 'node:util';

import { report, run } from './compare.js';
import { version } from './next.js';
import { ORACLES } from './table.js';

const { values } = parseArgs({
  options: { n: { type: 'string', default: '100000' }, seed: { type: 'string', default: String(Date.now() % 2 ** 32) }, only: { type: 'string', multiple: true } },
});
const [n, seed] = [Number(values.n), Number(values.seed) >>> 0];
const unknown = values.only?.find((name) => !ORACLES.some((oracle) => oracle.name === name));
if (!(n > 0) || unknown !== undefined) {
  const names = ORACLES.map(({ name }) => name).join(' ');
  console.error(unknown === undefined ? '--n takes a number above 0' : `there is no ${unknown}; there are: ${names}`);
  process.exit(2);
}
// Next says what it leaves out of a list of tags.
for (const level of ['log', 'warn', 'error']) console[level] = () => {};
const say = (/** @type {string} */ text) => process.stdout.write(text);

say(`next ${version}, ${n} inputs a function, seed ${seed}\n`);
for (const oracle of ORACLES.filter(({ name }) => values.only?.includes(name) ?? true)) {
  const start = performance.now();
  const progress = (/** @type {number} */ done) => process.stderr.isTTY && process.stderr.write(`\r${oracle.name} ${done} `);
  const { done, met, difference } = await run(oracle, { n, seed, progress });
  if (process.stderr.isTTY) process.stderr.write('\r');
  say(`${oracle.name.padEnd(20)} ${String(done).padStart(9)} ${((performance.now() - start) / 1000).toFixed(1).padStart(7)} s  ${oracle.peer}\n`);
  if (met.size > 0) say(`${' '.repeat(40)}meant: ${[...met].join('; ')}\n`);
  if (!difference) continue;
  say(`${report(oracle, difference, seed)}\n`);
  process.exitCode = 1;
}
