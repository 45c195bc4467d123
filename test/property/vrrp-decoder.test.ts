/** Whatever octets arrive, the answer is an advertisement or a refusal with a reason, and never an exception. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { VrrpInstanceConfiguration } from '../../src/config/model.ts';
import { DeadlineQueue } from '../../src/core/deadlines.ts';
import type { Deadline } from '../../src/core/deadlines.ts';
import { examine } from '../../src/vrrp/examine.ts';
import { Transmitter, advertisedOctets } from '../../src/vrrp/transmitter.ts';
import type { PacketMeta } from '../../src/vrrp/types.ts';
import { addressTexts, decodeAdvertisement, encodeAdvertisement } from '../../src/vrrp/wire/advertisement.ts';
import { Bench } from '../unit/vrrp/bench.ts';
import { address, digests, instance } from '../unit/vrrp/configuration.ts';

const configurations: readonly VrrpInstanceConfiguration[] = [
  instance(),
  instance({ version: 3 }),
  instance({ authentication: { type: 'PASS', password: 'secret' } }),
  instance({ authentication: { type: 'AH', password: 'secret' } }),
  instance({ family: 'inet6' }),
  instance({ family: 'inet6', version: 2 }),
  instance({ version: 3, sourceAddress: '192.0.2.5', unicastPeers: [{ address: '192.0.2.9', minTtl: 10 }] }),
];

const source = (configuration: VrrpInstanceConfiguration): string =>
  configuration.family === 'inet' ? '192.0.2.9' : 'fe80::9';

/** A right packet with some octets overwritten and the end cut off or prolonged. */
const damaged = fc
  .record({
    configuration: fc.constantFrom(...configurations),
    strokes: fc.array(fc.record({ at: fc.nat(90), value: fc.nat(255) }), { maxLength: 4 }),
    length: fc.option(fc.nat(100), { nil: undefined }),
  })
  .map(({ configuration, strokes, length }) => {
    const sent = new Transmitter().compose(configuration, 150, source(configuration), false, digests)[0]!;
    const packet = new Uint8Array(length ?? sent.packet.length);
    packet.set(sent.packet.subarray(0, packet.length));
    for (const { at, value } of strokes) if (at < packet.length) packet[at] = value;
    return { configuration, packet };
  });

const noise = fc.record({
  configuration: fc.constantFrom(...configurations),
  packet: fc.uint8Array({ maxLength: 120 }),
});

const surroundings = fc.record({ ttl: fc.nat(255), multicast: fc.boolean() });

function metaOf(configuration: VrrpInstanceConfiguration, ttl: number, multicast: boolean): PacketMeta {
  const { family, multicastGroup } = configuration;
  const destination = multicast ? multicastGroup : family === 'inet' ? '192.0.2.5' : 'fe80::5';
  return { family, interfaceIndex: 2, source: source(configuration), destination, ttl };
}

describe('any octets', () => {
  it('are examined without an exception, and every refusal has a reason', () => {
    fc.assert(
      fc.property(fc.oneof(damaged, noise), surroundings, ({ configuration, packet }, { ttl, multicast }) => {
        const examination = examine(packet, metaOf(configuration, ttl, multicast), {
          configuration,
          addressOctets: advertisedOctets(configuration),
          effectivePriority: 100,
          master: true,
          previousSource: undefined,
          oldUnicastChecksum: false,
          lastSequence: () => undefined,
          lastHmacSequence: () => undefined,
          realTime: 0,
          digests,
        });
        if (examination.accepted) expect(examination.advertisement.type).toBe(1);
        else expect(examination.refusal.reason).not.toBe('');
      }),
      { numRuns: 5000 },
    );
  });

  it('leave the engine with a timer and in a state', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(damaged, noise), { maxLength: 20 }),
        surroundings,
        (packets, { ttl, multicast }) => {
          const bench = new Bench(packets[0]?.configuration ?? instance());
          bench.start();
          for (const { configuration, packet } of packets) {
            bench.engine.receive(packet, metaOf(configuration, ttl, multicast), bench.now);
            bench.pass(100);
          }
          expect(['BACKUP', 'MASTER']).toContain(bench.status().state);
          expect(bench.engine.nextTimeout()).toBeGreaterThanOrEqual(bench.now);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('the codec', () => {
  const texts = {
    inet: fc.uint8Array({ minLength: 4, maxLength: 4 }),
    inet6: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  };

  it('reads back what it wrote', () => {
    const content = fc.constantFrom('inet' as const, 'inet6' as const).chain((family) =>
      fc.record({
        family: fc.constant(family),
        version: fc.constantFrom(2 as const, 3 as const),
        virtualRouterId: fc.integer({ min: 1, max: 255 }),
        priority: fc.nat(255),
        addresses: fc.array(texts[family], { maxLength: 20 }),
        centiseconds: fc.integer({ min: 1, max: 4095 }),
        seconds: fc.integer({ min: 1, max: 255 }),
        authenticationData: fc.uint8Array({ minLength: 8, maxLength: 8 }),
      }),
    );
    fc.assert(
      fc.property(content, ({ addresses, centiseconds, seconds, ...rest }) => {
        const interval = rest.version === 2 ? seconds * 1000 : centiseconds * 10;
        const addressOctets = Uint8Array.from(addresses.flatMap((each) => [...each]));
        const message = encodeAdvertisement({ ...rest, addressOctets, interval, authenticationType: 1 }, undefined);
        const read = decodeAdvertisement(message, rest.family);
        expect(read).toMatchObject({
          version: rest.version,
          virtualRouterId: rest.virtualRouterId,
          priority: rest.priority,
          interval,
          addressCount: addresses.length,
        });
        expect(read?.addressOctets).toEqual(addressOctets);
        expect(addressTexts(addressOctets, rest.family)).toHaveLength(addresses.length);
        if (rest.version === 2 && rest.family === 'inet')
          expect(read?.authenticationData).toEqual(rest.authenticationData);
      }),
    );
  });

  it('the identification counts up and is never 0', () => {
    const transmitter = new Transmitter();
    const configuration = instance({ virtualAddresses: [address('192.0.2.51')] });
    const seen: number[] = [];
    for (let count = 0; count < 65_540; count++) {
      const [intent] = transmitter.compose(configuration, 100, '192.0.2.5', false, digests);
      seen.push((intent!.packet[4]! << 8) | intent!.packet[5]!);
    }
    expect(seen.slice(0, 2)).toEqual([1, 2]);
    expect(seen.slice(65_533, 65_537)).toEqual([65_534, 65_535, 1, 2]);
  });
});

describe('the deadline queue', () => {
  it('runs what a sorted list would run', () => {
    const step = fc.record({ timer: fc.nat(19), at: fc.option(fc.nat(50), { nil: undefined }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), fc.nat(50), (steps, now) => {
        const queue = new DeadlineQueue();
        const ran: number[] = [];
        const timers: Deadline[] = Array.from({ length: 20 }, (_, index) => queue.create(() => ran.push(index)));
        const model = new Map<number, { at: number; order: number }>();
        steps.forEach(({ timer, at }, order) => {
          if (at === undefined) {
            queue.clear(timers[timer]!);
            model.delete(timer);
          } else {
            queue.set(timers[timer]!, at);
            model.set(timer, { at, order });
          }
          const earliest = Math.min(...[...model.values()].map((each) => each.at));
          expect(queue.next()).toBe(model.size === 0 ? undefined : earliest);
        });
        queue.runDue(now);
        const due = [...model].filter(([, { at }]) => at <= now);
        due.sort(([, a], [, b]) => a.at - b.at || a.order - b.order);
        expect(ran).toEqual(due.map(([timer]) => timer));
      }),
      { numRuns: 1000 },
    );
  });
});
