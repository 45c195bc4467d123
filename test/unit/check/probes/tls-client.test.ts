/** The SSL block and tls_compliant, seen from the server. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ProbeRegistry } from '../../../../src/check/probes/registry.ts';
import { loadTlsClient } from '../../../../src/check/probes/tls-client.ts';
import type { ProbeResult } from '../../../../src/check/types.ts';
import { httpCheck, url } from '../builders.ts';
import { listen, scripts, selfSigned, type RunningServer } from './servers.ts';

const identity = selfSigned();
let folder: string;
let server: RunningServer | undefined;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kts-tls-client-'));
  writeFileSync(join(folder, 'key.pem'), identity.key);
  writeFileSync(join(folder, 'cert.pem'), identity.cert);
  writeFileSync(join(folder, 'other-key.pem'), selfSigned().key);
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => server?.close());

const files = () => ({ certificate: join(folder, 'cert.pem'), key: join(folder, 'key.pem') });

function check(context: tls.SecureContext | undefined, tlsCompliant = false): Promise<ProbeResult> {
  const registry = new ProbeRegistry({ scripts });
  registry.tlsClient = context;
  const page = url({ path: '/', tlsCompliant });
  const target = { address: '127.0.0.1', port: server?.port ?? 0, connectTimeout: 2000 };
  const checker = httpCheck({ type: 'SSL_GET', ...target, urls: [page] });
  return new Promise((resolve) => registry.start({ id: 1, checker, url: page }, resolve));
}

const page = 'HTTP/1.0 200 OK\r\n\r\nhello';

describe('the certificate of SSL', () => {
  const demanding = async () => {
    const options = { ...identity, ca: identity.cert, requestCert: true, rejectUnauthorized: true };
    server = await listen(tls.createServer(options, (socket) => socket.once('data', () => socket.end(page))));
  };

  it('is shown to servers that demand one', async () => {
    await demanding();
    expect(await check(await loadTlsClient(files()))).toMatchObject({ ok: true });
  });

  it('is missed by them where there is none', async () => {
    await demanding();
    expect(await check(undefined)).toMatchObject({ ok: false });
  });

  it.each([
    [{ certificate: '/no/such/file' }, 'certificate /no/such/file cannot be read'],
    [{ key: 'other-key.pem' }, 'certificate and key cannot be used'],
  ])('with %j is refused with the reason', async (changes, message) => {
    const key = 'key' in changes ? join(folder, changes.key ?? '') : files().key;
    const refused = loadTlsClient({ ...files(), ...changes, key });
    await expect(refused).rejects.toMatchObject({ code: 'CHECK_TLS_CLIENT' });
    await expect(refused).rejects.toThrow(message);
  });
});

/** RFC 5246 section 6.2.1: the types of the records in a stream, here 22 handshake, 23 data, 21 alert. */
function recordTypes(stream: Buffer): number[] {
  const types: number[] = [];
  for (let at = 0; at + 5 <= stream.length; at += 5 + stream.readUInt16BE(at + 3)) types.push(stream[at] ?? 0);
  return types;
}

describe('tls_compliant', () => {
  it.each([
    [true, 21],
    [false, 23],
  ])('%s: the last record of the check has type %s', async (compliant, last) => {
    const heard: Buffer[] = [];
    const secure = await listen(
      // The server says nothing of its own end: what the check does then is its own doing.
      tls.createServer({ ...identity, maxVersion: 'TLSv1.2' }, (socket) => {
        socket.once('data', () =>
          socket.write(page.replace('200 OK', '200 OK\r\nContent-Length: 5'), () => socket.end()),
        );
      }),
    );
    let closed = false;
    server = await listen(
      net.createServer((client) => {
        const onward = net.connect(secure.port, '127.0.0.1');
        client.on('data', (octets) => {
          heard.push(octets);
          onward.write(octets);
        });
        onward.on('data', (octets) => client.write(octets));
        onward.on('end', () => client.end());
        client.on('close', () => (closed = true));
        client.on('error', () => undefined);
        onward.on('error', () => undefined);
      }),
    );
    expect(await check(undefined, compliant)).toMatchObject({ ok: true });
    await expect.poll(() => closed, { timeout: 5000 }).toBe(true);
    await secure.close();
    expect(recordTypes(Buffer.concat(heard)).at(-1)).toBe(last);
  });
});
