// What the start consists of: Workers of which each does what the one before does, and one thing more.

const APP = "import { createApp } from '../js/index.js';\nimport { LocalKv } from './kv.js';\nconst kv = new LocalKv();";

/** A Worker that answers after all of this. */
const after = (imports, work = '') => `${imports}
export default {
  async fetch(request) {
    await request.text();
    ${work}
    return new Response('done');
  },
};`;

/** One that has asked an app with this route, so many times. */
const asked = (options, times) =>
  after(
    `${APP}\nconst { fetch } = createApp({ routes: { '/blog/[slug]': { GET: async () => new Response('text'), ${options} } } });`,
    `for (let time = 0; time < ${times}; time++) {
      const behind = [];
      const answer = await fetch(new Request('https://example.com/blog/hello'), { CACHE: kv }, { waitUntil: (task) => behind.push(task) });
      await answer.text();
      await Promise.all(behind);
    }`,
  );

/** Sources by name. */
export const STAGES = {
  'the module compiled': after("import module from '../pkg/freshtag_bg.wasm';\nglobalThis.kept = module;"),
  'an instance of it': after("import * as rules from '../js/load.workerd.js';\nglobalThis.kept = rules;"),
  'all of freshtag loaded': after("import * as freshtag from '../js/index.js';\nglobalThis.kept = freshtag;"),
  'a path that no route answers': after(APP, "await createApp().fetch(new Request('https://example.com/'), { CACHE: kv }, { waitUntil() {} });"),
  'a page rendered': asked("dynamic: 'force-dynamic'", 1),
  'a page rendered and stored': asked('revalidate: 3600', 1),
  'and hit': asked('revalidate: 3600', 2),
};
