/** Keywords that change when an instance speaks or starts: reference, behaviour A5, A8, A10 and new-since-2.2.7. */
import { describe, expect, it } from 'vitest';
import { at, gratuitous } from '../../support/models.ts';
import { Bench, advertised, eventsOf, logLines } from './bench.ts';
import { address, instance, link, syncGroup, vrrpConfiguration } from './configuration.ts';

const noRepeat = { ...gratuitous, masterRepeat: 1, masterDelay: 0 };

/** When frames left, by interface. */
function frameTimes(bench: Bench, span: number): { at: number; interface: string }[] {
  const times: { at: number; interface: string }[] = [];
  const end = bench.now + span;
  for (let next = bench.engine.nextTimeout(); next !== undefined && next <= end; next = bench.engine.nextTimeout()) {
    for (const intent of bench.pass(next - bench.now)) {
      if (intent.type === 'send-frame') times.push({ at: bench.now, interface: intent.interface });
    }
  }
  return times;
}

describe('debug', () => {
  const lines = (debugLevel: number): string[] => {
    const bench = new Bench(instance({ debugLevel }));
    bench.start();
    bench.hear({ priority: 200 });
    bench.hear({ priority: 200, meta: { ttl: 3 } });
    bench.untilMaster();
    return bench.intents.flatMap((intent) =>
      intent.type === 'log' && intent.line.level === 'debug' && intent.line.message.startsWith('(VI_1)')
        ? [intent.line.message.replace(/^\(VI_1\) /, '')]
        : [],
    );
  };

  it('says nothing by default, and more with each level', () => {
    expect(lines(0)).toEqual([]);
    expect(lines(1)).toEqual(['advertisement from 192.0.2.9: priority 200, interval 1000 ms']);
    expect(lines(2).slice(1)).toEqual(['advertisement from 192.0.2.9 dropped: invalid TTL 3, expected 255']);
    expect(lines(3).slice(2)).toEqual(['advertisement sent: priority 100']);
    // 3 intervals and the skew of priority 100 (RFC 3768 section 6.1).
    expect(lines(4).filter((line) => line.startsWith('master-down'))).toEqual([
      'master-down timer: 3.609 s',
      'master-down timer: 3.609 s',
    ]);
  });
});

describe('timer_expired_backup', () => {
  // The others count from our last advertisement: 3 intervals and their skew (RFC 3768 section 6.1). Ours is late by
  // that less the one interval after which it was due.
  const limit = 2000 + (156 / 256) * 1000;
  const sleeping = (span: number): { bench: Bench; late: ReturnType<Bench['pass']> } => {
    const bench = new Bench(instance({ priority: 150, nopreempt: true, timerExpiredBackup: 100 }));
    bench.start();
    bench.untilMaster();
    bench.now += 1000 + span;
    return { bench, late: [...bench.engine.timeout(bench.now)] };
  };

  it('goes to BACKUP without a word when a router of that priority has taken over', () => {
    const { bench, late } = sleeping(limit);
    expect(advertised(late)).toEqual([]);
    expect(bench.status()).toMatchObject({ state: 'BACKUP' });
    expect(bench.status().reason).toContain('a router of priority 100 has taken over');
    expect(bench.engine.desiredAddresses()[0]?.addresses).toEqual([]);
  });

  it('stays master a moment earlier', () => {
    const { bench, late } = sleeping(limit - 1);
    expect(advertised(late)).toEqual([150]);
    expect(bench.status().state).toBe('MASTER');
  });

  it('does so before a packet that waited is judged', () => {
    const bench = new Bench(instance({ priority: 150, nopreempt: true, timerExpiredBackup: 100 }));
    bench.start();
    bench.untilMaster();
    bench.now += 1000 + limit;
    const intents = bench.hear({ priority: 100 });
    expect(advertised(intents)).toEqual([]);
    expect(bench.status()).toMatchObject({ state: 'BACKUP', masterAddress: '192.0.2.9' });
  });

  it('takes the whole sync group along', () => {
    const one = instance({ nopreempt: true, timerExpiredBackup: 254 });
    const two = instance({ name: 'VI_2', virtualRouterId: 52, virtualAddresses: [address('192.0.2.52')] });
    const bench = new Bench(
      vrrpConfiguration({ instances: [one, two], syncGroups: [syncGroup('G', ['VI_1', 'VI_2'])] }),
    );
    bench.start();
    bench.pass(8000);
    expect(bench.status('VI_2').state).toBe('MASTER');
    bench.now += 10_000;
    bench.engine.timeout(bench.now);
    expect([bench.status('VI_1').state, bench.status('VI_2').state]).toEqual(['BACKUP', 'BACKUP']);
  });
});

describe('vrrp_delay_after_boot', () => {
  it('counts from the boot, not from the start', () => {
    const bench = new Bench(instance(), { global: { vrrpDelayAfterBoot: 10_000 }, bootedAt: -4000 });
    bench.start();
    bench.pass(5000);
    bench.hear({ priority: 200 });
    expect(bench.status().statistics.advertisementsReceived).toBe(0);
    expect(bench.untilMaster()).toBe(1000 + 3609.375);
  });

  it('is over long after the boot, and gives way to a longer startup delay', () => {
    const long = new Bench(instance(), { global: { vrrpDelayAfterBoot: 10_000 }, bootedAt: -60_000 });
    long.start();
    expect(long.untilMaster()).toBe(3609.375);
    const both = new Bench(instance(), {
      global: { vrrpDelayAfterBoot: 10_000, vrrpStartupDelay: 8000 },
      bootedAt: -9000,
    });
    both.start();
    expect(both.untilMaster()).toBe(8000 + 3609.375);
  });
});

describe('unicast_fault_no_peer', () => {
  it('keeps the instance in FAULT and says why', () => {
    const bench = new Bench(instance({ unicastWithoutPeers: true, unicastFaultNoPeer: true }));
    bench.start();
    bench.pass(10_000);
    expect(bench.status().state).toBe('FAULT');
    expect(bench.status().reason).toContain('unicast_peer');
    expect(advertised(bench.intents)).toEqual([]);
  });

  it('ends with a reload that names a peer', () => {
    const bench = new Bench(instance({ unicastWithoutPeers: true, unicastFaultNoPeer: true }));
    bench.start();
    bench.reload(instance({ unicastFaultNoPeer: true, unicastPeers: [{ address: '192.0.2.9' }] }));
    expect(bench.status().state).toBe('BACKUP');
  });

  it('without it, multicast is used', () => {
    const bench = new Bench(instance({ unicastWithoutPeers: true }));
    bench.start();
    bench.untilMaster();
    expect(bench.intents.find((intent) => intent.type === 'send-advertisement')).toMatchObject({
      destination: '224.0.0.18',
    });
  });
});

describe('garp_group', () => {
  const addresses = ['192.0.2.51', '192.0.2.52', '192.0.2.53'].map((text) => address(text));
  const elsewhere = [address('198.51.100.51', 'eth1')];
  const group = { interfaces: ['eth0', 'eth1'], arpInterval: 100, naInterval: 0, at };

  function masterWith(garpGroups: readonly (typeof group)[], arpInterval = 0): { at: number; interface: string }[] {
    const one = instance({
      virtualAddresses: [...addresses, ...elsewhere],
      gratuitous: { ...noRepeat, arpInterval },
    });
    const bench = new Bench(vrrpConfiguration({ instances: [one], garpGroups }));
    bench.start();
    const start = bench.now + 3609.375;
    return frameTimes(bench, 5000).map(({ at: moment, interface: name }) => ({ at: moment - start, interface: name }));
  }

  it('spaces messages over its interfaces together', () => {
    expect(masterWith([group])).toEqual([
      { at: 0, interface: 'eth0' },
      { at: 100, interface: 'eth0' },
      { at: 200, interface: 'eth0' },
      { at: 300, interface: 'eth1' },
    ]);
  });

  it('leaves other interfaces to the global gap, each by itself', () => {
    expect(masterWith([{ ...group, interfaces: ['eth7'] }], 50)).toEqual([
      { at: 0, interface: 'eth0' },
      { at: 0, interface: 'eth1' },
      { at: 50, interface: 'eth0' },
      { at: 100, interface: 'eth0' },
    ]);
  });

  it('wins over the global gap, also with none', () => {
    expect(masterWith([{ ...group, arpInterval: 0 }], 50).map(({ at: moment }) => moment)).toEqual([0, 0, 0, 0]);
  });
});

describe('garp_extra_if', () => {
  const own = address('192.0.2.51');
  const others = [address('198.51.100.51', 'eth1'), address('198.51.100.52', 'eth1'), address('203.0.113.5', 'eth2')];
  const links = [link('eth0'), link('eth1'), link('eth2')];
  const extraGratuitous = { interval: 60_000, allInterfaces: true };
  const master = (changes: Parameters<typeof instance>[0]): Bench => {
    const bench = new Bench(instance({ virtualAddresses: [own, ...others], gratuitous: noRepeat, ...changes }), {
      links,
    });
    bench.start();
    bench.untilMaster();
    return bench;
  };

  it('with all: one message on each other interface in every period, while master', () => {
    const bench = master({ extraGratuitous });
    const start = bench.now;
    expect(frameTimes(bench, 125_000).map((frame) => ({ ...frame, at: frame.at - start }))).toEqual([
      { at: 60_000, interface: 'eth1' },
      { at: 60_000, interface: 'eth2' },
      { at: 120_000, interface: 'eth1' },
      { at: 120_000, interface: 'eth2' },
    ]);
    bench.hear({ priority: 200 });
    expect(frameTimes(bench, 3000)).toEqual([]);
  });

  it('without all it means VMACs, of which there are none', () => {
    expect(frameTimes(master({ extraGratuitous: { interval: 60_000, allInterfaces: false } }), 125_000)).toEqual([]);
  });

  it('begins and ends with a reload', () => {
    const bench = master({});
    const changed = instance({ virtualAddresses: [own, ...others], gratuitous: noRepeat });
    bench.reload({ ...changed, extraGratuitous });
    expect(frameTimes(bench, 61_000).map(({ interface: name }) => name)).toEqual(['eth1', 'eth2']);
    bench.reload(changed);
    expect(frameTimes(bench, 61_000)).toEqual([]);
  });
});

it('a change of priority is an event of the instance, whoever listens', () => {
  const tracked = [{ interface: 'eth1', weight: -20, reverse: false }];
  const bench = new Bench(instance({ trackInterfaces: tracked }));
  bench.start();
  const intents = bench.links([link('eth0'), link('eth1', false)]);
  expect(eventsOf(intents)).toMatchObject([{ kind: 'vrrp-priority', from: 100, to: 80 }]);
  expect(logLines(intents).some((text) => text.includes('Changing effective priority from 100 to 80'))).toBe(true);
});
