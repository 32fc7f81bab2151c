// Answers hits inside workerd. Its clock stands still while code runs, so whoever asks measures the time.
import { html, TAGS } from '../page.js';
import { SUBJECTS } from '../subjects/index.js';

const ready = new Map();

export default {
  async fetch(request) {
    const { who, page, n, drained, verify } = await request.json();
    if (verify) return Response.json(await verdict(who, page));
    const key = `${who} ${page}`;
    if (!ready.has(key)) ready.set(key, await warm(await SUBJECTS[who](page)));
    const { once, hit = once } = ready.get(key);
    if (drained) for (let i = 0; i < n; i++) await (await hit()).arrayBuffer();
    else for (let i = 0; i < n; i++) await hit();
    return new Response('done');
  },
};

/** A subject whose answer was read to its end some times, as visitors do. */
async function warm(subject) {
  for (let i = 0; i < 3; i++) await (await subject.once()).arrayBuffer();
  return subject;
}

/** What is wrong with a subject, if anything. */
async function verdict(who, page) {
  const subject = await SUBJECTS[who](page);
  for (const time of ['first', 'second', 'third']) {
    const response = await subject.once();
    if (!response) return `no ${time} hit`;
    if ((await response.text()) !== html(page)) return `another body the ${time} time`;
  }
  if (!subject.revalidate) return '';
  await subject.revalidate('another-tag');
  if (!(await subject.once())) return 'no hit after another tag was revalidated';
  // Some compare whole milliseconds.
  await new Promise((done) => setTimeout(done, 5));
  await subject.revalidate(TAGS[3]);
  return (await subject.once()) ? 'still a hit after its tag was revalidated' : '';
}
