// The forms of the demo in a real browser: comments with and without JavaScript, by keyboard, and drafts.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { hasBrowser, launch } from './serve.js';
import { startSite, storeFolder } from './site.js';

const THANKS = 'Thank you, there it is.';

describe.skipIf(!hasBrowser)('the forms of the demo', { timeout: 60_000 }, () => {
  let folder;
  let site;
  let browser;

  beforeAll(async () => {
    folder = await storeFolder();
    site = await startSite(folder);
    browser = await launch();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await site?.stop();
    await folder?.remove();
  }, 60_000);

  /** Runs in a tab of a new visitor, and looks at what the browser complained about. */
  async function visit(options, code, allowed = []) {
    const context = await browser.newContext(options);
    try {
      const tab = await context.newPage();
      const complaints = [];
      tab.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
      tab.on('pageerror', (error) => complaints.push(String(error)));
      await code(tab, context);
      expect(complaints.filter((text) => !allowed.some((pattern) => pattern.test(text)))).toEqual([]);
    } finally {
      await context.close();
    }
  }

  const comments = (tab) => tab.locator('.comments li p:last-child').allTextContents();
  const status = (tab) => tab.textContent('.comment [role=status]');
  const typed = (tab) => tab.evaluate(() => ['name', 'text'].map((name) => document.querySelector('form.comment').elements[name].value));
  const send = (tab) => tab.getByRole('button', { name: 'Send' });
  const fill = async (tab, name, text) => {
    await tab.getByLabel('Your name, if you like').fill(name);
    await tab.getByLabel('Your comment', { exact: true }).and(tab.locator('textarea')).fill(text);
  };
  const told = (tab, text) => tab.locator('.comment [role=status]', { hasText: text }).waitFor();
  /** Leaves the page as it would be for a browser that knows no constraints. */
  const unbind = (tab) =>
    tab.evaluate(() => {
      for (const field of document.querySelectorAll('.comment input, .comment textarea')) for (const name of ['required', 'maxlength']) field.removeAttribute(name);
    });
  const withoutScripts = { javaScriptEnabled: false };

  describe('a comment with JavaScript', () => {
    /** A page that notes what its policy forbids, and whether it is still the same. */
    async function open(tab, path) {
      await tab.addInitScript(() => {
        globalThis.violations = [];
        addEventListener('securitypolicyviolation', (event) => violations.push(`${event.violatedDirective} ${event.blockedURI}`));
      });
      await tab.goto(site.url + path);
      await tab.waitForLoadState('networkidle');
      await tab.evaluate(() => void (globalThis.stayed = true));
    }
    const isSame = (tab) => tab.evaluate(() => [globalThis.stayed, violations]);

    it('appears without leaving the page; the form is emptied, and says thank you', () =>
      visit({}, async (tab) => {
        await open(tab, '/posts/1');
        expect(await comments(tab)).toEqual([]);
        await fill(tab, 'Ada', 'With scripts');
        const answered = tab.waitForResponse((response) => response.request().method() === 'POST');
        await send(tab).click();
        const { status: code, headers } = await answered.then((answer) => ({ status: answer.status(), headers: answer.request().headers() }));
        expect([code, headers['next-action']]).toEqual([200, expect.stringMatching(/^7f[0-9a-f]{40}$/)]);
        await told(tab, THANKS);
        expect([await comments(tab), await typed(tab)]).toEqual([['With scripts'], ['', '']]);
        expect([tab.url(), await isSame(tab)]).toEqual([`${site.url}/posts/1`, [true, []]]);

        await fill(tab, '', 'Once more');
        await send(tab).dblclick(); // and it is sent once
        await tab.locator('.comments li').nth(1).waitFor();
        expect(await comments(tab)).toEqual(['With scripts', 'Once more']);
        await tab.reload();
        expect(await comments(tab)).toEqual(['With scripts', 'Once more']);
      }));

    it('is there for others', () =>
      visit(withoutScripts, async (tab) => {
        await tab.goto(`${site.url}/posts/1`);
        expect(await comments(tab)).toEqual(['With scripts', 'Once more']);
      }));

    it.each([
      ['empty', 'Ada', '  ', 'Write something first.'],
      ['too long', 'Ada', 'x'.repeat(501), 'A comment has at most 500 characters, and a name 40.'],
    ])('%s: an error, and what was typed is still there', (_, name, text, error) =>
      visit({}, async (tab) => {
        await open(tab, '/posts/2');
        const before = await comments(tab);
        await unbind(tab);
        await fill(tab, name, text);
        await send(tab).click();
        await told(tab, error);
        expect([await comments(tab), await typed(tab), await isSame(tab)]).toEqual([before, [name, text], [true, []]]);
        expect(await tab.getAttribute('.comment [role=status]', 'class')).toBe('error');
        // And then it works.
        await fill(tab, name, 'Short');
        await send(tab).click();
        await told(tab, THANKS);
        expect(await tab.getAttribute('.comment [role=status]', 'class')).toBe('');
        expect(await comments(tab)).toEqual([...before, 'Short']);
      }));

    it('is text, whatever is in it', () =>
      visit({}, async (tab) => {
        await open(tab, '/posts/4');
        const text = '<img src=x onerror="globalThis.pwned = 1"><script>globalThis.pwned = 1</script>';
        await fill(tab, '</strong><b>', text);
        await send(tab).click();
        await told(tab, THANKS);
        expect(await comments(tab)).toEqual([text]);
        expect(await tab.evaluate(() => globalThis.pwned)).toBeUndefined();
        expect(await isSame(tab)).toEqual([true, []]);
      }));

    it('does not get lost with the connection', () =>
      visit({}, async (tab, context) => {
        await open(tab, '/posts/5');
        await fill(tab, 'Ada', 'From a tunnel');
        await context.setOffline(true);
        await send(tab).click();
        await told(tab, 'That did not work. Please try again.');
        expect([await typed(tab), await comments(tab)]).toEqual([['Ada', 'From a tunnel'], []]);
        await context.setOffline(false);
        await send(tab).click();
        await told(tab, THANKS);
        expect(await comments(tab)).toEqual(['From a tunnel']);
      }, [/ERR_INTERNET_DISCONNECTED/, /could not be sent/]));
  });

  describe('a comment without JavaScript', () => {
    const press = (tab) => Promise.all([tab.waitForEvent('load'), send(tab).press('Enter')]);

    it('is in the page that answers, which says thank you; the form is empty', () =>
      visit(withoutScripts, async (tab) => {
        await tab.goto(`${site.url}/posts/6`);
        await fill(tab, 'Bob', 'Without scripts');
        await press(tab);
        expect([tab.url(), await comments(tab), await status(tab)]).toEqual([`${site.url}/posts/6`, ['Without scripts'], THANKS]);
        expect(await typed(tab)).toEqual(['', '']);
        await tab.goto(`${site.url}/posts/6`);
        expect([await comments(tab), await status(tab)]).toEqual([['Without scripts'], '']);
      }));

    it('empty: the browser does not send it; if it does, there is an error and what was typed', () =>
      visit(withoutScripts, async (tab) => {
        await tab.goto(`${site.url}/posts/6`);
        let sent = 0;
        tab.on('request', (request) => (sent += request.method() === 'POST'));
        await fill(tab, 'Bob', '');
        await send(tab).click();
        expect([sent, await tab.evaluate(() => document.activeElement.name)]).toEqual([0, 'text']);
        await unbind(tab);
        await press(tab);
        expect([sent, await status(tab), await typed(tab)]).toEqual([1, 'Write something first.', ['Bob', '']]);
        expect(await comments(tab)).toEqual(['Without scripts']);
      }));
  });

  describe('by keyboard', () => {
    it.each([['with', {}], ['without', withoutScripts]])('name, comment, button, in this order; Enter sends; %s JavaScript', (name, options) =>
      visit(options, async (tab) => {
        await tab.goto(`${site.url}/posts/3`, { waitUntil: 'networkidle' });
        const before = await comments(tab);
        const focused = () => tab.evaluate(() => document.activeElement.name || document.activeElement.textContent);
        const order = [];
        for (let left = 30; left > 0 && !order.includes('Send'); left--) {
          await tab.keyboard.press('Tab');
          order.push(await focused());
          if (order.at(-1) === 'name') await tab.keyboard.type('Key');
          if (order.at(-1) === 'text') await tab.keyboard.type(`typed ${name}`);
        }
        expect(order[0]).toBe('Skip to the text');
        expect(order.slice(-3)).toEqual(['name', 'text', 'Send']);
        expect(await tab.evaluate(() => getComputedStyle(document.activeElement).outlineStyle)).toBe('solid');
        await tab.keyboard.press('Enter');
        await told(tab, THANKS);
        expect(await comments(tab)).toEqual([...before, `typed ${name}`]);
        // Whoever has no mouse goes on from where he was.
        if (name === 'with') await expect.poll(focused).toBe('Send');
      }));
  });

  it.each([['with', {}], ['without', withoutScripts]])('drafts: a button shows them, in this browser alone, and another one hides them; %s JavaScript', (_, options) =>
    visit(options, async (tab, context) => {
      const titles = () => tab.locator('.posts h2 a').allTextContents();
      const push = (name) => Promise.all([tab.waitForEvent('load'), tab.getByRole('button', { name }).press('Enter')]);
      await tab.goto(site.url);
      expect(await titles()).toHaveLength(6);
      await push('Show drafts');
      expect([tab.url(), (await titles()).length]).toEqual([`${site.url}/`, 7]);
      const [cookie] = await context.cookies();
      expect(cookie).toMatchObject({ name: '__prerender_bypass', httpOnly: true, sameSite: 'Lax', path: '/', expires: -1 });

      await visit(withoutScripts, async (other) => {
        await other.goto(site.url);
        expect(await other.locator('.posts li').count()).toBe(6);
        expect((await other.goto(`${site.url}/posts/7`)).status()).toBe(404);
      }, [/404/]);

      await tab.getByRole('link', { name: 'Before it is published' }).click();
      expect([new URL(tab.url()).pathname, await tab.textContent('h1')]).toEqual(['/posts/7', 'Before it is published']);
      await push('Leave draft mode');
      expect([tab.url(), (await titles()).length, await context.cookies()]).toEqual([`${site.url}/`, 6, []]);
      expect((await tab.goto(`${site.url}/posts/7`)).status()).toBe(404);
    }, [/404/]));
});
