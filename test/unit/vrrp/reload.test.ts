/** Reload keeps what can be kept (reference: runtime, "Reload"), addresses are put back, announcements are spaced. */
import { describe, expect, it } from 'vitest';
import type { GlobalConfiguration } from '../../../src/config/model.ts';
import { VrrpEngine } from '../../../src/vrrp/engine.ts';
import { Bench, advertised, eventsOf, logLines, order, ownAddresses } from './bench.ts';
import { globalModel, gratuitous } from '../../support/models.ts';
import { address, digests, instance, kernelAddress, link, vrrpConfiguration } from './configuration.ts';

function master(changes: Parameters<typeof instance>[0] = {}): Bench {
  const bench = new Bench(instance(changes));
  bench.start();
  bench.pass(4000);
  expect(bench.status().state).toBe('MASTER');
  return bench;
}

describe('reload', () => {
  it('of the same configuration: one advertisement, no change of anything', () => {
    const bench = master();
    const before = bench.status();
    const intents = bench.reload(instance());
    expect(order(intents)).toEqual(['send-advertisement']);
    const { nextTimeout, statistics, ...rest } = bench.status();
    const { nextTimeout: _due, statistics: old, ...same } = before;
    expect(rest).toEqual(same);
    // The next one an interval later.
    expect(nextTimeout).toBe(4000 + 1000);
    expect(statistics).toEqual({ ...old, advertisementsSent: old.advertisementsSent + 1 });
  });

  it('a backup keeps its timer', () => {
    const bench = new Bench(instance());
    bench.start();
    bench.hear({ priority: 150 });
    bench.pass(3000);
    bench.reload(instance());
    expect(bench.untilMaster()).toBe(609.375);
  });

  it('the startup delay goes on', () => {
    const bench = new Bench(instance(), { global: { vrrpStartupDelay: 10_000 } });
    bench.start();
    bench.pass(4000);
    bench.reload(instance());
    expect(bench.untilMaster()).toBe(6000 + 3609.375);
  });

  it('another name is no other instance; another identifier is', () => {
    const bench = master();
    bench.reload(instance({ name: 'renamed' }));
    expect(bench.status('renamed')).toMatchObject({ state: 'MASTER', statistics: { becameMaster: 1 } });
    const intents = bench.reload(instance({ name: 'renamed', virtualRouterId: 99 }));
    expect(advertised(intents)).toEqual([100, 0]);
    expect(bench.status('renamed').state).toBe('BACKUP');
  });

  it('new addresses are set and announced twice, removed ones go', () => {
    const bench = master({ virtualAddresses: [address('192.0.2.51'), address('192.0.2.52')] });
    bench.pass(10_000);
    const intents = bench.reload(instance({ virtualAddresses: [address('192.0.2.51'), address('192.0.2.53')] }));
    expect(order(intents)).toEqual(['send-advertisement', 'reconcile-addresses', 'send-frame']);
    const frames = intents.flatMap((intent) => (intent.type === 'send-frame' ? [intent.frame[31]] : []));
    expect(frames).toEqual([53, 53, 53, 53, 53]);
    expect(bench.engine.desiredAddresses()).toMatchObject([
      { addresses: [{ address: '192.0.2.51' }, { address: '192.0.2.53' }], unwanted: [{ address: '192.0.2.52' }] },
    ]);
    expect(bench.pass(5000).filter((intent) => intent.type === 'send-frame').length).toBe(10);
  });

  it.each([{ label: 'eth0:1' }, { scope: 253 }, { broadcast: '192.0.2.255' }, { preferredLifetime: 60 }])(
    'an address of a master with another setting (%j) is written anew',
    (setting) => {
      const bench = master();
      bench.pass(10_000);
      const intents = bench.reload(instance({ virtualAddresses: [{ ...address('192.0.2.51'), ...setting }] }));
      expect(order(intents)).toEqual(['send-advertisement', 'reconcile-addresses']);
      expect(bench.engine.desiredAddresses(['VI_1'])).toMatchObject([{ addresses: [setting], unwanted: [] }]);
    },
  );

  it('an address with another peer is another address', () => {
    const peer = (text: string) => instance({ virtualAddresses: [{ ...address('192.0.2.51'), peer: text }] });
    const bench = new Bench(peer('192.0.2.1'));
    bench.start();
    bench.pass(10_000);
    bench.reload(peer('192.0.2.2'));
    expect(bench.engine.desiredAddresses(['VI_1'])).toMatchObject([
      { addresses: [{ peer: '192.0.2.2' }], unwanted: [{ peer: '192.0.2.1' }] },
    ]);
  });

  it('an address that moves from one instance to another is not taken away', () => {
    const two = (first: string[], second: string[]) =>
      vrrpConfiguration({
        instances: [
          instance({ name: 'A', virtualRouterId: 1, virtualAddresses: first.map((text) => address(text)) }),
          instance({ name: 'B', virtualRouterId: 2, virtualAddresses: second.map((text) => address(text)) }),
        ],
      });
    const bench = new Bench(two(['192.0.2.51', '192.0.2.52'], []));
    bench.start();
    bench.pass(4000);
    bench.reload(two(['192.0.2.51'], ['192.0.2.52']));
    expect(bench.engine.desiredAddresses().flatMap((each) => each.unwanted)).toEqual([]);
  });

  it.each([
    { notifyDeleted: false, to: 'FAULT' },
    { notifyDeleted: true, to: 'DELETED' },
  ])('a removed instance resigns and is notified as $to', ({ notifyDeleted, to }) => {
    const bench = master({ notify: { notifyDeleted, smtpAlert: false } });
    const intents = bench.reload(vrrpConfiguration());
    expect(advertised(intents)).toEqual([100, 0]);
    expect(eventsOf(intents)).toMatchObject([{ kind: 'vrrp-instance', instance: 'VI_1', from: 'MASTER', to }]);
    expect(bench.engine.desiredAddresses(['VI_1'])).toMatchObject([
      { addresses: [], unwanted: [{ address: '192.0.2.51' }] },
    ]);
    expect(bench.engine.status()).toEqual([]);
    expect(bench.pass(60_000)).toEqual([]);
  });

  it('a shorter interval is kept at once, a longer one does not make a backup jump', () => {
    const shorter = master();
    shorter.reload(instance({ version: 2, advertisementInterval: 1000 }));
    const v3 = new Bench(instance({ version: 3, advertisementInterval: 10_000 }));
    v3.start();
    v3.pass(40_000);
    v3.reload(instance({ version: 3, advertisementInterval: 100 }));
    expect(advertised(v3.pass(1000))).toHaveLength(10);
    const backup = new Bench(instance());
    backup.start();
    backup.hear({ priority: 150 });
    backup.pass(500);
    backup.reload(instance({ advertisementInterval: 10_000 }));
    expect(backup.untilMaster()).toBe(30_609.375 - 500);
  });

  it('another base priority is effective at once', () => {
    const bench = master();
    const intents = bench.reload(instance({ priority: 120 }));
    expect(eventsOf(intents)).toMatchObject([{ kind: 'vrrp-priority', from: 100, to: 120 }]);
    expect(advertised(bench.pass(1000))).toEqual([120]);
  });

  it('a new instance asks for what an earlier life left behind to be removed', () => {
    const bench = new Bench(vrrpConfiguration());
    bench.start();
    expect(bench.reload(instance())).toContainEqual({ type: 'reconcile-addresses', instances: ['VI_1'] });
  });
});

describe('an address that somebody else removed', () => {
  const installed = [...ownAddresses(), kernelAddress('192.0.2.51', 2, 32)];

  it('is put back at once and announced, mastership stays', () => {
    const bench = master();
    bench.addresses(installed);
    const intents = bench.addresses(ownAddresses());
    expect(order(intents)).toEqual(['reconcile-addresses', 'send-frame']);
    expect(logLines(intents)[0]).toBe(
      'Netlink reflector reports IP 192.0.2.51 removed from eth0: (VI_1) is master and puts it back',
    );
    expect(bench.status()).toMatchObject({ state: 'MASTER', statistics: { releasedMaster: 0 } });
  });

  it('one that the kernel has not shown yet is not missing', () => {
    const bench = master();
    expect(bench.addresses(ownAddresses())).toEqual([]);
  });

  it('no_track: not our business', () => {
    const bench = master({ virtualAddresses: [{ ...address('192.0.2.51'), track: false }] });
    bench.addresses(installed);
    expect(bench.addresses(ownAddresses())).toEqual([]);
  });

  it('together with the source address it is a fault, not a repair', () => {
    const bench = master();
    bench.addresses(installed);
    expect(order(bench.addresses([]))).toEqual(['send-advertisement', 'reconcile-addresses', 'vrrp-instance']);
    expect(bench.status().state).toBe('FAULT');
  });
});

describe('announcements', () => {
  const frameTimes = (bench: Bench): number[] => {
    const times: number[] = [];
    for (
      let next = bench.engine.nextTimeout();
      next !== undefined && next <= 60_000;
      next = bench.engine.nextTimeout()
    ) {
      bench.now = next;
      const frames = bench.engine.timeout(next).filter((intent) => intent.type === 'send-frame');
      times.push(...frames.map(() => next));
    }
    return times;
  };

  it('garp_interval spaces them on one interface', () => {
    const spaced = { ...gratuitous, arpInterval: 300, masterRepeat: 2, masterDelay: 0 };
    const bench = new Bench(
      instance({
        gratuitous: spaced,
        virtualAddresses: [address('192.0.2.51'), address('192.0.2.52'), address('198.51.100.3', 'eth1')],
      }),
    );
    bench.start();
    const start = 3609.375;
    // eth0: two addresses twice; eth1, a queue of its own: one address twice.
    expect(frameTimes(bench)).toEqual([0, 0, 300, 300, 600, 900].map((offset) => start + offset));
  });

  it('garp_master_refresh repeats for ever', () => {
    const refreshing = {
      ...gratuitous,
      masterDelay: 0,
      masterRepeat: 1,
      masterRefresh: 20_000,
      masterRefreshRepeat: 2,
    };
    const bench = new Bench(instance({ gratuitous: refreshing }));
    bench.start();
    expect(frameTimes(bench)).toEqual([0, 20_000, 20_000, 40_000, 40_000].map((offset) => 3609.375 + offset));
  });

  it('leaving mastership empties the queue', () => {
    const bench = new Bench(instance({ gratuitous: { ...gratuitous, arpInterval: 300 } }));
    bench.start();
    bench.pass(3700);
    bench.hear({ priority: 200 });
    expect(bench.pass(3000).filter((intent) => intent.type === 'send-frame')).toEqual([]);
  });

  it('an interface without ARP is left out', () => {
    const links = [link('eth0'), { ...link('eth1'), flags: 0x10c3 }];
    const bench = new Bench(instance({ virtualAddresses: [address('198.51.100.1', 'eth1')] }), { links });
    bench.start();
    expect(order(bench.pass(4000))).toEqual(['send-advertisement', 'reconcile-addresses', 'vrrp-instance']);
  });
});

describe('the LVS synchronisation daemon', () => {
  const at = { file: 'test.conf', line: 1, column: 1 };
  const roles = (intents: readonly { type: string }[]) =>
    intents.flatMap((intent) =>
      'role' in intent && 'syncId' in intent ? [`${String(intent.role)} ${String(intent.syncId)}`] : [],
    );

  it('follows its instance, with the VRID as id unless another is given', () => {
    const bench = new Bench(instance(), { global: { lvsSyncDaemon: { interface: 'eth0', vrrpInstance: 'VI_1', at } } });
    expect(roles(bench.start())).toEqual(['backup 51']);
    expect(roles(bench.pass(4000))).toEqual(['master 51']);
    expect(roles(bench.hear({ priority: 200 }))).toEqual(['backup 51']);
    expect(roles(bench.engine.stop(bench.now))).toEqual(['stop 51']);
  });

  it('is left alone by a reload that does not change it', () => {
    const global = (syncId: number): GlobalConfiguration =>
      globalModel({ lvsSyncDaemon: { interface: 'eth0', vrrpInstance: 'VI_1', syncId, at } });
    const configuration = vrrpConfiguration({ instances: [instance()] });
    const engine = new VrrpEngine(configuration, global(7), {
      digests,
      links: [link('eth0')],
      addresses: ownAddresses(),
    });
    expect(roles(engine.start(0))).toEqual(['backup 7']);
    expect(roles(engine.reload(configuration, global(7), 10))).toEqual([]);
    expect(roles(engine.reload(configuration, global(8), 20))).toEqual(['stop 7', 'backup 8']);
  });
});

describe('transports', () => {
  it('one source in two VRFs is two places, and each advertisement says which is its own', () => {
    const unicast = { interface: '', sourceAddress: '192.0.2.5', unicastPeers: [{ address: '192.0.2.9' }] };
    const bench = new Bench(
      vrrpConfiguration({
        instances: [
          instance({ name: 'A', ...unicast, vrf: 'red' }),
          instance({ name: 'B', ...unicast, vrf: 'blue', virtualRouterId: 52 }),
        ],
      }),
    );
    expect(bench.engine.transports()).toMatchObject([
      { interface: '', vrf: 'red', source: '192.0.2.5', virtualRouterIds: [51] },
      { interface: '', vrf: 'blue', source: '192.0.2.5', virtualRouterIds: [52] },
    ]);
    bench.start();
    const sent = bench.pass(4000).flatMap((each) => (each.type === 'send-advertisement' ? [each] : []));
    expect(new Set(sent.map(({ instance: name, vrf }) => `${name} ${vrf}`))).toEqual(new Set(['A red', 'B blue']));
  });

  it('one socket for each family, interface, cast and AH, with the identifiers it serves', () => {
    const bench = new Bench(
      vrrpConfiguration({
        instances: [
          instance({ name: 'A', virtualRouterId: 1 }),
          instance({ name: 'B', virtualRouterId: 2 }),
          instance({ name: 'C', virtualRouterId: 3, interface: 'eth1' }),
          instance({ name: 'D', virtualRouterId: 4, authentication: { type: 'AH', password: 'x' } }),
          instance({ name: 'E', virtualRouterId: 5, family: 'inet6' }),
          instance({
            name: 'F',
            virtualRouterId: 6,
            interface: '',
            sourceAddress: '192.0.2.5',
            unicastPeers: [{ address: '192.0.2.9' }],
          }),
        ],
      }),
    );
    expect(bench.engine.transports()).toEqual([
      {
        family: 'inet',
        cast: 'multicast',
        interface: 'eth0',
        group: '224.0.0.18',
        authenticationHeader: false,
        virtualRouterIds: [1, 2],
        instances: ['A', 'B'],
      },
      {
        family: 'inet',
        cast: 'multicast',
        interface: 'eth1',
        group: '224.0.0.18',
        authenticationHeader: false,
        virtualRouterIds: [3],
        instances: ['C'],
      },
      {
        family: 'inet',
        cast: 'multicast',
        interface: 'eth0',
        group: '224.0.0.18',
        authenticationHeader: true,
        virtualRouterIds: [4],
        instances: ['D'],
      },
      {
        family: 'inet6',
        cast: 'multicast',
        interface: 'eth0',
        group: 'ff02::12',
        authenticationHeader: false,
        virtualRouterIds: [5],
        instances: ['E'],
      },
      {
        family: 'inet',
        cast: 'unicast',
        interface: '',
        source: '192.0.2.5',
        authenticationHeader: false,
        virtualRouterIds: [6],
        instances: ['F'],
      },
    ]);
  });
});
