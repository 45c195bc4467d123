// What is written of routes and rules: wishes against what the kernel has.
import { describe, expect, it } from 'vitest';
import type { VirtualRoute, VirtualRule } from '../../../src/config/model.ts';
import { isRoute, placeRoute } from '../../../src/network/match-routes.ts';
import { planRouting } from '../../../src/network/plan-routing.ts';
import type { DesiredRouting, PlannedChange, RoutingSituation } from '../../../src/network/plan-routing.ts';
import { readRoute } from '../../../src/network/route-codec.ts';
import { encodeRouteChange } from '../../../src/network/route-codec.ts';
import type { KernelRoute } from '../../../src/network/route-types.ts';
import { itemText, judgeRoutingChange } from '../../../src/network/routing-outcome.ts';
import { expectedRule } from '../../../src/network/rule-codec.ts';
import type { Link } from '../../../src/network/types.ts';
import { instance, model, plainHost } from '../config/memory.ts';
import { link } from './kernel-model.ts';

const links: readonly Link[] = [
  link(2, 'eth0'),
  link(3, 'eth1'),
  { ...link(4, 'down0'), flags: 0x1002, up: false },
  { ...link(5, 'red'), kind: 'vrf', vrfTable: 77 },
];

const byName = new Map(links.map((each) => [each.name, each]));

const host = { ...plainHost, interfaceExists: () => true };

function route(line: string): VirtualRoute {
  const [found] = model(instance(`virtual_routes {\n${line}\n}`), { host }).vrrp.instances[0]?.virtualRoutes ?? [];
  if (!found) throw new Error(`${line} is no route`);
  return found;
}

function rule(line: string): VirtualRule {
  const [found] = model(instance(`virtual_rules {\n${line}\n}`), { host }).vrrp.instances[0]?.virtualRules ?? [];
  if (!found) throw new Error(`${line} is no rule`);
  return found;
}

/** What the kernel says of a route after it was written: the message of the addition, with what the kernel fills in. */
function kernelRoute(wish: VirtualRoute, changes: Partial<KernelRoute> = {}): KernelRoute {
  const placed = placeRoute(wish, byName);
  const made = placed && readRoute(encodeRouteChange('add', placed).subarray(16));
  if (!made) throw new Error('not placed');
  const metric = made.family === 'inet6' && made.metric === 0 ? 1024 : made.metric;
  return { ...made, metric, ...changes };
}

function desired(changes: Partial<DesiredRouting>): DesiredRouting {
  return { subject: 'VI_1', routes: [], rules: [], unwantedRoutes: [], unwantedRules: [], ...changes };
}

function situation(changes: Partial<RoutingSituation> = {}): RoutingSituation {
  return { written: new Map(), unseen: new Set(), view: { routes: [], rules: [] }, links, ...changes };
}

const texts = (changes: readonly PlannedChange[]): string[] =>
  changes.map((each) => `${each.change} ${itemText(each)}`);

const first = route('10.30.0.0/16 via 10.0.0.2 dev eth0');
const second = route('10.31.0.0/16 dev eth1');
const looked = rule('from 10.1.0.0/16 table 100 preference 1000');

describe('the plan of routes and rules', () => {
  it('adds routes before rules, and removes rules before routes, the last first', () => {
    const wishes = desired({ routes: [first, second], rules: [looked] });
    const { additions, removals } = planRouting([wishes], situation());
    expect(removals).toEqual([]);
    expect(texts(additions)).toEqual([
      'add route 10.30.0.0/16 via 10.0.0.2 dev eth0',
      'add route 10.31.0.0/16 dev eth1',
      'add rule 1000 from 10.1.0.0/16 table 100',
    ]);
    const written = new Map(additions.map((change) => [change.key, change]));
    const { removals: later } = planRouting([desired({})], situation({ written }));
    expect(texts(later)).toEqual([
      'delete rule 1000 from 10.1.0.0/16 table 100',
      'delete route 10.31.0.0/16 dev eth1',
      'delete route 10.30.0.0/16 via 10.0.0.2 dev eth0',
    ]);
  });

  it('writes nothing that is there, and takes it for its own', () => {
    const view = { routes: [kernelRoute(first)], rules: [expectedRule(looked)] };
    const plan = planRouting([desired({ routes: [first], rules: [looked] })], situation({ view }));
    expect(plan.additions).toEqual([]);
    expect(plan.removals).toEqual([]);
    expect(plan.present.size).toBe(2);
  });

  it('puts back what was written and is gone, but not before it can be seen', () => {
    const wishes = [desired({ routes: [first] })];
    const [addition] = planRouting(wishes, situation()).additions;
    const written = new Map(addition ? [[addition.key, addition]] : []);
    expect(planRouting(wishes, situation({ written })).additions).toHaveLength(1);
    const unseen = new Set(written.keys());
    expect(planRouting(wishes, situation({ written, unseen })).additions).toEqual([]);
  });

  it('writes what is not tracked once', () => {
    const wishes = [desired({ routes: [route('10.30.0.0/16 dev eth0 no_track')] })];
    const [addition] = planRouting(wishes, situation()).additions;
    expect(addition).toBeDefined();
    const written = new Map(addition ? [[addition.key, addition]] : []);
    expect(planRouting(wishes, situation({ written })).additions).toEqual([]);
    expect(planRouting([desired({})], situation({ written })).removals).toHaveLength(1);
  });

  it('removes what an earlier life left behind', () => {
    const view = { routes: [kernelRoute(first)], rules: [expectedRule(looked)] };
    const wishes = [desired({ unwantedRoutes: [first, second], unwantedRules: [looked] })];
    expect(texts(planRouting(wishes, situation({ view })).removals)).toEqual([
      'delete rule 1000 from 10.1.0.0/16 table 100',
      'delete route 10.30.0.0/16 via 10.0.0.2 dev eth0',
    ]);
  });

  it('keeps what another instance wants', () => {
    const view = { routes: [kernelRoute(first)], rules: [] };
    const wishes = [desired({ unwantedRoutes: [first] }), desired({ subject: 'VI_2', routes: [first] })];
    const { additions, removals } = planRouting(wishes, situation({ view }));
    expect([...additions, ...removals]).toEqual([]);
  });

  it('replaces a route of which only a metric changed', () => {
    const before = route('10.32.0.0/16 dev eth0 mtu 1400');
    const after = route('10.32.0.0/16 dev eth0 mtu 1300');
    const written = new Map(
      planRouting([desired({ routes: [before] })], situation()).additions.map((change) => [change.key, change]),
    );
    const view = { routes: [kernelRoute(before)], rules: [] };
    const { additions, removals } = planRouting([desired({ routes: [after] })], situation({ written, view }));
    expect([additions.length, removals.length]).toEqual([1, 1]);
  });

  it.each([
    '10.30.0.0/16 dev missing0',
    '10.30.0.0/16 dev down0',
    '10.30.0.0/16 nexthop via 10.0.0.2 dev eth0 nexthop via 10.0.1.2 dev missing0',
    '10.30.0.0/16 dev eth0 vrf missing0',
    '10.30.0.0/16 dev eth0 vrf eth1',
  ])('waits with %s', (line) => {
    expect(planRouting([desired({ routes: [route(line)] })], situation()).additions).toEqual([]);
  });

  it('puts the routes of a VRF into its table', () => {
    expect(placeRoute(route('10.30.0.0/16 dev eth0 vrf red'), byName)?.table).toBe(77);
  });
});

describe('a route of the kernel', () => {
  const lines = [
    '10.30.0.0/16 via 10.0.0.2 dev eth0',
    '2001:db8::/48 dev eth0 metric 5',
    '10.30.0.0/16 nexthop via 10.0.0.2 dev eth0 weight 2 nexthop via 10.0.1.2 dev eth1',
    '10.30.0.0/16 dev eth0 encap ip dst 10.9.9.9 id 7',
    '10.30.0.0/16 dev eth0 mtu lock 1400 congctl cubic',
    '2001:db8::/48 from 2001:db8:1::/48 dev eth0',
    'blackhole 10.30.0.0/16',
  ];
  it.each(lines)('is known again: %s', (line) => {
    const placed = placeRoute(route(line), byName);
    expect(placed && isRoute(placed, kernelRoute(route(line)))).toBe(true);
  });

  const plain = route('10.30.0.0/16 via 10.0.0.2');
  it.each<[string, Partial<KernelRoute>]>([
    ['another table', { table: 100 }],
    ['another metric', { metric: 7 }],
    ['another gateway', { ways: [{ via: '10.0.0.3', weight: 1, onLink: false }] }],
    ['another type', { type: 6, ways: [] }],
    ['another origin', { protocol: 3 }],
    ['another source', { preferredSource: '10.0.0.1' }],
    ['metrics', { metrics: { mtu: 1400 } }],
    ['another service', { tos: 16 }],
    ['another destination', { destination: { address: '10.30.0.0', prefixLength: 17 } }],
  ])('is another with %s', (_name, changes) => {
    const placed = placeRoute(plain, byName);
    expect(placed && isRoute(placed, kernelRoute(plain, changes))).toBe(false);
  });

  it('may be on an interface that was left to the kernel', () => {
    const placed = placeRoute(plain, byName);
    const ways = [{ via: '10.0.0.2', interfaceIndex: 3, weight: 1, onLink: false }];
    expect(placed && isRoute(placed, kernelRoute(plain, { ways }))).toBe(true);
  });
});

describe('answers of the kernel', () => {
  const placed = placeRoute(first, byName);
  if (!placed) throw new Error('not placed');
  it.each([
    ['add', 0, 'done'],
    ['add', 17, 'already'],
    ['delete', 3, 'already'],
    ['delete', 2, 'already'],
    ['add', 101, 'failed'],
    ['delete', 1, 'failed'],
  ] as const)('%s with %d is %s', (change, errno, result) => {
    expect(judgeRoutingChange({ what: 'route', change, route: placed }, errno, 'said').result).toBe(result);
  });

  it('are told with what was to be done', () => {
    expect(judgeRoutingChange({ what: 'rule', change: 'add', rule: looked }, 22, 'no').reason).toBe(
      'cannot add rule 1000 from 10.1.0.0/16 table 100: no',
    );
  });
});
