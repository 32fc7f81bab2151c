// Runs a Worker in workerd itself, with nothing in between that would take time.
import { spawn } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Both come with wrangler.
const { resolve } = createRequire(createRequire(import.meta.url).resolve('wrangler'));
const { build } = createRequire(import.meta.url)(resolve('esbuild'));
const { default: workerd } = createRequire(import.meta.url)(resolve('workerd'));

/**
 * @param {URL} entry
 * @returns {Promise<{ port: number, pid: number, ask(body: string): Promise<string>, stop(): Promise<void> }>}
 */
export async function startWorker(entry) {
  const folder = await mkdtemp(join(tmpdir(), 'freshtag-bench-'));
  await copyFile(new URL('../pkg/freshtag_bg.wasm', import.meta.url), join(folder, 'freshtag.wasm'));
  await build({
    entryPoints: [fileURLToPath(entry)],
    outfile: join(folder, 'worker.js'),
    bundle: true,
    format: 'esm',
    target: 'es2022',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['node:*', 'cloudflare:*'],
    plugins: [{ name: 'wasm', setup: (bundler) => bundler.onResolve({ filter: /\.wasm$/ }, () => ({ path: 'freshtag.wasm', external: true })) }],
    logLevel: 'error',
  });
  await writeFile(
    join(folder, 'config.capnp'),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = [(name = "main", worker = .main)], sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]);
const main :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js"), (name = "freshtag.wasm", wasm = embed "freshtag.wasm")],
  compatibilityDate = "2026-11-01",
  compatibilityFlags = ["nodejs_als"],
);
`,
  );
  const child = spawn(workerd, ['serve', '--control-fd=3', join(folder, 'config.capnp')], { stdio: ['ignore', 'inherit', 'inherit', 'pipe'] });
  const port = await listening(child);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    port,
    pid: child.pid,
    ask: (body) => ask(port, agent, body),
    async stop() {
      agent.destroy();
      const ended = new Promise((done) => child.once('close', done));
      child.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
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
