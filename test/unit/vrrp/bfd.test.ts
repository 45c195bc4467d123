/** track_bfd: reference, behaviour A6 and A12; the numbers are those that processes and scripts have. */
import { describe, expect, it } from 'vitest';
import type { TrackedBfd } from '../../../src/config/model.ts';
import { Bench, eventsOf, logLines } from './bench.ts';
import { address, instance, syncGroup, vrrpConfiguration } from './configuration.ts';

const follow = (weight = 0, reverse = false): readonly TrackedBfd[] => [{ bfd: 'peer', weight, reverse }];

/** VI_1 follows `peer`, which is up or down, or of which nothing is known. */
function tracking(up: boolean | undefined, weight = 0, reverse = false): Bench {
  const bench = new Bench(instance({ priority: 150, trackBfd: follow(weight, reverse) }));
  if (up !== undefined) bench.engine.bfdChanged('peer', up, 'said so', bench.now);
  bench.start();
  return bench;
}

const tell = (bench: Bench, up: boolean, reason = 'no packet from 192.0.2.9 for 30 ms') =>
  bench.engine.bfdChanged('peer', up, reason, bench.now);

describe('a tracked BFD session', () => {
  it('is down until the contrary is heard, and that means FAULT', () => {
    const bench = tracking(undefined);
    expect(bench.status()).toMatchObject({ state: 'FAULT', reason: 'BFD session peer is not up yet' });
    const intents = tell(bench, true, '192.0.2.9 hears this machine');
    expect(bench.status().state).toBe('BACKUP');
    expect(logLines(intents)).toContain('VRRP_Instance(VI_1) Tracked BFD instance peer is UP');
  });

  it('that is known to be up before the start makes no FAULT', () => {
    const bench = tracking(true);
    expect(bench.status().state).toBe('BACKUP');
    expect(bench.intents.flatMap((intent) => (intent.type === 'event' ? [intent.event] : []))).not.toContainEqual(
      expect.objectContaining({ to: 'FAULT' }),
    );
  });

  it('takes the mastership with it, at once and with the reason', () => {
    const bench = tracking(true);
    bench.pass(10_000);
    expect(bench.status().state).toBe('MASTER');
    const intents = tell(bench, false);
    expect(eventsOf(intents)).toMatchObject([
      {
        kind: 'vrrp-instance',
        from: 'MASTER',
        to: 'FAULT',
        reason: 'BFD session peer is down: no packet from 192.0.2.9 for 30 ms',
      },
    ]);
    expect(intents.some(({ type }) => type === 'reconcile-addresses')).toBe(true);
    expect(logLines(intents)).toContain('VRRP_Instance(VI_1) Tracked BFD instance peer is DOWN');
  });

  it.each([
    [20, false, true, 170],
    [20, false, false, 150],
    [-20, false, true, 150],
    [-20, false, false, 130],
    [20, true, true, 130],
    [20, true, false, 150],
    [-20, true, true, 150],
    [-20, true, false, 170],
  ])('weight %i, reverse %s, up %s: priority %i', (weight, reverse, up, priority) => {
    expect(tracking(up, weight, reverse).status().effectivePriority).toBe(priority);
  });

  it('with weight 0 and reverse must not be up', () => {
    expect(tracking(true, 0, true).status().state).toBe('FAULT');
    expect(tracking(false, 0, true).status().state).toBe('BACKUP');
  });

  it('that says the same again, or that nobody tracks, changes nothing', () => {
    const bench = tracking(true);
    expect(tell(bench, true, 'for another reason')).toEqual([]);
    expect(bench.engine.bfdChanged('other', true, 'it is there', bench.now)).toEqual([]);
    expect([...bench.engine.bfdStates()]).toEqual([
      ['peer', true],
      ['other', true],
    ]);
  });

  it('of a sync group puts all members into FAULT', () => {
    const bench = new Bench(
      vrrpConfiguration({
        instances: [
          instance({ name: 'A' }),
          instance({ name: 'B', virtualRouterId: 52, virtualAddresses: [address('192.0.2.52')] }),
        ],
        syncGroups: [syncGroup('G', ['A', 'B'], { trackBfd: follow() })],
      }),
    );
    tell(bench, true);
    bench.start();
    bench.pass(10_000);
    tell(bench, false);
    expect(bench.engine.status().map(({ state }) => state)).toEqual(['FAULT', 'FAULT']);
  });

  it('that is up and that a reload brings into an instance counts as up', () => {
    const bench = new Bench(instance({ priority: 150 }));
    tell(bench, true);
    bench.start();
    bench.pass(10_000);
    const intents = bench.reload(vrrpConfiguration({ instances: [instance({ priority: 150, trackBfd: follow() })] }));
    expect(eventsOf(intents)).toEqual([]);
    expect(bench.status().state).toBe('MASTER');
  });
});
