/** Bodies that are kept for regular expressions: of one check, and of all together. */
import { afterEach, describe, expect, it } from 'vitest';
import { octetsKeptAnyway } from '../../../../src/check/limits.ts';
import { HttpExchange, type HttpExchangeResult } from '../../../../src/check/probes/http-exchange.ts';
import { KeptBodies } from '../../../../src/check/probes/kept-bodies.ts';
import { tcpCheck } from '../builders.ts';
import { afterRequest, type RunningServer } from './servers.ts';

const servers: RunningServer[] = [];
const exchanges: HttpExchange[] = [];
afterEach(async () => {
  for (const exchange of exchanges.splice(0)) exchange.cancel();
  for (const server of servers.splice(0)) await server.close();
});

/** A page whose server ends it, or holds it back for ever behind its last octet. */
async function page(octets: number, ends: boolean): Promise<number> {
  const server = await afterRequest((socket) => {
    socket.write(`HTTP/1.0 200 OK\r\n\r\n${'x'.repeat(octets)}`);
    if (ends) socket.end();
  });
  servers.push(server);
  return server.port;
}

/** What became of an exchange, or the exchange itself while it has room for all that came. */
async function exchange(port: number, room: KeptBodies): Promise<HttpExchangeResult> {
  const { promise, resolve } = Promise.withResolvers<HttpExchangeResult>();
  exchanges.push(
    new HttpExchange(
      {
        target: tcpCheck({ address: '127.0.0.1', port }),
        request: 'GET / HTTP/1.0\r\n\r\n',
        stepTimeout: 20_000,
        wholeTimeout: 20_000,
        digest: false,
        keepBody: true,
        room,
      },
      resolve,
    ),
  );
  return promise;
}

/** Waits until so many octets are kept. */
async function untilKept(room: KeptBodies, octets: number): Promise<void> {
  await expect.poll(() => room.octets, { timeout: 20_000 }).toBe(octets);
}

describe('bodies of all checks', () => {
  const large = 4 * octetsKeptAnyway;

  it('fail the check that there is no room for, with the reason, and nobody else', async () => {
    const room = new KeptBodies(large + octetsKeptAnyway);
    const holding = exchange(await page(large, false), room);
    await untilKept(room, large);
    const refused = await exchange(await page(large, true), room);
    expect(refused).toMatchObject({ ok: false, phase: 'body', cause: 'limit' });
    expect(refused).toMatchObject({ detail: 'bodies of all checks with regex together longer than 0.078125 MiB' });
    // What it had is free again, and the one that waits has kept its own.
    await untilKept(room, large);
    expect(await Promise.race([holding, Promise.resolve('waits')])).toBe('waits');
  });

  it('leave room for pages of a modest length whatever others keep', async () => {
    const room = new KeptBodies(large);
    void exchange(await page(large, false), room);
    await untilKept(room, large);
    const modest = await exchange(await page(octetsKeptAnyway, true), room);
    expect(modest).toMatchObject({ ok: true, response: { bodyOctets: octetsKeptAnyway } });
    expect(room.octets).toBe(large);
  });

  it('are given back by checks that end, fail and are given up', async () => {
    const room = new KeptBodies(large);
    expect(await exchange(await page(large, true), room)).toMatchObject({ ok: true });
    expect(room.octets).toBe(0);
    void exchange(await page(large, false), room);
    await untilKept(room, large);
    exchanges.at(-1)?.cancel();
    expect(room.octets).toBe(0);
    expect(await exchange(await page(large, true), room)).toMatchObject({ ok: true });
  });
});
