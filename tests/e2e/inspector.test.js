// /_freshtag as a person sees it: real browser, real store. Pictures go to tests/output/.
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { header } from './header.js';
import { hasBrowser, launch } from './serve.js';
import { ask, root, startSite, storeFolder } from './site.js';

const SECRET = 'the secret of this site';
const DRAFT = 'the secret of its drafts';
const SCREENS = { phone: { width: 360, height: 740 }, desktop: { width: 1280, height: 900 } };
const TABS = ['entries', 'tags', 'cost', 'actions'];
const MANY = 1050;
const HOSTILE = '<h1>Hello</h1><script>parent.document.title = document.title = "hacked"</script><img src="/ran" onerror="parent.hacked = 1">';

if (!hasBrowser) console.error('\nNO BROWSER TEST: there is no Chromium. Run: apt-get install chromium, or set CHROMIUM.\n');

describe.skipIf(!hasBrowser)('the inspector', { timeout: 60_000 }, () => {
  let folder;
  let site;
  let browser;
  const open = [];

  beforeAll(async () => {
    await mkdir(join(root, 'tests/output'), { recursive: true });
    folder = await storeFolder();
    await fill(folder);
    site = await startSite(folder, { env: { FRESHTAG_SECRET: SECRET, FRESHTAG_DRAFT_SECRET: DRAFT } });
    for (const path of ['/', '/posts/1', '/posts/2', '/posts/1', '/now', '/']) await ask(site, path);
    // A name that is not of this machine, as a deployed Worker has.
    browser = await launch(['--host-resolver-rules=MAP blog.test 127.0.0.1']);
  }, 120_000);

  afterAll(async () => {
    for (const context of open) await context.close();
    await browser?.close();
    await site?.stop();
    await folder?.remove();
  }, 60_000);

  /** A tab at the page, and what its console complained about. */
  async function visit({ host = '127.0.0.1', screen = 'desktop', scheme = 'light', ...more } = {}) {
    const context = await browser.newContext({ viewport: SCREENS[screen], colorScheme: scheme, ...more });
    open.push(context);
    const tab = await context.newPage();
    const complaints = [];
    tab.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    tab.on('pageerror', (error) => complaints.push(String(error)));
    await tab.goto(`http://${host}:${site.port}/_freshtag`);
    return { tab, complaints, context };
  }
  const loaded = (tab) => tab.waitForSelector('#updated:not(:empty)');
  /** The row of a path, or of anything with this text. */
  const row = (tab, text) => tab.locator('#entries-table tbody tr:not([hidden])', { has: tab.getByRole('button', { name: text, exact: true }) });
  const shownRows = (tab) => tab.locator('#entries-table tbody tr:not([hidden])').count();
  const told = (tab) => tab.locator('#told:not(:empty)').textContent();

  const looks = Object.keys(SCREENS).flatMap((screen) => ['light', 'dark'].map((scheme) => [screen, scheme]));
  it.each(looks)('%s, %s: fits, can be read and touched', async (screen, scheme) => {
    const { tab, complaints } = await visit({ screen, scheme });
    await loaded(tab);
    await tab.fill('#filter', '127.0.0.1');
    for (const view of TABS) {
      await tab.click(`#tab-${view}`);
      await tab.screenshot({ path: join(root, `tests/output/inspector-${view}-${screen}-${scheme}.png`) });
      const problems = await tab.evaluate(look, screen === 'phone' ? 28 : 24);
      expect([view, ...problems]).toEqual([view]);
    }
    await tab.click('#tab-entries');
    await row(tab, '/posts/1').getByRole('button').click();
    await tab.waitForSelector('dialog[open] h3:has-text("Body")');
    await tab.screenshot({ path: join(root, `tests/output/inspector-entry-${screen}-${scheme}.png`) });
    expect(await tab.evaluate(look, 24)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('shows entries with countdowns, figures of the hour and what they cost', async () => {
    const { tab } = await visit();
    await loaded(tab);
    const cells = async () => (await row(tab, '/posts/1').locator('td').allTextContents()).map((text) => text.replaceAll('\u00a0', ' '));
    const before = await cells();
    expect(before).toEqual(['/posts/1', 'fresh', 'route', 'posts, post-1, comments-1', expect.stringMatching(/KB$/), expect.stringMatching(/^\d+ (m|s)/), expect.stringMatching(/^14 m \d\d s$/), '23 h 59 m']);
    await tab.waitForTimeout(2_100);
    expect((await cells())[6]).not.toBe(before[6]);
    expect(await tab.textContent('#legend')).toMatch(/^hit [1-9]\d*stale 0miss 3revalidated 0bypass [1-9]\d*$/);
    expect(await tab.getAttribute('#chart', 'aria-labelledby')).toBe('chart-said');
    expect(await tab.locator('#chart rect').count()).toBeGreaterThan(0);
    expect(await tab.textContent('#hit-rate')).toMatch(/^\d+ %$/);
    expect(await tab.textContent('#per-million')).toMatch(/^\$\d+\.\d\d$/);
    await tab.click('#tab-cost');
    expect(await tab.textContent('#cost-rows')).toMatch(/Keys read.*\$0\.50 a million.*Keys written.*\$5\.00 a million.*Together/);
    expect(await tab.getAttribute('#cost-note a', 'href')).toBe('https://developers.cloudflare.com/kv/platform/pricing/');
  });

  it('filters by text, kind and state, and shows all again', async () => {
    const { tab } = await visit();
    await loaded(tab);
    const all = await shownRows(tab);
    await tab.keyboard.press('/');
    await tab.keyboard.type('POST-1 route');
    expect(await shownRows(tab)).toBe(1);
    expect(await tab.textContent('#entries-said')).toMatch(/^1 of [\d,]+ entries/);
    await tab.fill('#filter', '');
    await tab.selectOption('#kind', 'data');
    expect(await tab.locator('#entries-table tbody tr:not([hidden]) .c-kind').allTextContents()).toEqual(expect.arrayContaining(['data']));
    expect(await row(tab, '/posts/1').count()).toBe(0);
    await tab.selectOption('#state', 'expired');
    expect(await tab.textContent('#entries-said')).toContain('No entry is like that.');
    await tab.getByRole('button', { name: 'Show all' }).click();
    expect(await shownRows(tab)).toBe(all);
    expect(await tab.evaluate(() => document.activeElement.id)).toBe('filter');
  });

  it('pages through the listing, and stays smooth with a thousand entries', async () => {
    const { tab } = await visit();
    await loaded(tab);
    expect(await tab.textContent('#entries-count')).toBe('1,000+');
    const { shift, longest, filtering } = await tab.evaluate(async () => {
      const seen = { shift: 0, longest: 0 };
      new PerformanceObserver((list) => list.getEntries().forEach((entry) => (seen.shift += entry.hadRecentInput ? 0 : entry.value))).observe({ type: 'layout-shift' });
      new PerformanceObserver((list) => list.getEntries().forEach((entry) => (seen.longest = Math.max(seen.longest, entry.duration)))).observe({ type: 'longtask' });
      await new Promise((done) => setTimeout(done, 4_000));
      const quiet = { ...seen };
      const filter = document.getElementById('filter');
      const times = [];
      for (const text of ['many', 'many-1', 'posts', '']) {
        const start = performance.now();
        filter.value = text;
        filter.dispatchEvent(new Event('input'));
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        times.push(performance.now() - start);
      }
      return { ...quiet, filtering: Math.max(...times) };
    });
    console.log(`1,000 entries: the longest task while counting down ${Math.round(longest)} ms, a filter ${Math.round(filtering)} ms`);
    expect(shift).toBe(0);
    expect(longest).toBeLessThan(150);
    expect(filtering).toBeLessThan(400);
    await tab.getByRole('button', { name: 'Load more' }).click();
    await tab.waitForFunction((most) => parseInt(document.getElementById('entries-count').textContent.replace(',', ''), 10) > most, MANY);
    expect(await tab.locator('#more').isVisible()).toBe(false);
    expect(await shownRows(tab)).toBeGreaterThan(MANY);
  });

  it('by the keyboard alone: tabs, an entry, and back to where one was', async () => {
    const { tab } = await visit();
    await loaded(tab);
    const at = () => tab.evaluate(() => document.activeElement.id || document.activeElement.textContent);
    await tab.keyboard.press('Tab');
    expect(await at()).toBe('Skip to the cache');
    await tab.keyboard.press('Enter');
    await tab.keyboard.press('Tab');
    expect(await at()).toBe('tab-entries');
    for (const [key, id] of [['ArrowLeft', 'tab-actions'], ['Home', 'tab-entries'], ['ArrowRight', 'tab-tags'], ['End', 'tab-actions'], ['ArrowRight', 'tab-entries']]) {
      await tab.keyboard.press(key);
      expect([key, await at(), await tab.locator(`#${id.slice(4)}`).isVisible()]).toEqual([key, id, true]);
    }
    await tab.keyboard.press('Tab');
    expect(await at()).toBe('filter');
    await tab.keyboard.type('/posts/2');
    for (let left = 3; left; left--) await tab.keyboard.press('Tab');
    expect(await at()).toBe('Show all');
    await tab.keyboard.press('Tab');
    expect(await at()).toBe('/posts/2');
    await tab.keyboard.press('Enter');
    await tab.waitForSelector('dialog[open] h3');
    expect(await at()).toBe('entry-close');
    await tab.keyboard.press('Escape');
    expect([await tab.locator('dialog[open]').count(), await at()]).toEqual([0, '/posts/2']);
  });

  it('revalidates a tag and shows what that did, at once and in what visitors get', async () => {
    const { tab } = await visit();
    await loaded(tab);
    await tab.fill('#filter', '127.0.0.1');
    expect(await row(tab, '/posts/2').locator('.c-state').textContent()).toBe('fresh');
    await tab.click('#tab-tags');
    await tab.getByRole('button', { name: 'Make stale: post-2' }).click();
    expect(await told(tab)).toBe('Revalidated post-2: 2 listed entries carry it.');
    expect(await tab.locator('#tags-table tr', { hasText: 'post-2' }).locator('.c-last').textContent()).toMatch(/^stale \d.s ago, expires in 36\d/);
    await tab.click('#tab-entries');
    expect(await row(tab, '/posts/2').locator('.c-state').textContent()).toBe('stale');
    expect((await ask(site, '/posts/2')).state).toBe('STALE');

    await tab.click('#tab-actions');
    await tab.fill('#by-tag [name=tag]', 'post-1');
    await tab.keyboard.press('Enter');
    await expect.poll(() => told(tab)).toMatch(/^Revalidated post-1: 2 listed/);
    await tab.click('#tab-entries');
    expect(await row(tab, '/posts/1').locator('.c-state').textContent()).toBe('expired');
    expect((await ask(site, '/posts/1')).state).toBe('MISS');
    await expect.poll(async () => {
      await tab.click('#reload');
      await tab.waitForSelector('#reload[aria-disabled=false]');
      return row(tab, '/posts/1').locator('.c-state').textContent();
    }, { timeout: 15_000 }).toBe('fresh');

    await tab.click('#tab-actions');
    await tab.fill('#by-path [name=path]', '/');
    await tab.selectOption('#by-path [name=type]', 'layout');
    await tab.getByRole('button', { name: 'Revalidate the path' }).click();
    await expect.poll(() => told(tab)).toMatch(/^Revalidated \/: /);
    await tab.click('#tab-entries');
    expect(await row(tab, '/').locator('.c-state').textContent()).toBe('expired');
  });

  it('says what the Worker refuses, and goes on', async () => {
    const { tab } = await visit();
    await loaded(tab);
    await tab.click('#tab-actions');
    await tab.fill('#by-tag [name=tag]', 'a');
    await tab.fill('#by-tag [name=profile]', 'nope');
    await tab.getByRole('button', { name: 'Revalidate the tag' }).click();
    expect(await told(tab)).toMatch(/profile.*nope.*UNKNOWN_PROFILE/s);
    await tab.context().setOffline(true);
    await tab.click('#reload');
    await tab.waitForSelector('#problem:not([hidden])');
    expect(await tab.textContent('#problem')).toMatch(/does not answer/);
    await tab.context().setOffline(false);
    await tab.getByRole('button', { name: 'Try again' }).click();
    await tab.waitForSelector('#problem', { state: 'hidden' });
  });

  it('shows stored HTML without running any of it', async () => {
    const { tab, complaints } = await visit();
    const asked = [];
    tab.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await loaded(tab);
    await tab.fill('#filter', 'hostile');
    await row(tab, '<b>hostile</b>').getByRole('button').click();
    await tab.waitForSelector('dialog[open] pre');
    expect(await tab.textContent('dialog pre')).toBe(HOSTILE);
    expect(await tab.textContent('#entry-body .facts.mono')).toContain('text/html');
    await tab.getByRole('button', { name: 'Page', exact: true }).click();
    const frame = tab.frameLocator('dialog iframe');
    expect(await frame.locator('h1').textContent()).toBe('Hello');
    expect(await tab.getAttribute('dialog iframe', 'sandbox')).toBe('');
    await tab.waitForTimeout(300);
    expect([await tab.evaluate(() => [globalThis.hacked, document.title.includes('hacked')]), await frame.locator('html').evaluate(() => document.title)]).toEqual([[undefined, false], '']);
    expect(asked).not.toContain('/ran');
    expect(complaints.join()).toMatch(/sandboxed/);
    await tab.keyboard.press('Escape');
    expect(await tab.locator('iframe').count()).toBe(0);
  });

  it('asks for the secret where it is not on this machine, and keeps it no longer than the tab', async () => {
    const { tab, context } = await visit({ host: 'blog.test' });
    await tab.waitForSelector('#unlock:not([hidden])');
    expect([await tab.evaluate(() => document.activeElement.id), await tab.locator('#cache').isVisible()]).toEqual(['secret', false]);
    await tab.screenshot({ path: join(root, 'tests/output/inspector-secret.png') });
    await tab.keyboard.type('wrong');
    await tab.keyboard.press('Enter');
    await tab.waitForSelector('#unlock-error:not(:empty)');
    expect(await tab.textContent('#unlock-error')).toMatch(/wrangler secret put FRESHTAG_SECRET/);
    await tab.fill('#secret', SECRET);
    await tab.keyboard.press('Enter');
    await loaded(tab);
    expect(await shownRows(tab)).toBeGreaterThan(5);
    await tab.click('#tab-tags');
    await tab.getByRole('button', { name: 'Expire now: comments-2' }).click();
    expect(await told(tab)).toMatch(/^Revalidated comments-2/);
    await tab.reload();
    await loaded(tab);
    expect(await context.cookies()).toEqual([]);
    expect(await tab.evaluate(() => [Object.values(localStorage), location.href])).toEqual([[], expect.not.stringContaining('secret')]);
    const other = await context.newPage();
    await other.goto(`http://blog.test:${site.port}/_freshtag`);
    await other.waitForSelector('#unlock:not([hidden])');
    await tab.click('#forget');
    await tab.waitForSelector('#unlock:not([hidden])');
    expect(await tab.evaluate(() => Object.values(sessionStorage))).toEqual([]);
  });

  it('enters and leaves draft mode with its own secret, which is kept nowhere', async () => {
    const { tab, context } = await visit();
    await loaded(tab);
    const names = async () => (await context.cookies()).map(({ name }) => name);
    await tab.click('#tab-actions');
    await tab.fill('#draft [name=secret]', SECRET);
    await tab.getByRole('button', { name: 'Enter draft mode' }).click();
    expect(await told(tab)).toMatch(/not FRESHTAG_DRAFT_SECRET/);
    expect(await names()).toEqual([]);
    await tab.fill('#draft [name=secret]', DRAFT);
    await tab.getByRole('button', { name: 'Enter draft mode' }).click();
    await expect.poll(() => told(tab)).toBe('This browser is in draft mode.');
    expect([await names(), await tab.inputValue('#draft [name=secret]')]).toEqual([['__prerender_bypass'], '']);
    expect(await tab.evaluate(() => [...Object.values(sessionStorage), ...Object.values(localStorage)])).toEqual([]);
    await tab.getByRole('button', { name: 'Leave draft mode' }).click();
    await expect.poll(() => told(tab)).toBe('This browser has left draft mode.');
    expect(await names()).toEqual([]);
  });
});

/** Puts entries into a store that no site has open: many, and one of somebody who means no good. */
async function fill({ path }) {
  const entry = (name, tag, body, headers = []) => ({
    key: `f1/e/route/${name}`,
    value: body,
    metadata: header({ v: 1, k: name, n: 'route', st: 200, c: Date.now(), by: 'b', l: [300, 900, 86_400], len: body.length, h: headers, g: [tag] }),
  });
  const entries = Array.from({ length: MANY }, (_, at) => entry(`many.example/pages/${at}~${at}`, `many-${at % 40}`, 'x'));
  entries.push(entry('<b>hostile</b>~0', 'hostile', HOSTILE, [['content-type', 'text/html']]));
  const file = join(path, 'entries.json');
  await writeFile(file, JSON.stringify(entries));
  const wrangler = join(root, 'node_modules/.bin/wrangler');
  await promisify(execFile)(wrangler, ['kv', 'bulk', 'put', file, '--binding', 'CACHE', '--local', '--persist-to', path], { cwd: root, env: { ...process.env, CI: '1' } });
}

/** In the page: what is wider than the screen, too small to touch, or without a name. */
function look(least) {
  const problems = [];
  const visible = (element) => element.checkVisibility({ visibilityProperty: true });
  if (document.documentElement.scrollWidth > innerWidth) problems.push(`the page is ${document.documentElement.scrollWidth} wide`);
  const scope = document.querySelector('dialog[open]') ?? document.body;
  for (const control of scope.querySelectorAll('button, input, select, a[href]')) {
    if (!visible(control) || control.closest('.skip, .note, .brand')) continue;
    const { width, height, left, right } = control.getBoundingClientRect();
    const name = control.getAttribute('aria-label') || control.textContent || control.labels?.[0]?.textContent;
    const box = control.type === 'checkbox' ? control.labels[0].getBoundingClientRect() : { width, height };
    if (box.height < least || box.width < 8) problems.push(`${name} is ${Math.round(box.width)} by ${Math.round(box.height)}`);
    if (!name?.trim()) problems.push(`${control.outerHTML} has no name`);
    if (left < -1 || right > innerWidth + 1) problems.push(`${name} leaves the screen`);
  }
  return problems;
}
