/** What is set beside the file, as the parent keeps it. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LiveChangeEvent } from '../../../src/events/parent-event.ts';
import { targetKey, type Targetable } from '../../../src/live/targets.ts';
import type { AnyChange, LiveChanges, VrrpChange } from '../../../src/live/types.ts';
import { LiveOverlay } from '../../../src/process/live-overlay.ts';
import { keepingLog } from '../control/support.ts';

const release: VrrpChange = { target: { kind: 'instance', name: 'VI_1' }, setting: { kind: 'release' }, since: 0 };
const priority: VrrpChange = { ...release, setting: { kind: 'priority', priority: 50 }, since: 1000, until: 61_000 };

function configuration(...names: string[]): Targetable {
  return {
    check: { virtualServers: [], groups: [] },
    vrrp: { instances: names.map((name) => ({ name })), syncGroups: [] },
  };
}

function overlay() {
  const said: string[] = [];
  const events: LiveChangeEvent[] = [];
  const spread: LiveChanges[] = [];
  const listener = {
    changed: (changes: LiveChanges) => void spread.push(changes),
    event: (event: LiveChangeEvent) => void events.push(event),
  };
  const live = new LiveOverlay(keepingLog(said), listener, () => performance.now());
  live.follow(configuration('VI_1'));
  return { live, said, events, spread, vrrp: (): readonly AnyChange[] => spread.at(-1)?.vrrp ?? [] };
}

beforeEach(() => vi.useFakeTimers({ now: 0 }));
afterEach(() => vi.useRealTimers());

describe('what is set beside the file', () => {
  it('goes to the children as a whole, with an event and a line of log for each change', () => {
    const { events, live, said, spread } = overlay();
    expect(live.set([release])).toBe(true);
    expect(live.set([priority])).toBe(true);
    expect(live.clear([targetKey(release)])).toEqual([priority]);
    expect(live.clear([targetKey(release)])).toEqual([]);
    expect(spread).toEqual([
      { servers: [], vrrp: [release] },
      { servers: [], vrrp: [priority] },
      { servers: [], vrrp: [] },
    ]);
    expect(events.map(({ from, to }) => `${from} > ${to}`)).toEqual([
      'file > release',
      'release > priority 50',
      'priority 50 > file',
    ]);
    expect(said).toEqual([
      'instance VI_1: released by the operator',
      'instance VI_1: priority 50 set by the operator for 1m',
      'instance VI_1: priority 50 taken back by the operator, the file counts again',
    ]);
  });

  it('ends by itself', () => {
    const { live, said, vrrp } = overlay();
    live.set([priority]);
    vi.advanceTimersByTime(60_999);
    expect(vrrp()).toEqual([priority]);
    vi.advanceTimersByTime(2);
    expect(vrrp()).toEqual([]);
    expect(said.at(-1)).toBe('instance VI_1: the 1m of priority 50 are over, the file counts again');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends by itself after longer than a timer can wait', () => {
    const { live, vrrp } = overlay();
    const month = 31 * 86_400_000;
    live.set([{ ...priority, until: month }]);
    vi.advanceTimersByTime(month - 1000);
    expect(vrrp()).toHaveLength(1);
    vi.advanceTimersByTime(1001);
    expect(vrrp()).toEqual([]);
  });

  it('waits for a target that a reload takes away, and says so', () => {
    const { live, said, vrrp } = overlay();
    live.set([release]);
    live.follow(configuration('VI_2'));
    expect(live.list()).toEqual([{ change: release, waiting: true }]);
    live.follow(configuration('VI_3'));
    expect(vrrp()).toEqual([release]);
    live.follow(configuration('VI_2', 'VI_1'));
    expect(live.list()).toEqual([{ change: release, waiting: false }]);
    expect(said.slice(1)).toEqual([
      'instance VI_1 is no longer in the configuration: release waits for it until it is taken back',
      'instance VI_1 is in the configuration again: release counts',
    ]);
  });

  it('ends with the reload where it came by SNMP, and says so', () => {
    const { live, said, vrrp } = overlay();
    const nopreempt: VrrpChange = { ...release, setting: { kind: 'nopreempt' }, by: 'SNMP' };
    live.set([release, nopreempt]);
    expect(vrrp()).toEqual([release, nopreempt]);
    live.set([{ ...priority, by: 'SNMP' }]);
    live.follow(configuration('VI_2'));
    expect(vrrp()).toHaveLength(2);
    live.reloaded();
    expect(vrrp()).toEqual([]);
    expect(said.slice(1)).toEqual([
      'instance VI_1: nopreempt set by SNMP',
      'instance VI_1: priority 50 set by SNMP for 1m',
      'instance VI_1: nopreempt set by SNMP has ended, the file counts again',
      'instance VI_1: priority 50 set by SNMP has ended, the file counts again',
    ]);
  });

  it('is no more than messages bear', () => {
    const { live } = overlay();
    const many = Array.from({ length: 20_000 }, (_, index): VrrpChange => ({
      ...release,
      target: { kind: 'instance', name: `VI_${index}` },
    }));
    expect(live.set(many)).toBe(true);
    expect(live.set([{ ...release, target: { kind: 'group', name: 'VG' } }])).toBe(false);
    expect(live.set([{ ...priority, target: { kind: 'instance', name: 'VI_7' } }])).toBe(true);
  });

  it('is named when the daemon ends', () => {
    const { live, said } = overlay();
    live.close();
    expect(said).toEqual([]);
    live.set([release]);
    live.close();
    expect(said.at(-1)).toBe('What was set beside the file ends with the daemon: instance VI_1: release');
  });
});
