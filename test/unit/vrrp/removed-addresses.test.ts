/** A virtual address that somebody else removes from a master. */
import { describe, expect, it } from 'vitest';
import type { VrrpInstanceConfiguration } from '../../../src/config/model.ts';
import { Bench, advertised, logLines, order, ownAddresses } from './bench.ts';
import { address, instance, kernelAddress, syncGroup, vrrpConfiguration } from './configuration.ts';

const set = [...ownAddresses(), kernelAddress('192.0.2.51', 2, 32)];

function master(changes: Partial<VrrpInstanceConfiguration> = {}): Bench {
  const bench = new Bench(instance(changes));
  bench.start();
  bench.untilMaster();
  bench.addresses(set);
  return bench;
}

describe('an address removed by somebody else', () => {
  it('is put back and announced at once, and nobody hears of it', () => {
    const bench = master();
    const intents = bench.addresses(ownAddresses());
    expect(order(intents)).toEqual(['reconcile-addresses', 'send-frame']);
    expect(bench.engine.desiredAddresses(['VI_1'])[0]?.addresses).toMatchObject([{ address: '192.0.2.51' }]);
    expect(bench.status().state).toBe('MASTER');
    // A phrase of the original.
    expect(logLines(intents)[0]).toContain('Netlink reflector reports IP 192.0.2.51 removed');
  });

  // Reference, behaviour A5: priority 0, backup with the skew only, then everything anew.
  it('ends the mastership for the time of the skew with step_down_on_removal', () => {
    const bench = master({ stepDownOnRemoval: true });
    const intents = bench.addresses(ownAddresses());
    expect(advertised(intents)).toEqual([0]);
    expect(order(intents)).toEqual(['send-advertisement', 'reconcile-addresses', 'vrrp-instance']);
    expect(bench.status()).toMatchObject({
      state: 'BACKUP',
      reason: 'virtual address 192.0.2.51 was removed from eth0 by somebody else',
    });
    expect(bench.untilMaster()).toBe((156 / 256) * 1000);
  });

  it('with it takes the masters of its sync group along, which return together', () => {
    const members = [
      instance({ stepDownOnRemoval: true }),
      instance({
        name: 'VI_2',
        virtualRouterId: 52,
        interface: 'eth1',
        virtualAddresses: [address('192.0.2.52', 'eth1')],
      }),
    ];
    const bench = new Bench(vrrpConfiguration({ instances: members, syncGroups: [syncGroup('G', ['VI_1', 'VI_2'])] }));
    bench.start();
    bench.untilMaster('VI_2');
    bench.addresses([...set, kernelAddress('192.0.2.52', 3, 32)]);
    const intents = bench.addresses([...ownAddresses(), kernelAddress('192.0.2.52', 3, 32)]);
    expect(advertised(intents)).toEqual([0, 0]);
    expect(['VI_1', 'VI_2'].map((name) => bench.status(name).state)).toEqual(['BACKUP', 'BACKUP']);
    expect(bench.engine.groupStatus()).toMatchObject([{ state: 'BACKUP' }]);
    bench.pass(1000);
    expect(['VI_1', 'VI_2'].map((name) => bench.status(name).state)).toEqual(['MASTER', 'MASTER']);
  });

  it("that is not tracked is nobody's business", () => {
    const untracked = { ...address('192.0.2.51'), track: false };
    const bench = master({ virtualAddresses: [untracked], stepDownOnRemoval: true });
    expect(order(bench.addresses(ownAddresses()))).toEqual([]);
    expect(bench.status().state).toBe('MASTER');
  });
});
