// Answers hits over HTTP: /SUBJECT/PAGE.
import { html } from '../page.js';
import { SUBJECTS } from '../subjects/index.js';

const ready = new Map();

export default {
  async fetch(request, env) {
    const [, who, page] = new URL(request.url).pathname.split('/').map(decodeURIComponent);
    const name = `${who} ${page}`;
    if (!ready.has(name)) {
      const { once, hit = once } = await SUBJECTS[who](page, env.CACHE);
      if ((await (await once())?.text()) !== html(page)) return new Response('no hit', { status: 500 });
      ready.set(name, hit);
    }
    const hit = ready.get(name);
    return who.startsWith('freshtag') ? hit(new Request('https://example.com/blog/hello')) : hit();
  },
};
