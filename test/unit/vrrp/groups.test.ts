/** Sync groups: members change together (reference: behaviour A7). */
import { describe, expect, it } from 'vitest';
import type { VrrpConfiguration, VrrpInstanceConfiguration } from '../../../src/config/model.ts';
import { at } from '../../support/models.ts';
import { Bench, advertised, eventsOf, logLines } from './bench.ts';
import { address, instance, link, script, syncGroup, vrrpConfiguration } from './configuration.ts';

function pair(changes: Partial<VrrpInstanceConfiguration> = {}): readonly VrrpInstanceConfiguration[] {
  return [
    instance({ name: 'S1', virtualRouterId: 61, virtualAddresses: [address('192.0.2.61')], ...changes }),
    instance({
      name: 'S2',
      virtualRouterId: 62,
      interface: 'eth1',
      virtualAddresses: [address('198.51.100.62', 'eth1')],
      ...changes,
    }),
  ];
}

function grouped(changes: Partial<VrrpInstanceConfiguration> = {}): VrrpConfiguration {
  return vrrpConfiguration({ instances: pair(changes), syncGroups: [syncGroup('G1', ['S1', 'S2'])] });
}

function states(bench: Bench): string[] {
  return bench.engine.status().map((each) => each.state);
}

const [S1, S2] = pair();

function masters(changes: Partial<VrrpInstanceConfiguration> = {}): Bench {
  const bench = new Bench(grouped(changes));
  bench.start();
  bench.pass(4000);
  expect(states(bench)).toEqual(['MASTER', 'MASTER']);
  return bench;
}

describe('a sync group', () => {
  it('is told of before its members at the start, as by the original', () => {
    const told = eventsOf(new Bench(grouped()).start()).map((event) => event.kind);
    expect(told).toEqual(['vrrp-group', 'vrrp-instance', 'vrrp-instance']);
  });

  it('is told of behind its members where a script without a result held up the start, as by the original', () => {
    const scripted = grouped({ trackScripts: [{ script: 'chk', weight: 0, reverse: false }] });
    const bench = new Bench({ ...scripted, scripts: [script('chk')] });
    expect(eventsOf(bench.start())).toEqual([]);
    const told = eventsOf(bench.script('chk', 0)).map((event) => event.kind);
    expect(told).toEqual(['vrrp-instance', 'vrrp-instance', 'vrrp-group']);
  });

  // Effective priorities of keepalived 2.2.7 for this configuration, with and without sync_group_tracking_weight: 118 and
  // 118. The file says 4.
  it.each([true, false])(
    'weighs what it tracks for every member, whatever members say of it (%s)',
    (trackingWeight) => {
      const tracking = {
        trackScripts: [{ script: 'chk', weight: 3, reverse: false }],
        trackInterfaces: [{ interface: 'eth1', weight: 7, reverse: false }],
        trackFiles: [{ file: 'tf', weight: 2, reverse: false }],
      };
      const members = [
        instance({
          name: 'S1',
          virtualRouterId: 61,
          priority: 100,
          trackScripts: [{ script: 'chk', weight: 40, reverse: false }],
          trackInterfaces: [{ interface: 'eth1', weight: 20, reverse: false }],
          trackFiles: [{ file: 'tf', weight: 5, reverse: false }],
        }),
        instance({ name: 'S2', virtualRouterId: 62, priority: 100 }),
      ];
      const bench = new Bench(
        vrrpConfiguration({
          instances: members,
          syncGroups: [syncGroup('G1', ['S1', 'S2'], { ...tracking, trackingWeight })],
          scripts: [script('chk')],
          trackFiles: [{ name: 'tf', path: '/run/tf', weight: 1, reverse: false, at }],
        }),
      );
      bench.file('tf', 4);
      bench.start();
      bench.script('chk', 0);
      expect(bench.engine.status().map((status) => status.effectivePriority)).toEqual([118, 118]);
    },
  );

  it('becomes master when the last member wants it; the group event follows those of the members', () => {
    const bench = new Bench(grouped());
    bench.start();
    bench.pass(2000);
    bench.hear({ priority: 150, configuration: S2! });
    bench.pass(1609.375);
    expect(states(bench)).toEqual(['BACKUP', 'BACKUP']);
    expect(bench.status('S1')).toMatchObject({ wantedState: 'MASTER' });
    expect(bench.status('S1').reason).toMatch(/would be master .* waits for S2 of sync group G1/);
    const intents = bench.pass(2000);
    expect(states(bench)).toEqual(['MASTER', 'MASTER']);
    expect(
      eventsOf(intents).map((event) =>
        event.kind === 'vrrp-group' ? event.group : 'instance' in event && event.instance,
      ),
    ).toEqual(['S2', 'S1', 'G1']);
    expect(logLines(intents)).toContain('VRRP_Group(G1) Syncing instances to MASTER state');
    expect(bench.engine.groupStatus()).toMatchObject([{ name: 'G1', state: 'MASTER', members: ['S1', 'S2'] }]);
  });

  it('one better master is enough for all to be backup; followers do not resign', () => {
    const bench = masters();
    const intents = bench.hear({ priority: 150, configuration: S1! });
    expect(states(bench)).toEqual(['BACKUP', 'BACKUP']);
    expect(advertised(intents)).toEqual([]);
    expect(bench.status('S2').reason).toBe('follows S1 in sync group G1: 192.0.2.9 has priority 150, ours is 100');
  });

  it('one fault puts all into FAULT, and all come back together', () => {
    const bench = masters();
    const intents = bench.links([link('eth0'), link('eth1', false)]);
    expect(states(bench)).toEqual(['FAULT', 'FAULT']);
    // Both resign, so that the others need not wait for silence on either.
    expect(advertised(intents)).toEqual([0, 0]);
    expect(bench.status('S1').reason).toBe('member S2: interface eth1 is down (sync group G1)');
    bench.links([link('eth0'), link('eth1')]);
    expect(states(bench)).toEqual(['BACKUP', 'BACKUP']);
    bench.pass(4000);
    expect(states(bench)).toEqual(['MASTER', 'MASTER']);
  });

  it('a member that is master answers a lower priority for all of the group', () => {
    const bench = masters();
    const frames = bench
      .hear({ priority: 50, configuration: S1! })
      .flatMap((intent) => (intent.type === 'send-frame' ? [intent.interface] : []));
    expect(frames).toEqual([...Array<string>(5).fill('eth0'), ...Array<string>(5).fill('eth1')]);
  });

  it('a priority change while a member waits does not make it forget that it wants to be master', () => {
    const configuration = {
      ...grouped(),
      syncGroups: [
        syncGroup('G1', ['S1', 'S2'], { trackingWeight: true, trackFiles: [{ file: 'f', weight: 1, reverse: false }] }),
      ],
    };
    const bench = new Bench(configuration);
    bench.start();
    bench.pass(2000);
    bench.hear({ priority: 150, configuration: S2! });
    bench.pass(1800);
    bench.file('f', 20);
    expect(bench.status('S1')).toMatchObject({ state: 'BACKUP', wantedState: 'MASTER', effectivePriority: 120 });
    bench.pass(2000);
    expect(states(bench)).toEqual(['MASTER', 'MASTER']);
  });

  it('owners all together are master at once, one owner alone waits for the other member', () => {
    const owners = new Bench(grouped({ priority: 255 }));
    owners.start();
    expect(states(owners)).toEqual(['MASTER', 'MASTER']);
    const mixed = new Bench({ ...grouped(), instances: [{ ...S1!, priority: 255 }, S2!] });
    mixed.start();
    expect(states(mixed)).toEqual(['BACKUP', 'BACKUP']);
  });

  it('weights inside a group count as none without sync_group_tracking_weight', () => {
    const tracked = { trackInterfaces: [{ interface: 'eth3', weight: -20, reverse: false }] };
    const bench = new Bench(grouped(tracked), { links: [link('eth0'), link('eth1'), link('eth3', false)] });
    bench.start();
    expect(states(bench)).toEqual(['FAULT', 'FAULT']);
  });

  it('a reload that adds a member to a group of masters makes it one of them', () => {
    const bench = masters();
    const third = instance({ name: 'S3', virtualRouterId: 63, virtualAddresses: [address('192.0.2.63')] });
    bench.reload(
      vrrpConfiguration({ instances: [...pair(), third], syncGroups: [syncGroup('G1', ['S1', 'S2', 'S3'])] }),
    );
    expect(states(bench)).toEqual(['MASTER', 'MASTER', 'MASTER']);
  });

  it('a reload that groups a master and a backup makes both backup', () => {
    const bench = new Bench(vrrpConfiguration({ instances: pair() }));
    bench.start();
    bench.pass(3000);
    bench.hear({ priority: 150, configuration: S2! });
    bench.pass(1000);
    expect(states(bench)).toEqual(['MASTER', 'BACKUP']);
    bench.reload(grouped());
    expect(states(bench)).toEqual(['BACKUP', 'BACKUP']);
    expect(bench.engine.groupStatus()).toMatchObject([{ state: 'BACKUP' }]);
  });

  it('whose members a reload replaces by new ones begins anew', () => {
    const bench = masters();
    const awaited = { trackScripts: [{ script: 'chk', weight: 0, reverse: false }] };
    const others = pair(awaited).map((each, index) => ({ ...each, name: `N${index}`, virtualRouterId: 71 + index }));
    bench.reload(
      vrrpConfiguration({
        instances: others,
        syncGroups: [syncGroup('G1', ['N0', 'N1'])],
        scripts: [script('chk')],
      }),
    );
    expect(states(bench)).toEqual(['INIT', 'INIT']);
    expect(bench.engine.groupStatus()).toMatchObject([{ name: 'G1', state: 'INIT' }]);
  });

  it('unknown members are ignored', () => {
    const bench = new Bench({
      ...grouped(),
      syncGroups: [syncGroup('G1', ['S1', 'nobody']), syncGroup('G2', ['nobody'])],
    });
    bench.start();
    bench.pass(4000);
    expect(bench.engine.groupStatus().map((group) => group.name)).toEqual(['G1']);
  });
});
