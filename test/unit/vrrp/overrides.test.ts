/** Settings of the operator beside the file: priority and release, on instances and sync groups. */
import { describe, expect, it } from 'vitest';
import type { VrrpChange, VrrpSetting } from '../../../src/live/types.ts';
import { Bench, advertised, eventsOf, logLines } from './bench.ts';
import { instance, kernelAddress, script, syncGroup, vrrpConfiguration } from './configuration.ts';
import { SimulatedLan } from './simulated-lan.ts';

function on(name: string, setting: VrrpSetting, term: Partial<VrrpChange> = {}): VrrpChange {
  return { target: { kind: 'instance', name }, setting, since: 0, ...term };
}

const release = (term: Partial<VrrpChange> = {}) => on('VI_1', { kind: 'release' }, term);
const priority = (value: number, term: Partial<VrrpChange> = {}) =>
  on('VI_1', { kind: 'priority', priority: value }, term);
const group = (setting: VrrpSetting): VrrpChange => ({ ...release(), target: { kind: 'group', name: 'G' }, setting });

/** Version 2, advertisements every second. */
const plain = instance({ priority: 150 });

function master(configuration: ConstructorParameters<typeof Bench>[0] = plain): Bench {
  const bench = new Bench(configuration);
  bench.start();
  bench.pass(4000);
  expect(bench.engine.status().map(({ state }) => state)).not.toContain('BACKUP');
  return bench;
}

describe('a priority set by the operator', () => {
  it('is told with its reason, advertised, and the one of the file again when it ends', () => {
    const bench = master();
    const intents = bench.override(priority(50, { until: 600_000, by: 1000 }));
    const reason = 'priority 50 set by the operator (uid 1000) for 10m';
    expect(logLines(intents)).toEqual([`(VI_1) Changing effective priority from 150 to 50: ${reason}`]);
    expect(eventsOf(intents)).toEqual([
      { kind: 'vrrp-priority', instance: 'VI_1', state: 'MASTER', from: 150, to: 50, reason, at: 4000 },
    ]);
    expect(bench.status()).toMatchObject({
      state: 'MASTER',
      basePriority: 50,
      effectivePriority: 50,
      priorityExplanation: `50 (${reason}; the file says 150)`,
      override: { words: 'priority 50', since: 0, until: 600_000, by: 1000 },
    });
    expect(advertised(bench.pass(1000))).toEqual([50]);
    bench.pass(595_000);
    expect(logLines(bench.override())).toEqual([
      '(VI_1) Changing effective priority from 50 to 150: the 10m of priority 50 are over',
    ]);
    expect(bench.status()).not.toHaveProperty('override');
    expect(advertised(bench.pass(1000))).toEqual([150]);
  });

  it('ends for a router that a reload gives another name, which is nobody taking it back', () => {
    const bench = master();
    bench.override(priority(50));
    const intents = bench.reload(instance({ priority: 150, name: 'VI_new' }));
    expect(logLines(intents)).toContain(
      '(VI_new) Changing effective priority from 50 to 150: priority 50 is set on instance VI_1, which this is no more',
    );
  });

  it('leaves the trackers what they give and take', () => {
    const tracked = instance({ priority: 150, trackScripts: [{ script: 'chk', weight: -30, reverse: false }] });
    const bench = new Bench(vrrpConfiguration({ instances: [tracked], scripts: [script('chk', { fall: 1 })] }));
    bench.start();
    bench.script('chk', 1);
    bench.override(priority(100));
    expect(bench.status()).toMatchObject({ effectivePriority: 70 });
    expect(bench.status().priorityExplanation).toMatch(
      /^100 \(priority 100 set by the operator; the file says 150\) - 30 \(chk .*\) = 70$/,
    );
  });

  it('makes a master yield to a better one, and a backup take over from a worse one', () => {
    const bench = master();
    bench.override(priority(50));
    bench.hear({ priority: 100 });
    expect(bench.status().state).toBe('BACKUP');
    bench.override(priority(200));
    // RFC 3768 section 6.1: 3 s and (256 - 200) / 256 s after the last advertisement that counted.
    expect(advertised(bench.pass(3218))).toEqual([]);
    expect(advertised(bench.pass(1))).toEqual([200]);
  });

  it('makes an owner a router like any other', () => {
    const bench = new Bench(instance({ priority: 255, initialState: 'MASTER' }));
    bench.start();
    bench.override(priority(254));
    bench.hear({ priority: 255, source: '192.0.2.4' });
    expect(bench.status()).toMatchObject({ state: 'BACKUP', effectivePriority: 254 });
    bench.override();
    expect(bench.status()).toMatchObject({ basePriority: 255, effectivePriority: 255 });
    // Silence of the other for three intervals and the skew of an owner, 1/256 s, at the latest.
    bench.pass(3004);
    expect(bench.status().state).toBe('MASTER');
  });

  it('does not wait for an instance that is not there, and is its from the moment it is', () => {
    const bench = master(vrrpConfiguration({ instances: [instance({ name: 'VI_2', virtualRouterId: 52 })] }));
    bench.override(priority(50));
    expect(bench.status('VI_2')).not.toHaveProperty('override');
    bench.reload(plain);
    expect(bench.status()).toMatchObject({ effectivePriority: 50, override: { words: 'priority 50' } });
    bench.reload(instance({ priority: 180 }));
    expect(bench.status()).toMatchObject({ effectivePriority: 50 });
    bench.override();
    expect(bench.status()).toMatchObject({ effectivePriority: 180 });
  });
});

describe('preemption set by the operator', () => {
  const preempt = (kind: 'preempt' | 'nopreempt') => on('VI_1', { kind });

  it('lets a backup take over from a worse master, or leaves it, whatever the file says', () => {
    for (const nopreempt of [true, false]) {
      const bench = new Bench(instance({ priority: 150, nopreempt }));
      bench.start();
      bench.override(preempt(nopreempt ? 'preempt' : 'nopreempt'));
      expect(bench.status()).toMatchObject({
        nopreempt: !nopreempt,
        preemptionOverride: { words: nopreempt ? 'preempt' : 'nopreempt' },
      });
      for (let second = 0; second < 10; second++) {
        if (bench.status().state === 'BACKUP') bench.hear({ priority: 100 });
        bench.pass(1000);
      }
      expect(bench.status().state).toBe(nopreempt ? 'MASTER' : 'BACKUP');
      bench.override();
      expect(bench.status()).toMatchObject({ nopreempt });
      expect(bench.status()).not.toHaveProperty('preemptionOverride');
    }
  });

  it('stands beside a priority, and over a reload; on an instance above that on its group', () => {
    const grouped = vrrpConfiguration({
      instances: [instance({ priority: 150 }), instance({ name: 'VI_2', virtualRouterId: 52 })],
      syncGroups: [syncGroup('G', ['VI_1', 'VI_2'])],
    });
    const bench = new Bench(grouped);
    bench.start();
    bench.override(group({ kind: 'nopreempt' }), preempt('preempt'), priority(50));
    expect(bench.status()).toMatchObject({ nopreempt: false, basePriority: 50 });
    expect(bench.status('VI_2')).toMatchObject({ nopreempt: true, basePriority: 100 });
    bench.reload(grouped);
    expect(bench.status('VI_2')).toMatchObject({ nopreempt: true });
  });
});

describe('a priority of 255 set by SNMP', () => {
  it('is shown, and counts as 254: nobody owns the addresses by that', () => {
    const bench = new Bench(instance({ priority: 150 }));
    bench.start();
    bench.override(priority(255, { by: 'SNMP' }));
    expect(bench.status()).toMatchObject({ basePriority: 255, effectivePriority: 254 });
    expect(advertised(bench.pass(4000))).toContain(254);
    bench.hear({ priority: 255 });
    expect(bench.status().state).toBe('BACKUP');
  });
});

describe('a released instance', () => {
  it('says goodbye at once, has the lowest priority, and is backup with a reason', () => {
    const bench = master();
    const intents = bench.override(release({ until: 600_000 }));
    expect(advertised(intents)).toEqual([0]);
    expect(bench.status()).toMatchObject({
      state: 'BACKUP',
      reason: 'released by the operator for 10m',
      effectivePriority: 1,
      priorityExplanation: '1 (released by the operator for 10m; the file says 150)',
      override: { words: 'release' },
    });
    const order = intents.flatMap(({ type }) =>
      type === 'send-advertisement' || type === 'reconcile-addresses' ? [type] : [],
    );
    expect(order).toEqual(['send-advertisement', 'reconcile-addresses']);
  });

  it('follows whoever is master, whatever little he advertises', () => {
    const bench = master();
    bench.override(release());
    for (let count = 0; count < 60; count++) {
      bench.pass(1000);
      bench.hear({ priority: 1 });
    }
    expect(bench.status().state).toBe('BACKUP');
    bench.override();
    expect(bench.status()).toMatchObject({ state: 'BACKUP', effectivePriority: 150 });
    for (let count = 0; count < 5; count++) {
      bench.pass(1000);
      bench.hear({ priority: 1 });
    }
    expect(bench.status().state).toBe('MASTER');
  });

  it('serves when nobody else does, and goes again when it is asked again', () => {
    const bench = master();
    bench.override(release());
    // RFC 3768 section 6.1: three intervals and a skew of 255/256 s.
    expect(advertised(bench.pass(3996))).toEqual([]);
    expect(advertised(bench.pass(1))).toEqual([1]);
    expect(bench.status().state).toBe('MASTER');
    expect(advertised(bench.override(release({ since: 9000 })))).toEqual([0]);
    expect(bench.status().state).toBe('BACKUP');
  });

  it('stays so over reloads, also with state MASTER in the file, and in a process that begins', () => {
    const eager = instance({ priority: 150, initialState: 'MASTER' });
    const bench = master(eager);
    bench.override(release());
    bench.hear({ priority: 100 });
    bench.reload(instance({ priority: 200, initialState: 'MASTER' }));
    bench.pass(1000);
    bench.hear({ priority: 100 });
    expect(bench.status()).toMatchObject({ state: 'BACKUP', effectivePriority: 1 });

    const successor = new Bench(eager);
    successor.override(release());
    expect(advertised(successor.start())).toEqual([]);
    expect(advertised(successor.pass(3996))).toEqual([]);
    expect(successor.status()).toMatchObject({ state: 'BACKUP', effectivePriority: 1 });
  });

  it('may be the owner, on whose interface no other address is', () => {
    const owner = instance({ priority: 255, initialState: 'MASTER' });
    const bench = new Bench(owner, { addresses: [kernelAddress('fe80::5', 2, 64)] });
    bench.start();
    expect(bench.status().state).toBe('MASTER');
    expect(advertised(bench.override(release()))).toEqual([0]);
    bench.pass(1000);
    bench.hear({ priority: 100 });
    bench.addresses([kernelAddress('fe80::5', 2, 64)]);
    bench.pass(1000);
    expect(bench.status()).toMatchObject({ state: 'BACKUP', effectivePriority: 1 });
  });

  it('is not affected by what it tracks, faults excepted', () => {
    const tracked = instance({
      priority: 150,
      trackFiles: [
        { file: 'weight', weight: 1, reverse: false },
        { file: 'broken', weight: 0, reverse: false },
      ],
    });
    const bench = master(tracked);
    bench.override(release());
    bench.file('weight', 100);
    expect(bench.status().effectivePriority).toBe(1);
    bench.file('broken', 1);
    expect(bench.status().state).toBe('FAULT');
    bench.file('broken', 0);
    expect(bench.status()).toMatchObject({ state: 'BACKUP', effectivePriority: 1 });
  });
});

describe('a sync group', () => {
  const members = ['VI_1', 'VI_2'];
  const grouped = vrrpConfiguration({
    instances: [plain, instance({ name: 'VI_2', virtualRouterId: 52, interface: 'eth1', priority: 150 })],
    syncGroups: [syncGroup('G', members)],
  });

  it('is released as one', () => {
    const bench = master(grouped);
    const intents = bench.override(group({ kind: 'release' }));
    expect(advertised(intents)).toEqual([0, 0]);
    expect(eventsOf(intents).filter(({ kind }) => kind === 'vrrp-group')).toEqual([
      expect.objectContaining({ group: 'G', from: 'MASTER', to: 'BACKUP', reason: 'released by the operator' }),
    ]);
    expect(bench.engine.status()).toMatchObject(
      members.map((name) => ({ name, state: 'BACKUP', effectivePriority: 1, override: { words: 'release' } })),
    );
    expect(bench.engine.groupStatus()).toMatchObject([{ override: { words: 'release' } }]);
  });

  it('gives all members a priority but those that have one of their own', () => {
    const bench = master(grouped);
    bench.override(group({ kind: 'priority', priority: 90 }), on('VI_2', { kind: 'priority', priority: 80 }));
    expect(bench.engine.status().map(({ effectivePriority }) => effectivePriority)).toEqual([90, 80]);
    bench.override(group({ kind: 'release' }), on('VI_2', { kind: 'priority', priority: 80 }));
    expect(bench.engine.status().map(({ effectivePriority }) => effectivePriority)).toEqual([1, 1]);
  });

  it('takes an instance along that a reload brings into it', () => {
    const bench = new Bench(vrrpConfiguration({ ...grouped, syncGroups: [syncGroup('G', ['VI_1'])] }));
    bench.start();
    bench.override(group({ kind: 'release' }));
    bench.pass(3900);
    bench.hear({ priority: 100 });
    expect(bench.status('VI_2').state).toBe('MASTER');
    bench.reload(grouped);
    expect(bench.engine.status()).toMatchObject(members.map(() => ({ state: 'BACKUP', effectivePriority: 1 })));
  });
});

describe('two routers', () => {
  const networked = (router: number) => vrrpConfiguration({ instances: [instance({ priority: router })] });

  it('change places with release and auto, with one master but for the skew of the other', () => {
    const lan = new SimulatedLan();
    const first = lan.add(networked(150));
    const second = lan.add(networked(100));
    first.start();
    second.start();
    lan.run(10_000);
    expect(lan.masters('VI_1')).toEqual([first.name]);
    first.perform(first.engine?.overridden([release()], lan.now) ?? []);
    expect(lan.masters('VI_1')).toEqual([]);
    // RFC 3768 section 6.1: Skew_Time, (256 - 100) / 256 s.
    lan.run(609);
    expect(lan.masters('VI_1')).toEqual([]);
    lan.run(1);
    expect(lan.masters('VI_1')).toEqual([second.name]);
    lan.run(60_000);
    expect(lan.masters('VI_1')).toEqual([second.name]);
    first.perform(first.engine?.overridden([], lan.now) ?? []);
    lan.run(4000);
    expect(lan.masters('VI_1')).toEqual([first.name]);
    expect(lan.events().filter(({ kind }) => kind === 'vrrp-lower-priority')).toEqual([]);
  });
});
