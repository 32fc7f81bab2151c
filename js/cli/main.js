// The command `freshtag`: reads its arguments, runs what they name, and says how it ended.
import { parseArgs } from 'node:util';

import { COMMANDS } from './commands.js';
import { Site } from './site.js';
import { MISUSED, Stop } from './stop.js';

const LOCAL = 'http://127.0.0.1:8787';
const COMMON = /** @type {const} */ ({
  url: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
});

/** @param {string[]} args @returns {Promise<number>} The exit code. */
export async function main(args) {
  // Whoever reads may stop reading.
  process.stdout.on('error', (/** @type {NodeJS.ErrnoException} */ error) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
  try {
    await run(args);
    return 0;
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    console.error(`freshtag: ${error.message}`);
    return error.exitCode;
  }
}

/** @param {string[]} args */
async function run([name, ...args]) {
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    if (name === undefined) throw new Stop(MISUSED, `say what to do\n${usage()}`);
    return console.log(usage());
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) throw new Stop(MISUSED, `there is no command ${name}\n${usage()}`);
  let read;
  try {
    read = parseArgs({ args, options: { ...COMMON, ...command.options }, allowPositionals: command.takes !== undefined });
  } catch (error) {
    throw new Stop(MISUSED, `${/** @type {Error} */ (error).message}\n${usageOf(name)}`);
  }
  const { values, positionals } = read;
  if (values.help) return console.log(usageOf(name));
  const site = new Site(String(values.url ?? (process.env.FRESHTAG_URL || LOCAL)), process.env.FRESHTAG_SECRET || undefined);
  const result = await command.run(site, /** @type {any} */ (values), positionals);
  if (values.json) console.log(JSON.stringify(result.json));
  else if (result.text) console.log(result.text);
  if (result.failure) throw result.failure;
}

function usage() {
  const lines = Object.entries(COMMANDS).map(([name, { does }]) => `  ${name.padEnd(12)}${does}`);
  return `Usage: freshtag COMMAND [--url ${LOCAL}] [--json]

${lines.join('\n')}

--url, or FRESHTAG_URL, is the address of the Worker. FRESHTAG_SECRET, when set, is sent as the bearer token.
Ends with 0 when all is done, 1 when the site refused or failed, 2 for a wrong option, 3 when nothing answers.
\`freshtag COMMAND --help\` says more.`;
}

/** @param {string} name */
function usageOf(name) {
  const { does, takes, help } = COMMANDS[name];
  return `Usage: freshtag ${name}${takes ? ` ${takes}` : ''} [--url ${LOCAL}] [--json]
${does}.${help ? `\n\n${help}` : ''}`;
}
