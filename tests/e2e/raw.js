// The Worker in workerd between a client and an origin that both speak TCP: what goes over the wire, byte by byte.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const ofRoot = createRequire(`${root}package.json`);
const ofWrangler = createRequire(ofRoot.resolve('wrangler'));
const { Miniflare, convertV4MiniflareOptions } = ofRoot(ofWrangler.resolve('miniflare'));
const { build } = ofRoot(ofWrangler.resolve('esbuild'));

/**
 * An origin. `answer(request, n)` gives the bytes of an answer, or a list of them, to be written one after the other; the connection is
 * closed after them. What it was asked is in `asked`.
 */
export async function startOrigin(answer) {
  const asked = [];
  const server = createServer((socket) => {
    let text = '';
    socket.setEncoding('latin1').on('error', () => {});
    socket.on('data', async (chunk) => {
      text += chunk;
      const end = text.indexOf('\r\n\r\n');
      if (end < 0) return;
      const [line, ...fields] = text.slice(0, end).split('\r\n');
      const request = { line, path: line.split(' ')[1], fields, body: text.slice(end + 4), field: (name) => valueOf(fields, name) };
      if (/^transfer-encoding: *chunked/im.test(fields.join('\n')) && !request.body.endsWith('0\r\n\r\n')) return;
      if (request.body.length < Number(request.field('content-length') ?? 0)) return;
      text = '';
      asked.push(request);
      for (const part of [answer(request, asked.length)].flat()) {
        if (typeof part === 'number') await new Promise((resolve) => setTimeout(resolve, part));
        else socket.write(typeof part === 'string' ? Buffer.from(part, 'latin1') : part);
      }
      socket.end();
    });
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { asked, url: `http://127.0.0.1:${server.address().port}`, stop: () => new Promise((done) => server.close(done)) };
}

/** The Worker. `options` are those of createApp, as JSON. */
export async function startProxy(origin, options = {}) {
  const { outputFiles } = await build({
    stdin: { contents: `import { createApp } from './js/index.js'; export default createApp(${JSON.stringify(options)})`, resolveDir: root },
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['node:*', 'cloudflare:*'],
    plugins: [{ name: 'wasm', setup: (bundler) => bundler.onResolve({ filter: /\.wasm$/ }, () => ({ path: './freshtag.wasm', external: true })) }],
    logLevel: 'error',
  });
  const worker = new Miniflare(
    convertV4MiniflareOptions({
      modules: [
        { type: 'ESModule', path: 'worker.js', contents: outputFiles[0].text },
        { type: 'CompiledWasm', path: 'freshtag.wasm', contents: readFileSync(`${root}pkg/freshtag_bg.wasm`) },
      ],
      compatibilityDate: '2026-11-01',
      compatibilityFlags: ['nodejs_als'],
      kvNamespaces: ['CACHE'],
      bindings: { ORIGIN: origin },
      unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
      handleStructuredLogs() {},
    }),
  );
  await worker.ready;
  const port = Number(new URL(String(await worker.unsafeGetDirectURL())).port);
  const kv = await worker.getKVNamespace('CACHE');
  return {
    port,
    kv,
    /** Names of the entries that are stored. */
    entries: async () => (await kv.list()).keys.map(({ name }) => name).filter((name) => name.includes('/e/proxy/')),
    send: (bytes) => send(port, bytes),
    get: (path, ...fields) => send(port, `GET ${path} HTTP/1.1\r\nHost: site.test\r\n${fields.map((field) => `${field}\r\n`).join('')}Connection: close\r\n\r\n`),
    stop: () => worker.dispose(),
  };
}

/** Sends bytes and reads until the other side closes. */
export function send(port, bytes) {
  return new Promise((done) => {
    const chunks = [];
    const socket = connect(port, '127.0.0.1', () => socket.write(Buffer.from(bytes, 'latin1')));
    const end = (broken) => {
      clearTimeout(timer);
      socket.destroy();
      done(parse(Buffer.concat(chunks).toString('latin1'), broken));
    };
    const timer = setTimeout(() => end('silent'), 10_000);
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('end', () => end()).on('error', (error) => end(error.code));
  });
}

function parse(text, broken) {
  const end = text.indexOf('\r\n\r\n');
  const [line = '', ...fields] = text.slice(0, Math.max(end, 0)).split('\r\n');
  const field = (name) => valueOf(fields, name);
  const raw = text.slice(end + 4);
  const chunked = /chunked/i.test(field('transfer-encoding') ?? '');
  const length = field('content-length');
  const whole = chunked ? raw.endsWith('0\r\n\r\n') : length === null || raw.length === Number(length);
  return { status: Number(line.split(' ')[1]), fields, field, body: chunked ? unchunked(raw) : raw, whole: whole && !broken, broken };
}

function unchunked(raw) {
  let body = '';
  for (let at = 0; at < raw.length; ) {
    const line = raw.indexOf('\r\n', at);
    const length = Number.parseInt(raw.slice(at, line), 16);
    if (line < 0 || !length) break;
    body += raw.slice(line + 2, line + 2 + length);
    at = line + 4 + length;
  }
  return body;
}

/** The values of a field, joined; null where there is none. */
function valueOf(fields, name) {
  const own = fields.filter((field) => field.slice(0, field.indexOf(':')).toLowerCase() === name);
  return own.length ? own.map((field) => field.slice(field.indexOf(':') + 1).trim()).join(', ') : null;
}
