// The page at /_freshtag: asks for what it shows, shows it, and does what a person presses.
import { connectForms } from './actions.js';
import { Problem, secret } from './api.js';
import { Cache } from './cache.js';
import { byId, setText } from './dom.js';
import { Entries } from './entries.js';
import { EntryDialog } from './entry.js';
import { showStats } from './overview.js';
import { connectTabs } from './tabs.js';
import { Tags } from './tags.js';
import { clock, counted } from './words.js';

/** How often the figures are asked for, in ms, while somebody looks. They cost no KV operation. */
const EVERY = 10_000;
const TOLD_FOR = 8_000;

const cache = new Cache();
const dialog = new EntryDialog(cache, pressed);
const entries = new Entries(cache, (entry) => void dialog.open(entry));
const tags = new Tags(cache, pressed);
let loading = false;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let hush;

setText(byId('host'), location.host);
document.title = `freshtag · ${location.host}`;
connectTabs(byId('cache'), () => tick());
connectForms(run, revalidate);
byId('reload').onclick = () => void load(true);
byId('forget').onclick = () => {
  secret.forget();
  location.reload();
};
button('problem').onclick = () => void load(true);
button('more').onclick = () => void load(false);
byId('unlock').addEventListener('submit', (event) => {
  event.preventDefault();
  secret.keep(/** @type {HTMLInputElement} */ (byId('secret')).value);
  void load(true);
});
document.addEventListener('keydown', (event) => {
  const { target } = event;
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || byId('entries').hidden || document.querySelector('dialog[open]')) return;
  if (target instanceof HTMLElement && target.closest('input, select')) return;
  event.preventDefault();
  byId('filter').focus();
});
setInterval(() => document.hidden || tick(), 1000);
setInterval(() => document.hidden || loading || byId('cache').hidden || void refresh(), EVERY);
void load(true);

/** Asks for everything, or for more entries. @param {boolean} again */
async function load(again) {
  if (loading) return;
  loading = true;
  busy(true);
  try {
    await refresh();
    unlocked();
    setText(byId('entries-said'), 'Reading the list …');
    await cache.list(again, () => cache.cursor && setText(byId('entries-said'), `Reading the list: ${counted(cache.entries.length, 'entry', 'entries')} so far …`));
    entries.show();
    tags.show();
    byId('more').hidden = !cache.cursor;
    await cache.look(cache.tags.keys());
    entries.filter();
    tags.tick();
    setText(byId('updated'), `as of ${clock(Date.now())}`);
    fine();
  } catch (error) {
    failed(/** @type {Error} */ (error));
  } finally {
    loading = false;
    busy(false);
  }
}

async function refresh() {
  try {
    showStats(await cache.stats());
    byId('loading').hidden = true;
  } catch (error) {
    if (loading) throw error;
    failed(/** @type {Error} */ (error));
  }
}

/** @param {Error} error */
function failed(error) {
  byId('loading').hidden = true;
  if (error instanceof Problem && error.status === 401) return locked();
  if (!(error instanceof Problem)) console.error(error);
  const gone = error instanceof Problem && error.status === 404;
  const text = gone ? 'This Worker has no admin for this address. Set its secret with `wrangler secret put FRESHTAG_SECRET`, or open it on localhost with `npm start`.' : error.message;
  setText(/** @type {Element} */ (byId('problem').querySelector('p')), text);
  byId('problem').hidden = false;
  if (byId('entries-said').textContent?.startsWith('Reading')) setText(byId('entries-said'), 'The list could not be read.');
}

function fine() {
  byId('problem').hidden = true;
}

function locked() {
  const wrong = secret.get() !== '';
  secret.forget();
  setText(byId('unlock-error'), wrong ? 'The Worker refused that. Pass the value that `wrangler secret put FRESHTAG_SECRET` was given.' : '');
  fine();
  byId('cache').hidden = true;
  byId('forget').hidden = true;
  byId('unlock').hidden = false;
  const input = /** @type {HTMLInputElement} */ (byId('secret'));
  input.value = '';
  input.focus();
}

function unlocked() {
  const asked = !byId('unlock').hidden;
  byId('unlock').hidden = true;
  byId('cache').hidden = false;
  byId('forget').hidden = !secret.get();
  if (asked) byId('main').focus();
}

/** @param {boolean} on */
function busy(on) {
  byId('entries-table').setAttribute('aria-busy', String(on));
  byId('reload').setAttribute('aria-disabled', String(on));
}

function tick() {
  if (!byId('entries').hidden) entries.tick();
  tags.tick();
  dialog.tick();
}

/** @param {{ tag: string, profile?: string }} order @param {HTMLElement} at */
async function pressed(order, at) {
  await run(() => revalidate(order), at);
}

/** @type {import('./actions.js').Revalidate} */
async function revalidate(order) {
  const revalidated = await cache.revalidate(order);
  entries.filter();
  tags.show();
  dialog.tick();
  const own = cache.entries.filter((entry) => entry.tags?.some((tag) => revalidated.includes(tag))).length;
  const what = 'tag' in order ? order.tag : order.path;
  return `Revalidated ${what}: ${own ? `${counted(own, 'listed entry', 'listed entries')} ${own === 1 ? 'carries' : 'carry'} it.` : 'no listed entry carries it.'}`;
}

/** @type {import('./actions.js').Run} */
async function run(work, at) {
  if (at.getAttribute('aria-disabled') === 'true') return;
  at.setAttribute('aria-disabled', 'true');
  try {
    tell(await work(), false);
  } catch (error) {
    if (error instanceof Problem && error.status === 401 && !at.closest('#draft')) locked();
    else tell(/** @type {Error} */ (error).message, true);
  } finally {
    at.removeAttribute('aria-disabled');
  }
}

/** @param {string} text @param {boolean} bad */
function tell(text, bad) {
  const told = byId('told');
  // Above a dialog only what is in it can be seen.
  const open = document.querySelector('dialog[open]');
  (open ?? document.body).append(told);
  told.className = bad ? 'bad' : '';
  told.textContent = text;
  clearTimeout(hush);
  hush = setTimeout(() => (told.textContent = ''), TOLD_FOR);
}

/** @param {string} id */
function button(id) {
  return /** @type {HTMLButtonElement} */ (byId(id).querySelector('button'));
}
