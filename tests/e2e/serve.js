// An app of createApp behind a server of Node, for a browser to look at.
import { createServer } from 'node:http';
import { existsSync } from 'node:fs';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

export const hasBrowser = existsSync(CHROMIUM);

export async function launch(flags = []) {
  const { chromium } = await import('playwright-core');
  return chromium.launch({ executablePath: CHROMIUM, args: ['--headless', '--no-sandbox', '--disable-gpu', ...flags] });
}

/** `url` has no slash at its end. */
export async function serve(app, env = { FRESHTAG_DEV: '1' }) {
  const server = createServer(async (asked, answer) => {
    const { method, headers } = asked;
    const body = method === 'GET' || method === 'HEAD' ? undefined : asked;
    const response = await app.fetch(new Request(url + asked.url, { method, headers, body, duplex: 'half' }), env);
    answer.writeHead(response.status, [...response.headers].flat());
    answer.end(Buffer.from(await response.arrayBuffer()));
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://localhost:${server.address().port}`;
  return { url, stop: () => new Promise((done) => server.close(done)) };
}
