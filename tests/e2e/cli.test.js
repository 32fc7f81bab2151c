// The command `freshtag` against the running demo, and against sites that refuse.
import { execFile, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { createApp } from 'freshtag';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { header } from './header.js';
import { serve } from './serve.js';
import { ask, root, startSite, storeFolder } from './site.js';

const COMMAND = join(root, 'bin/freshtag.js');
const SECRET = 'the secret of this site';

function freshtag(args, env = {}) {
  return new Promise((resolve) => {
    execFile(COMMAND, args, { env: { ...process.env, FRESHTAG_SECRET: '', FRESHTAG_URL: '', ...env } }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }));
  });
}

describe('freshtag', { timeout: 60_000 }, () => {
  let folder;
  let site;
  const run = async (...args) => {
    const answer = await freshtag([...args, '--url', site.url]);
    expect([answer.code, answer.stderr.match(/^freshtag: .*/m)]).toEqual([0, null]);
    return answer.stdout;
  };
  const json = async (...args) => JSON.parse(await run(...args, '--json'));

  beforeAll(async () => {
    folder = await storeFolder();
    await fill(folder);
    site = await startSite(folder);
    for (const path of ['/', '/posts/1', '/posts/1', '/now']) await ask(site, path);
  }, 120_000);

  afterAll(async () => {
    await site?.stop();
    await folder?.remove();
  }, 60_000);

  it('entries: a table, a filter, one of them', async () => {
    const text = await run('entries', '--kind', 'route', '--filter', `${site.port} posts`);
    expect(text).toMatch(/^STATE +KIND +SIZE +AGE +STALE IN +EXPIRES IN +PATH +TAGS\nfresh +route +[\d.]+ KB +\d+ s +1[45] m \d\d s +(?:1 d 00 h|23 h 59 m) {2}127\.0\.0\.1:\d+\/posts\/1 +posts,post-1,comments-1\nfresh +route .* 127\.0\.0\.1:\d+\/ +posts\n/);
    expect(text).toMatch(/\n2 entries\n$/);
    const { entries } = await json('entries', '--filter', `${site.port} post-1`);
    expect(entries).toEqual([expect.objectContaining({ kind: 'route', state: 'fresh', path: `127.0.0.1:${site.port}/posts/1`, status: 200 })]);
    const one = await json('entries', entries[0].key);
    expect(one.body.text).toMatch(/^<!doctype html>/);
    expect(one.headers).toContainEqual(['content-type', 'text/html; charset=utf-8']);
    expect(await run('entries', entries[0].key)).toMatch(/^key +f1\/e\/route.*\nkind +route\ncreated +\d{4}-.*\ntags .*post-1[^]*content-type: text\/html[^]*<!doctype html>/);
    expect(await run('entries', '--filter', 'nobody has this')).toBe('Nothing like that is stored.\n');
  });

  it('entries: all pages of a long listing, with progress, or as many as asked for', async () => {
    const { stdout, stderr } = await freshtag(['entries', '--filter', 'many.example', '--json', '--url', site.url]);
    expect(JSON.parse(stdout).entries).toHaveLength(250);
    expect(stderr).toMatch(/^100 entries …\n200 entries …\n/);
    expect((await json('entries', '--limit', '7')).entries).toHaveLength(7);
  });

  it('revalidate: tags and paths, and tags says when', async () => {
    expect(await run('revalidate', 'post-1', 'posts', '--profile', 'max')).toBe('Revalidated post-1, posts\n');
    expect((await ask(site, '/posts/1')).state).toBe('STALE');
    const { tags, at } = await json('revalidate', '--path', '/');
    expect([tags, Math.abs(at - Date.now()) < 10_000]).toEqual([['_N_T_/', '_N_T_/index'], true]);
    expect((await ask(site, '/')).state).toBe('MISS');
    expect((await run('tags', 'posts', 'nobody')).replace(/\d+ s/, 'N s')).toBe('TAG       LAST   REVALIDATED\nposts     stale  N s ago\nnobody           never\n');
    const all = await json('tags');
    expect(all.tags.find(({ tag }) => tag === 'posts')).toMatchObject({ expired: null, soft: [expect.anything()], entries: expect.any(Number) });
    expect(all.tags.some(({ tag }) => tag.startsWith('_N_T_'))).toBe(false);
    expect((await json('tags', '--paths')).tags.some(({ tag }) => tag === '_N_T_/layout')).toBe(true);
  });

  it('stats: what was answered, and what it costs', async () => {
    const text = await run('stats');
    expect(text).toMatch(/^Isolate [0-9a-f]{16}: \d+ requests since it began\nLAST HOUR +REQUESTS\nhit +[1-9]/);
    expect(text).toMatch(/KV: \d+ keys read, \d+ written; \d+\.\d\d and \d+\.\d\d a request\nA million requests: \$\d+\.\d\d at list prices of 2026-11-21 \(https:/);
    expect(await json('stats')).toMatchObject({ dollarsPerMillion: expect.any(Number), requests: { total: expect.any(Number) } });
  });

  it('prerender: fills the store, with progress', async () => {
    const { code, stdout, stderr } = await freshtag(['prerender'], { FRESHTAG_URL: site.url });
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^(\d+) of \1 pages\n$/)]);
    expect(stdout).toBe(`Prerendered ${/\d+/.exec(stderr)[0]} pages at ${site.url}\n`);
    expect(await json('prerender')).toEqual({ stored: expect.any(Number), failed: [] });
  });

  it('sweep: says what would go, then deletes it', async () => {
    const { found, dryRun, looked } = await json('sweep', '--dry-run');
    expect([found.length, dryRun, looked > 300]).toEqual([61, true, true]);
    expect(await run('sweep')).toMatch(/^unreadable {2}f1\/e\/route\/broken~0\nforeign {5}f2\/e\/route\/[^]*\n61 entries of \d+ deleted\n$/);
    expect((await json('sweep', '--dry-run')).found).toEqual([]);
    expect((await ask(site, '/posts/1')).status).toBe(200);
    expect((await json('entries', '--filter', 'many.example')).entries).toHaveLength(250);
  });

  it('ends quietly when nobody reads on', async () => {
    const child = spawn('bash', ['-c', `${COMMAND} entries --url ${site.url} 2>/dev/null | head -1; echo "\${PIPESTATUS[0]}"`]);
    let text = '';
    child.stdout.on('data', (chunk) => (text += chunk));
    await new Promise((resolve) => child.once('close', resolve));
    expect(text).toMatch(/^STATE.*\n0\n$/);
  });

  it('says what the site refused', async () => {
    const rows = [
      [['revalidate', 'a', '--profile', 'nope'], /profile.*nope/],
      [['revalidate', '--path', 'posts'], /path must begin with/],
      [['entries', '--kind', 'nope'], /kind: use route, data, fetch or proxy/],
      [['entries', 'f1/e/route/nobody~0'], /no entry is stored under this key/],
      [['entries', 'f1/w'], /no entry is stored under this key/],
    ];
    for (const [args, message] of rows) {
      const answer = await freshtag([...args, '--url', site.url]);
      expect([args, answer.code, answer.stdout]).toEqual([args, 1, '']);
      expect(answer.stderr).toMatch(message);
      expect(answer.stderr).not.toMatch(/no admin|\n\s+at /);
    }
  });
});

describe('what is wrong, an exit code and the fix', { timeout: 30_000 }, () => {
  const servers = {};
  const url = (name) => servers[name]?.url ?? name;

  beforeAll(async () => {
    servers.locked = await serve(createApp({ secret: SECRET }), {});
    servers.absent = await serve(createApp({}), {});
    servers.other = await plain((_, answer) => answer.writeHead(404).end('<h1>Not here</h1>'));
    servers.page = await plain((_, answer) => answer.end('<h1>Hello</h1>'));
    servers.moved = await plain((_, answer) => answer.writeHead(308, { location: 'https://www.blog.example/' }).end());
    servers.broken = await plain((_, answer) => answer.writeHead(502).end('Bad Gateway'));
  });
  afterAll(() => Promise.all(Object.values(servers).map((server) => server.stop())));

  it.each([
    ['no command', [], {}, 2, /say what to do[^]*Usage: freshtag COMMAND/],
    ['an unknown one', ['purge'], {}, 2, /there is no command purge[^]*Usage/],
    ['one that every object has', ['constructor'], {}, 2, /there is no command constructor/],
    ['an unknown option', ['stats', '--ulr', 'x'], {}, 2, /--ulr[^]*Usage: freshtag stats/],
    ['too much', ['stats', 'x'], {}, 2, /Usage: freshtag stats/],
    ['no tag', ['revalidate'], {}, 2, /name a tag, or a path with --path/],
    ['a tag and a path', ['revalidate', 'a', '--path', '/'], {}, 2, /not both/],
    ['a profile for a path', ['revalidate', '--path', '/', '--profile', 'max'], {}, 2, /--profile is for tags/],
    ['a type for a tag', ['revalidate', 'a', '--type', 'page'], {}, 2, /--type is for --path/],
    ['a limit that is none', ['entries', '--limit', 'x'], {}, 2, /--limit must be a number/],
    ['two keys', ['entries', 'a', 'b'], {}, 2, /name one key/],
    ['an address that is none', ['stats', '--url', 'blog'], {}, 2, /--url must be.*It is: blog/],
    ['a secret over plain http', ['stats', '--url', 'http://blog.example'], { FRESHTAG_SECRET: 's' }, 2, /https:\/\/blog\.example/],
    ['a secret of no header', ['stats', '--url', 'https://blog.example'], { FRESHTAG_SECRET: 'é' }, 2, /no header can carry/],
    ['nobody answers', ['stats', '--url', 'http://127.0.0.1:1'], {}, 3, /npm start/],
    ['401 without a secret', ['stats', '--url', 'locked'], {}, 1, /wants its secret: FRESHTAG_SECRET=….*UNAUTHORIZED/],
    ['401 with a wrong one', ['stats', '--url', 'locked'], { FRESHTAG_SECRET: 'wrong' }, 1, /refused FRESHTAG_SECRET\..*wrangler secret put/],
    ['404: no admin', ['stats', '--url', 'absent'], {}, 1, /has no admin\. Set its secret/],
    ['404 of somebody else', ['stats', '--url', 'other'], {}, 1, /not as freshtag does\. Is --url the address/],
    ['a page of somebody else', ['stats', '--url', 'page'], {}, 1, /not as freshtag does\. Is --url the address/],
    ['a redirect', ['stats', '--url', 'moved'], {}, 1, /redirects to https:\/\/www\.blog\.example\/\. Use that/],
    ['a failure', ['stats', '--url', 'broken'], {}, 1, /failed with status 502\. It said: Bad Gateway/],
  ])('%s', async (_name, args, env, code, fix) => {
    const named = args.map((arg, at) => (args[at - 1] === '--url' ? url(arg) : arg));
    const answer = await freshtag(named, env);
    expect([answer.code, answer.stdout]).toEqual([code, '']);
    expect(answer.stderr).toMatch(fix);
    expect(answer.stderr).toMatch(/^freshtag: /);
    expect(answer.stderr).not.toMatch(/\n\s+at |wrong\b.*secret of/);
  });

  it('the secret opens what is locked', async () => {
    // There is no store there: what is wrong is no longer the secret.
    const answer = await freshtag(['stats', '--url', url('locked')], { FRESHTAG_SECRET: SECRET });
    expect([answer.code, answer.stderr]).toEqual([1, expect.stringMatching(/no KV namespace/)]);
  });

  it.each([['--help'], ['help'], ['revalidate', '--help'], ['sweep', '-h']])('%s %s', async (...args) => {
    const { code, stdout } = await freshtag(args.filter(Boolean));
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^Usage: freshtag/)]);
  });

  it('is in the package', async () => {
    const { bin, files } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    expect([bin.freshtag, files.includes('bin')]).toEqual(['./bin/freshtag.js', true]);
  });
});

/** Puts entries into a store that no site has open: a long listing, and what a sweep is for. */
async function fill({ path }) {
  const metadata = header({ v: 1, k: 'k', n: 'route', st: 200, c: Date.now(), by: 'b', l: [300, 900, 86_400], len: 1, g: ['many'] });
  const entries = Array.from({ length: 250 }, (_, at) => ({ key: `f1/e/route/many.example/${at}~${at}`, value: 'x', metadata }));
  for (let at = 0; at < 60; at++) entries.push({ key: `f2/e/route/old/${at}~${at}`, value: 'x' });
  entries.push({ key: 'f1/e/route/broken~0', value: 'x' }, { key: 'f2-other/e/route/a~0', value: 'x' });
  const file = join(path, 'entries.json');
  await writeFile(file, JSON.stringify(entries));
  await new Promise((resolve, reject) => {
    const args = ['kv', 'bulk', 'put', file, '--binding', 'CACHE', '--local', '--persist-to', path];
    execFile(join(root, 'node_modules/.bin/wrangler'), args, { cwd: root, env: { ...process.env, CI: '1' } }, (error) => (error ? reject(error) : resolve()));
  });
}

async function plain(handler) {
  const server = createServer(handler);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}`, stop: () => new Promise((resolve) => server.close(resolve)) };
}
