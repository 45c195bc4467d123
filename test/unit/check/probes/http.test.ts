/** HTTP_GET and SSL_GET against servers that behave and servers that do not. */
import { createHash } from 'node:crypto';
import net from 'node:net';
import tls from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { maximumHeaderOctets } from '../../../../src/check/limits.ts';
import { requestText } from '../../../../src/check/probes/http-message.ts';
import type { HttpCheckerConfiguration, HttpUrlConfiguration } from '../../../../src/config/model.ts';
import { recordedRequests } from '../../../golden/http-requests.ts';
import { httpCheck, url } from '../builders.ts';
import {
  afterRequest,
  answering,
  closedPort,
  listen,
  probe,
  reached,
  selfSigned,
  type RunningServer,
} from './servers.ts';

let server: RunningServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const md5 = (text: string | Buffer) => createHash('md5').update(text).digest('hex');

/** Runs the check of one url against the running server. */
function check(asked: Partial<HttpUrlConfiguration> = {}, changes: Partial<HttpCheckerConfiguration> = {}) {
  return probe(
    httpCheck({ address: '127.0.0.1', port: server?.port ?? 0, connectTimeout: 2000, urls: [url(asked)], ...changes }),
  );
}

describe('the request', () => {
  it.each(recordedRequests)('$protocol $address $virtualHost is what keepalived sends', ({ octets, ...parts }) => {
    expect(Buffer.from(requestText(parts), 'latin1').toString('hex')).toBe(octets);
  });

  it('takes the host of the url before that of the checker', async () => {
    const seen: string[] = [];
    server = await listen(
      net.createServer((socket) => {
        socket.once('data', (chunk) => {
          seen.push(chunk.toString());
          socket.end('HTTP/1.0 200 OK\r\n\r\n');
        });
      }),
    );
    await check({ virtualHost: 'a.example' }, { virtualHost: 'b.example' });
    await check({}, { virtualHost: 'b.example' });
    await check();
    expect(seen.map((text) => /Host: (.*)\r\n/.exec(text)?.[1])).toEqual([
      'a.example',
      'b.example',
      `127.0.0.1:${server.port}`,
    ]);
  });
});

describe('the verdict', () => {
  const page = (body: string, header = `Content-Length: ${body.length}\r\n`, status = '200 OK') =>
    answering(`HTTP/1.1 ${status}\r\n${header}\r\n${body}`);

  it('is good for a status from 200 to 299 unless told otherwise', async () => {
    server = await page('hello');
    expect(await check()).toMatchObject({ ok: true, detail: expect.stringContaining('status 200') as string });
  });

  it('names the status it got and the ones it wanted', async () => {
    server = await page('busy', undefined, '503 Service Unavailable');
    const result = await check({
      statusCodes: [
        { from: 200, to: 299 },
        { from: 404, to: 404 },
      ],
    });
    expect(result).toMatchObject({ ok: false, phase: 'verdict' });
    expect(result.detail).toMatch(/^url \/index\.html: status 503, wanted 200-299 404$/);
    expect(reached(result)).toEqual(['connected', 'first octet']);
    expect(await check({ statusCodes: [{ from: 503, to: 503 }] })).toMatchObject({ ok: true });
  });

  it('compares the MD5 digest of the body and names both', async () => {
    server = await page('hello');
    expect(await check({ digest: md5('hello') })).toMatchObject({ ok: true });
    const result = await check({ digest: md5('other') });
    expect(result).toMatchObject({ ok: false, phase: 'verdict' });
    expect(result.detail).toContain(`digest ${md5('hello')}, wanted ${md5('other')} (5 octets)`);
  });

  it('counts at most Content-Length octets for the digest, and all of them without it', async () => {
    server = await page('hello and more', 'Content-Length: 5\r\n');
    expect(await check({ digest: md5('hello') })).toMatchObject({ ok: true });
    await server.close();
    server = await page('hello and more', '');
    expect(await check({ digest: md5('hello and more') })).toMatchObject({ ok: true });
  });

  it('does not decode chunks, as the original does not', async () => {
    server = await page('5\r\nhello\r\n0\r\n\r\n', 'Transfer-Encoding: chunked\r\n');
    expect(await check({ digest: md5('5\r\nhello\r\n0\r\n\r\n') })).toMatchObject({ ok: true });
  });

  it('does not mind a body cut short unless the digest does, and says so', async () => {
    server = await page('hel', 'Content-Length: 5\r\n');
    expect(await check()).toMatchObject({ ok: true });
    expect((await check({ digest: md5('hello') })).detail).toContain('(3 octets of the 5 announced)');
  });

  it('reads a response that comes octet by octet', async () => {
    const octets = Buffer.from('HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello');
    server = await afterRequest((socket) => {
      socket.setNoDelay(true);
      let at = 0;
      const next = () => {
        if (at === octets.length) socket.end();
        else socket.write(octets.subarray(at, ++at), () => setImmediate(next));
      };
      next();
    });
    expect(await check({ digest: md5('hello') })).toMatchObject({ ok: true });
  });

  it('is good for binary bodies', async () => {
    const body = Buffer.from(Array.from({ length: 512 }, (_, index) => index & 255));
    server = await answering(Buffer.concat([Buffer.from('HTTP/1.0 200 OK\r\n\r\n'), body]));
    expect(await check({ digest: md5(body) })).toMatchObject({ ok: true });
  });

  it('is bad without a status', async () => {
    server = await answering('SSH-2.0-OpenSSH\r\n\r\n');
    expect((await check()).detail).toContain('no HTTP status, wanted 200-299');
  });

  it('is good for a checker without urls, as in the original', async () => {
    expect(await probe(httpCheck({ urls: [] }))).toMatchObject({ ok: true });
  });
});

describe('the regular expression', () => {
  const withBody = async (body: string) => {
    server = await answering(`HTTP/1.0 200 OK\r\n\r\n${body}`);
  };

  it('must be found, or must not with regex_no_match', async () => {
    await withBody('state: ready\n');
    expect(await check({ regex: 'state: (ready|busy)' })).toMatchObject({ ok: true });
    expect((await check({ regex: 'state: down' })).detail).toContain('regex not found (13 octets)');
    expect((await check({ regex: 'ready', regexNoMatch: true })).detail).toContain('regex found at octet 7');
    expect(await check({ regex: 'down', regexNoMatch: true })).toMatchObject({ ok: true });
  });

  it('must start between the offsets, both included', async () => {
    await withBody('ab ab ab');
    const found = async (from?: number, to?: number) =>
      (
        await check({
          regex: 'ab',
          ...(from === undefined ? {} : { regexMinOffset: from }),
          ...(to === undefined ? {} : { regexMaxOffset: to }),
        })
      ).ok;
    expect([
      await found(0, 0),
      await found(1, 2),
      await found(1, 3),
      await found(6),
      await found(7),
      await found(99),
    ]).toEqual([true, false, true, true, false, false]);
  });

  it('takes options and an inline flag', async () => {
    await withBody('First\nSECOND\n');
    expect((await check({ regex: 'second' })).ok).toBe(false);
    expect((await check({ regex: 'second', regexOptions: ['caseless'] })).ok).toBe(true);
    expect((await check({ regex: '(?i)second' })).ok).toBe(true);
    expect((await check({ regex: '^SECOND$', regexOptions: ['multiline'] })).ok).toBe(true);
    expect((await check({ regex: 'First.SECOND', regexOptions: ['dotall'] })).ok).toBe(true);
    expect((await check({ regex: 'SECOND', regexOptions: ['anchored'] })).ok).toBe(false);
  });

  it('that cannot be run is trouble of this machine', async () => {
    await withBody('');
    expect(await check({ regex: '(' })).toMatchObject({ ok: false, phase: 'setup' });
    expect(await check({ regex: 'a', regexOptions: ['ungreedy'] })).toMatchObject({ ok: false, phase: 'setup' });
  });

  it('cannot be made to take for ever', async () => {
    await withBody(`${'a'.repeat(40)}!`);
    const result = await check({ regex: '(a+)+$' });
    expect(result.detail).toContain('regex not found');
    // Backtracking would take 2^40 steps.
    expect(result.duration).toBeLessThan(10_000);
  });

  it.each([
    ['caseless', '(?i)(a+)+$'],
    ['with a back reference', '(a|aa)+\\1$'],
    ['with look-around', '(?=(a|aa)+$)(?<!x)a'],
  ])('cannot hold up other checks either where it is %s', async (_what, regex) => {
    await withBody(`${'a'.repeat(100)}!`);
    const timer = performance.eventLoopUtilization();
    for (const regexNoMatch of [false, true]) {
      const result = await check({ regex, regexNoMatch });
      expect(result).toMatchObject({ ok: false, phase: 'verdict' });
      expect(result.detail).toContain('regex took too long and was given up (101 octets)');
    }
    // Two searches of 100 ms each, and what the loop does besides.
    expect(performance.eventLoopUtilization(timer).active).toBeLessThan(2000);
    await withBody('xAAy');
    expect((await check({ regex: '(?i)aA' })).ok).toBe(true);
  });

  it('of a large page is searched within limits, and found', async () => {
    await withBody(`${'a'.repeat(3_000_000)}needle`);
    expect((await check({ regex: 'needle' })).detail).toContain('regex as wanted');
  });
});

describe('a hostile server', () => {
  const quick = { connectTimeout: 100 };

  it('that refuses', async () => {
    expect(await check({}, { port: await closedPort() })).toMatchObject({ phase: 'connect' });
  });

  it('that says nothing costs one timeout', async () => {
    server = await afterRequest(() => undefined);
    const result = await check({}, quick);
    expect(result).toMatchObject({ ok: false, phase: 'headers' });
    expect(result.detail).toContain('no answer within 0.1 s, waiting for the first octet');
  });

  it('that closes without a word', async () => {
    server = await afterRequest((socket) => socket.end());
    expect((await check()).detail).toContain('no data received, connection closed');
  });

  it('that closes within its header', async () => {
    server = await answering('HTTP/1.0 200 OK\r\nX: ');
    expect((await check()).detail).toContain('header not complete after 20 octets, connection closed');
  });

  it('that sends one octet now and then ends with the limit of the whole check', async () => {
    server = await afterRequest((socket) => {
      socket.write('HTTP/1.0 200 OK\r\n\r\n');
      const timer = setInterval(() => socket.write('x'), 50);
      socket.on('close', () => clearInterval(timer));
    });
    const result = await check({}, quick);
    expect(result).toMatchObject({ ok: false, phase: 'body' });
    expect(result.detail).toMatch(/not finished within 0\.5 s \(limit of the whole check\), \d+ octets of body came/);
    expect(result.duration).toBeGreaterThanOrEqual(490);
  });

  it('that never ends its body', async () => {
    const block = Buffer.alloc(65_536, 'x');
    let sent = 0;
    server = await afterRequest((socket) => {
      socket.write('HTTP/1.0 200 OK\r\n\r\n');
      const more = () => {
        while (!socket.destroyed && socket.write(block)) sent += block.length;
      };
      socket.on('drain', more);
      more();
    });
    const result = await check({}, { connectTimeout: 5000 });
    expect(result).toMatchObject({ ok: false, phase: 'body' });
    expect(result.detail).toContain('body longer than 8 MiB');
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  it('that never ends its header', async () => {
    server = await afterRequest((socket) => {
      socket.write(`HTTP/1.0 200 OK\r\nX: ${'x'.repeat(maximumHeaderOctets)}`);
    });
    expect(await check()).toMatchObject({ ok: false, phase: 'headers' });
  });

  it('that redirects to itself is asked once: where it points to is not what is checked', async () => {
    let asked = 0;
    server = await afterRequest((socket) => {
      asked++;
      socket.end('HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n');
    });
    expect((await check()).detail).toContain('status 302, wanted 200-299');
    expect(asked).toBe(1);
  });

  it('that sends its header octet by octet ends with the limit of the whole check', async () => {
    server = await afterRequest((socket) => {
      const timer = setInterval(() => socket.write('H'), 20);
      socket.on('close', () => clearInterval(timer));
    });
    const result = await check({}, quick);
    expect(result).toMatchObject({ ok: false, phase: 'headers' });
    expect(result.detail).toContain('not finished within 0.5 s (limit of the whole check)');
    expect(reached(result)).toEqual(['connected', 'first octet']);
  });

  it('that resets the connection', async () => {
    server = await afterRequest((socket) => {
      socket.write('HTTP/1.0 200 OK\r\n\r\nabc', () => setTimeout(() => socket.resetAndDestroy(), 30));
    });
    expect(await check()).toMatchObject({ ok: false, phase: 'body' });
    expect((await check()).detail).toContain('connection reset');
  });

  it('that sends rubbish', async () => {
    server = await answering(Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 37) & 255)));
    expect(await check()).toMatchObject({ ok: false });
  });
});

describe('SSL_GET', () => {
  const certificate = selfSigned();
  const secure = { type: 'SSL_GET' } as const;
  const tlsServer = (seen: (string | false | null)[] = []) =>
    listen(
      tls.createServer(certificate, (socket) => {
        seen.push((socket as tls.TLSSocket & { servername: string | false | null }).servername);
        socket.on('error', () => undefined);
        socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'));
      }),
    );

  it('takes any certificate', async () => {
    server = await tlsServer();
    const result = await check({ digest: md5('hello') }, secure);
    expect(result).toMatchObject({ ok: true });
    expect(reached(await check({ digest: md5('other') }, secure))).toEqual(['connected', 'TLS', 'first octet']);
  });

  it('names the host only when told to', async () => {
    const seen: (string | false | null)[] = [];
    server = await tlsServer(seen);
    await check({}, { ...secure, virtualHost: 'a.example' });
    await check({}, { ...secure, virtualHost: 'a.example:8443', enableSni: true });
    await check({ virtualHost: 'b.example' }, { ...secure, virtualHost: 'a.example', enableSni: true });
    await check({ virtualHost: 'b.example', sniName: 'c.example' }, { ...secure, enableSni: true });
    await check({}, { ...secure, enableSni: true });
    expect(seen).toEqual([false, 'a.example', 'b.example', 'c.example', false]);
  });

  it('takes a server that closes without saying goodbye', async () => {
    server = await listen(
      net.createServer((raw) => {
        const socket = new tls.TLSSocket(raw, { isServer: true, ...certificate });
        socket.on('error', () => undefined);
        socket.once('data', () =>
          socket.write('HTTP/1.0 200 OK\r\n\r\nhello', () => setTimeout(() => raw.destroy(), 30)),
        );
      }),
    );
    expect(await check({ digest: md5('hello') }, secure)).toMatchObject({ ok: true });
  });

  it('fails in its own phase when the server does not speak TLS', async () => {
    server = await listen(net.createServer((socket) => socket.end('220 smtp.example ESMTP\r\n')));
    const result = await check({}, secure);
    expect(result).toMatchObject({ ok: false, phase: 'tls' });
    expect(result.detail).toContain('wrong version number');
  });

  it('fails in its own phase when the handshake stalls, within the timeout of the connection', async () => {
    server = await listen(net.createServer((socket) => socket.resume()));
    const result = await check({}, { ...secure, connectTimeout: 100 });
    expect(result).toMatchObject({ ok: false, phase: 'tls' });
    expect(result.detail).toContain('no answer within 0.1 s, waiting for the TLS handshake');
  });

  it('fails in its own phase when the server hangs up on the handshake', async () => {
    server = await listen(net.createServer((socket) => socket.once('data', () => socket.end())));
    expect(await check({}, secure)).toMatchObject({ ok: false, phase: 'tls' });
  });
});
