// A Worker in front of an origin, as bytes on the wire: what a client, or an origin, can do to those who come after.
import { createHash, randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { send, startOrigin, startProxy } from './raw.js';

const TEXT = 'the same words again and again, '.repeat(20);
const FRESH = 'Cache-Control: s-maxage=60\r\n';

/** A whole answer: a 200 that is fresh for a minute. */
function answer(body, fields = '', { line = '200 OK', fresh = FRESH, length = Buffer.byteLength(body) } = {}) {
  return [`HTTP/1.1 ${line}\r\n${fresh}${fields}Content-Length: ${length}\r\n\r\n`, body];
}

const coded = (coding, bytes) => answer(bytes, `Content-Encoding: ${coding}\r\nVary: Accept-Encoding\r\nETag: "a"\r\n`);

/** Paths, each by what stands before the first `-`. */
const PAGES = {
  gzip: () => coded('gzip', gzipSync(TEXT)),
  br: () => coded('br', brotliCompressSync(TEXT)),
  negotiated: (request) => (/deflate/.test(request.field('accept-encoding')) ? coded('deflate', deflateSync(TEXT)) : coded('gzip', gzipSync(TEXT))),
  short: () => answer('short', '', { length: 100 }),
  chunk: () => [`HTTP/1.1 200 OK\r\n${FRESH}Transfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n`],
  gzipped: () => answer(gzipSync(TEXT).subarray(0, 20), 'Content-Encoding: gzip\r\n'),
  hints: () => ['HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n', ...answer('page')],
  status: (request) => answer(/-(204|304)/.test(request.path) ? '' : 'text', '', { line: `${/-(\d+)/.exec(request.path)[1]} Some` }),
  part: (request) =>
    request.field('range') === null
      ? answer(gzipSync(TEXT), 'Content-Encoding: gzip\r\n')
      : /gzip/.test(request.field('accept-encoding'))
        ? answer(gzipSync(TEXT).subarray(4, 8), 'Content-Encoding: gzip\r\nContent-Range: bytes 4-7/50\r\n', { line: '206 Partial Content' })
        : answer(TEXT.slice(4, 8), 'Content-Range: bytes 4-7/640\r\n', { line: '206 Partial Content' }),
  own: () => answer('page', 'X-Nextjs-Cache: HIT\r\nCache-Tag: a\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\n'),
  echo: (request) => answer([request.line, ...request.fields].join('\n'), 'X-Echo: 1\r\n'),
  moved: () => answer('', 'Location: http://169.254.169.254/\r\n', { line: '302 Found' }),
  account: () => answer(`secret ${randomBytes(8).toString('hex')}`, '', { fresh: 'Cache-Control: private\r\n' }),
  ws(request) {
    const accept = createHash('sha1').update(`${request.field('sec-websocket-key')}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    return [`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`, 1_000];
  },
};

describe('on the wire', { timeout: 60_000 }, () => {
  let origin;
  let proxy;
  beforeAll(async () => {
    origin = await startOrigin((request) => (PAGES[/^\/(account|[a-z]*)/.exec(request.path)[1]] ?? PAGES.echo)(request));
    proxy = await startProxy(origin.url);
  }, 60_000);
  afterAll(async () => {
    await proxy?.stop();
    await origin?.stop();
  });

  const asked = (path) => origin.asked.filter((request) => request.path === path);
  const twice = async (path, ...fields) => {
    const first = await proxy.get(path, ...fields);
    await sleep(100);
    return [first, await proxy.get(path, ...fields)];
  };
  const isStored = async (path) => (await proxy.entries()).some((name) => name.startsWith(`f1/e/proxy/site.test${path}~`));

  test.each(['gzip', 'br'])('a body in %s is kept and sent as what it says', async (coding) => {
    for (const path of [`/${coding}`, `/${coding}-accepting`]) {
      for (const got of await twice(path, ...(path.endsWith('g') ? ['Accept-Encoding: gzip, br'] : []))) {
        expect([got.status, got.body, got.field('content-encoding')]).toEqual([200, TEXT, null]);
      }
      expect(await proxy.get(path, 'Range: bytes=4-7')).toMatchObject({ status: 206, body: TEXT.slice(4, 8) });
    }
    const { value } = await proxy.kv.getWithMetadata((await proxy.entries()).find((name) => name.includes(`/${coding}~`)), 'text');
    expect(value).toBe(TEXT);
  });

  test('§4.1 nobody chooses a coding for those who come after', async () => {
    const [first] = await twice('/negotiated', 'Accept-Encoding: deflate');
    expect(first.body).toBe(TEXT);
    expect((await proxy.get('/negotiated')).body).toBe(TEXT);
    expect(asked('/negotiated').map((request) => request.field('accept-encoding'))).toEqual(['gzip, br']);
  });

  test('a part of a coded body is asked for uncoded: the platform would take it for the whole', async () => {
    const got = await proxy.get('/part', 'Range: bytes=4-7', 'Accept-Encoding: gzip');
    expect([got.status, got.whole, got.body]).toEqual([206, true, TEXT.slice(4, 8)]);
    expect(await isStored('/part')).toBe(false);
  });

  test.each(['/short', '/chunk', '/gzipped'])('a body that breaks off is passed on as broken and never kept: %s', async (path) => {
    for (const got of await twice(path)) expect([got.status, got.whole, got.field('x-nextjs-cache')]).toEqual([200, false, 'MISS']);
    expect(asked(path)).toHaveLength(2);
    expect(await isStored(path)).toBe(false);
  });

  test('an interim answer is not the answer', async () => {
    expect((await twice('/hints')).map((got) => [got.status, got.body])).toEqual([[200, 'page'], [200, 'page']]);
    expect(asked('/hints')).toHaveLength(1);
  });

  // Rows: status of the origin, of the answers; body; whether it is kept.
  test.each([
    [200, 200, 'text', true],
    [204, 204, '', true],
    [205, 205, '', true],
    [206, 206, 'text', false],
    [299, 299, 'text', true],
    [302, 302, 'text', true],
    [304, 304, '', false],
    [400, 400, 'text', true],
    [404, 404, 'text', true],
    [416, 416, 'text', true],
    [503, 503, 'text', true],
    [599, 599, 'text', true],
    [600, 502, 'text', true],
    [999, 502, 'text', true],
  ])('T14, T41 a final %i', async (status, told, body, kept) => {
    const [first, then] = await twice(`/status-${status}`);
    expect([first.status, first.body, then.status, then.body]).toEqual([told, body, told, body]);
    expect(asked(`/status-${status}`)).toHaveLength(kept ? 1 : 2);
    expect(await isStored(`/status-${status}`)).toBe(kept);
  });

  test('what we say ourselves is said once, and what is of one connection not at all', async () => {
    const [first, then] = await twice('/own');
    expect([first, then].map((got) => got.field('x-nextjs-cache'))).toEqual(['MISS', 'HIT']);
    for (const got of [first, then]) expect(['cache-tag', 'x-hop'].map(got.field)).toEqual([null, null]);
  });

  test('T16 a Location is passed on, not followed', async () => {
    const [first, then] = await twice('/moved');
    expect([first.status, first.field('location'), then.field('location')]).toEqual([302, 'http://169.254.169.254/', 'http://169.254.169.254/']);
  });

  describe('poisoning', () => {
    // Rows: what a client sends besides; whether what it gets is kept for others.
    test.each([
      ['T8', 'X-Forwarded-Host: evil.test', true],
      ['T8', 'X_Forwarded_Host: evil.test', true],
      ['T8', 'x-forwarded_host: evil.test', true],
      ['T8', 'X-Forwarded-Proto: http', true],
      ['T8', 'X-Forwarded-Port: 1', true],
      ['T8', 'Forwarded: host=evil.test', true],
      ['T8', 'X-Original-URL: /evil', true],
      ['T8', 'X_Original_URL: /evil', true],
      ['T8', 'X-Rewrite-URL: /evil', true],
      ['T8', 'X-Host: evil.test', true],
      ['T8', 'X-HTTP-Host-Override: evil.test', true],
      ['T9', 'X-Middleware-Subrequest: evil', true],
      ['T9', 'x_middleware_subrequest: evil', true],
      ['T9', 'X-Nextjs-Data: evil', true],
      ['T15', 'TE: evil', true],
      ['T15', 'Upgrade: evil', true],
      ['T15', 'Keep-Alive: evil', true],
      ['§13', 'If-None-Match: "evil"', true],
      ['§13', 'If-Modified-Since: evil', true],
      ['§13', 'If-Match: "evil"', true],
      ['§13', 'If-Unmodified-Since: evil', true],
      ['§12.5.3', 'Accept-Encoding: evil', true],
      ['T14', 'X-HTTP-Method-Override: evil', false],
      ['T14', 'X-Method-Override: evil', false],
      ['T14', 'X-HTTP-Method: evil', false],
      ['T14', 'Range: bytes=evil', false],
      ['T5', 'Authorization: evil', true], // s-maxage says so (§3.5)
    ])('%s %s', async (rule, field, kept) => {
      const path = `/echo-${field.replace(/\W/g, '')}`;
      const first = await proxy.get(path, field);
      await sleep(100);
      const then = await proxy.get(path);
      expect([first.status, then.field('x-nextjs-cache')]).toEqual([200, kept ? 'HIT' : 'MISS']);
      if (kept && rule !== 'T5') expect(first.body).not.toMatch(/: .*evil|: http$|: 1$/m);
    });

    test('T3, T15 a form of a React page that Connection takes away is not asked for', async () => {
      const ask = (fields) => proxy.send(`GET /echo-rsc HTTP/1.1\r\nHost: site.test\r\n${fields}\r\n`);
      expect((await ask('RSC: 1\r\nConnection: close, RSC\r\n')).body).not.toMatch(/rsc: 1/i);
      await sleep(100);
      expect((await ask('RSC: 1\r\nConnection: close\r\n')).body).toMatch(/rsc: 1/i);
      expect((await ask('Connection: close\r\n')).body).not.toMatch(/rsc: 1/i);
    });

    test('a GET has no body for the origin', async () => {
      const got = await proxy.send('GET /echo-fat HTTP/1.1\r\nHost: site.test\r\nContent-Length: 4\r\nConnection: close\r\n\r\nevil');
      expect(got.status).toBe(200);
      expect([asked('/echo-fat')[0].body, asked('/echo-fat')[0].field('content-length')]).toEqual(['', null]);
    });

    test('T8 two hosts share nothing', async () => {
      const ask = (host) => proxy.send(`GET /echo-host HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      await ask('a.test');
      await sleep(100);
      expect((await ask('b.test')).field('x-nextjs-cache')).toBe('MISS');
      expect((await ask('a.test')).field('x-nextjs-cache')).toBe('HIT');
      expect(asked('/echo-host').map((request) => request.field('host'))).toEqual(Array(2).fill(origin.url.slice(7)));
    });
  });

  test('T12 what is private is nobody else\'s under any spelling of its path', async () => {
    const seen = new Set();
    let times = 0;
    for (let byte = 0; byte < 256; byte++) {
      const code = `%${byte.toString(16).padStart(2, '0')}`;
      const raw = byte > 0x20 && byte < 0x7f && !'#'.includes(String.fromCharCode(byte)) ? [String.fromCharCode(byte)] : [];
      for (const delimiter of [...raw, code, code.replace('%', '%25')]) {
        const path = `/account${delimiter}x.css`;
        for (let again = 0; again < 2; again++) {
          const got = await proxy.get(path);
          if (!got.body.startsWith('secret')) continue;
          times++;
          expect(seen.has(got.body), path).toBe(false);
          seen.add(got.body);
        }
      }
    }
    expect(times).toBeGreaterThan(1_000);
    expect((await proxy.entries()).filter((name) => /\/account[^/]*~/.test(name))).toEqual([]);
  }, 120_000);

  test('a body is passed on as it comes', async () => {
    const socket = connect(proxy.port, '127.0.0.1');
    socket.write('POST /echo-stream HTTP/1.1\r\nHost: site.test\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\none\r\n');
    await sleep(200);
    socket.write('3\r\ntwo\r\n0\r\n\r\n');
    await new Promise((done) => socket.on('data', () => {}).on('close', done));
    expect(asked('/echo-stream')[0].body.replace(/\r\n|\d/g, '')).toBe('onetwo');
  });

  test('a socket passes through', async () => {
    const fields = 'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n';
    const opened = await new Promise((done) => {
      const socket = connect(proxy.port, '127.0.0.1', () => socket.write(`GET /ws HTTP/1.1\r\nHost: site.test\r\n${fields}\r\n`));
      socket.once('data', (chunk) => (socket.destroy(), done(String(chunk).split('\r\n')[0]))).once('error', (error) => done(error.code));
    });
    expect(opened).toBe('HTTP/1.1 101 Switching Protocols');
    expect(asked('/ws')[0].field('upgrade')).toBe('websocket');
  });

  test('send() notices an answer that broke off', async () => {
    const server = await startOrigin(() => answer('short', '', { length: 9 }));
    expect(await send(Number(new URL(server.url).port), 'GET / HTTP/1.1\r\n\r\n')).toMatchObject({ body: 'short', whole: false });
    await server.stop();
  });
});
