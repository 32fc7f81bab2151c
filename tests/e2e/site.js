// Starts the demo as a person does, on a free port and with a store of its own, and stops it as Ctrl-C does.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** A place for the store of one test file. */
export async function storeFolder() {
  const path = await mkdtemp(join(tmpdir(), 'freshtag-e2e-'));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** The running demo. `url` has no slash at its end. */
export async function startSite(folder, { port, env = {} } = {}) {
  port ??= await freePort();
  const url = `http://127.0.0.1:${port}`;
  // A group of its own: a terminal sends Ctrl-C to all of them, and so does stop().
  const child = spawn(join(root, 'scripts/start'), ['--port', String(port), '--persist-to', folder.path], {
    cwd: root,
    detached: true,
    env: { ...process.env, CI: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stdout.on('data', (text) => (log += text));
  child.stderr.on('data', (text) => (log += text));
  let over = false;
  const ended = new Promise((resolve) => child.once('close', resolve)).then(() => (over = true));
  child.once('error', (error) => (log += String(error)));

  const site = {
    url,
    port,
    log: () => log,
    async stop() {
      signal(child, 'SIGINT');
      if (!over) await Promise.race([ended, sleep(15_000)]);
      signal(child, 'SIGKILL');
      await until(async () => !(await answers(port)), 10_000, () => `port ${port} is still taken after Ctrl-C\n${log}`);
    },
  };
  try {
    await until(async () => over || (await answers(port)), 90_000, () => `no answer at ${url}\n${log}`);
    if (over) throw new Error(`scripts/start ended before it answered\n${log}`);
  } catch (error) {
    await site.stop();
    throw error;
  }
  return site;
}

/** What one request got. The path goes over the wire as it is written here. */
export function ask(site, path, { method = 'GET', headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: site.port, method, path, headers, agent: false }, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: answer.statusCode, headers: answer.headers, state: answer.headers['x-nextjs-cache'], text });
      });
    });
    sent.on('error', reject);
    sent.setTimeout(30_000, () => sent.destroy(new Error(`no answer to ${method} ${path}`)));
    sent.end(body);
  });
}

const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

/** What stands in a page as text. */
export const unescape = (text) => text.replace(/&([^;]+);/g, (_, entity) => ENTITIES[entity]);

/** The hidden field with which a form of a page calls its Server Action. `label`: that of the form. */
export function actionField({ text }, label) {
  const [, form] = new RegExp(`<form[^>]* aria-label="${label}">([^]*?)</form>`).exec(text);
  const [, name, value] = /<input type="hidden" name="([^"]*)" value="([^"]*)">/.exec(form);
  return { name, value: unescape(value) };
}

/** Sends a form as `curl -F` does, which names no origin. */
export async function submit(site, path, fields, headers = {}) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  const { headers: own, body } = new Request('http://localhost', { method: 'POST', body: form });
  const bytes = Buffer.from(await new Response(body).arrayBuffer());
  return ask(site, path, { method: 'POST', headers: { 'content-type': own.get('content-type'), ...headers }, body: bytes });
}

/** What a browser would send back of the cookies that an answer sets. */
export function cookieOf({ headers }) {
  return (headers['set-cookie'] ?? []).map((line) => line.split(';')[0]).join('; ');
}

// Asks for something that no test counts on being new.
function answers(port) {
  return ask({ port }, '/favicon.ico').then(() => true, () => false);
}

async function until(done, ms, complaint) {
  for (const end = Date.now() + ms; ; await sleep(100)) {
    if (await done()) return;
    if (Date.now() > end) throw new Error(complaint());
  }
}

function signal(child, name) {
  try {
    process.kill(-child.pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
