// T37: many visitors at once, each with a secret of his own, in one isolate: nobody gets another's, and everybody is answered.
// Usage: node tests/load/run.js [REQUESTS] [CLIENTS] [TRAPS]
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';

import { startWorker } from '../../benches/workerd.js';
import { encodeCall } from '../../js/wire.js';

const CANARY = /cn-\d+-[a-z0-9]+/g;
const TOO_LONG_MS = 10_000;

/** Whether a page for everybody is that one, in the visitor's language, to its last byte. */
function isWhole(path, headers, text) {
  const id = Number(path.split('/')[2]);
  if (path.startsWith('/image/')) return text === String.fromCharCode(64 + id).repeat(4096);
  if (path.startsWith('/shop/')) return text === `shop ${path} in ${headers['x-lang']}`;
  return true;
}

/**
 * @param {number} requests
 * @param {{ clients?: number, traps?: number }} [how]
 */
export async function load(requests, { clients = 64, traps = 5 } = {}) {
  const worker = await startWorker(new URL('./worker.js', import.meta.url));
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const host = `127.0.0.1:${worker.port}`;

  const ask = (path, { method = 'GET', headers = {}, body } = {}) =>
    new Promise((done, failed) => {
      const sent = request({ host: '127.0.0.1', port: worker.port, path, method, headers: { host, ...headers }, agent }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk) => (text += chunk));
        answer.once('end', () => done({ status: answer.statusCode, headers: answer.headers, text }));
        answer.once('error', failed);
      });
      sent.setTimeout(TOO_LONG_MS, () => sent.destroy(Object.assign(new Error('no answer'), { hangs: true })));
      sent.once('error', failed);
      sent.end(body);
    });

  const figures = { requests: 0, foreign: [], missing: 0, hanging: 0, failed: 0, degraded: 0, byState: {}, rss: [], ms: [] };
  const rss = () => Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${worker.pid}/status`, 'utf8'))[1]) / 1024);
  try {
    const { name } = JSON.parse((await ask('/form')).text);
    const action = name.slice('$ACTION_ID_'.length);
    const draft = (await ask('/draft-on')).headers['set-cookie'].map((line) => line.split(';')[0]).join('; ');
    let trapped = 0;

    /** One request of a kind, and whether its answer must show what it sent. */
    const kinds = [
      (own, id) => [`/page/${id}`, {}, false],
      (own, id) => [`/page/${id}`, {}, false],
      (own, id) => [`/me/${id}`, {}, true],
      (own, id) => [`/draft/${id}`, {}, false],
      (own, id) => [`/draft/${id}`, { headers: { cookie: `${draft}; canary=${own}` } }, true],
      (own) => ['/echo', { method: 'POST', body: own }, true],
      (own, id) => [`/revalidate/${id}`, { method: 'POST' }, true],
      (own, id) => [`/shop/${id}`, { headers: { 'x-lang': id % 2 ? 'de' : 'en' } }, false],
      (own, id) => [`/own/${id}`, {}, true],
      (own, id) => [`/fetch/${id}`, { method: 'POST' }, true],
      (own, id) => [`/image/${id}`, {}, false],
      (own) => ['/form', { method: 'POST', headers: { origin: `http://${host}`, 'next-action': action, 'content-type': 'application/json' }, body: encodeCall('', [own]) }, true],
    ];
    const one = async (n) => {
      const own = `cn-${n}-${Math.random().toString(36).slice(2, 10)}`;
      const [path, { headers, ...init }, shows] = kinds[n % kinds.length](own, Math.floor(Math.random() * 20));
      const began = performance.now();
      let answer;
      try {
        answer = await ask(path, { headers: { cookie: `canary=${own}`, 'x-canary': own, ...headers }, ...init });
      } catch (error) {
        if (error.hangs) figures.hanging++;
        else figures.failed++;
        return;
      }
      figures.requests++;
      figures.ms.push(performance.now() - began);
      const told = `${JSON.stringify(answer.headers)}\n${answer.text}`.match(CANARY) ?? [];
      for (const canary of told) if (canary !== own) figures.foreign.push(`${path} of ${own} shows ${canary}`);
      const state = answer.headers['x-nextjs-cache'] ?? 'none';
      figures.byState[state] = (figures.byState[state] ?? 0) + 1;
      const error = answer.headers['x-freshtag-error'];
      if (error) figures.degraded++;
      else if (shows !== told.includes(own) || answer.status !== 200 || !isWhole(path, headers, answer.text)) figures.missing++;
    };

    let next = 0;
    const every = Math.max(1, Math.floor(requests / 20));
    const client = async () => {
      while (next < requests) {
        const n = next++;
        if (n % every === 0) figures.rss.push(rss());
        if (trapped < traps && n > (requests / (traps + 1)) * (trapped + 1)) {
          trapped++;
          await ask('/trap', { method: 'POST' }).catch(() => {});
        }
        await one(n);
      }
    };
    const began = performance.now();
    await Promise.all(Array.from({ length: clients }, client));
    figures.seconds = (performance.now() - began) / 1_000;
    figures.rss.push(rss());
  } finally {
    agent.destroy();
    await worker.stop();
  }
  const sorted = figures.ms.sort((a, b) => a - b);
  const at = (share) => Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0);
  return { ...figures, ms: { p50: at(0.5), p99: at(0.99), most: at(1) } };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [requests = '100000', clients = '64', traps = '5'] = process.argv.slice(2);
  const { foreign, ...figures } = await load(Number(requests), { clients: Number(clients), traps: Number(traps) });
  console.log(JSON.stringify({ ...figures, foreign: foreign.length }, null, 1));
  for (const line of foreign.slice(0, 10)) console.error(line);
  process.exitCode = foreign.length + figures.hanging + figures.failed + figures.missing ? 1 : 0;
}
