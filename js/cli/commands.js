// What `freshtag` can do. Each command asks a site and returns what to print.
import { perMillion, PRICES } from '../inspector/prices.js';
import { isPathTag, lastOf, stateOf, tally, wordsOf } from '../inspector/state.js';
import { count, counted, dollars, duration, moment, size, until } from '../inspector/words.js';
import { Progress, table } from './print.js';
import { FAILED, MISUSED, Stop } from './stop.js';

/** @typedef {import('./site.js').Site} Site */
/** @typedef {import('../inspector/state.js').Entry} Entry */
/** @typedef {import('../inspector/state.js').Marks} Marks */
/** @typedef {{ json: unknown, text: string, failure?: Stop }} Result `failure`: it was done in part. */
/**
 * @typedef {object} Command
 * @property {string} does
 * @property {string} [takes] What follows its name, where something may.
 * @property {string} [help]
 * @property {NonNullable<import('node:util').ParseArgsConfig['options']>} options
 * @property {(site: Site, values: any, names: string[]) => Promise<Result>} run
 */

/** Tags in one question, whose address has an end. */
const TAGS = 50;
const PROFILE = 'Without --profile what carries a tag expires now; with one, such as max, it is stale now and expires when that says.';

/** @type {Record<string, Command>} */
export const COMMANDS = {
  revalidate: {
    does: 'Revalidates tags or a path',
    takes: '[TAG…]',
    help: `  freshtag revalidate posts authors --profile max\n  freshtag revalidate --path /posts/1\n  freshtag revalidate --path '/posts/[id]' --type page\n\n${PROFILE}`,
    options: { path: { type: 'string' }, type: { type: 'string' }, profile: { type: 'string' } },
    run: revalidate,
  },
  entries: {
    does: 'Lists what is stored, or shows one entry',
    takes: '[KEY]',
    help: '  --kind route|data|fetch|proxy   only those\n  --filter TEXT                   only those with it in path, tag or key\n  --limit N                       at most so many',
    options: { kind: { type: 'string' }, filter: { type: 'string' }, limit: { type: 'string' } },
    run: (site, values, names) => (names.length ? entry(site, names) : entries(site, values)),
  },
  tags: {
    does: 'Says when tags were revalidated: those named, or all that entries carry',
    takes: '[TAG…]',
    help: '  --paths   also the tags of paths, which every page carries',
    options: { paths: { type: 'boolean', default: false } },
    run: tags,
  },
  stats: { does: 'Says what an isolate answered in the last hour, and what it costs', options: {}, run: stats },
  prerender: {
    does: 'Makes every page that generateStaticParams lists, and stores it',
    options: {},
    run: prerender,
  },
  sweep: {
    does: 'Deletes entries that no version reads: of other formats, unreadable, or expired',
    help: '  --dry-run   only says which\n\nIt never touches another namespace, nor when a tag was revalidated.',
    options: { 'dry-run': { type: 'boolean', default: false } },
    run: sweep,
  },
};

/** @type {Command['run']} */
async function revalidate(site, { path, type, profile }, names) {
  if (path !== undefined && names.length) throw new Stop(MISUSED, 'name either tags or --path, not both');
  if (path === undefined && !names.length) throw new Stop(MISUSED, 'name a tag, or a path with --path');
  if (path !== undefined && profile !== undefined) throw new Stop(MISUSED, '--profile is for tags: a path expires now');
  if (path === undefined && type !== undefined) throw new Stop(MISUSED, '--type is for --path');
  const orders = path === undefined ? names.map((tag) => ({ tag, ...(profile && { profile }) })) : [{ path, ...(type && { type }) }];
  const done = [];
  for (const order of orders) done.push(await site.ask('revalidate', order));
  const revalidated = done.flatMap((answer) => answer.tags);
  return { json: { tags: revalidated, at: done.at(-1).at }, text: `Revalidated ${revalidated.join(', ')}` };
}

/**
 * Lists all there is, page by page.
 * @param {Site} site
 * @param {{ kind?: string, filter?: string, limit?: string }} [which]
 */
async function list(site, { kind, filter = '', limit } = {}) {
  const most = limit === undefined ? Infinity : Number(limit);
  if (!(most >= 1)) throw new Stop(MISUSED, `--limit must be a number of at least 1. It is: ${limit}`);
  const words = filter.toLowerCase().split(/\s+/);
  const progress = new Progress();
  /** @type {Entry[]} */
  const found = [];
  let looked = 0;
  for (let cursor; ; ) {
    const page = await site.ask(`entries?${new URLSearchParams({ ...(kind && { kind }), ...(cursor && { cursor }) })}`);
    looked += page.entries.length;
    found.push(...page.entries.filter((/** @type {Entry} */ entry) => words.every((word) => wordsOf(entry).includes(word))));
    cursor = page.cursor;
    if (!cursor || found.length >= most) break;
    progress.say(`${counted(looked, 'entry', 'entries')} …`);
  }
  progress.end();
  return found.slice(0, most);
}

/**
 * @param {Site} site
 * @param {string[]} names
 * @returns {Promise<Map<string, Marks>>}
 */
async function marksOf(site, names) {
  const found = new Map();
  for (let at = 0; at < names.length; at += TAGS) {
    const query = new URLSearchParams(names.slice(at, at + TAGS).map((tag) => ['tag', tag]));
    for (const marks of (await site.ask(`tags?${query}`)).tags) found.set(marks.tag, marks);
  }
  return found;
}

/** @param {Site} site @param {any} values @returns {Promise<Result>} */
async function entries(site, values) {
  const found = await list(site, values);
  if (!found.length) return { json: { entries: [] }, text: 'Nothing like that is stored.' };
  const marks = await marksOf(site, [...tally(found).keys()]);
  const { now } = await site.ask('stats');
  const states = found.map((entry) => stateOf(entry, marks, now));
  const time = (/** @type {number} */ at) => (Number.isNaN(at) ? '' : plain(until(at, now)));
  const rows = found.map((entry, at) => [
    states[at].state,
    entry.kind,
    entry.size === undefined ? '' : plain(size(entry.size)),
    entry.created === undefined ? '' : plain(duration(now - entry.created)),
    time(states[at].stale),
    time(states[at].expires),
    entry.path,
    (entry.tags ?? []).filter((tag) => !isPathTag(tag)).join(','),
  ]);
  return {
    json: { entries: found.map((entry, at) => ({ ...entry, state: states[at].state })) },
    text: `${table(['STATE', 'KIND', '>SIZE', '>AGE', '>STALE IN', '>EXPIRES IN', 'PATH', 'TAGS'], rows)}\n${counted(found.length, 'entry', 'entries')}`,
  };
}

/** @param {Site} site @param {string[]} names @returns {Promise<Result>} */
async function entry(site, names) {
  if (names.length > 1) throw new Stop(MISUSED, 'name one key');
  const found = await site.ask(`entries/${encodeURIComponent(names[0])}`);
  const { body, headers = [], tags: carried = [] } = found;
  const head = [
    `key      ${found.key}`,
    `kind     ${found.kind}`,
    `created  ${found.created === undefined ? 'cannot be read' : plain(moment(found.created))}`,
    `tags     ${carried.join(', ')}`,
  ];
  const lines = headers.map((/** @type {[string, string]} */ [name, value]) => `${name}: ${value}`);
  const shown = body.text ?? `(${plain(size(Math.floor((body.base64.length * 3) / 4)))} that are no text)`;
  return { json: found, text: [...head, '', ...lines, '', shown + (body.cut ? '\n…' : '')].join('\n') };
}

/** @type {Command['run']} */
async function tags(site, { paths }, names) {
  const counts = names.length ? undefined : tally(await list(site));
  const asked = counts ? [...counts.keys()].filter((tag) => paths || !isPathTag(tag)) : names;
  const { now } = await site.ask('stats');
  const found = [...(await marksOf(site, asked)).values()];
  if (!found.length) return { json: { tags: [] }, text: 'No entry carries a tag of its own.' };
  const rows = found.map((marks) => {
    const last = lastOf(marks);
    return [marks.tag, counts ? count(counts.get(marks.tag) ?? 0) : '', last ? last.how : '', last ? plain(until(last.at, now)) : 'never'];
  });
  const json = found.map((marks) => ({ ...marks, ...(counts && { entries: counts.get(marks.tag) ?? 0 }) }));
  return { json: { tags: json }, text: table(['TAG', counts ? '>ENTRIES' : '', 'LAST', 'REVALIDATED'], rows) };
}

/** @type {Command['run']} */
async function stats(site) {
  const told = await site.ask('stats');
  const { reads, writes, requests, isolate } = told;
  const sums = requests.states.map((/** @type {string} */ state, /** @type {number} */ at) => [
    state,
    count(requests.minutes.reduce((/** @type {number} */ sum, /** @type {number[]} */ minute) => sum + minute[at], 0)),
  ]);
  const cost = perMillion({ reads, writes, requests: requests.total });
  const text = `Isolate ${isolate}: ${counted(requests.total, 'request')} since it began
${table(['LAST HOUR', '>REQUESTS'], sums)}
KV: ${counted(reads, 'key')} read, ${count(writes)} written; ${cost.reads.toFixed(2)} and ${cost.writes.toFixed(2)} a request
A million requests: ${dollars(cost.all)} at list prices of ${PRICES.as_of} (${PRICES.link})`;
  return { json: { ...told, dollarsPerMillion: cost.all }, text };
}

/** @type {Command['run']} */
async function prerender(site) {
  const progress = new Progress();
  /** @type {{ path: string, message: string }[]} */
  const failures = [];
  let stored = 0;
  for (let cursor; ; ) {
    const page = await site.ask('prerender', cursor === undefined ? {} : { cursor });
    if (!Number.isInteger(page.done) || !Array.isArray(page.failed)) throw new Stop(FAILED, `${site.url.origin} answered, but not as freshtag does. Is --url the address of the Worker?`);
    stored += page.done;
    failures.push(...page.failed);
    for (const { path, message } of page.failed) progress.note(`${path}: ${message}`);
    progress.say(`${stored + failures.length} of ${page.total} pages`);
    if (page.next === null || page.next === undefined) break;
    if (page.next === cursor) throw new Stop(FAILED, `The site keeps naming the same next page (${JSON.stringify(page.next)}).`);
    cursor = page.next;
  }
  progress.end();
  const failure = failures.length ? new Stop(FAILED, `${failures.length} failed, as listed above. Mend their handlers or generateStaticParams and run this again.`) : undefined;
  return { json: { stored, failed: failures }, text: `Prerendered ${counted(stored, 'page')} at ${site.url.origin}`, failure };
}

/** @type {Command['run']} */
async function sweep(site, { 'dry-run': dryRun }) {
  const progress = new Progress();
  /** @type {{ key: string, why: string }[]} */
  const found = [];
  let looked = 0;
  for (let cursor; ; ) {
    const step = await site.ask('sweep', { dryRun, ...(cursor && { cursor }) });
    looked += step.looked;
    found.push(...step.found);
    if (step.looked) progress.say(`${counted(looked, 'entry', 'entries')} looked at`);
    if (!step.next) break;
    if (step.next === cursor) throw new Stop(FAILED, `The site keeps naming the same next step (${step.next}).`);
    cursor = step.next;
  }
  progress.end();
  const lines = found.map(({ key, why }) => `${why.padEnd(10)}  ${key}`);
  const verb = dryRun ? 'would be deleted' : 'deleted';
  return { json: { looked, dryRun, found }, text: [...lines, `${counted(found.length, 'entry', 'entries')} of ${count(looked)} ${verb}`].join('\n') };
}

/** Terminals and programs take a common space better. @param {string} text */
function plain(text) {
  return text.replaceAll('\u00a0', ' ');
}
