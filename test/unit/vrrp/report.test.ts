/** What an instance says of itself when it is asked: one sentence for each situation, and the facts behind it. */
import { describe, expect, it } from 'vitest';
import type { VrrpCommonReport, VrrpGroupReport, VrrpInstanceReport } from '../../../src/vrrp/report-types.ts';
import type { VrrpConfiguration, VrrpInstanceConfiguration } from '../../../src/config/model.ts';
import { at } from '../../support/models.ts';
import { Bench, ownAddresses } from './bench.ts';
import { address, instance, kernelAddress, link, script, syncGroup, vrrpConfiguration } from './configuration.ts';

const timeOf = (moment: number): string => new Date(moment).toISOString();

function report(bench: Bench, name = 'VI_1'): VrrpInstanceReport {
  const found = [...bench.engine.instanceReports(bench.now, timeOf)].find((each) => each.name === name);
  if (found === undefined) throw new Error(`no instance ${name}`);
  return found;
}

function common(bench: Bench): VrrpCommonReport {
  return bench.engine.commonReport(bench.engine.instanceReports(bench.now, timeOf), timeOf);
}

function groupOf(bench: Bench): VrrpGroupReport {
  const [group] = common(bench).groups;
  if (group === undefined) throw new Error('no group');
  return group;
}

/** Whatever is asked, it is one line that begins with the state. */
function sentence(bench: Bench, name = 'VI_1'): string {
  const { explanation, state } = report(bench, name);
  expect(explanation.startsWith(`${state}: `)).toBe(true);
  expect(explanation).not.toContain('\n');
  return explanation;
}

function scripted(weight: number, changes: Partial<VrrpInstanceConfiguration> = {}): VrrpConfiguration {
  return vrrpConfiguration({
    instances: [
      instance({ priority: 150, trackScripts: [{ script: 'chk_nginx', weight, reverse: false }], ...changes }),
    ],
    scripts: [script('chk_nginx', { weight })],
  });
}

const refused = { kind: 'exited', code: 1, message: 'connection refused' } as const;

/** `times` runs in a row end so. */
function runs(bench: Bench, times: number, outcome: Parameters<Bench['script']>[1]): void {
  for (let run = 0; run < times; run++) {
    bench.script('chk_nginx', outcome);
    if (run < times - 1) bench.pass(1000);
  }
}

describe('why a backup is one', () => {
  it('a master of higher priority, and what its own has lost', () => {
    const bench = new Bench(scripted(-60));
    bench.start();
    runs(bench, 3, refused);
    bench.hear({ priority: 150, source: '192.0.2.9' });
    expect(sentence(bench)).toBe(
      "BACKUP: 192.0.2.9 advertises 150 > 90; own 150 - 60 chk_nginx failed 3x, exit 1 'connection refused'",
    );
    expect(report(bench).notFault).toEqual([
      "chk_nginx failed 3x, exit 1 'connection refused': priority 150 - 60 = 90, not FAULT because weight is set",
    ]);
  });

  it('counts failures that change nothing', () => {
    const bench = new Bench(scripted(-60));
    bench.start();
    runs(bench, 5, refused);
    bench.hear({ priority: 150 });
    expect(sentence(bench)).toContain('chk_nginx failed 5x');
  });

  it('names every tracker with its share where there are several', () => {
    const configuration = scripted(-20, { trackInterfaces: [{ interface: 'eth1', weight: -30, reverse: false }] });
    const bench = new Bench(configuration);
    bench.start();
    bench.links([link('eth0'), link('eth1', false)]);
    runs(bench, 1, { kind: 'killed', signal: 'SIGSEGV' });
    bench.hear({ priority: 120 });
    expect(sentence(bench)).toBe(
      'BACKUP: 192.0.2.9 advertises 120 > 100; own 150 - 30 (interface eth1 is down) - 20 (chk_nginx failed 1x, ended by SIGSEGV) = 100',
    );
  });

  it('says where a sum leaves what is allowed', () => {
    const bench = new Bench(scripted(-200, { priority: 200 }));
    bench.start();
    runs(bench, 1, 2);
    bench.hear({ priority: 90 });
    expect(sentence(bench)).toBe(
      'BACKUP: 192.0.2.9 advertises 90 > 1; own 200 - 200 chk_nginx failed 1x, exit 2, limited to 1',
    );
  });

  it.each([
    [{}, 100, 'BACKUP: 192.0.2.9 advertises 100 = 100, and a master of equal priority stays it'],
    [{ nopreempt: true }, 90, 'BACKUP: 192.0.2.9 advertises 90 < 100, left alone (nopreempt)'],
    [
      { preemptDelay: 20_000 },
      90,
      'BACKUP: 192.0.2.9 advertises 90 < 100, left alone for another 20 s (preempt_delay)',
    ],
  ] as const)('with %j beside a master of priority %i', (changes, priority, words) => {
    const bench = new Bench(instance({ priority: 100, ...changes }));
    bench.start();
    bench.hear({ priority });
    expect(sentence(bench)).toBe(words);
  });

  it('nobody speaks, or who did is silent, or resigned, or is weaker', () => {
    const bench = new Bench(instance({ priority: 100 }));
    bench.start();
    bench.pass(1000);
    expect(sentence(bench)).toBe('BACKUP: nobody advertised for 1 s, master in 2.6 s unless somebody is');
    bench.hear({ priority: 80 });
    expect(sentence(bench)).toContain('192.0.2.9 has the lower priority 80, nobody else advertised');
    bench.hear({ priority: 200 });
    bench.pass(2000);
    expect(sentence(bench)).toBe(
      'BACKUP: 192.0.2.9 advertises 200 > 100, silent for 2 s, master in 1.6 s unless somebody is',
    );
    bench.hear({ priority: 0 });
    bench.pass(100);
    expect(sentence(bench)).toContain('192.0.2.9 resigned (priority 0)');
  });

  it('the startup delay', () => {
    const bench = new Bench(instance(), { global: { vrrpStartupDelay: 30_000 } });
    bench.start();
    bench.pass(10_000);
    expect(sentence(bench)).toContain('held back for another 20 s');
    expect(report(bench).startupDelayUntil).toBe(30_000);
  });
});

describe('why a master is one', () => {
  it('what made it, and who else claims to be', () => {
    const bench = new Bench(instance({ priority: 150 }));
    bench.start();
    bench.pass(4000);
    expect(sentence(bench)).toMatch(/^MASTER: nobody advertised for 3\.\d+ s$/);
    bench.hear({ priority: 90 });
    expect(sentence(bench)).toContain('; 192.0.2.9 advertises 90 < 150 as well');
    bench.pass(3100);
    expect(sentence(bench)).not.toContain('as well');
  });
});

describe('why there is a fault', () => {
  it('is what is wrong now, not what was at first', () => {
    const bench = new Bench(scripted(0));
    bench.start();
    runs(bench, 2, { kind: 'not-started', error: 'no such file' });
    expect(sentence(bench)).toBe('FAULT: chk_nginx failed 2x, could not be started: no such file');
    bench.links([link('eth0', false)]);
    expect(sentence(bench)).toBe(
      'FAULT: interface eth0 is down; chk_nginx failed 2x, could not be started: no such file',
    );
    bench.links([link('eth0')]);
    bench.pass(1000);
    runs(bench, 1, 0);
    expect(report(bench)).toMatchObject({ state: 'BACKUP', faults: [] });
  });

  it('names the member that takes its group with it', () => {
    const members = [
      instance({ name: 'S1', virtualRouterId: 61 }),
      instance({
        name: 'S2',
        virtualRouterId: 62,
        interface: 'eth1',
        virtualAddresses: [address('198.51.100.62', 'eth1')],
      }),
    ];
    const bench = new Bench(vrrpConfiguration({ instances: members, syncGroups: [syncGroup('G', ['S1', 'S2'])] }));
    bench.start();
    bench.links([link('eth0'), link('eth1', false)]);
    expect(sentence(bench, 'S1')).toBe('FAULT: member S2: interface eth1 is down (sync group G)');
    expect(groupOf(bench)).toMatchObject({
      explanation: 'FAULT: S2 holds it there: interface eth1 is down',
      memberStates: [{ instance: 'S1' }, { instance: 'S2', holds: 'interface eth1 is down' }],
    });
    expect(groupOf(bench).memberStates[0]?.holds).toBeUndefined();
    bench.links([link('eth0'), link('eth1')]);
    bench.pass(3000);
    bench.hear({ priority: 200, configuration: members[1]! });
    bench.pass(1000);
    expect(report(bench, 'S1')).toMatchObject({ state: 'BACKUP', wantedState: 'MASTER' });
    expect(groupOf(bench).explanation).toContain('BACKUP: S2 holds it there: 192.0.2.9 advertises 200 > 100');
  });
});

describe('the facts of an instance', () => {
  it('peers, with what they said last and what of it was dropped; and the order of all', () => {
    const bench = new Bench(instance({ priority: 100 }));
    bench.start();
    bench.hear({ priority: 200, source: '192.0.2.7' });
    bench.pass(500);
    bench.hear({ priority: 150, source: '192.0.2.9' });
    bench.hear({ priority: 150, source: '192.0.2.9', meta: { ttl: 64 } });
    expect(report(bench).peers).toMatchObject([
      { address: '192.0.2.9', priority: 150, accepted: 1, refused: 1, lastHeard: 500, lastRefusal: { at: 500 } },
      { address: '192.0.2.7', priority: 200, accepted: 1, refused: 0, lastHeard: 0, advertising: true },
    ]);
    expect(report(bench).ranking).toEqual([
      { address: '192.0.2.7', priority: 200, self: false },
      { address: '192.0.2.9', priority: 150, self: false },
      { address: '192.0.2.5', priority: 100, self: true },
    ]);
    bench.pass(3000);
    expect(report(bench).peers.map(({ advertising }) => advertising)).toEqual([true, false]);
  });

  it('forged sources do not make it forget the real one', () => {
    const bench = new Bench(instance({ priority: 100 }));
    bench.start();
    bench.hear({ priority: 200, source: '192.0.2.7' });
    for (let host = 10; host < 60; host++) bench.hear({ priority: 150, source: `192.0.2.${host}`, meta: { ttl: 1 } });
    const { peers } = report(bench);
    expect(peers).toHaveLength(16);
    expect(peers.find(({ address: from }) => from === '192.0.2.7')).toMatchObject({ accepted: 1, priority: 200 });
  });

  it('addresses as the kernel has them', () => {
    const bench = new Bench(instance({ priority: 150, excludedVirtualAddresses: [address('192.0.2.52')] }));
    bench.start();
    bench.pass(4000);
    expect(report(bench).addresses).toMatchObject([
      { address: '192.0.2.51', excluded: false, wanted: true, kernel: 'absent' },
      { address: '192.0.2.52', excluded: true, wanted: true, kernel: 'absent' },
    ]);
    bench.addresses([...ownAddresses(), kernelAddress('192.0.2.51', 2, 32)]);
    expect(report(bench).addresses.map(({ kernel }) => kernel)).toEqual(['present', 'absent']);
  });

  it.each([
    [0x40, 'tentative'],
    [0x48, 'duplicate'],
    [0x80, 'present'],
  ] as const)('an IPv6 address with the flags %i is %s', (flags, kernel) => {
    const bench = new Bench(instance({ family: 'inet6', virtualAddresses: [address('fe80::51', 'eth0', 64)] }));
    bench.start();
    bench.addresses([...ownAddresses(), { ...kernelAddress('fe80::51', 2, 64), flags }]);
    expect(report(bench).addresses).toMatchObject([{ kernel, wanted: false }]);
  });

  it('trackers with their states, shares and times', () => {
    const configuration = vrrpConfiguration({
      instances: [
        instance({
          priority: 100,
          trackInterfaces: [{ interface: 'eth1', weight: 10, reverse: false }],
          trackScripts: [{ script: 'chk_nginx', weight: 0, reverse: false }],
          trackFiles: [{ file: 'load', weight: -2, reverse: false }],
          trackBfd: [{ bfd: 'path', weight: -5, reverse: false }],
        }),
      ],
      scripts: [script('chk_nginx')],
      trackFiles: [{ name: 'load', path: '/load', weight: 1, reverse: false, at }],
    });
    const bench = new Bench(configuration);
    bench.file('load', 3);
    bench.start();
    expect(report(bench).trackers).toMatchObject([
      { kind: 'interface', name: 'eth1', state: 'good', contribution: 10, words: 'is up' },
      { kind: 'script', name: 'chk_nginx', state: 'unknown', awaited: true, words: 'has not run yet' },
      { kind: 'file', name: 'load', state: 'bad', contribution: -6, words: 'says 3' },
      { kind: 'bfd', name: 'path', state: 'bad', contribution: -5, words: 'is not up yet' },
    ]);
    bench.pass(700);
    bench.links([link('eth0')]);
    bench.file('load', 0);
    runs(bench, 1, 0);
    expect(report(bench).trackers).toMatchObject([
      { state: 'bad', contribution: 0, words: 'is missing', since: 700, sinceTime: '1970-01-01T00:00:00.700Z' },
      { state: 'good', awaited: false, words: 'succeeded', since: 700 },
      { state: 'good', contribution: 0, since: 700 },
      { state: 'bad' },
    ]);
  });

  it('timers, and whether the addresses answer', () => {
    const bench = new Bench(instance({ priority: 150, accept: false, strict: true }));
    bench.start();
    expect(report(bench)).toMatchObject({ timer: 'master-down', acceptsLocalTraffic: false });
    bench.pass(4000);
    expect(report(bench).timer).toBe('advertisement');
  });
});

describe('a script', () => {
  it('remembers what a run that failed said, and how long that is so', () => {
    const bench = new Bench(scripted(-60));
    bench.start();
    bench.pass(300);
    runs(bench, 1, refused);
    const [chk] = common(bench).scripts;
    expect(chk).toMatchObject({
      result: 'bad',
      since: 300,
      runs: 1,
      failures: 1,
      lastRun: 300,
      message: 'connection refused',
    });
    bench.pass(700);
    runs(bench, 1, 0);
    expect(common(bench).scripts[0]).not.toHaveProperty('message');
  });

  it('that is killed for its time says so, also when its end is heard later', () => {
    const bench = new Bench(scripted(-60));
    bench.start();
    bench.pass(1000);
    runs(bench, 1, { kind: 'killed', signal: 'SIGTERM' });
    bench.hear({ priority: 200 });
    expect(sentence(bench)).toContain('chk_nginx failed 1x, timed out after 1 s');
  });
});
