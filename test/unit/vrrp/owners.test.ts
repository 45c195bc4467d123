/** Two routers that both own the addresses (priority 255; reference: behaviour A5). */
import { describe, expect, it } from 'vitest';
import { Bench, advertised, eventsOf, logLines } from './bench.ts';
import { instance, link, vrrpConfiguration } from './configuration.ts';
import { SimulatedLan } from './simulated-lan.ts';

const owner = instance({ priority: 255, initialState: 'MASTER' });
const above = '192.0.2.9';
const below = '192.0.2.4';
// The words of keepalived 2.2.7.
const complaint =
  '(VI_1) CONFIGURATION ERROR: local instance and a remote instance are both configured as address owner, please fix';

function started(changes: Parameters<typeof instance>[0] = {}): Bench {
  const bench = new Bench({ ...owner, ...changes });
  bench.start();
  expect(bench.status().state).toBe('MASTER');
  return bench;
}

describe('an owner that hears another one', () => {
  it('of higher address counts as 254 and yields, and is owner again when the other is gone', () => {
    const bench = started();
    const intents = bench.hear({ priority: 255, source: above });
    expect(bench.status()).toMatchObject({ state: 'BACKUP', effectivePriority: 254, masterAddress: above });
    expect(logLines(intents).filter((line) => line.startsWith(complaint))).toHaveLength(1);
    expect(eventsOf(intents)[0]).toMatchObject({ kind: 'vrrp-priority', from: 255, to: 254 });
    expect(advertised(intents)).toEqual([]);
    const after = bench.pass(10_000);
    expect(bench.status()).toMatchObject({ state: 'MASTER', effectivePriority: 255 });
    expect(advertised(after)[0]).toBe(255);
    expect(eventsOf(after)[0]).toMatchObject({ kind: 'vrrp-priority', from: 254, to: 255 });
  });

  it('of lower address sends two advertisements at once and stays', () => {
    const bench = started();
    const intents = bench.hear({ priority: 255, source: below });
    expect(advertised(intents)).toEqual([255, 255]);
    expect(logLines(intents)[0]).toContain(complaint);
    expect(bench.status()).toMatchObject({ state: 'MASTER', effectivePriority: 255 });
  });

  it('of lower address that persists beyond 1.2 intervals yields too', () => {
    const bench = started();
    bench.hear({ priority: 255, source: below });
    bench.pass(1199);
    bench.hear({ priority: 255, source: below });
    expect(bench.status().state).toBe('MASTER');
    bench.pass(1);
    const intents = bench.hear({ priority: 255, source: below });
    expect(advertised(intents)).toEqual([]);
    expect(bench.status()).toMatchObject({ state: 'BACKUP', effectivePriority: 254, masterAddress: below });
    expect(bench.status().reason).toContain('does not give way');
  });

  it('the longer of both intervals counts', () => {
    const ours = { ...owner, version: 3 as const };
    const bench = started({ version: 3 });
    const slower = { ...ours, advertisementInterval: 2000 };
    bench.hear({ priority: 255, source: below, configuration: slower });
    bench.pass(2399);
    bench.hear({ priority: 255, source: below, configuration: slower });
    expect(bench.status().state).toBe('MASTER');
    bench.pass(1);
    bench.hear({ priority: 255, source: below, configuration: slower });
    expect(bench.status().state).toBe('BACKUP');
  });

  it('that came back after a long silence is a new conflict', () => {
    const bench = started();
    bench.hear({ priority: 255, source: below });
    bench.pass(60_000);
    bench.hear({ priority: 255, source: below });
    expect(bench.status().state).toBe('MASTER');
  });

  it('is owner again as soon as the other one speaks with less, or resigns', () => {
    for (const priority of [254, 0]) {
      const bench = started();
      bench.hear({ priority: 255, source: above });
      bench.pass(1000);
      bench.hear({ priority, source: above });
      expect(bench.status().effectivePriority).toBe(255);
      bench.pass(4000);
      expect(bench.status()).toMatchObject({ state: 'MASTER', effectivePriority: 255 });
    }
  });

  it('and is none any more after a reload has the priority of its new configuration', () => {
    const bench = started();
    bench.hear({ priority: 255, source: above });
    bench.reload(instance({ priority: 50 }));
    expect(bench.status()).toMatchObject({ state: 'BACKUP', effectivePriority: 50, priorityExplanation: '50' });
    expect(advertised(bench.pass(10_000))[0]).toBe(50);
  });

  it('while it is backup, after a fault, says so as well and waits until the other one is gone', () => {
    const bench = started();
    bench.links([link('eth1')]);
    bench.links([link('eth0'), link('eth1')]);
    expect(logLines(bench.hear({ priority: 255, source: below }))[0]).toContain(complaint);
    expect(bench.hear({ priority: 255, source: below })).toEqual([]);
    expect(bench.status()).toMatchObject({ state: 'BACKUP', effectivePriority: 254 });
    bench.untilMaster();
    expect(bench.status().effectivePriority).toBe(255);
  });

  it('that returns from a fault waits one interval and the smallest skew', () => {
    const bench = started();
    bench.links([link('eth1')]);
    bench.links([link('eth0'), link('eth1')]);
    expect(bench.untilMaster()).toBe(1000 + 1000 / 256);
  });

  it('drops its advertisements with owner_ignore_adverts and stays what it is', () => {
    const bench = started({ ownerIgnoreAdvertisements: true });
    for (let second = 0; second < 10; second++) {
      expect(advertised(bench.hear({ priority: 255, source: above }))).toEqual([]);
      bench.pass(1000);
    }
    expect(bench.status()).toMatchObject({ state: 'MASTER', effectivePriority: 255 });
    expect(bench.status().refusals).toMatchObject([{ code: 'owner', count: 10, source: above }]);
  });
});

describe('two owners of this kind on one network', () => {
  it('have one master, the one of higher address, and the other takes over when that is gone', () => {
    const lan = new SimulatedLan();
    const configuration = vrrpConfiguration({ instances: [owner] });
    const [first, second] = [lan.add(configuration), lan.add(configuration)];
    first.start();
    second.start();
    lan.run(5000);
    expect(lan.masters('VI_1')).toEqual(['R2']);
    lan.run(60_000);
    expect(lan.events().filter((event) => event.kind === 'vrrp-instance' && event.to === 'MASTER')).toHaveLength(2);
    second.crash();
    lan.run(5000);
    expect(lan.masters('VI_1')).toEqual(['R1']);
    second.start();
    lan.run(5000);
    expect(lan.masters('VI_1')).toEqual(['R2']);
  });
});
