// Hits end to end: HTTP in, HTTP out, over the local KV of wrangler.
import { spawn, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PAGES } from '../page.js';
import { median, table } from '../rounds.js';
import { bundle } from '../workerd.js';

const root = createRequire(new URL('../../package.json', import.meta.url));
const { Miniflare, convertV4MiniflareOptions } = root(createRequire(root.resolve('wrangler')).resolve('miniflare'));

const NAMES = ['limit', 'freshtag, from KV', 'freshtag, from memory', 'OpenNext', 'vinext', 'Next, in memory'];
const CLIENTS = 16;

export async function bench({ ms, rounds }) {
  if (spawnSync('wrk', ['-v']).error) throw new Error('wrk is missing, which sends the requests: apt-get install wrk, or https://github.com/wg/wrk');
  const shot = Math.max(1, Math.round(ms / 40));
  const times = rounds;
  console.log(`# HTTP\n\nRequests per second and 99th percentile, and as ratios to the limit's; medians of ${times} rounds of ${shot} s, ${CLIENTS} connections.`);
  const bundled = await bundle(new URL('worker.js', import.meta.url));
  const modules = [
    { type: 'ESModule', path: 'worker.js', contents: bundled.code },
    { type: 'CompiledWasm', path: 'freshtag.wasm', contents: await readFile(join(bundled.folder, 'freshtag.wasm')) },
  ];
  const server = new Miniflare(convertV4MiniflareOptions({ modules, kvNamespaces: ['CACHE'], compatibilityDate: bundled.date, unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }] }));
  try {
    await server.ready;
    // The Worker itself, without anything of Miniflare in between.
    const base = await server.unsafeGetDirectURL();
    for (const page of PAGES.filter((page) => !page.includes(','))) {
      const found = new Map(NAMES.map((who) => [who, []]));
      for (const who of NAMES) await check(new URL(`/${encodeURIComponent(who)}/${encodeURIComponent(page)}`, base));
      for (let round = 0; round < times; round++) {
        for (const who of NAMES.map((_, i) => NAMES[(i + round) % NAMES.length])) {
          found.get(who).push(await shoot(`${base.origin}/${encodeURIComponent(who)}/${encodeURIComponent(page)}`, shot));
        }
      }
      const limit = found.get('limit');
      const of = (who, what) => median(found.get(who).map((one) => one[what]));
      const ratio = (who, what) => median(found.get(who).map((one, round) => one[what] / limit[round][what])).toFixed(2);
      const row = (who) => [who, Math.round(of(who, 'perSecond')).toLocaleString('en'), ratio(who, 'perSecond'), `${of(who, 'p99').toFixed(0)} ms`, ratio(who, 'p99')];
      table([page, 'requests/s', '÷ limit', 'p99', '÷ limit'], NAMES.map(row));
    }
  } finally {
    await server.dispose();
    await bundled.remove();
  }
}

async function check(url) {
  for (let time = 0; time < 3; time++) {
    const response = await fetch(url);
    await response.arrayBuffer();
    if (response.status !== 200) throw new Error(`${url.pathname}: ${response.status}`);
  }
}

/** One shot of wrk. */
function shoot(url, seconds) {
  const child = spawn('wrk', ['-t1', `-c${CLIENTS}`, `-d${seconds}s`, '--latency', url], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => (text += chunk));
  return new Promise((done, failed) => {
    child.once('close', () => {
      const perSecond = Number(/Requests\/sec:\s+([\d.]+)/.exec(text)?.[1]);
      const [, figure, unit] = /99%\s+([\d.]+)(us|ms|s)/.exec(text) ?? [];
      // Nothing in a whole shot is slow, and no failure.
      if (Number.isNaN(perSecond) || /Non-2xx|Socket errors/.test(text)) failed(new Error(`wrk: ${text}`));
      else done({ perSecond, p99: Number(figure) * { us: 0.001, ms: 1, s: 1000 }[unit] });
    });
  });
}
