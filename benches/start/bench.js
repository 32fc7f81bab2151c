// How long it takes from the start of workerd to an answer, what there is to load, and what the time goes to.
import { median, table } from '../rounds.js';
import { bundle, start } from '../workerd.js';
import { STAGES } from './stages.js';

/** What is loaded, by name: the module of the subject and its name there. */
const SUBJECTS = {
  'an empty Worker': undefined,
  'the limit': ['limit', 'limit'],
  freshtag: ['freshtag', 'freshtag, from KV'],
  OpenNext: ['opennext', 'OpenNext'],
  vinext: ['vinext', 'vinext'],
  'Next, in memory': ['next', 'Next, in memory'],
};

/** The first answer with nothing asked of the subject, and the first with a page stored and hit. */
const worker = ([module, name]) => `
import subjects from './subjects/${module}.js';
export default {
  async fetch(request) {
    if ((await request.text()) === '') return new Response('loaded');
    const { once } = await subjects[${JSON.stringify(name)}]('2 KB');
    return (await once()) ?? new Response('no hit', { status: 500 });
  },
};`;
const EMPTY = "export default { fetch: () => new Response('empty') };";

export async function bench({ rounds }) {
  const sources = Object.entries(SUBJECTS).map(([name, subject]) => [name, subject ? worker(subject) : EMPTY]);
  const bundles = new Map();
  for (const [name, source] of [...sources, ...Object.entries(STAGES)]) bundles.set(name, await bundle(source));
  const cases = [...bundles].flatMap(([name, bundled]) => (SUBJECTS[name] ? ['', 'hit'] : ['']).map((body) => ({ name, bundled, body, times: [], cpu: [] })));
  try {
    for (let round = 0; round < rounds; round++) {
      for (const one of cases.map((_, i) => cases[(i + round) % cases.length])) await firstAnswer(one);
    }
  } finally {
    for (const bundled of bundles.values()) await bundled.remove();
  }

  const empty = cases[0];
  const above = (name, body, what = 'times') => {
    const found = cases.find((one) => one.name === name && one.body === body);
    return found ? median(found[what].map((ms, round) => ms - empty[what][round])).toFixed(1) : '';
  };
  console.log(`# Start\n\nFrom the start of workerd to the first answer, in ms above an empty Worker; medians of ${rounds} rounds. Sizes in bytes, bundled and minified.`);
  const rows = sources.map(([name]) => {
    const { size } = bundles.get(name);
    const sizes = [size.js, size.jsGzipped, size.wasm, size.wasmGzipped].map((bytes) => (bytes ? bytes.toLocaleString('en') : ''));
    return [name, SUBJECTS[name] ? above(name, '') : `${median(empty.times).toFixed(1)} ms in all`, above(name, 'hit'), ...sizes];
  });
  table(['', 'loaded', 'a page stored and hit', 'JavaScript', 'gzipped', 'wasm', 'gzipped'], rows);
  console.log('\nWhat the start of freshtag consists of: each row does what the one above does, and one thing more. In ms above an empty Worker.');
  table(['', 'ms', 'computed, on all threads'], Object.keys(STAGES).map((name) => [name, above(name, ''), above(name, '', 'cpu')]));
}

async function firstAnswer({ bundled, body, times, cpu }) {
  const began = performance.now();
  const running = await start(bundled);
  await running.ask(body);
  times.push(performance.now() - began);
  cpu.push(running.cpu());
  await running.stop();
}
