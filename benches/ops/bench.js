// What is asked of KV: exact, no clock in it.
import { table } from '../rounds.js';
import { startWorker } from '../workerd.js';

const NAMES = ['freshtag, from KV', 'freshtag, from memory', 'freshtag, createStore', 'OpenNext', 'vinext'];

export async function bench() {
  console.log('# KV operations\n\nCalls / keys that are paid for / round trips that are waited for, one after the other. A page of 2 KB with six tags.');
  const worker = await startWorker(new URL('worker.js', import.meta.url));
  try {
    const columns = [];
    for (const who of NAMES) columns.push(JSON.parse(await worker.ask(JSON.stringify({ who }))));
    table(['', ...NAMES], Object.keys(columns[0]).map((event) => [event, ...columns.map((column) => column[event] ?? '')]));
  } finally {
    await worker.stop();
  }
}
