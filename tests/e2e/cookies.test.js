// A browser's own cookie jar: what cookies() sets is kept, what it deletes is gone.
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { cookies, createApp } from 'freshtag';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** The ways to delete a cookie that Next's documentation lists, and an object with options. */
const WAYS = {
  'delete(name)': (store, name) => store.delete(name),
  "set(name, '')": (store, name) => store.set(name, ''),
  'maxAge: 0': (store, name) => store.set(name, 'value', { maxAge: 0 }),
  'delete({ name, maxAge })': (store, name) => store.delete({ name, maxAge: 100 }),
};
const NAMES = ['plain', 'lasting', '__Secure-s', '__Host-h'];

const app = createApp({
  routes: {
    '/set': {
      async POST() {
        const store = await cookies();
        store.set('plain', 'a b;"é"').set('lasting', '1', { maxAge: 3600, httpOnly: true, sameSite: 'lax', priority: 'high' });
        store.set('__Secure-s', '1', { secure: true }).set('__Host-h', '1', { secure: true, path: '/' });
        return new Response();
      },
    },
    '/delete/[way]': {
      async POST(_request, { params }) {
        const { way } = await params;
        const store = await cookies();
        // A browser takes no line without `Secure` for the prefixed names; only some ways know that.
        for (const name of NAMES) {
          if (way === 'maxAge: 0' && name.startsWith('__')) store.set(name, '', { maxAge: 0, secure: true, path: '/' });
          else WAYS[way](store, name);
        }
        return new Response();
      },
    },
    '/read': {
      async GET() {
        return Response.json((await cookies()).getAll().map(({ name, value }) => [name, value]));
      },
    },
    '/': { GET: () => new Response('<!doctype html><title>x</title>', { headers: { 'content-type': 'text/html' } }) },
  },
});

describe.skipIf(!existsSync(CHROMIUM))('cookies in a browser', { timeout: 60_000 }, () => {
  let server;
  let url;
  let browser;

  beforeAll(async () => {
    server = createServer(async (asked, answer) => {
      const response = await app.fetch(new Request(url + asked.url, { method: asked.method, headers: asked.headers }));
      answer.writeHead(response.status, [...response.headers].flat());
      answer.end(Buffer.from(await response.arrayBuffer()));
    });
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    url = `http://localhost:${server.address().port}`;
    const { chromium } = await import('playwright-core');
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--headless', '--no-sandbox', '--disable-gpu'] });
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await new Promise((done) => server.close(done));
  });

  it.each(Object.keys(WAYS))('CK-11 CK-19 CK-20 %s deletes', async (way) => {
    const context = await browser.newContext();
    try {
      const tab = await context.newPage();
      await tab.goto(url);
      const post = (path) => tab.evaluate((to) => fetch(to, { method: 'POST' }).then((answer) => answer.status), path);
      expect(await post('/set')).toBe(200);
      expect((await context.cookies()).map(({ name }) => name).sort()).toEqual([...NAMES].sort());
      const read = () => tab.evaluate(() => fetch('/read').then((answer) => answer.json()));
      expect(Object.fromEntries(await read())).toMatchObject({ plain: 'a b;"é"', lasting: '1' });
      expect(await post(`/delete/${encodeURIComponent(way)}`)).toBe(200);
      expect(await context.cookies()).toEqual([]);
      expect(await read()).toEqual([]);
    } finally {
      await context.close();
    }
  });
});
