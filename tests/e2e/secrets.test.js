// T28: no secret is in an answer, in the log or in the store, whatever was asked.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { actionField, ask, cookieOf, startSite, storeFolder, submit } from './site.js';

const KEY = Buffer.from('marked-key-of-actions-0123456789');
const SECRETS = {
  FRESHTAG_SECRET: 'marked-secret-of-the-site-5f1c0a97',
  FRESHTAG_DRAFT_SECRET: 'marked-secret-of-draft-links-b84e2d',
  NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: KEY.toString('base64'),
};
/** What anybody may see, to know that the search finds what is there. */
const MARK = 'a mark that everybody may see';

/** How a text may look after somebody encoded it, also inside of something longer. */
function looks(bytes) {
  const base64 = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64').replace(/=+$/, '');
    // The characters at the ends are also of what stands beside it.
    return text.slice(before && before + 1, -1);
  });
  const hex = bytes.toString('hex');
  const plain = bytes.toString('latin1');
  return [
    plain, [...plain].reverse().join(''), encodeURIComponent(plain), [...bytes].join(','), hex, hex.toUpperCase(),
    ...base64, ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
  ];
}

const NEEDLES = Object.entries({ ...SECRETS, 'the bytes of the key': KEY }).flatMap(([name, secret]) =>
  looks(Buffer.from(secret)).map((look) => [name, look]));

/** The names of those that are in a text of one character a byte. */
const found = (text, needles = NEEDLES) => [...new Set(needles.filter(([, look]) => text.includes(look)).map(([name, look]) => `${name}: ${look}`))];

let folder;
let site;
/** Everything that was answered, with what it answers. @type {[string, string][]} */
const answers = [];

beforeAll(async () => {
  folder = await storeFolder();
  site = await startSite(folder, { env: { ...SECRETS, FRESHTAG_DEBUG: '1', NEXT_PRIVATE_DEBUG_CACHE: '1' } });
}, 120_000);

afterAll(async () => {
  await site?.stop();
  await folder?.remove();
}, 60_000);

const keep = (what, answer) => {
  const { status, headers, text } = answer;
  answers.push([what, `${status}\n${JSON.stringify(headers)}\n${text}`]);
  return answer;
};
const get = async (path, headers, method = 'GET') => keep(`${method} ${path.split('?')[0]} ${JSON.stringify(headers)}`, await ask(site, path, { method, headers }));
const post = async (path, fields, headers) => keep(`POST ${path}`, await submit(site, path, fields, headers));
const json = { 'content-type': 'application/json' };

async function filesOf(path) {
  const files = (await readdir(path, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  return Promise.all(files.map(async ({ parentPath, name }) => [name, (await readFile(join(parentPath, name))).toString('latin1')]));
}

it('the search finds what is encoded', () => {
  const bytes = Buffer.from(SECRETS.FRESHTAG_SECRET);
  const about = [1, 2, 3].map((count) => Buffer.concat([Buffer.from('abc'.slice(0, count)), bytes, Buffer.from('xy')]));
  for (const whole of [bytes, ...about]) {
    for (const code of ['latin1', 'hex', 'base64', 'base64url']) expect([code, found(whole.toString(code)).length > 0]).toEqual([code, true]);
  }
  expect(found('marked')).toEqual([]);
});

it('T28: after comments, drafts, links, errors and the admin pages no answer has a secret', { timeout: 60_000 }, async () => {
  const home = await get('/');
  const page = await get('/posts/1');
  const comment = actionField(page, 'Your comment');
  const written = await post('/posts/1', { [comment.name]: comment.value, text: MARK });
  expect([written.status, cookieOf(written)]).toEqual([200, expect.stringContaining('__freshtag_seen=')]);
  await get('/posts/1', { cookie: cookieOf(written) });
  await post('/posts/1', { [comment.name]: comment.value, text: '' });
  await post('/posts/1', { [comment.name]: '[[', text: 'x' });
  await post('/posts/1', { [`$ACTION_ID_${'f'.repeat(42)}`]: '' });
  await post('/posts/1', { [comment.name]: comment.value, text: 'x' }, { origin: 'https://evil.example' });
  await post('/posts/1', { 0: '[' }, { 'next-action': comment.name.slice(11) });

  const drafts = actionField(home, 'Drafts');
  const draft = cookieOf(await post('/', { [drafts.name]: drafts.value }));
  const link = `/_freshtag/draft/enable?secret=${SECRETS.FRESHTAG_DRAFT_SECRET}&path=/posts/7`;
  const enabled = await get(link);
  expect([enabled.status, enabled.headers.location, enabled.headers['referrer-policy']]).toEqual([307, '/posts/7', 'no-referrer']);
  const followed = await get('/posts/7', { cookie: cookieOf(enabled) });
  expect(followed.text).toContain('<h1>Before it is published</h1>');
  for (const cookie of [draft, '__prerender_bypass=forged']) for (const path of ['/', '/posts/1', '/posts/7', '/now']) await get(path, { cookie });
  const refused = ['enable?secret=no&path=/', 'enable', `enable?secret=${SECRETS.FRESHTAG_DRAFT_SECRET}&path=//evil.example`, `enable?secret=${SECRETS.FRESHTAG_SECRET}&path=/`, 'nothing'];
  for (const query of refused) expect((await get(`/_freshtag/draft/${query}`)).status, query).toBeGreaterThanOrEqual(400);
  await get(link, {}, 'POST');
  await get('/_freshtag/draft/disable?path=/', { cookie: draft });

  const admin = ['', 'stats', 'tags', 'tags/posts', 'entries', 'client.js', 'nothing'];
  const bearer = { authorization: `Bearer ${SECRETS.FRESHTAG_SECRET}` };
  for (const headers of [{}, bearer, { authorization: 'Bearer no' }]) for (const path of admin) await get(`/_freshtag/${path}`, headers);
  for (const order of ['{"tag":"posts","profile":"max"}', '{"path":"/posts/1"}', '{']) {
    keep(`revalidate ${order}`, await ask(site, '/_freshtag/revalidate', { method: 'POST', headers: { ...json, ...bearer }, body: order }));
  }
  for (const path of ['/posts/1', '/posts/99', '/settings', '/api/quote', '/icon/small', '/comments.js', '/nothing', '/posts/%ff']) await get(path);
  await get('/posts/2', { 'x-prerender-revalidate': SECRETS.FRESHTAG_SECRET });
  await get('/posts/2', { 'x-prerender-revalidate': 'no' });

  expect(answers.length).toBeGreaterThan(60);
  expect(answers.some(([, text]) => text.includes(MARK))).toBe(true);
  for (const [what, text] of answers) expect([what, found(Buffer.from(text).toString('latin1'))]).toEqual([what, []]);
});

it('T28: nor has the store or the log', { timeout: 60_000 }, async () => {
  await sleep(1_000); // what was written behind an answer
  // Beside it wrangler keeps a trace of all requests with their addresses, and so with what a link says.
  const files = await filesOf(join(folder.path, 'v3/kv'));
  expect(files.some(([, text]) => text.includes(MARK))).toBe(true);
  expect(files.some(([, text]) => text.includes('Before it is published'))).toBe(false); // T29
  for (const [name, text] of files) expect([name, found(text)]).toEqual([name, []]);

  const log = site.log();
  expect(log).toContain('freshtag:');
  expect(found(log)).toEqual([]);
});
