// What visitors of the demo may do, over HTTP as curl would: comments, and drafts. The tests build on each other.
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { actionField, ask, cookieOf, startSite, storeFolder, submit, unescape } from './site.js';

const PRIVATE = 'private, no-cache, no-store, max-age=0, must-revalidate';

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

const get = (path, headers) => ask(site, path, { headers });

/** The answer once the page is kept, and what was made behind it is in. */
async function kept(path) {
  for (let left = 20; left > 0; left--) {
    const answer = await get(path);
    if (answer.state === 'HIT') return answer;
    await sleep(200);
  }
  throw new Error(`${path} is never a HIT`);
}

const between = (text, before, after) => text.split(before)[1]?.split(after)[0];
const seen = ({ text }) => ({
  comments: [...between(text, '<ol class="comments">', '</ol>').matchAll(/<li><p><strong>(.*?)<\/strong>.*?<\/p><p>(.*?)<\/p><\/li>/gs)].map(([, name, comment]) => [name, comment]),
  status: /<p role="status"( class="error")?>(.*?)<\/p>/.exec(text)?.slice(1),
  name: between(text, 'autocomplete="name" value="', '"'),
  text: /<textarea[^>]*>([^]*?)<\/textarea>/.exec(text)?.[1],
});
const QUIET = [undefined, ''];
const THANKS = [undefined, 'Thank you, there it is.'];

describe('a comment', { timeout: 60_000 }, () => {
  const page = '/posts/1';
  const stranger = { origin: 'https://evil.example' };
  let field;

  /** Sends the form of the page. */
  const send = (fields, headers) => submit(site, page, { [field.name]: field.value, ...fields }, headers);

  it('is missing at first; the page is kept, with the form that anybody may send', async () => {
    const answer = await kept(page);
    expect(seen(answer)).toEqual({ comments: [], status: QUIET, name: '', text: '' });
    field = actionField(answer, 'Your comment');
    expect(field.name).toMatch(/^\$ACTION_ID_7f[0-9a-f]{40}$/);
    expect(answer.text).toContain('<script type="module" src="/comments.js"></script>');
    expect(answer.headers['content-security-policy']).toBe(
      "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    );
  });

  it('SA-1, WK-8: the page that answers has it, says so, and is for its author alone', async () => {
    const answer = await send({ name: 'Ada', text: 'First!' });
    expect([answer.status, answer.state, answer.headers['cache-control']]).toEqual([200, undefined, PRIVATE]);
    expect(seen(answer)).toEqual({ comments: [['Ada', 'First!']], status: THANKS, name: '', text: '' });

    const [own, others] = await Promise.all([get(page, { cookie: cookieOf(answer) }), get(page)]);
    for (const { status, text } of [own, others]) {
      expect([status, seen({ text })]).toEqual([200, { comments: [['Ada', 'First!']], status: QUIET, name: '', text: '' }]);
    }
    expect(others.headers['set-cookie']).toBeUndefined();
  });

  it('is in the page that is kept from then on, and in no other', async () => {
    const answer = await kept(page);
    expect(seen(answer).comments).toEqual([['Ada', 'First!']]);
    const again = await get(page);
    expect([again.state, again.text]).toEqual(['HIT', answer.text]);
    expect(seen(await kept('/posts/2')).comments).toEqual([]);
  });

  it('may come urlencoded, and with the Origin of this site', async () => {
    const body = new URLSearchParams({ [field.name]: field.value, text: 'Second' }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: site.url };
    const answer = await ask(site, page, { method: 'POST', headers, body });
    expect([answer.status, seen(answer).comments]).toEqual([200, [['Ada', 'First!'], ['Somebody', 'Second']]]);
  });

  it('may come by fetch: the answer is the result', async () => {
    const id = field.name.slice('$ACTION_ID_'.length);
    const form = { '0': JSON.stringify([{ bound: 1, args: 2 }, field.value, [3], ['FormData', 4], 1]), '1_name': 'Bob', '1_text': 'Third' };
    const answer = await submit(site, page, form, { 'next-action': id, origin: site.url });
    expect([answer.status, answer.headers['content-type'], JSON.parse(answer.text)]).toEqual([200, 'application/json; charset=utf-8', [{ saved: 1 }, true]]);
    expect([answer.headers['x-action-revalidated'], answer.headers['cache-control']]).toEqual(['1', PRIVATE]);
    expect(seen(await get(page)).comments.at(-1)).toEqual(['Bob', 'Third']);
  });

  it('is text, whatever is in it', async () => {
    const answer = await send({ name: '"><img src=x>', text: '<script>alert(1)</script> & \'"' });
    expect(answer.text).not.toMatch(/<script>|<img/);
    expect(seen(answer).comments.at(-1)).toEqual(['&quot;&gt;&lt;img src=x&gt;', '&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#39;&quot;']);
    expect((await get(page)).text).not.toMatch(/<script>|<img/);
  });

  const TOO_LONG = 'A comment has at most 500 characters, and a name 40.';
  const refused = [
    ['empty', { name: 'Ada', text: '' }, 'Write something first.'],
    ['of spaces', { name: '<Ada>', text: ' \n ' }, 'Write something first.', { name: '&lt;Ada&gt;', text: '' }],
    ['without its field', { name: 'Ada' }, 'Write something first.', { text: '' }],
    ['too long', { name: 'Ada', text: 'x'.repeat(501) }, TOO_LONG],
    ['with a name that is too long', { name: 'y'.repeat(41), text: 'Hello' }, TOO_LONG],
    ['that closes the field it is kept in', { name: 'y'.repeat(41), text: '</textarea><script>' }, TOO_LONG, { text: '&lt;/textarea&gt;&lt;script&gt;' }],
  ];
  it.each(refused)('%s: an error, what was typed, and no comment', async (_, fields, error, shown = {}) => {
    const before = seen(await kept(page)).comments;
    const answer = await send(fields);
    expect([answer.status, answer.headers['cache-control']]).toEqual([200, PRIVATE]);
    expect(seen(answer)).toEqual({ comments: before, status: [' class="error"', error], ...fields, ...shown });
    const after = await get(page);
    // Nothing changed, so nothing was made anew.
    expect([after.state, seen(after)]).toEqual(['HIT', { comments: before, status: QUIET, name: '', text: '' }]);
  });

  it('of 500 characters is short enough', async () => {
    const answer = await send({ name: 'y'.repeat(40), text: 'x'.repeat(500) });
    expect(seen(answer).comments.at(-1)).toEqual(['y'.repeat(40), 'x'.repeat(500)]);
  });

  it.each([
    ['SA-9: of another site', stranger],
    ['T20: of a sandboxed frame', { origin: 'null' }],
    ['T22: of another site that hides its name', { 'sec-fetch-site': 'cross-site' }],
    ['T23: of another site with a host of its own', { ...stranger, 'x-forwarded-host': 'evil.example' }],
  ])('%s: 403, and it is not there', async (_, headers) => {
    const before = await kept(page);
    const answer = await send({ text: 'from elsewhere' }, headers);
    expect([answer.status, answer.text, answer.headers['set-cookie']]).toEqual([403, 'Invalid Server Actions request.', undefined]);
    const after = await get(page);
    expect([after.state, after.text]).toEqual(['HIT', before.text]);
  });

  const unknown = 'f'.repeat(42);
  it.each([
    ['SA-20: an unknown id', { [`$ACTION_ID_${unknown}`]: '' }, {}, 409, 'Server Action unavailable.'],
    ['SA-20: an unknown id, by fetch', { 0: '[]' }, { 'next-action': unknown }, 409, 'Server Action unavailable.'],
    ['SA-20: no id', { '$ACTION_ID_': '' }, {}, 400, 'Invalid Server Action request.'],
    ['SA-5: no field', { text: 'x' }, {}, 400, 'Invalid Server Action request.'],
  ])('%s', async (_, fields, headers, status, text) => {
    const answer = await submit(site, page, fields, headers);
    expect([answer.status, answer.text, answer.headers['x-nextjs-action-not-found']]).toEqual([status, text, '1']);
  });

  it('SA-21: on a post that is not there is the 404 page', async () => {
    const { length } = seen(await kept(page)).comments;
    const answer = await submit(site, page, { [field.name]: '[[1],"99"]', text: 'nowhere' });
    expect([answer.status, answer.headers['x-robots-tag'], answer.headers['cache-control']]).toEqual([404, 'noindex', PRIVATE]);
    expect(answer.text).toContain('<h1>Nothing here</h1>');
    expect((await submit(site, page, { [field.name]: '{"not": "a list"}', text: 'x' })).status).toBe(400);
    expect(seen(await get(page)).comments).toHaveLength(length);
  });

  it('the command that the page shows does what it says', async () => {
    const [, written] = /<pre[^>]*><code>(curl[^<]*--form-string[^<]*)<\/code>/.exec((await kept(page)).text);
    const command = unescape(written).replaceAll('http://127.0.0.1:8787', site.url);
    const run = (text) => promisify(execFile)('bash', ['-c', text.replace('curl -i', 'curl -si')]).then(({ stdout }) => stdout);
    expect(await run(command)).toMatch(/^HTTP\/1.1 403 /);
    const without = await run(command.replace("-H 'Origin: https://elsewhere.example'", ''));
    expect([without.split('\r\n')[0], seen({ text: without }).comments.at(-1)]).toEqual(['HTTP/1.1 200 OK', ['Somebody', 'Hello']]);
    expect(seen(await get(page)).comments.filter(([, text]) => text === 'Hello')).toHaveLength(1);
  });

  it('SA-17: a body of more than a megabyte: 413', async () => {
    expect((await send({ text: 'x'.repeat(2 ** 20) })).status).toBe(413);
  });
});

describe('draft mode', { timeout: 60_000 }, () => {
  const posts = ({ text }) => [...text.matchAll(/<h2><a href="\/posts\/(\d+)">/g)].map(([, id]) => id).join('');
  const bypassed = (answer) => [answer.status, answer.state, answer.headers['cache-control']];
  let cookie;

  it('DM-2: a form of the home page enters it, and its answer has the draft', async () => {
    const home = await kept('/');
    expect(posts(home)).toBe('123456');
    const { name, value } = actionField(home, 'Drafts');
    const answer = await submit(site, '/', { [name]: value }, { origin: site.url });
    expect([...bypassed(answer), posts(answer)]).toEqual([200, undefined, PRIVATE, '1234567']);
    expect(answer.headers['set-cookie']).toContainEqual(expect.stringMatching(/^__prerender_bypass=[^;]+; Path=\/; HttpOnly; SameSite=lax$/));
    cookie = cookieOf(answer);
    expect(answer.text).toContain('Leave draft mode');
    expect(answer.text).toContain('<span class="unpublished">not published</span>');
  });

  it('T29: with its cookie every page is made afresh, without it they come from the cache, at the same time', async () => {
    await Promise.all(['/', '/posts/7'].map((path) => get(path)));
    await kept('/');
    const missing = await kept('/posts/7');
    expect([missing.status, missing.headers['x-robots-tag']]).toEqual([404, 'noindex']);
    const renders = new Set();
    for (let round = 0; round < 10; round++) {
      const [home, post, othersHome, othersPost] = await Promise.all([
        get('/', { cookie }), get('/posts/7', { cookie }), get('/'), get('/posts/7'),
      ]);
      expect([...bypassed(home), posts(home)]).toEqual([200, undefined, PRIVATE, '1234567']);
      expect(bypassed(post)).toEqual([200, undefined, PRIVATE]);
      expect(post.text).toContain('<h1>Before it is published</h1>');
      renders.add(/Render <code>([0-9a-f]+)</.exec(post.text)[1]);
      expect([othersHome.status, othersHome.state, posts(othersHome)]).toEqual([200, 'HIT', '123456']);
      expect([othersPost.status, othersPost.state, othersPost.text]).toEqual([404, 'HIT', missing.text]);
      for (const { text } of [othersHome, othersPost]) expect(text).not.toMatch(/Before it is published|Leave draft mode/);
    }
    expect(renders.size).toBe(10);
  });

  it('a comment on the draft is there for who sees it', async () => {
    const { name, value } = actionField(await get('/posts/7', { cookie }), 'Your comment');
    const answer = await submit(site, '/posts/7', { [name]: value, text: 'A word to the editor' }, { cookie });
    expect([...bypassed(answer), seen(answer).comments]).toEqual([200, undefined, PRIVATE, [['Somebody', 'A word to the editor']]]);
    expect((await get('/posts/7')).status).toBe(404);
    // To others there is no such post, by its address or by what is bound to the form of another one.
    for (const path of ['/posts/7', '/posts/1']) {
      const stranger = await submit(site, path, { [name]: value, text: 'found it' });
      expect([stranger.status, stranger.text.includes('Before it is published')]).toEqual([404, false]);
    }
    expect(seen(await get('/posts/7', { cookie })).comments).toEqual([['Somebody', 'A word to the editor']]);
  });

  it.each([
    ['another value', () => '__prerender_bypass=forged'],
    ['none', () => '__prerender_bypass='],
    ['a token with one letter changed', () => cookie.replace(/(__prerender_bypass=.{9})(.)/, (_, head, char) => head + (char === 'A' ? 'B' : 'A'))],
    ['a token cut short', () => cookie.replace(/(__prerender_bypass=[^;]{9})[^;]*/, '$1')],
    ['a token that is longer', () => `${cookie}A`],
  ])('DM-6: a forged cookie is an ordinary request: %s', async (_, forged) => {
    const home = await get('/', { cookie: forged() });
    expect([home.status, home.state, posts(home)]).toEqual([200, 'HIT', '123456']);
    expect(home.headers['cache-control']).toContain('s-maxage=');
    const post = await get('/posts/7', { cookie: forged() });
    expect([post.status, post.state]).toEqual([404, 'HIT']);
  });

  it('DM-3: a form of every page leaves it', async () => {
    const { name, value } = actionField(await get('/posts/7', { cookie }), 'Draft mode');
    const answer = await submit(site, '/', { [name]: value }, { cookie, origin: site.url });
    expect([...bypassed(answer), posts(answer)]).toEqual([200, undefined, PRIVATE, '123456']);
    expect(answer.headers['set-cookie']).toContainEqual('__prerender_bypass=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=lax');
    const [home, post] = [await get('/'), await get('/posts/7')];
    expect([home.state, posts(home), post.status, post.state]).toEqual(['HIT', '123456', 404, 'HIT']);
  });

  it('T22: a form of another site cannot switch it', async () => {
    const { name, value } = actionField(await kept('/'), 'Drafts');
    const answer = await submit(site, '/', { [name]: value }, { origin: 'https://evil.example' });
    expect([answer.status, answer.headers['set-cookie']]).toEqual([403, undefined]);
  });
});
