#!/usr/bin/env node
// Compares freshtag with its peers: `npm run bench -- [SUITE…] [--ms 40] [--rounds 15]`. Rounds are interleaved, so that
// what else the machine does falls on all alike; the figure is the median of a case's rounds.
import { parseArgs } from 'node:util';

const SUITES = {
  hit: () => import('./hit/bench.js'),
  ops: () => import('./ops/bench.js'),
  http: () => import('./http/bench.js'),
  cookies: () => import('./cookies/bench.js'),
  actions: () => import('./actions/bench.js'),
  start: () => import('./start/bench.js'),
  growth: () => import('./growth/bench.js'),
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { ms: { type: 'string', default: '40' }, rounds: { type: 'string', default: '15' } },
});
const unknown = positionals.find((name) => !(name in SUITES));
if (unknown) {
  console.error(`there is no benchmark ${unknown}: ${Object.keys(SUITES).join(', ')}`);
  process.exit(2);
}
for (const name of positionals.length ? positionals : Object.keys(SUITES)) {
  const { bench } = await SUITES[name]();
  await bench({ ms: Number(values.ms), rounds: Number(values.rounds) });
}
