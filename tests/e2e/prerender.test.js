// `npm run prerender` against the running demo.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ask, root, startSite, storeFolder } from './site.js';

function prerender(args, env = {}) {
  return new Promise((resolve) => {
    execFile(join(root, 'scripts/prerender'), args, { env: { ...process.env, FRESHTAG_SECRET: '', ...env } }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }));
  });
}

describe('npm run prerender', { timeout: 60_000 }, () => {
  let folder;
  let site;

  beforeAll(async () => {
    folder = await storeFolder();
    site = await startSite(folder);
  }, 120_000);

  afterAll(async () => {
    await site?.stop();
    await folder?.remove();
  }, 60_000);

  it('stores what generateStaticParams lists, and nothing else', async () => {
    const { code, stdout, stderr } = await prerender(['--url', site.url]);
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^(\d+) of \1 pages\n$/)]);
    expect(stdout).toBe(`Prerendered ${/\d+/.exec(stderr)[0]} pages at ${site.url}\n`);
    const states = [];
    for (const id of [1, 2, 3]) states.push((await ask(site, `/posts/${id}`)).state);
    expect(states).toEqual(['HIT', 'HIT', 'MISS']);
  });

  it.each([
    ['no site', ['--url', 'http://127.0.0.1:1'], {}, 3, /npm start/],
    ['an address that is none', ['--url', 'blog'], {}, 2, /--url must be/],
    ['an option that is none', ['--ulr', 'x'], {}, 2, /Usage/],
    ['a secret over plain http', ['--url', 'http://blog.example'], { FRESHTAG_SECRET: 's' }, 2, /https:\/\/blog\.example/],
  ])('%s: an exit code and the fix', async (_name, args, env, code, fix) => {
    const answer = await prerender(args, env);
    expect([answer.code, answer.stdout]).toEqual([code, '']);
    expect(answer.stderr).toMatch(fix);
    expect(answer.stderr).not.toMatch(/\n\s+at /);
  });
});
