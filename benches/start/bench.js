// How long it takes from the start of workerd to an answer, and what there is to load.
import { median, table } from '../rounds.js';
import { bundle, start } from '../workerd.js';

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
  console.log(`# Start\n\nFrom the start of workerd to the first answer, in ms above an empty Worker; medians of ${rounds} rounds. Sizes in bytes, bundled and minified.`);
  const bundles = new Map();
  for (const [name, subject] of Object.entries(SUBJECTS)) bundles.set(name, await bundle(subject ? worker(subject) : EMPTY));
  const cases = [...bundles].flatMap(([name, bundled]) => (SUBJECTS[name] ? ['', 'hit'] : ['']).map((body) => ({ name, bundled, body, times: [] })));
  try {
    for (let round = 0; round < rounds; round++) {
      for (const one of cases.map((_, i) => cases[(i + round) % cases.length])) one.times.push(await firstAnswer(one));
    }
  } finally {
    for (const bundled of bundles.values()) await bundled.remove();
  }
  const empty = cases[0].times;
  const above = (name, body) => {
    const found = cases.find((one) => one.name === name && one.body === body);
    return found ? median(found.times.map((ms, round) => ms - empty[round])).toFixed(1) : '';
  };
  const rows = [...bundles].map(([name, { size }]) => [
    name,
    SUBJECTS[name] ? above(name, '') : `${median(empty).toFixed(1)} ms in all`,
    above(name, 'hit'),
    ...[size.js, size.jsGzipped, size.wasm, size.wasmGzipped].map((bytes) => (bytes ? bytes.toLocaleString('en') : '')),
  ]);
  table(['', 'loaded', 'a page stored and hit', 'JavaScript', 'gzipped', 'wasm', 'gzipped'], rows);
}

async function firstAnswer({ bundled, body }) {
  const began = performance.now();
  const running = await start(bundled);
  await running.ask(body);
  const taken = performance.now() - began;
  await running.stop();
  return taken;
}
