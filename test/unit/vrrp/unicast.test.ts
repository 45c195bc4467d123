/** What is special about instances that speak to named peers (reference: behaviour A5, A10). */
import { describe, expect, it } from 'vitest';
import type { VrrpInstanceConfiguration } from '../../../src/config/model.ts';
import { Bench, eventsOf, order } from './bench.ts';
import { instance, link, vrrpConfiguration } from './configuration.ts';

const unicast = (peers: readonly string[], changes: Partial<VrrpInstanceConfiguration> = {}) =>
  instance({ version: 3, sourceAddress: '192.0.2.5', unicastPeers: peers.map((address) => ({ address })), ...changes });

function received(bench: Bench, name: string): number {
  return bench.status(name).statistics.advertisementsReceived;
}

describe('two instances with one identifier on one interface', () => {
  it('with the same source differ by their peers', () => {
    const [first, second] = [unicast(['192.0.2.9']), unicast(['192.0.2.10'], { name: 'VI_2' })];
    const bench = new Bench(vrrpConfiguration({ instances: [first, second] }));
    bench.start();
    bench.hear({ priority: 200, source: '192.0.2.10', configuration: second });
    expect([received(bench, 'VI_1'), received(bench, 'VI_2')]).toEqual([0, 1]);
    bench.hear({ priority: 200, source: '192.0.2.9', configuration: first });
    expect([received(bench, 'VI_1'), received(bench, 'VI_2')]).toEqual([1, 1]);
  });

  it('one of them multicast, have nothing to do with each other', () => {
    const [first, second] = [unicast(['192.0.2.9']), instance({ name: 'VI_2', version: 3 })];
    const bench = new Bench(vrrpConfiguration({ instances: [first, second] }));
    bench.start();
    bench.hear({ priority: 200, source: '192.0.2.9', configuration: second });
    expect([received(bench, 'VI_1'), received(bench, 'VI_2')]).toEqual([0, 1]);
    bench.hear({ priority: 200, source: '192.0.2.9', configuration: first });
    expect([received(bench, 'VI_1'), received(bench, 'VI_2')]).toEqual([1, 1]);
  });
});

describe('a unicast instance', () => {
  it('that leaves FAULT tells its peers where its own address is', () => {
    const bench = new Bench(unicast(['192.0.2.9']), { links: [link('eth0', false), link('eth1')] });
    bench.start();
    expect(bench.status().state).toBe('FAULT');
    const intents = bench.links([link('eth0'), link('eth1')]);
    expect(order(intents)).toEqual(['send-frame', 'vrrp-instance']);
    const [frame] = intents.flatMap((intent) => (intent.type === 'send-frame' ? [intent.frame] : []));
    // Sender's protocol address of an ARP message behind an Ethernet header (RFC 826).
    expect([...(frame ?? []).slice(28, 32)]).toEqual([192, 0, 2, 5]);
    expect(eventsOf(intents)).toMatchObject([{ from: 'FAULT', to: 'BACKUP' }]);
  });

  it('has a limit for the TTL of a peer above as well', () => {
    const limited = unicast([], { unicastPeers: [{ address: '192.0.2.9', maxTtl: 254 }] });
    const bench = new Bench(limited);
    bench.start();
    bench.hear({ priority: 200, meta: { ttl: 255 } });
    bench.hear({ priority: 200, meta: { ttl: 254 } });
    expect(bench.status().statistics).toMatchObject({ ttlErrors: 1, advertisementsReceived: 1 });
  });
});
