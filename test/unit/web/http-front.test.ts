/** What strangers may send, over real connections of the loopback. */
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { WebRoute } from '../../../src/web/feature.ts';
import { HttpFront, defaultLimits } from '../../../src/web/http-front.ts';
import type { FrontLimits } from '../../../src/web/http-front.ts';

/** Of a machine that is busy, in milliseconds. */
const patience = 20_000;

/** Everything that is said until the other side ends the connection. */
function exchange(port: number, sent: string | Uint8Array, { end = false } = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let heard = '';
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => (heard += text));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(heard));
    socket.setTimeout(patience, () => {
      socket.destroy();
      reject(new Error(`the connection is not ended: ${heard}`));
    });
    socket.on('connect', () => {
      socket.write(sent);
      if (end) socket.end();
    });
  });
}

function get(path: string, method = 'GET', further = ''): string {
  return `${method} ${path} HTTP/1.1\r\nHost: x\r\n${further}Connection: close\r\n\r\n`;
}

function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 ([0-9]{3}) /.exec(answer)?.[1] ?? 0);
}

const routes = new Map<string, WebRoute>([
  ['/ok', (request, reply) => reply.send(200, 'text/plain', `yes ${request.query.get('a') ?? ''}`)],
  ['/broken', () => Promise.reject(new Error('what only the log may know'))],
  [
    '/pieces',
    async (_request, reply) => {
      const stream = reply.begin(200, 'text/plain');
      for (let piece = 0; piece < 3; piece++) {
        stream.write(`piece ${piece}\n`);
        await stream.drained();
      }
      stream.end();
    },
  ],
]);

describe('the HTTP front', () => {
  const complaints: string[] = [];
  const fronts: HttpFront[] = [];

  async function begin(limits: Partial<FrontLimits> = {}): Promise<number> {
    // Whoever tests asks more often than any client.
    const patient = { ...defaultLimits, requestsPerSecond: 1e6, requestBurst: 1e6, ...limits };
    const front = new HttpFront((message) => complaints.push(message), patient);
    fronts.push(front);
    return ((await front.listen({ host: '127.0.0.1', port: 0 }, routes)) as AddressInfo).port;
  }

  afterEach(async () => {
    complaints.length = 0;
    await Promise.all(fronts.splice(0).map((front) => front.close(0)));
  });

  it('answers GET with the headers of a careful server', async () => {
    const answer = await exchange(await begin(), get('/ok?a=b'));
    expect(statusOf(answer)).toBe(200);
    const [head = '', body] = answer.split('\r\n\r\n');
    expect(body).toBe('yes b');
    expect(head).toMatch(/^Content-Length: 5$/im);
    expect(head).toMatch(/^X-Content-Type-Options: nosniff$/im);
    expect(head).toMatch(/^Cache-Control: no-store$/im);
    expect(head).toMatch(/^Content-Security-Policy: default-src 'none'/im);
    expect(head).not.toMatch(/^(Server|X-Powered-By):/im);
  });

  it('answers HEAD as GET, without the body', async () => {
    const answer = await exchange(await begin(), get('/ok?a=b', 'HEAD'));
    expect(statusOf(answer)).toBe(200);
    expect(answer).toMatch(/^Content-Length: 5$/im);
    expect(answer.split('\r\n\r\n')[1]).toBe('');
  });

  it('sends long answers in pieces', async () => {
    const answer = await exchange(await begin(), get('/pieces'));
    expect(answer).toMatch(/^Transfer-Encoding: chunked$/im);
    expect(answer).toContain('piece 2');
  });

  it.each([
    ['POST', '/ok', 405],
    ['DELETE', '/ok', 405],
    ['OPTIONS', '/ok', 405],
    ['TRACE', '/ok', 405],
    ['GET', '/', 404],
    ['GET', '/ok/', 404],
    ['GET', '/../etc/passwd', 404],
    ['GET', '/%2e%2e/%2e%2e/etc/passwd', 404],
    ['GET', '//ok', 404],
    ['GET', '/OK', 404],
    ['GET', 'http://somewhere.example/ok', 200],
    ['GET', 'ok', 400],
    ['GET', '*', 400],
    ['GET', `/${'a'.repeat(4_000)}`, 400],
    ['GET', '/ok?<script>', 400],
  ])('%s %s: %i', async (method, target, status) => {
    expect(statusOf(await exchange(await begin(), get(target, method)))).toBe(status);
  });

  it('takes no body', async () => {
    const port = await begin();
    expect(statusOf(await exchange(port, get('/ok', 'GET', 'Content-Length: 1000000\r\n')))).toBe(400);
    expect(statusOf(await exchange(port, get('/ok', 'GET', 'Transfer-Encoding: chunked\r\n')))).toBe(400);
  });

  it('gives headers that are too long their own answer', async () => {
    const answer = await exchange(await begin(), get('/ok', 'GET', `X: ${'a'.repeat(20_000)}\r\n`));
    expect(statusOf(answer)).toBe(431);
  });

  it('keeps to itself what went wrong inside', async () => {
    const answer = await exchange(await begin(), get('/broken'));
    expect(statusOf(answer)).toBe(503);
    expect(answer).not.toContain('only the log');
    expect(complaints.join()).toContain('what only the log may know');
  });

  it('ends a connection whose headers take too long', async () => {
    const port = await begin({ headerTime: 200 });
    expect(statusOf(await exchange(port, 'GET /ok HTTP/1.1\r\nHost: x\r\nX-Slow: '))).toBe(408);
  });

  it('lets a client have so many connections and no more', async () => {
    const port = await begin({ connectionsOfClient: 2 });
    const held = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
    await Promise.all(held.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
    expect(await exchange(port, get('/ok'))).toBe('');
    for (const socket of held) socket.destroy();
    await expect.poll(async () => statusOf(await exchange(port, get('/ok'))), { timeout: patience }).toBe(200);
  });

  it('answers so many requests and then asks for patience', async () => {
    const port = await begin({ requestBurst: 3, requestsPerSecond: 0.001 });
    const statuses = [];
    for (let request = 0; request < 5; request++) statuses.push(statusOf(await exchange(port, get('/ok'))));
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
  });

  it('survives any octets, and then answers as before', async () => {
    const port = await begin();
    const line = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.string({ maxLength: 100 }).map((text) => new TextEncoder().encode(text)),
      fc
        .tuple(
          fc.constantFrom('GET', 'HEAD', 'PUT', 'CONNECT', 'PRI', 'get', ''),
          fc.oneof(fc.constantFrom('/ok', '*', '/pieces', 'x:80', '/../..'), fc.webUrl(), fc.string({ maxLength: 60 })),
          fc.constantFrom('HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/9', ''),
          fc.array(
            fc.tuple(
              fc.constantFrom('Host', 'Content-Length', 'Transfer-Encoding', 'Upgrade', 'Connection', 'Expect', 'X y'),
              fc.constantFrom(
                'x',
                '-1',
                '99999999999999999999',
                'chunked',
                'websocket',
                'upgrade',
                '100-continue',
                '\0',
              ),
            ),
            { maxLength: 4 },
          ),
        )
        .map(([method, target, version, headers]) =>
          new TextEncoder().encode(
            `${method} ${target} ${version}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
          ),
        ),
    );
    await fc.assert(
      fc.asyncProperty(line, async (octets) => {
        const answer = await exchange(port, octets, { end: true });
        // Whatever is answered is HTTP, and nothing inside broke.
        expect(answer === '' || answer.startsWith('HTTP/1.1 ')).toBe(true);
        expect(complaints).toEqual([]);
      }),
      { numRuns: 150 },
    );
    expect(statusOf(await exchange(port, get('/ok')))).toBe(200);
  });
});
