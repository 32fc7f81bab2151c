// `npm start` as a person runs it: what it prints, and that however it ends it leaves nothing behind.
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { root, storeFolder } from './site.js';

describe('npm start', { timeout: 90_000 }, () => {
  const origin = createServer((request, response) => response.end(`the origin at ${request.url}`));
  let folder;
  let port;

  beforeAll(async () => {
    folder = await storeFolder();
    await new Promise((resolve) => origin.listen(0, '127.0.0.1', resolve));
    port = await freePort();
  });
  afterAll(async () => {
    origin.close();
    await folder.remove();
  });

  /** Runs until the three things to try are printed. */
  async function start(env = {}) {
    const npm = spawn('npm', ['start', '--', '--port', String(port), '--persist-to', folder.path], {
      cwd: root,
      detached: true,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    await new Promise((resolve, reject) => {
      npm.stdout.on('data', (chunk) => {
        text += chunk;
        if (/Three things to try:[^]*curl[^]*curl[^]*curl.*\n/.test(text)) resolve();
      });
      npm.once('close', (code) => reject(new Error(`npm start ended with ${code}\n${text}`)));
    });
    return { npm, text };
  }

  const answer = async (path) => (await fetch(`http://127.0.0.1:${port}${path}`)).text();

  async function free() {
    for (let left = 100; left > 0; left--, await sleep(100)) {
      if (await answer('/').then(() => false, () => true)) return true;
    }
    return false;
  }

  it('serves the demo at the port asked for', async () => {
    const { npm, text } = await start();
    expect(text).toContain(`freshtag is at http://127.0.0.1:${port}`);
    expect(await answer('/posts/1')).toContain('<html');
    process.kill(-npm.pid, 'SIGINT');
    expect(await free()).toBe(true);
  });

  it('serves the origin when ORIGIN is set', async () => {
    const { npm, text } = await start({ ORIGIN: `http://127.0.0.1:${origin.address().port}` });
    expect(text).toContain('in front of http://127.0.0.1');
    expect(await answer('/some/page')).toBe('the origin at /some/page');
    process.kill(-npm.pid, 'SIGINT');
    expect(await free()).toBe(true);
  });

  it('ends when nobody reads what it prints', async () => {
    const { npm } = await start();
    npm.stdout.destroy();
    await answer('/').catch(() => {}); // wrangler prints a line for it, which nobody takes
    expect(await free()).toBe(true);
  });

  it.each(['SIGTERM', 'SIGKILL'])('ends when npm alone gets %s', async (signal) => {
    const { npm } = await start();
    expect(await answer('/')).toContain('<html');
    process.kill(npm.pid, signal);
    expect(await free()).toBe(true);
  });
});

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
