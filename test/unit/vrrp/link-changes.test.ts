/** Interfaces that go, come back and change under a master that does not track them. */
import { describe, expect, it } from 'vitest';
import type { VrrpInstanceConfiguration } from '../../../src/config/model.ts';
import type { VrrpIntent } from '../../../src/vrrp/types.ts';
import { Bench, logLines, order, ownAddresses } from './bench.ts';
import { address, instance, kernelAddress, link, vrrpConfiguration } from './configuration.ts';

const both = [link('eth0'), link('eth1')];
const made = { ...link('eth1'), index: 9 };
const frames = (intents: readonly VrrpIntent[]): number => intents.filter(({ type }) => type === 'send-frame').length;

/** A master whose address has arrived in the kernel. */
function master(changes: Partial<VrrpInstanceConfiguration>, present = kernelAddress('192.0.2.51', 2, 32)): Bench {
  const bench = new Bench(instance(changes), { links: both });
  bench.start();
  bench.untilMaster();
  bench.addresses([...ownAddresses(), present]);
  bench.pass(20_000);
  return bench;
}

describe('an interface that is deleted and made again', () => {
  const elsewhere = { virtualAddresses: [{ ...address('198.51.100.51', 'eth1'), track: false }] };

  it('gets the addresses back that nobody tracks, and its neighbours are told', () => {
    const bench = master(elsewhere, kernelAddress('198.51.100.51', 3, 32));
    expect(order(bench.links([link('eth0')]))).toEqual([]);
    expect(order(bench.addresses(ownAddresses()))).toEqual([]);
    const intents = bench.links([link('eth0'), made]);
    expect(order(intents)).toEqual(['reconcile-addresses', 'send-frame']);
    expect(logLines(intents)).toContain('(VI_1) is master: setting 198.51.100.51 on eth1 again');
    expect(bench.status().state).toBe('MASTER');
  });

  it('so fast that only its number is another one, too', () => {
    const bench = master(elsewhere, kernelAddress('198.51.100.51', 3, 32));
    expect(order(bench.links([link('eth0'), made]))).toEqual(['reconcile-addresses', 'send-frame']);
  });

  it('does so with dont_track_primary, and nothing is said to be put back while it is away', () => {
    const bench = master({ dontTrackPrimary: true, sourceAddress: '192.0.2.5' });
    bench.links([link('eth1')]);
    const gone = bench.addresses(ownAddresses().filter(({ interfaceIndex }) => interfaceIndex !== 2));
    expect(order(gone)).toEqual([]);
    expect(logLines(gone)).toEqual([]);
    const intents = bench.links([{ ...link('eth0'), index: 12 }, link('eth1')]);
    expect(order(intents)).toEqual(['reconcile-addresses', 'send-frame']);
    expect(bench.status().state).toBe('MASTER');
  });
});

describe('an interface that comes up again', () => {
  it('is announced where its addresses stayed', () => {
    const bench = master({ dontTrackPrimary: true });
    bench.links([link('eth0', false), link('eth1')]);
    const intents = bench.links(both);
    expect(order(intents)).toEqual(['send-frame']);
    expect(frames(intents)).toBe(5);
  });
});

describe('an interface with another hardware address', () => {
  const changed = { ...link('eth0'), hardwareAddress: Uint8Array.of(2, 0, 0, 0, 0, 0x77) };

  it('is announced by its master, once', () => {
    const bench = master({});
    const intents = bench.links([changed, link('eth1')]);
    expect(frames(intents)).toBe(5);
    // Sender's hardware address of an ARP message behind an Ethernet header (RFC 826).
    const [first] = intents.flatMap((intent) => (intent.type === 'send-frame' ? [intent.frame] : []));
    expect([...(first ?? []).slice(22, 28)]).toEqual([2, 0, 0, 0, 0, 0x77]);
    // A phrase of the original.
    expect(logLines(intents)).toContain('(eth0) MAC Address changed from 02:00:00:00:00:01 to 02:00:00:00:00:77');
    expect(order(bench.links([changed, link('eth1')]))).toEqual([]);
  });

  it('is no matter of a backup', () => {
    const bench = new Bench(instance(), { links: both });
    bench.start();
    expect(frames(bench.links([changed, link('eth1')]))).toBe(0);
  });
});

describe('a virtual address that somebody sets on a backup', () => {
  const here = [...ownAddresses(), kernelAddress('192.0.2.51', 2, 32)];
  const told = /somebody has set 192\.0\.2\.51\/32 on eth0: it answers beside the master/;
  const tell = (bench: Bench, found: ReturnType<typeof ownAddresses>): number =>
    logLines(bench.addresses(found)).filter((line) => told.test(line)).length;

  it('is told of when it comes, not for as long as it stays, and left alone', () => {
    const bench = new Bench(instance(), { links: both });
    bench.start();
    expect([tell(bench, here), tell(bench, here), tell(bench, ownAddresses()), tell(bench, here)]).toEqual([
      1, 0, 0, 1,
    ]);
    expect(order(bench.addresses(here))).toEqual([]);
  });

  it('is no news of a master, nor of a backup beside another instance that has it', () => {
    const bench = new Bench(
      vrrpConfiguration({
        instances: [instance({ priority: 255 }), instance({ name: 'VI_2', virtualRouterId: 52 })],
      }),
    );
    bench.start();
    expect([bench.status().state, bench.status('VI_2').state]).toEqual(['MASTER', 'BACKUP']);
    expect(tell(bench, here)).toBe(0);
  });
});

describe('a virtual IPv6 address that another machine has', () => {
  // linux/if_addr.h: IFA_F_TENTATIVE | IFA_F_DADFAILED
  const failed = { ...kernelAddress('2001:db8::51', 2, 128), flags: 0x48 };
  const told = /2001:db8::51 on eth0 does not work: another machine has it/;

  it('is told of once, and again when it was right in between', () => {
    const bench = new Bench(instance({ family: 'inet6', version: 3, virtualAddresses: [address('2001:db8::51')] }));
    bench.start();
    bench.untilMaster();
    const tell = (found: typeof failed): number =>
      logLines(bench.addresses([...ownAddresses(), found])).filter((line) => told.test(line)).length;
    expect([tell(failed), tell(failed), tell({ ...failed, flags: 0x80 }), tell(failed)]).toEqual([1, 0, 0, 1]);
  });
});
