// The last hour: figures, a chart, and what it costs.
import { byId, el, setText } from './dom.js';
import { perMillion, PRICES } from './prices.js';
import { clock, count, counted, dollars } from './words.js';

/** @typedef {{ total: number, until: number, states: string[], minutes: number[][] }} Requests */
/** @typedef {{ isolate: string, now: number, reads: number, writes: number, requests: Requests, memory: Record<string, number> }} Stats */

const [WIDTH, HEIGHT] = [600, 96];

/** @param {Stats} stats */
export function showStats({ isolate, reads, writes, requests }) {
  const sums = requests.states.map((_, at) => requests.minutes.reduce((sum, minute) => sum + minute[at], 0));
  const hour = sums.reduce((sum, part) => sum + part, 0);
  const served = sums[requests.states.indexOf('hit')] + sums[requests.states.indexOf('stale')];
  const cost = perMillion({ reads, writes, requests: requests.total });
  const known = requests.total > 0;
  setText(byId('hit-rate'), hour ? `${Math.round((served / hour) * 100)} %` : '–');
  setText(byId('hour'), count(hour));
  setText(byId('per-request'), known ? (cost.reads + cost.writes).toFixed(2) : '–');
  setText(byId('per-million'), known ? dollars(cost.all) : '–');
  chart(requests);
  legend(requests.states, sums);
  setText(byId('chart-said'), `Requests by the minute: ${requests.states.map((state, at) => `${count(sums[at])} ${state}`).join(', ')}.`);

  const row = (/** @type {string[]} */ ...cells) =>
    el('tr', {}, ...cells.map((text, at) => el('td', { className: at === 1 ? 'wide' : at === 3 ? 'derived' : '' }, text)));
  const each = (/** @type {number} */ number) => (known ? number.toFixed(2) : '–');
  const million = (/** @type {number} */ number) => (known ? count(Math.round(number * 1e6)) : '–');
  byId('cost-rows').replaceChildren(
    row('Keys read', count(reads), each(cost.reads), million(cost.reads), `${dollars(PRICES.read)} a million`, known ? dollars(cost.read) : '–'),
    row('Keys written', count(writes), each(cost.writes), million(cost.writes), `${dollars(PRICES.write)} a million`, known ? dollars(cost.write) : '–'),
    row('Together', count(reads + writes), each(cost.reads + cost.writes), million(cost.reads + cost.writes), '', known ? dollars(cost.all) : '–'),
  );
  byId('cost-note').replaceChildren(
    `${counted(requests.total, 'request')} that isolate ${isolate} answered since it began; others count for themselves. `,
    'Prerendering and refreshes are in it, this page is not, nor are the requests to the Worker themselves. ',
    el('a', { href: PRICES.link, rel: 'noreferrer' }, `List prices of ${PRICES.as_of}`),
    ', beyond what a plan includes.',
  );
}

/** @param {Requests} requests */
function chart({ states, minutes, until }) {
  const most = Math.max(1, ...minutes.map((minute) => minute.reduce((sum, part) => sum + part, 0)));
  const width = WIDTH / minutes.length;
  const bars = minutes.flatMap((minute, at) => {
    let top = HEIGHT;
    return minute.flatMap((part, which) => {
      if (!part) return [];
      const height = (part / most) * (HEIGHT - 2);
      top -= height;
      const bar = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
      const place = { x: at * width + 1, y: top, width: width - 2, height, class: states[which] };
      for (const [name, value] of Object.entries(place)) bar.setAttribute(name, String(value));
      const title = document.createElementNS('http://www.w3.org/2000/svg', 'title');
      title.textContent = `${clock(until - (minutes.length - at) * 60_000).slice(0, 5)}: ${count(part)} ${states[which]}`;
      bar.append(title);
      return [bar];
    });
  });
  byId('chart').replaceChildren(...bars);
  setText(byId('peak'), most > 1 ? `at most ${count(most)} a minute` : '');
}

/** @param {string[]} states @param {number[]} sums */
function legend(states, sums) {
  const list = byId('legend');
  if (!list.children.length) list.append(...states.map((state) => el('li', { className: state })));
  states.forEach((state, at) => setText(list.children[at], `${state} ${count(sums[at])}`));
}
