// Runs a Worker in workerd itself, with nothing in between that would take time.
import { execFile, spawn } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { readdirSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createRequire, isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';

// Both come with wrangler.
const root = createRequire(new URL('../package.json', import.meta.url));
const { resolve } = createRequire(root.resolve('wrangler'));
const { build } = root(resolve('esbuild'));
const { default: workerd } = root(resolve('workerd'));

const DATE = '2026-11-01';

/** What is running, to be ended with us. @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/**
 * Bundles a Worker into a folder.
 * @param {URL | string} entry A module, or the text of one in this folder.
 * @param {{ flags?: string[] }} [how] Compatibility flags.
 */
export async function bundle(entry, { flags = [] } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'freshtag-bench-'));
  await copyFile(new URL('../pkg/freshtag_bg.wasm', import.meta.url), join(folder, 'freshtag.wasm'));
  await build({
    ...(typeof entry === 'string' ? { stdin: { contents: entry, resolveDir: import.meta.dirname } } : { entryPoints: [fileURLToPath(entry)] }),
    outfile: join(folder, 'worker.js'),
    bundle: true,
    format: 'esm',
    target: 'es2022',
    conditions: ['workerd', 'worker', 'browser'],
    define: { 'process.env.NODE_ENV': '"production"', __dirname: '"/"' },
    // Next asks whether there is tracing.
    alias: { '@opentelemetry/api': fileURLToPath(new URL('absent.cjs', import.meta.url)) },
    external: ['node:*', 'cloudflare:*'],
    plugins: [wasm, builtins],
    minify: true,
    logLevel: 'error',
  });
  const code = await readFile(join(folder, 'worker.js'), 'utf8');
  const loads = code.includes('freshtag.wasm');
  const modules = ['(name = "worker.js", esModule = embed "worker.js")', ...(loads ? ['(name = "freshtag.wasm", wasm = embed "freshtag.wasm")'] : [])];
  await writeFile(
    join(folder, 'config.capnp'),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = [(name = "main", worker = .main)], sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]);
const main :Workerd.Worker = (
  modules = [${modules.join(', ')}],
  compatibilityDate = "${DATE}",
  compatibilityFlags = ${JSON.stringify(flags)},
);
`,
  );
  // Read as text, it would be copied about, with the modules in it, in the time that is to be measured.
  const config = await promisify(execFile)(workerd, ['compile', '--config-only', join(folder, 'config.capnp')], { encoding: 'buffer', maxBuffer: 2 ** 26 });
  await writeFile(join(folder, 'config.bin'), config.stdout);
  return {
    folder,
    code,
    flags,
    date: DATE,
    loads,
    size: { js: Buffer.byteLength(code), jsGzipped: gzipSync(code, { level: 9 }).length, ...(await sizeOf(loads && join(folder, 'freshtag.wasm'))) },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function sizeOf(path) {
  if (!path) return { wasm: 0, wasmGzipped: 0 };
  return { wasm: (await stat(path)).size, wasmGzipped: gzipSync(await readFile(path), { level: 9 }).length };
}

const wasm = { name: 'wasm', setup: (bundler) => bundler.onResolve({ filter: /\.wasm$/ }, () => ({ path: 'freshtag.wasm', external: true })) };

/** CommonJS packages ask for Node's modules in a way that a Worker has not. */
const builtins = {
  name: 'builtins',
  setup(bundler) {
    bundler.onResolve({ filter: /./ }, ({ path, kind }) => {
      if (!isBuiltin(path)) return undefined;
      const name = path.replace(/^node:/, '');
      return kind === 'require-call' ? { path: name, namespace: 'builtin' } : { path: `node:${name}`, external: true };
    });
    bundler.onLoad({ filter: /./, namespace: 'builtin' }, ({ path }) => ({ contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)}) ?? {};` }));
  },
};

/**
 * Starts a bundled Worker.
 * @param {Awaited<ReturnType<typeof bundle>>} bundled
 */
export async function start({ folder }) {
  const child = spawn(workerd, ['serve', '--binary', '--control-fd=3', join(folder, 'config.bin')], { stdio: ['ignore', 'inherit', 'inherit', 'pipe'] });
  running.add(child);
  const port = await listening(child);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    port,
    pid: child.pid,
    ask: (body) => ask(port, agent, body),
    /** The time it has computed, in ms, on all its threads. */
    cpu: () => cpuOf(child.pid),
    async stop() {
      agent.destroy();
      const ended = new Promise((done) => child.once('close', done));
      child.kill('SIGKILL');
      await ended;
      running.delete(child);
    },
  };
}

/**
 * Bundles and starts a Worker.
 * @param {URL} entry
 * @param {{ flags?: string[] }} [how]
 */
export async function startWorker(entry, how) {
  const bundled = await bundle(entry, how);
  const worker = await start(bundled);
  const stop = async () => {
    await worker.stop();
    await bundled.remove();
  };
  return { ...worker, stop };
}

/** On-CPU time of a process in ms; that of Linux alone says it in enough places. @param {number} pid */
export function cpuOf(pid) {
  let ns = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      ns += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
    } catch {
      // It has ended meanwhile.
    }
  }
  return ns / 1e6;
}

/** The port it has taken. */
function listening(child) {
  return new Promise((done, failed) => {
    child.once('close', (code) => failed(new Error(`workerd ended with ${code}`)));
    let text = '';
    child.stdio[3].on('data', (chunk) => {
      text += chunk;
      const port = /"port":(\d+)/.exec(text)?.[1];
      if (port) done(Number(port));
    });
  });
}

function ask(port, agent, body) {
  return new Promise((done, failed) => {
    const sent = request({ host: '127.0.0.1', port, method: 'POST', agent }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      answer.once('end', () => (answer.statusCode === 200 ? done(text) : failed(new Error(text))));
      answer.once('error', failed);
    });
    sent.once('error', failed);
    sent.end(body);
  });
}
