// The demo as a person sees it: real browser, phone and desktop, light and dark. Pictures go to tests/output/.
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { actionField, ask, cookieOf, root, startSite, storeFolder, submit } from './site.js';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];
const SCREENS = { phone: { width: 360, height: 740 }, desktop: { width: 1280, height: 900 } };
const PAGES = {
  home: '/', draft: '/', post: '/posts/1', comments: '/posts/2', refused: '/posts/3', unpublished: '/posts/7', now: '/now', settings: '/settings', missing: '/posts/99',
};
/** How many buttons and fields there are on them. */
const BUTTONS = { home: 1, draft: 1, post: 1, comments: 1, refused: 1, unpublished: 2, settings: 5 };
const FIELDS = { post: 2, comments: 2, refused: 2, unpublished: 2 };

const present = existsSync(CHROMIUM);
if (!present) console.error(`\nNO BROWSER TEST: there is no ${CHROMIUM}. Run: apt-get install chromium, or set CHROMIUM.\n`);

describe.skipIf(!present)('the demo in a browser', { timeout: 60_000 }, () => {
  let folder;
  let site;
  let browser;
  let draftCookie;

  beforeAll(async () => {
    const { chromium } = await import('playwright-core');
    await mkdir(join(root, 'tests/output'), { recursive: true });
    folder = await storeFolder();
    site = await startSite(folder);
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });

    const post = actionField(await ask(site, '/posts/2'), 'Your comment');
    for (const [name, text] of COMMENTS) await submit(site, '/posts/2', { [post.name]: post.value, name, text });
    const drafts = actionField(await ask(site, '/'), 'Drafts');
    [, draftCookie] = cookieOf(await submit(site, '/', { [drafts.name]: drafts.value })).split('__prerender_bypass=');
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await site?.stop();
    await folder?.remove();
  }, 60_000);

  const rows = Object.keys(PAGES).flatMap((page) =>
    Object.keys(SCREENS).flatMap((screen) => ['light', 'dark'].map((scheme) => [page, screen, scheme])));

  it.each(rows)('%s, %s, %s: fits, has a title and says when it was rendered', async (name, screen, scheme) => {
    // No scripts: the pages must not need any.
    const context = await browser.newContext({ viewport: SCREENS[screen], colorScheme: scheme, javaScriptEnabled: false });
    try {
      const tab = await context.newPage();
      const complaints = [];
      tab.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
      if (name === 'draft' || name === 'unpublished') await context.addCookies([{ name: '__prerender_bypass', value: draftCookie, url: site.url }]);
      const answer = await tab.goto(site.url + PAGES[name], { waitUntil: 'load' });
      expect(answer.status()).toBe(name === 'missing' ? 404 : 200);
      if (name === 'refused') {
        await tab.evaluate(() => document.querySelector('textarea').removeAttribute('required'));
        await Promise.all([tab.waitForEvent('load'), tab.getByRole('button', { name: 'Send' }).click()]);
        expect(await tab.textContent('[role=status]')).toBe('Write something first.');
      }
      await tab.screenshot({ path: join(root, `tests/output/blog-${name}-${screen}-${scheme}.png`), fullPage: true });

      const seen = await tab.evaluate(measure);
      expect(seen.width).toBeLessThanOrEqual(SCREENS[screen].width);
      expect(seen.outside).toEqual([]);
      expect(seen.title.length).toBeGreaterThan(4);
      expect(seen.heading.length).toBeGreaterThan(2);
      expect(seen.lang).toBe('en');

      const { text, datetime, size, contrast } = seen.rendered;
      expect(Math.abs(Date.parse(datetime) - Date.now())).toBeLessThan(120_000);
      expect(text).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} UTC$/);
      expect(size).toBeGreaterThanOrEqual(13);
      expect(contrast).toBeGreaterThan(4.5);
      expect(seen.contrast).toBeGreaterThan(4.5);
      expect(seen.dark).toBe(scheme === 'dark');
      expect([...seen.buttons, ...seen.fields].filter((height) => height < 44)).toEqual([]);
      expect([seen.buttons.length, seen.fields.length]).toEqual([BUTTONS[name] ?? 0, FIELDS[name] ?? 0]);
      expect(seen.nameless).toEqual([]);
      expect(seen.edges.filter((ratio) => ratio < 3)).toEqual([]);
      // The browser itself logs the 404 of the page.
      expect(complaints.filter((text) => !(name === 'missing' && text.includes('404')))).toEqual([]);
    } finally {
      await context.close();
    }
  });

  it('the list leads to a post and back', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    try {
      const tab = await context.newPage();
      await tab.goto(site.url);
      await tab.click('main a[href="/posts/3"]');
      expect(new URL(tab.url()).pathname).toBe('/posts/3');
      await tab.click('header a[href="/"]');
      expect(new URL(tab.url()).pathname).toBe('/');
    } finally {
      await context.close();
    }
  });

  it('a reload shows the same render of a post, and another one of /now', async () => {
    const context = await browser.newContext();
    try {
      const tab = await context.newPage();
      const render = async (path) => (await tab.goto(site.url + path), tab.textContent('.rendered code'));
      expect(await render('/posts/2')).toBe(await render('/posts/2'));
      expect(await render('/now')).not.toBe(await render('/now'));
    } finally {
      await context.close();
    }
  });

  it('/settings: a theme and visits are kept in cookies until they are forgotten, without scripts', async () => {
    const context = await browser.newContext({ viewport: SCREENS.phone, colorScheme: 'light', javaScriptEnabled: false });
    try {
      const tab = await context.newPage();
      const complaints = [];
      tab.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
      const press = (name) => Promise.all([tab.waitForEvent('load'), tab.getByRole('button', { name, exact: true }).press('Enter')]);
      const chosen = () => tab.textContent('button[aria-current]');
      const visits = () => tab.textContent('form strong');
      const dark = async () => (await tab.evaluate(measure)).dark;
      const jar = async () => Object.fromEntries((await context.cookies()).map(({ name, value }) => [name, value]));

      await tab.goto(`${site.url}/settings`);
      expect([await chosen(), await visits(), await dark(), await jar()]).toEqual(['System', '0', false, {}]);
      await press('Dark');
      expect([tab.url(), await chosen(), await dark()]).toEqual([`${site.url}/settings`, 'Dark', true]);
      await press('Count a visit');
      await press('Count a visit');
      expect([await visits(), await dark(), await jar()]).toEqual(['2', true, { theme: 'dark', visits: '2' }]);
      await tab.screenshot({ path: join(root, 'tests/output/blog-settings-chosen.png'), fullPage: true });

      // A page of all visitors.
      await tab.goto(`${site.url}/posts/1`);
      expect(await dark()).toBe(false);

      await tab.goBack();
      await press('Forget everything');
      expect([await chosen(), await visits(), await dark(), await jar()]).toEqual(['System', '0', false, {}]);
      expect(complaints).toEqual([]);
    } finally {
      await context.close();
    }
  });
});

const COMMENTS = [
  ['Ada', 'The window between the two ends is the best part.'],
  ['', 'Two lines:\nthe second one.'],
  ['A name of forty characters, no more, truly', `A word without end: ${'x'.repeat(200)}`.slice(0, 500)],
].map(([name, text]) => [name.slice(0, 40), text]);

/** Runs in the page. */
function measure() {
  const colour = (element, property) => {
    for (let node = element; node; node = node.parentElement) {
      const parts = getComputedStyle(node)[property].match(/[\d.]+/g).map(Number);
      if (parts[3] !== 0) return parts.slice(0, 3);
    }
    return [255, 255, 255];
  };
  // WCAG 2.2, relative luminance and contrast ratio.
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (...colours) => {
    const [high, low] = colours.map(luminance).sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
  };
  const contrast = (element) => ratio(colour(element, 'color'), colour(element, 'backgroundColor'));
  const height = (element) => element.getBoundingClientRect().height;
  const fields = [...document.querySelectorAll('input:not([type=hidden]), textarea')];
  const time = document.querySelector('.rendered time');
  const wide = document.documentElement.clientWidth;
  return {
    title: document.title,
    heading: document.querySelector('h1').textContent,
    lang: document.documentElement.lang,
    width: document.documentElement.scrollWidth,
    outside: [...document.querySelectorAll('main *, header *, footer > *')]
      .filter((element) => element.getBoundingClientRect().right > wide + 0.5)
      .map((element) => element.outerHTML.slice(0, 80)),
    buttons: [...document.querySelectorAll('button')].map(height),
    fields: fields.map(height),
    nameless: fields.filter((field) => !field.labels[0]?.innerText.trim()).map((field) => field.name),
    edges: fields.map((field) => ratio(colour(field, 'borderTopColor'), colour(field.parentElement, 'backgroundColor'))),
    dark: luminance(colour(document.body, 'backgroundColor')) < 0.2,
    contrast: Math.min(...[...document.querySelectorAll('h1, h2, p, a:not(.skip), button, code, time, pre, label, input, textarea, .unpublished')].map(contrast)),
    rendered: {
      text: time.textContent,
      datetime: time.dateTime,
      size: parseFloat(getComputedStyle(time).fontSize),
      contrast: contrast(time),
    },
  };
}
