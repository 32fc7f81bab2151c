// The package loads through `exports` in every Node that package.json names.
import { execFile } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const run = promisify(execFile);
const cwd = fileURLToPath(new URL('..', import.meta.url));
const nodes = [
  process.execPath,
  fileURLToPath(new URL('../../node_modules/.bin/node', import.meta.url)),
  ...(process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'node')),
];

/** The versions that are here, each once. @type {Map<string, string>} */
const versions = new Map();
for (const node of nodes) {
  const version = await run(node, ['--version']).then(({ stdout }) => stdout.trim(), () => undefined);
  if (version && !versions.has(version)) versions.set(version, node);
}

const evaluate = async (node, code) => JSON.parse((await run(node, ['--input-type=module', '-e', code], { cwd })).stdout);

test('there is a Node of at least version 20', () => {
  expect([...versions.keys()].some((version) => Number(version.slice(1).split('.')[0]) >= 20)).toBe(true);
});

describe.each([...versions].filter(([version]) => Number(version.slice(1).split('.')[0]) >= 20))('Node %s', (_version, node) => {
  test('freshtag/core', async () => {
    const code = `import * as core from 'freshtag/core';
      console.log(JSON.stringify([Object.keys(core).sort(), core.resolveCacheLife('hours')]))`;
    expect(await evaluate(node, code)).toEqual([
      [
        'actionId', 'cacheControlHeader', 'checkActionOrigin', 'createBypassToken', 'decryptBoundArgs', 'encryptBoundArgs', 'fetchCacheKey',
        'implicitTags', 'isCsrfOriginAllowed', 'resolveCacheLife', 'resolveFetch', 'revalidatePathTags', 'routeCacheKey', 'unstableCacheKey', 'validateTags', 'verifyBypassToken',
      ],
      { stale: 300, revalidate: 3600, expire: 86400 },
    ]);
  });

  test('freshtag/store', async () => {
    const code = `import { createStore } from 'freshtag/store';
      import { FakeKv } from './node/kv.js';
      const store = createStore({ kv: new FakeKv() });
      await store.set('a', { body: 'hello', lifetime: 'hours' });
      const { state, entry } = await store.get('a');
      console.log(JSON.stringify([state, await new Response(entry.body).text()]))`;
    expect(await evaluate(node, code)).toEqual(['fresh', 'hello']);
  });

  test('freshtag', async () => {
    const code = `import { createApp } from 'freshtag';
      import { FakeKv } from './node/kv.js';
      let renders = 0;
      const app = createApp({ routes: { '/': { revalidate: 60, GET: () => new Response('render ' + ++renders) } } });
      const env = { CACHE: new FakeKv() };
      const seen = [];
      for (let i = 0; i < 2; i++) {
        const tasks = [];
        const response = await app.fetch(new Request('http://localhost/'), env, { waitUntil: (task) => tasks.push(task) });
        seen.push([response.headers.get('x-nextjs-cache'), await response.text()]);
        await Promise.all(tasks);
      }
      console.log(JSON.stringify(seen))`;
    expect(await evaluate(node, code)).toEqual([['MISS', 'render 1'], ['HIT', 'render 1']]);
  });
});

describe('RV-1 the names of next/cache', () => {
  test('are those of freshtag, but for what belongs to the client of Next', async () => {
    // The file itself: in this process next/cache would bind itself to the oracle's scopes.
    const { stdout } = await run(process.execPath, ['-p', "JSON.stringify(Object.keys(require('next/cache')))"], { cwd });
    const ours = Object.keys(await import('freshtag'));
    expect(JSON.parse(stdout).filter((name) => !ours.includes(name)).sort()).toEqual(['io', 'navigation', 'prefetch']);
  });
});

test('every entry of exports and imports has a default condition', async () => {
  const { default: manifest } = await import('../../package.json', { with: { type: 'json' } });
  for (const conditions of [...Object.values(manifest.exports), ...Object.values(manifest.imports)]) expect(conditions.default).toEqual(expect.any(String));
});
