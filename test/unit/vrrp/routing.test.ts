/** Routes and rules of instances, and static items with a track_group: when they are wanted, and what is a fault. */
import { describe, expect, it } from 'vitest';
import type { VirtualAddress, VirtualRule } from '../../../src/config/model.ts';
import { at, routeModel } from '../../support/models.ts';
import { Bench } from './bench.ts';
import { address, instance, link, vrrpConfiguration } from './configuration.ts';

function rule(changes: Partial<VirtualRule> = {}): VirtualRule {
  return {
    family: 'inet',
    invert: false,
    preference: 1000,
    tos: 0,
    protocol: 18,
    action: { kind: 'table', table: 100 },
    track: true,
    at,
    ...changes,
  };
}

describe('routes and rules of an instance', () => {
  it('are wanted while it is master, and left over else', () => {
    const routes = [routeModel({ interface: 'eth0' })];
    const rules = [rule()];
    const bench = new Bench(instance({ virtualRoutes: routes, virtualRules: rules }));
    bench.start();
    const backup = { routes: [], rules: [], unwantedRoutes: routes, unwantedRules: rules };
    expect(bench.engine.desiredRouting()).toEqual([{ subject: 'VI_1', ...backup }]);
    bench.untilMaster();
    expect(bench.engine.desiredRouting()).toEqual([
      { subject: 'VI_1', routes, rules, unwantedRoutes: [], unwantedRules: [] },
    ]);
    bench.links([link('eth0', false)]);
    expect(bench.engine.desiredRouting()).toEqual([{ subject: 'VI_1', ...backup }]);
  });

  it.each([
    ['a route', { virtualRoutes: [routeModel()] }, 'FAULT'],
    ['a route that is not tracked', { virtualRoutes: [routeModel({ track: false })] }, 'BACKUP'],
    ['a rule for what comes in', { virtualRules: [rule({ inputInterface: 'eth1' })] }, 'FAULT'],
    ['a rule for what goes out', { virtualRules: [rule({ outputInterface: 'eth1' })] }, 'FAULT'],
    ['a rule that is not tracked', { virtualRules: [rule({ inputInterface: 'eth1', track: false })] }, 'BACKUP'],
  ])('%s: what its interface is while down', (_name, changes, state) => {
    const bench = new Bench(instance(changes));
    bench.start();
    expect(bench.status().state).toBe('BACKUP');
    bench.links([link('eth0'), link('eth1', false)]);
    expect(bench.status().state).toBe(state);
    bench.links([link('eth0'), link('eth1')]);
    expect(bench.status().state).toBe('BACKUP');
  });
});

describe('static items with a track_group', () => {
  const onGroup: VirtualAddress = { ...address('192.0.2.77'), interface: 'eth1', trackGroup: 'G' };
  it.each([
    ['an address', { staticAddresses: [onGroup] }],
    ['a route', { staticRoutes: [routeModel({ trackGroup: 'G' })] }],
    ['a rule', { staticRules: [rule({ inputInterface: 'eth1', trackGroup: 'G' })] }],
  ])('%s: its interface is a fault of the members while it is down', (_name, items) => {
    const trackGroups = [{ name: 'G', members: ['VI_1'], at }];
    const bench = new Bench(vrrpConfiguration({ instances: [instance()], trackGroups, ...items }));
    bench.start();
    expect(bench.status().state).toBe('BACKUP');
    bench.links([link('eth0'), link('eth1', false)]);
    expect(bench.status()).toMatchObject({ state: 'FAULT' });
    bench.links([link('eth0'), link('eth1')]);
    expect(bench.status().state).toBe('BACKUP');
  });

  it('is none of others', () => {
    const trackGroups = [{ name: 'G', members: [], at }];
    const bench = new Bench(
      vrrpConfiguration({ instances: [instance()], trackGroups, staticRoutes: [routeModel({ trackGroup: 'G' })] }),
    );
    bench.start();
    bench.links([link('eth0'), link('eth1', false)]);
    expect(bench.status().state).toBe('BACKUP');
  });
});
