/** PING_CHECK on loopback; machines that do not answer are in test/interop/kernel/connected-datagram-socket.test.ts. */
import { describe, expect, it } from 'vitest';
import { pingCheck } from '../builders.ts';
import { probe } from './servers.ts';

describe('a ping probe', () => {
  it.each(['127.0.0.1', '::1'])('of %s is answered', async (address) => {
    expect(await probe(pingCheck({ address }))).toMatchObject({ ok: true, detail: 'echo answered' });
  });

  it('of several at once gives each its own answer', async () => {
    const results = await Promise.all(Array.from({ length: 20 }, () => probe(pingCheck({ address: '127.0.0.1' }))));
    expect(results.every(({ ok }) => ok)).toBe(true);
  });

  it('is trouble of this side from an address that is not here', async () => {
    expect(await probe(pingCheck({ address: '127.0.0.1', bindAddress: '192.0.2.1' }))).toMatchObject({
      ok: false,
      phase: 'setup',
    });
  });
});
