// Three kinds of tests: inside workerd with a real local KV, in Node, and against a running server, one file after the other.
import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';

const root = import.meta.dirname;

export default defineConfig({
  root,
  test: {
    projects: [
      {
        root,
        plugins: [cloudflareTest({ wrangler: { configPath: './js/wrangler.toml' } })],
        test: { name: 'workerd', include: ['js/**/*.test.js'], sequence: { groupOrder: 0 } },
      },
      { root, test: { name: 'node', include: ['node/**/*.test.js'], sequence: { groupOrder: 1 } } },
      { root, test: { name: 'e2e', include: ['e2e/**/*.test.js'], fileParallelism: false, sequence: { groupOrder: 2 } } },
    ],
  },
});
