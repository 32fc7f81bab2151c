// freshtag/client in a browser, as /_freshtag/client.js has it.
import { cookies, createApp, formField, forbidden, permanentRedirect, redirect, refresh, revalidatePath, serverAction } from 'freshtag';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { hasBrowser, launch, serve } from './serve.js';

const log = [];

const ACTIONS = {
  echo: (...args) => args,
  names: (form) => [...form.keys()],
  slow: async (name) => {
    log.push(`${name} begins`);
    await new Promise((done) => setTimeout(done, 50));
    log.push(`${name} ends`);
  },
  fails: () => Promise.reject(new Error('what is wrong')),
  forbids: () => forbidden(),
  goes: () => redirect('/there'),
  goesForGood: () => permanentRedirect('/there'),
  goesWrong: () => redirect('javascript:alert(1)'),
  changes: () => void revalidatePath('/'),
  refreshes: () => refresh(),
  counts: async () => {
    const store = await cookies();
    const visits = Number(store.get('visits')?.value ?? 0) + 1;
    store.set('visits', visits);
    return visits;
  },
  reads: async (bound, form) => [bound, ...(await Promise.all([...form].map(async ([name, value]) => [name, typeof value === 'string' ? value : await value.text()])))],
};
const actions = Object.fromEntries(Object.entries(ACTIONS).map(([id, fn]) => [id, serverAction(fn, { id })]));
// `client` is the module, `act(id, ...args)` calls an action.
const SCRIPT = `<script type="module">
import * as client from '/_freshtag/client.js';
const act = (id, ...args) => client.callAction(document.getElementById(id), ...args);
const failure = (promise) => promise.then(() => 'no failure', ({ name, message, status, digest }) => ({ name, message, status, digest }));
Object.assign(globalThis, { act, failure, client });
</script>`;
const html = (text) => new Response(`<!doctype html><title>x</title>${text}`, { headers: { 'content-type': 'text/html' } });

const app = createApp({
  actions,
  routes: {
    '/': {
      async GET() {
        const buttons = [];
        for (const [id, action] of Object.entries(actions)) {
          const { name, value } = await formField(id === 'reads' ? action.bind(null, 7) : action);
          buttons.push(`<button id="${id}" name="${name}" value='${value}'></button>`);
        }
        const { name } = await formField(actions.names);
        return html(`<form method="post" enctype="multipart/form-data"><input type="hidden" name="${name}"><input name="text" value="a"><input type="file" name="file">${buttons.join('')}</form>${SCRIPT}`);
      },
    },
    '/there': { GET: () => html('there') },
  },
});

describe.skipIf(!hasBrowser)('freshtag/client in a browser', { timeout: 60_000 }, () => {
  let site;
  let elsewhere;
  let browser;

  beforeAll(async () => {
    [site, elsewhere, browser] = await Promise.all([serve(app), serve(app), launch()]);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await Promise.all([site?.stop(), elsewhere?.stop()]);
  });

  /** Runs code in the page. */
  async function inPage(code, arg) {
    const context = await browser.newContext();
    try {
      const tab = await context.newPage();
      await tab.goto(`${site.url}/`);
      await tab.waitForFunction(() => 'client' in globalThis);
      const result = await tab.evaluate(code, arg);
      return { result, tab };
    } finally {
      await context.close();
    }
  }

  it('the script is sent once, then confirmed', async () => {
    const first = await fetch(`${site.url}/_freshtag/client.js`);
    const etag = first.headers.get('etag');
    expect([first.status, first.headers.get('content-type'), etag]).toEqual([200, 'text/javascript; charset=utf-8', expect.stringMatching(/^"[0-9a-f]{16}"$/)]);
    expect(await first.text()).toContain('callAction');
    expect((await fetch(`${site.url}/_freshtag/client.js`, { headers: { 'if-none-match': etag } })).status).toBe(304);
  });

  it('arguments go there and back', async () => {
    const { result } = await inPage(async () => {
      const [text, date, map, missing] = await act('echo', 'ä', new Date(5), new Map([['a', new Uint8Array([255])]]), undefined);
      return [text, date.getTime(), map.get('a')[0], missing];
    });
    expect(result).toEqual(['ä', 5, 255, undefined]);
  });

  it('SA-28: one call runs after the other, also after one that failed', async () => {
    log.length = 0;
    await inPage(() => Promise.allSettled([act('slow', 'a'), act('fails'), act('slow', 'b')]));
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  });

  it('an argument is what it was at the call', async () => {
    const { result } = await inPage(async () => {
      const list = [1];
      const calls = [act('slow', 'x'), act('echo', list)];
      list.push(2);
      return (await Promise.all(calls))[1];
    });
    expect(result).toEqual([[1]]);
  });

  it.each([
    ['fails', { name: 'ActionError', message: 'what is wrong', status: 500, digest: expect.stringMatching(/^\d+$/) }],
    ['forbids', { name: 'ActionError', message: 'The Server Action failed with status 403.', status: 403, digest: 'NEXT_HTTP_ERROR_FALLBACK;403' }],
    ['goesWrong', { name: 'ActionError', message: 'The Server Action redirects to javascript:, which is no page.', status: undefined, digest: undefined }],
  ])('%s', async (id, expected) => {
    const { result } = await inPage((name) => failure(act(name)), id);
    expect(result).toEqual(expected);
  });

  it('SA-20: an action that is gone', async () => {
    const { result } = await inPage(() => failure(client.callAction('f'.repeat(42))));
    expect(result).toMatchObject({ name: 'ActionError', message: 'Server Action unavailable.', status: 409 });
  });

  it.each([['goes'], ['goesForGood']])('SA-22: %s', async (id) => {
    const context = await browser.newContext();
    try {
      const tab = await context.newPage();
      await tab.goto(`${site.url}/there`);
      await tab.goto(`${site.url}/`);
      await Promise.all([
        tab.waitForURL(`${site.url}/there`),
        tab.waitForFunction(() => 'client' in globalThis).then(() => tab.evaluate((name) => void act(name), id)),
      ]);
      await tab.goBack();
      // One that is for good leaves nothing to go back to.
      expect(tab.url()).toBe(id === 'goes' ? `${site.url}/` : `${site.url}/there`);
    } finally {
      await context.close();
    }
  });

  it('SA-24: the page is told that it is out of date', async () => {
    const { result } = await inPage(async () => {
      const kinds = [];
      addEventListener('freshtag:revalidated', ({ detail }) => kinds.push(detail.kind));
      for (const id of ['echo', 'changes', 'refreshes', 'counts']) await act(id);
      return kinds;
    });
    expect(result).toEqual([1, 2, 1]);
  });

  it('cookies of the browser come and are kept', async () => {
    const { result } = await inPage(async () => [await act('counts'), await act('counts'), document.cookie]);
    expect(result).toEqual([1, 2, 'visits=2']);
  });

  it('submitForm sends the fields to the action of the button that was pressed, else to that of the form', async () => {
    const { result } = await inPage(async () => {
      const form = document.querySelector('form');
      const files = new DataTransfer();
      files.items.add(new File(['content'], 'f.txt'));
      form.elements.file.files = files.files;
      return [await client.submitForm(form), await client.submitForm(form, document.getElementById('reads'))];
    });
    expect(result).toEqual([['text', 'file'], [7, ['text', 'a'], ['file', 'content']]]);
  });

  it('SA-9: a page of another origin cannot call, with or without scripts', async () => {
    const context = await browser.newContext();
    try {
      const tab = await context.newPage();
      await tab.goto(`${elsewhere.url}/`);
      const before = log.length;
      const byScript = await tab.evaluate(async (url) => {
        const { name } = document.getElementById('slow');
        const init = { method: 'POST', headers: { 'next-action': name.slice(11) }, body: '[{"bound":1,"args":2},"",[]]' };
        return fetch(url, init).then((answer) => answer.status, (error) => error.name);
      }, `${site.url}/`);
      expect(byScript).toBe('TypeError'); // the browser asks first, and is not told yes
      const [answer] = await Promise.all([
        tab.waitForResponse((response) => response.request().method() === 'POST'),
        tab.evaluate((url) => {
          document.querySelector('form').action = url;
          document.getElementById('slow').click();
        }, `${site.url}/`),
      ]);
      expect([answer.status(), log.length]).toEqual([403, before]);
    } finally {
      await context.close();
    }
  });
});
