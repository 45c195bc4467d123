/** KEEPALIVED-MIB, group vrrp: virtual routes with their next hops, and virtual rules. */
import type {
  Prefix,
  Realms,
  RouteEncapsulation,
  RouteMetricName,
  RouteNexthop,
  RouteType,
  RuleAction,
  VirtualRoute,
  VirtualRule,
  VrrpInstanceConfiguration,
} from '../../../config/model.ts';
import { counter64, gauge, integer, text, truth, type SnmpValue } from '../value.ts';
import { Table, type Columns, type Subtree, type TableRow } from '../view.ts';
import type { SnmpSnapshot } from '../snapshot.ts';
import {
  addressValue,
  familyValue,
  numbered,
  numberedWithStatic,
  oneOrTwo,
  scopeValue,
  textOr,
} from './conventions.ts';
import { keepalivedMib } from './roots.ts';

const prefix = [...keepalivedMib, 2];

/** Something of an instance, and whether it is in force. */
interface Placed<Thing> {
  readonly thing: Thing;
  readonly set: boolean;
}

/** RouteType; a route with several ways is ecmp(2). Types that the module does not know have no number. */
const routeTypes: Partial<Record<RouteType, number>> = {
  unicast: 1,
  blackhole: 3,
  anycast: 4,
  multicast: 5,
  broadcast: 6,
  unreachable: 7,
  prohibit: 8,
  throw: 9,
  nat: 10,
  xresolve: 11,
};

/** RTAX_FEATURE_ECN (linux/rtnetlink.h). */
const ECN = 1;
const encapsulationTypes = { mpls: 1, ip: 2, ila: 3, ip6: 4 } as const;
/** PrefType by the number of the kernel. */
const preferences: Readonly<Record<number, number>> = { 3: 1, 0: 2, 1: 3 };
/** Units of the kernel in one millisecond. */
const metricScales: Partial<Record<RouteMetricName, number>> = { rtt: 8, rttvar: 4 };

const gaugeOr = (value: number | undefined): SnmpValue | undefined => (value === undefined ? undefined : gauge(value));
const destinationRealm = (realms: Realms | undefined): SnmpValue | undefined => gaugeOr(realms && realms & 0xffff);
const sourceRealm = (realms: Realms | undefined): SnmpValue | undefined =>
  realms === undefined || realms >>> 16 === 0 ? undefined : gauge(realms >>> 16);

function metric(name: RouteMetricName) {
  return ({ thing }: Placed<VirtualRoute>): SnmpValue | undefined => {
    const value = thing.metrics[name]?.value;
    return gaugeOr(value === undefined ? undefined : Math.floor(value / (metricScales[name] ?? 1)));
  };
}

function locked(name: RouteMetricName) {
  return ({ thing }: Placed<VirtualRoute>): SnmpValue | undefined => {
    const found = thing.metrics[name];
    return found && truth(found.locked);
  };
}

type EncapsulationReader = (encapsulation: RouteEncapsulation) => SnmpValue | undefined;

/** Type, MPLS labels, id, destination, source, TOS, TTL, flags, ILA locator: nine columns in a row. */
const encapsulationColumns: readonly EncapsulationReader[] = [
  ({ type }) => integer(encapsulationTypes[type]),
  (each) => (each.type === 'mpls' ? text(each.labels.join('/')) : undefined),
  (each) => ('id' in each && each.id !== undefined ? counter64(BigInt(each.id)) : undefined),
  (each) => ('destination' in each ? addressValue(each.destination) : undefined),
  (each) => ('source' in each ? addressValue(each.source) : undefined),
  (each) => gaugeOr(each.type === 'ip' ? each.tos : each.type === 'ip6' ? each.trafficClass : undefined),
  (each) => gaugeOr(each.type === 'ip' ? each.ttl : each.type === 'ip6' ? each.hopLimit : undefined),
  (each) => gaugeOr('flags' in each ? each.flags : undefined),
  (each) => (each.type === 'ila' ? counter64(locatorNumber(each.locator)) : undefined),
];

function locatorNumber(locator: string): bigint {
  return locator.split(':').reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}

/** The columns of encapsulation from this number on. */
function encapsulated<Row>(
  first: number,
  of: (row: Row) => RouteEncapsulation | undefined,
): Record<number, (row: Row) => SnmpValue | undefined> {
  return Object.fromEntries(
    encapsulationColumns.map((read, at) => [
      first + at,
      (row: Row) => {
        const encapsulation = of(row);
        return encapsulation && read(encapsulation);
      },
    ]),
  );
}

function routeColumns({ interfaceIndex }: SnmpSnapshot): Columns<Placed<VirtualRoute>> {
  return {
    2: ({ thing }) => familyValue(thing.family),
    3: ({ thing }) => addressValue(thing.destination.address),
    4: ({ thing }) => gauge(thing.destination.prefixLength),
    5: ({ thing }) => addressValue(thing.via),
    7: ({ thing }) => addressValue(thing.preferredSource),
    8: ({ thing }) => gauge(thing.metric ?? 0),
    9: ({ thing }) => scopeValue(thing.scope),
    10: ({ thing }) => {
      const type = thing.nexthops.length > 0 ? 2 : routeTypes[thing.type];
      return type === undefined ? undefined : integer(type);
    },
    11: ({ thing }) => (thing.interface === undefined ? undefined : integer(interfaceIndex(thing.interface))),
    12: ({ thing }) => textOr(thing.interface),
    13: ({ thing }) => gauge(thing.table),
    14: ({ set }) => oneOrTwo(set),
    15: ({ thing }) => addressValue(thing.from?.address),
    16: ({ thing }) => gaugeOr(thing.from?.prefixLength),
    17: ({ thing }) => gaugeOr(thing.tos),
    // The module counts from 1 what the kernel counts from 0.
    18: ({ thing }) => integer(thing.protocol + 1),
    19: ({ thing }) => truth(((thing.metrics.features?.value ?? 0) & ECN) !== 0),
    20: ({ thing }) => truth((thing.metrics.quickack?.value ?? 0) !== 0),
    21: ({ thing }) => (thing.expires === undefined ? undefined : integer(thing.expires)),
    22: metric('mtu'),
    23: locked('mtu'),
    24: metric('hoplimit'),
    25: metric('advmss'),
    26: locked('advmss'),
    27: metric('rtt'),
    28: locked('rtt'),
    29: metric('rttvar'),
    30: locked('rttvar'),
    31: metric('reordering'),
    32: locked('reordering'),
    33: metric('window'),
    34: metric('cwnd'),
    35: locked('cwnd'),
    36: metric('ssthresh'),
    37: locked('ssthresh'),
    38: metric('rto_min'),
    39: locked('rto_min'),
    40: metric('initcwnd'),
    41: metric('initrwnd'),
    42: ({ thing }) => textOr(thing.congestionControl?.name),
    43: ({ thing }) => (thing.preference === undefined ? undefined : integer(preferences[thing.preference] ?? 2)),
    44: ({ thing }) => destinationRealm(thing.realms),
    45: ({ thing }) => sourceRealm(thing.realms),
    ...encapsulated<Placed<VirtualRoute>>(46, ({ thing }) => thing.encapsulation),
    55: ({ thing }) => {
      const found = thing.metrics.fastopen_no_cookie;
      return found && truth(found.value !== 0);
    },
  };
}

function nexthopColumns({
  interfaceIndex,
}: SnmpSnapshot): Columns<RouteNexthop & { readonly family: VirtualRoute['family'] }> {
  return {
    2: ({ family }) => familyValue(family),
    3: ({ via }) => addressValue(via),
    4: ({ interface: name }) => (name === undefined ? undefined : integer(interfaceIndex(name))),
    5: ({ interface: name }) => textOr(name),
    6: ({ weight }) => gauge(weight),
    7: ({ onLink }) => truth(onLink),
    8: ({ realms }) => destinationRealm(realms),
    9: ({ realms }) => sourceRealm(realms),
    ...encapsulated<RouteNexthop>(10, ({ encapsulation }) => encapsulation),
  };
}

/** FR_ACT_* (linux/fib_rules.h), as the module has them. */
const ruleActions: Record<RuleAction['kind'], number> = {
  table: 1,
  l3mdev: 1,
  goto: 2,
  nop: 3,
  blackhole: 6,
  unreachable: 7,
  prohibit: 8,
};

type PlacedRule = Placed<VirtualRule>;

function tableOf({ action }: VirtualRule): SnmpValue | undefined {
  return action.kind === 'table' ? gauge(action.table) : undefined;
}

/** Type, address and length of a prefix that a rule may have. */
function prefixColumns(first: number, of: (rule: VirtualRule) => Prefix | undefined): Columns<PlacedRule> {
  return {
    [first]: ({ thing }) => (of(thing) === undefined ? undefined : familyValue(thing.family)),
    [first + 1]: ({ thing }) => addressValue(of(thing)?.address),
    [first + 2]: ({ thing }) => gaugeOr(of(thing)?.prefixLength),
  };
}

const ruleColumns: Columns<PlacedRule> = {
  // Columns 2 to 5 are of a time when a rule had one prefix.
  2: ({ thing }) => text(thing.from !== undefined ? 'from' : thing.to !== undefined ? 'to' : ''),
  ...prefixColumns(3, ({ from, to }) => from ?? to),
  6: ({ thing }) => tableOf(thing),
  7: ({ set }) => oneOrTwo(set),
  8: ({ thing }) => truth(thing.invert),
  ...prefixColumns(9, ({ to }) => to),
  ...prefixColumns(12, ({ from }) => from),
  15: ({ thing }) => gauge(thing.tos),
  16: ({ thing }) => gaugeOr(thing.firewallMark?.mark),
  17: ({ thing }) => gaugeOr(thing.firewallMark?.mask),
  18: ({ thing }) => destinationRealm(thing.realms),
  19: ({ thing }) => sourceRealm(thing.realms),
  20: ({ thing }) => textOr(thing.inputInterface),
  21: ({ thing }) => textOr(thing.outputInterface),
  22: ({ thing }) => (thing.action.kind === 'goto' ? gauge(thing.action.preference) : undefined),
  23: ({ thing }) => integer(ruleActions[thing.action.kind]),
  24: ({ thing }) => tableOf(thing),
  25: ({ thing }) => gauge(thing.preference),
  26: ({ thing }) => gaugeOr(thing.suppressPrefixLength),
  27: ({ thing }) => textOr(thing.suppressInterfaceGroup?.toString()),
  28: ({ thing }) => (thing.tunnelId === undefined ? undefined : gauge(Number(BigInt(thing.tunnelId) >> 32n))),
  29: ({ thing }) => (thing.tunnelId === undefined ? undefined : gauge(Number(BigInt(thing.tunnelId) & 0xffffffffn))),
  30: ({ thing }) => gaugeOr(thing.userIds?.from),
  31: ({ thing }) => gaugeOr(thing.userIds?.to),
  32: ({ thing }) => (thing.action.kind === 'l3mdev' ? truth(true) : undefined),
  33: ({ thing }) => (thing.protocol === undefined || thing.track ? undefined : integer(thing.protocol + 1)),
  34: ({ thing }) => gaugeOr(thing.ipProtocol),
  35: ({ thing }) => gaugeOr(thing.sourcePorts?.from),
  36: ({ thing }) => gaugeOr(thing.sourcePorts?.to),
  37: ({ thing }) => gaugeOr(thing.destinationPorts?.from),
  38: ({ thing }) => gaugeOr(thing.destinationPorts?.to),
};

export function routingTables(snapshot: SnmpSnapshot): Subtree[] {
  const { instances, staticRoutes, staticRules } = snapshot.configuration.vrrp;
  const masters = new Set(snapshot.vrrp?.instances.flatMap(({ name, state }) => (state === 'MASTER' ? [name] : [])));
  // Static ones are there as long as this program runs.
  const statics = <Thing>(things: readonly Thing[]): Placed<Thing>[] => things.map((thing) => ({ thing, set: true }));
  const placed = <Thing>({ name }: VrrpInstanceConfiguration, things: readonly Thing[]): Placed<Thing>[] =>
    things.map((thing) => ({ thing, set: masters.has(name) }));
  const nexthops: TableRow<RouteNexthop & { readonly family: VirtualRoute['family'] }>[] = [
    staticRoutes,
    ...instances.map(({ virtualRoutes }) => virtualRoutes),
  ].flatMap((routes, owner) =>
    routes.flatMap((route, at) =>
      numbered(
        route.nexthops.map((nexthop) => ({ ...nexthop, family: route.family })),
        [owner, at + 1],
      ),
    ),
  );
  return [
    new Table(
      [...prefix, 7, 1],
      routeColumns(snapshot),
      numberedWithStatic(statics(staticRoutes), instances, (instance) => placed(instance, instance.virtualRoutes)),
    ),
    new Table([...prefix, 11, 1], nexthopColumns(snapshot), nexthops),
    new Table(
      [...prefix, 8, 1],
      ruleColumns,
      numberedWithStatic(statics(staticRules), instances, (instance) => placed(instance, instance.virtualRules)),
    ),
  ];
}
