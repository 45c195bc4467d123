import { describe, expect, it } from 'vitest';
import { LiveStore } from '../../../src/live/store.ts';
import { targetKey, targetsIn } from '../../../src/live/targets.ts';
import type { AnyChange, ServerChange, VrrpChange } from '../../../src/live/types.ts';
import { endOf, overrideStatus, reasonOf, targetText } from '../../../src/live/words.ts';
import { realServerModel, virtualServerModel } from '../../support/models.ts';

const service = { kind: 'address', protocol: 'tcp', address: '192.0.2.1', port: 80 } as const;
const target = { service, address: '10.0.0.1', port: 80 };
const drain: ServerChange = { target, setting: { kind: 'drain' }, since: 1000, until: 61_000 };
const weight: ServerChange = { target, setting: { kind: 'weight', weight: 5 }, since: 2000, by: 1000 };
const release: VrrpChange = {
  target: { kind: 'group', name: 'VG' },
  setting: { kind: 'release' },
  since: 0,
  until: 5000,
  by: 0,
};
const priority: VrrpChange = {
  target: { kind: 'instance', name: 'VG' },
  setting: { kind: 'priority', priority: 50 },
  since: 0,
};

function filled(...changes: AnyChange[]): LiveStore {
  const store = new LiveStore();
  for (const change of changes) store.set(change);
  return store;
}

describe('the live changes in force', () => {
  it('are one a target: the latest', () => {
    const store = filled(drain);
    expect(store.set(weight)).toBe(drain);
    expect(store.changes).toEqual({ servers: [weight], vrrp: [] });
    expect(store.clear(targetKey(drain))).toBe(weight);
    expect(store.clear(targetKey(drain))).toBeUndefined();
    expect(store.size).toBe(0);
  });

  it('tell an instance from a group of the same name', () => {
    expect(filled(release, priority).changes.vrrp).toEqual([release, priority]);
  });

  it('end by themselves, each at its time', () => {
    const store = filled(drain, release, priority);
    expect(store.nextExpiry()).toBe(5000);
    expect(store.expire(4999)).toEqual([]);
    expect(store.expire(5000)).toEqual([release]);
    expect(store.nextExpiry()).toBe(61_000);
    expect(filled(drain, release, priority).expire(70_000)).toEqual([release, drain]);
    expect(store.expire(1e9)).toEqual([drain]);
    expect(store.nextExpiry()).toBeUndefined();
    expect(store.all).toEqual([priority]);
  });

  it('say what they are, why, and how they ended', () => {
    expect(reasonOf(drain)).toBe('weight 0: drained by the operator for 1m');
    expect(reasonOf(weight)).toBe('weight 5 set by the operator (uid 1000)');
    expect(reasonOf(release)).toBe('released by the operator for 5s');
    expect(reasonOf({ ...drain, setting: { kind: 'maint' } })).toBe('put into maintenance by the operator for 1m');
    expect(endOf(drain, 61_000)).toBe('the 1m of drain are over');
    expect(endOf(drain, 60_999)).toBe('drain taken back by the operator');
    expect(endOf(priority, 1e12)).toBe('priority 50 taken back by the operator');
    expect(overrideStatus(weight)).toEqual({ words: 'weight 5', since: 2000, by: 1000 });
    expect(overrideStatus(drain, 7)).toEqual({ words: 'drain', since: 1000, until: 61_000, connections: 7 });
    expect([drain, release, priority].map(targetText)).toEqual([
      'server 10.0.0.1:80 of 192.0.2.1:80/tcp',
      'sync group VG',
      'instance VG',
    ]);
  });
});

describe('the target of a change', () => {
  const check = (...virtualServers: ReturnType<typeof virtualServerModel>[]) => ({ virtualServers, groups: [] });
  const vrrp = (instances: readonly string[], groups: readonly string[] = []) => ({
    instances: instances.map((name) => ({ name })),
    syncGroups: groups.map((name) => ({ name, members: [] })),
  });
  const has = (change: AnyChange, configuration: Parameters<typeof targetsIn>[0]): boolean =>
    targetsIn(configuration).has(targetKey(change));
  const nothing = { instances: [], syncGroups: [] };
  const empty = check();

  it('is a server of a service, wherever they stand in the file', () => {
    const identity = { ...service, family: 'inet' } as const;
    const one = virtualServerModel({ identity, realServers: [realServerModel({ address: '10.0.0.1' })] });
    const other = virtualServerModel({
      identity: { kind: 'fwmark', family: 'inet', mark: 1 },
      realServers: one.realServers,
    });
    expect(has(drain, { check: check(one), vrrp: nothing })).toBe(true);
    expect(has(drain, { check: check(other, one), vrrp: nothing })).toBe(true);
    expect(has(drain, { check: check(other), vrrp: nothing })).toBe(false);
    const udp = virtualServerModel({ identity: { ...identity, protocol: 'udp' }, realServers: one.realServers });
    expect(has(drain, { check: check(udp), vrrp: nothing })).toBe(false);
  });

  it('of a group is the one of its protocol, whatever its number among them', () => {
    const group = (protocol: 'tcp' | 'udp') =>
      virtualServerModel({
        identity: { kind: 'group', name: 'dns', protocol },
        realServers: [realServerModel({ address: '10.0.0.1' })],
      });
    const change: ServerChange = {
      ...drain,
      target: { service: { kind: 'group', name: 'dns', protocol: 'udp' }, address: '10.0.0.1', port: 80 },
    };
    expect(has(change, { check: check(group('tcp'), group('udp')), vrrp: nothing })).toBe(true);
    expect(has(change, { check: check(group('udp'), group('tcp')), vrrp: nothing })).toBe(true);
    expect(has(change, { check: check(group('tcp')), vrrp: nothing })).toBe(false);
  });

  it('is an instance or a group by its name', () => {
    expect(has(priority, { check: empty, vrrp: vrrp(['VG']) })).toBe(true);
    expect(has(priority, { check: empty, vrrp: vrrp([], ['VG']) })).toBe(false);
    expect(has(release, { check: empty, vrrp: vrrp(['VG'], ['VG']) })).toBe(true);
    expect(has(release, { check: empty, vrrp: vrrp(['VG']) })).toBe(false);
  });
});
