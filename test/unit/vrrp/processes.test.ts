/** Tracked processes: reference, behaviour A6 and the keywords of vrrp_track_process. */
import { describe, expect, it } from 'vitest';
import type { VrrpTrackProcess } from '../../../src/config/model.ts';
import { trackProcessModel } from '../../support/models.ts';
import { Bench, eventsOf, logLines } from './bench.ts';
import { address, instance, syncGroup, vrrpConfiguration } from './configuration.ts';

/** VI_1 tracks `web` with this weight; so many run at the start. */
function tracking(
  running: number | undefined,
  changes: Partial<VrrpTrackProcess> = {},
  weight = 0,
  reverse = false,
): Bench {
  const bench = new Bench(
    vrrpConfiguration({
      instances: [instance({ priority: 150, trackProcesses: [{ process: 'web', weight, reverse }] })],
      trackProcesses: [trackProcessModel(changes)],
    }),
  );
  if (running !== undefined) bench.engine.processesCounted('web', running, bench.now);
  bench.start();
  return bench;
}

const count = (bench: Bench, running: number) => bench.engine.processesCounted('web', running, bench.now);

describe('a tracked process', () => {
  it('that does not run at the start means FAULT, and says why', () => {
    const bench = tracking(0);
    expect(bench.status()).toMatchObject({ state: 'FAULT', reason: 'process web: 0 running, at least 1 wanted' });
    count(bench, 1);
    expect(bench.status().state).toBe('BACKUP');
  });

  it.each([
    [20, false, 1, 170],
    [20, false, 0, 150],
    [-20, false, 1, 150],
    [-20, false, 0, 130],
    // As Debian's keepalived counts: reverse turns the sign.
    [20, true, 1, 130],
    [20, true, 0, 150],
    [-20, true, 1, 150],
    [-20, true, 0, 170],
  ])('weight %i, reverse %s, %i running: priority %i', (weight, reverse, running, priority) => {
    expect(tracking(running, {}, weight, reverse).status().effectivePriority).toBe(priority);
  });

  it('with weight 0 and reverse must not run', () => {
    expect(tracking(1, {}, 0, true).status().state).toBe('FAULT');
    expect(tracking(0, {}, 0, true).status().state).toBe('BACKUP');
  });

  it.each([
    [1, 'FAULT'],
    [2, 'BACKUP'],
    [4, 'BACKUP'],
    [5, 'FAULT'],
  ])('quorum 2, quorum_max 4, %i running: %s', (running, state) => {
    expect(tracking(running, { quorum: 2, quorumMax: 4 }).status().state).toBe(state);
  });

  it('a change is logged in the words of the original and is an event of the instance', () => {
    const bench = tracking(1, {}, 10);
    const intents = count(bench, 0);
    expect(logLines(intents)).toContain('Process web, number of current processes changed from 1 to 0, quorum down');
    expect(eventsOf(intents)).toMatchObject([{ kind: 'vrrp-priority', from: 160, to: 150 }]);
  });

  it('further processes above the quorum change nothing', () => {
    const bench = tracking(1, {}, 10);
    expect(count(bench, 7)).toEqual([]);
    expect(bench.engine.processStatus()).toEqual([{ name: 'web', running: 7, up: true, since: 0 }]);
  });
});

describe('delays', () => {
  it('a lost quorum counts after terminate_delay only', () => {
    const bench = tracking(1, { terminateDelay: 500 });
    count(bench, 0);
    bench.pass(499);
    expect(bench.status().state).toBe('BACKUP');
    bench.pass(1);
    expect(bench.status().state).toBe('FAULT');
  });

  it('a process that is started again in time was never gone', () => {
    const bench = tracking(1, { terminateDelay: 500 });
    count(bench, 0);
    bench.pass(499);
    count(bench, 1);
    bench.pass(2000);
    expect(bench.status().state).toBe('BACKUP');
  });

  it('a gained quorum counts after fork_delay only', () => {
    const bench = tracking(0, { forkDelay: 300 });
    count(bench, 1);
    bench.pass(299);
    expect(bench.status().state).toBe('FAULT');
    bench.pass(1);
    expect(bench.status().state).toBe('BACKUP');
  });

  it('a fork above quorum_max is a matter of fork_delay, its end of terminate_delay', () => {
    const bench = tracking(1, { quorumMax: 1, forkDelay: 300, terminateDelay: 100 });
    count(bench, 2);
    bench.pass(299);
    expect(bench.status().state).toBe('BACKUP');
    bench.pass(1);
    expect(bench.status().state).toBe('FAULT');
    count(bench, 1);
    bench.pass(100);
    expect(bench.status().state).toBe('BACKUP');
  });

  it('the first count never waits', () => {
    expect(tracking(0, { terminateDelay: 5000, forkDelay: 5000 }).status().state).toBe('FAULT');
  });
});

describe('groups and reload', () => {
  it('a process of a sync group puts all members into FAULT', () => {
    const two = instance({ name: 'VI_2', virtualRouterId: 52, virtualAddresses: [address('192.0.2.52')] });
    const trackProcesses = [{ process: 'web', weight: 0, reverse: false }];
    const bench = new Bench(
      vrrpConfiguration({
        instances: [instance(), two],
        syncGroups: [syncGroup('G', ['VI_1', 'VI_2'], { trackProcesses })],
        trackProcesses: [trackProcessModel()],
      }),
    );
    count(bench, 1);
    bench.start();
    count(bench, 0);
    expect([bench.status('VI_1').state, bench.status('VI_2').state]).toEqual(['FAULT', 'FAULT']);
  });

  it('a process that a reload brings is awaited, not taken for dead', () => {
    const bench = new Bench(instance());
    bench.start();
    bench.reload(
      vrrpConfiguration({
        instances: [instance({ trackProcesses: [{ process: 'web', weight: 0, reverse: false }] })],
        trackProcesses: [trackProcessModel()],
      }),
    );
    expect(bench.status().state).toBe('BACKUP');
    count(bench, 0);
    expect(bench.status().state).toBe('FAULT');
  });

  it('a reload keeps what was counted and judges it by the new quorum', () => {
    const configuration = (quorum: number) =>
      vrrpConfiguration({
        instances: [instance({ trackProcesses: [{ process: 'web', weight: 0, reverse: false }] })],
        trackProcesses: [trackProcessModel({ quorum, terminateDelay: 500 })],
      });
    const bench = new Bench(configuration(1));
    count(bench, 2);
    bench.start();
    count(bench, 0);
    bench.reload(configuration(1));
    expect(bench.status().state).toBe('BACKUP');
    bench.pass(500);
    expect(bench.status().state).toBe('FAULT');
    count(bench, 2);
    expect(bench.status().state).toBe('BACKUP');
    bench.reload(configuration(3));
    expect(bench.status().state).toBe('FAULT');
  });
});
