// The benchmarks still run; what they measure is for people to read.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const script = fileURLToPath(new URL('../../benches/run.js', import.meta.url));

test('npm run bench -- cookies', { timeout: 120_000 }, async () => {
  const { stdout } = await run(process.execPath, [script, 'cookies', '--ms', '1', '--rounds', '1']);
  for (const engine of ['workerd', 'Node']) expect(stdout).toContain(`\n## ${engine}\n`);
  for (const group of ['get one', 'get all', 'serialise one']) expect(stdout.split(`| ${group} |`)).toHaveLength(3);
  expect(stdout).not.toContain('undefined');
});

test('an unknown benchmark is named', async () => {
  await expect(run(process.execPath, [script, 'cokies'])).rejects.toMatchObject({ code: 2, stderr: 'there is no benchmark cokies: hit, ops, http, cookies, actions, start, growth\n' });
});
