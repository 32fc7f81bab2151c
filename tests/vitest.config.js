// Tests of the glue and the module together, inside workerd with a real local KV.
import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [cloudflareTest({ wrangler: { configPath: './js/wrangler.toml' } })],
  test: { include: ['js/**/*.test.js'] },
});
