/** UDP_CHECK against servers on loopback. */
import { afterEach, describe, expect, it } from 'vitest';
import { udpCheck } from '../builders.ts';
import { probe, udpServer, unusedUdpPort, type RunningServer } from './servers.ts';

let server: RunningServer | undefined;
afterEach(() => server?.close());

const check = async (answer: string | undefined, changes: Parameters<typeof udpCheck>[0] = {}) => {
  server = await udpServer(() => (answer === undefined ? [] : [Buffer.from(answer)]));
  return probe(udpCheck({ address: '127.0.0.1', port: server.port, connectTimeout: 300, ...changes }));
};

describe('a UDP probe', () => {
  it('passes with silence after its time, and with any reply at once', async () => {
    const silent = await check(undefined);
    expect(silent).toMatchObject({ ok: true, detail: 'no error within 0.3 s' });
    expect(silent.duration).toBeGreaterThanOrEqual(299);
    await server?.close();
    const answered = await check('no');
    expect(answered).toMatchObject({ ok: true, detail: 'reply of 2 octets' });
    expect(answered.duration).toBeLessThan(250);
  });

  it('fails where nobody listens', async () => {
    const port = await unusedUdpPort();
    expect(await probe(udpCheck({ address: '127.0.0.1', port }))).toMatchObject({
      ok: false,
      phase: 'connect',
      detail: 'connection refused',
    });
  });

  it('wants the reply that it requires', async () => {
    expect(await check('ok', { requireReply: true, replyPattern: '6f' })).toMatchObject({ ok: true });
    await server?.close();
    expect(await check('no', { requireReply: true, replyPattern: '6f' })).toMatchObject({
      ok: false,
      phase: 'verdict',
      detail: 'reply begins with 6e, wanted 6f',
    });
    await server?.close();
    expect(await check(undefined, { requireReply: true })).toMatchObject({
      ok: false,
      phase: 'body',
      detail: 'no reply within 0.3 s',
    });
  });

  it('sends what is configured', async () => {
    let heard = '';
    server = await udpServer((data) => {
      heard = data.toString('hex');
      return [data];
    });
    await probe(udpCheck({ address: '127.0.0.1', port: server.port, payload: 'dead0b' }));
    expect(heard).toBe('dead0b');
  });
});
