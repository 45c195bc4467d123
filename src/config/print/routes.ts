/** Prints the lines of static_routes, virtual_routes, static_rules and virtual_rules. */
import type {
  Prefix,
  RouteEncapsulation,
  RouteMetric,
  RouteNexthop,
  RuleAction,
  VirtualRoute,
  VirtualRule,
} from '../model.ts';
import { valueLine, type PrintedLine } from './printed.ts';

type Words = (string | number)[];

/** A word with its value, if there is one. */
function pair(word: string, value: string | number | undefined): Words {
  return value === undefined ? [] : [word, value];
}

function flag(word: string, holds: boolean): Words {
  return holds ? [word] : [];
}

function prefixText({ address, prefixLength }: Prefix): string {
  return `${address}/${prefixLength}`;
}

function realmsText(realms: number | undefined): string | undefined {
  return realms === undefined ? undefined : `${Math.floor(realms / 0x1_0000)}/${realms % 0x1_0000}`;
}

function encapsulationWords(encapsulation: RouteEncapsulation | undefined): Words {
  switch (encapsulation?.type) {
    case undefined:
      return [];
    case 'mpls':
      return ['encap', 'mpls', encapsulation.labels.join('/')];
    case 'ila':
      return ['encap', 'ila', encapsulation.locator];
    case 'ip':
    case 'ip6':
      return [
        'encap',
        encapsulation.type,
        ...pair('id', encapsulation.id),
        ...pair('dst', encapsulation.destination),
        ...pair('src', encapsulation.source),
        ...(encapsulation.type === 'ip'
          ? [...pair('tos', encapsulation.tos), ...pair('ttl', encapsulation.ttl)]
          : [...pair('tc', encapsulation.trafficClass), ...pair('hoplimit', encapsulation.hopLimit)]),
        ...pair('flags', encapsulation.flags),
      ];
  }
}

function nexthopWords(way: RouteNexthop): Words {
  return [
    'nexthop',
    ...pair('via', way.via),
    ...pair('dev', way.interface),
    'weight',
    way.weight,
    ...flag('onlink', way.onLink),
    ...encapsulationWords(way.encapsulation),
    ...pair('realms', realmsText(way.realms)),
  ];
}

/** Parts of a millisecond that the kernel counts times in. */
const timeScales: Readonly<Record<string, number>> = { rtt: 8, rttvar: 4, rto_min: 1 };

function metricWords(name: string, { locked, value }: RouteMetric): Words {
  if (name === 'features') return [name, 'ecn'];
  const scale = timeScales[name];
  // Without a unit rtt and rttvar are the kernel's own number, which milliseconds cannot always say.
  const plain = scale === 1 ? `${value}ms` : value;
  return [name, ...flag('lock', locked), plain];
}

/** One route line; every option whose value the model has. */
export function printRoute(route: VirtualRoute): PrintedLine {
  return valueLine(
    [
      route.type,
      prefixText(route.destination),
      ...pair('from', route.from && prefixText(route.from)),
      ...pair('via', route.via),
      ...pair('dev', route.interface),
      ...flag('onlink', route.onLink),
      ...pair('src', route.preferredSource),
      ...pair('tos', route.tos),
      'table',
      route.table,
      ...pair('vrf', route.vrf),
      'protocol',
      route.protocol,
      ...(route.scopeGiven ? ['scope', route.scope] : []),
      ...pair('metric', route.metric),
      ...pair('realms', realmsText(route.realms)),
      ...pair('expires', route.expires),
      ...pair('pref', route.preference),
      ...(route.ttlPropagate === undefined ? [] : ['ttl-propagate', route.ttlPropagate ? 'enabled' : 'disabled']),
      ...Object.entries(route.metrics).flatMap(([name, metric]) => metricWords(name, metric)),
      ...(route.congestionControl
        ? ['congctl', ...flag('lock', route.congestionControl.locked), route.congestionControl.name]
        : []),
      ...encapsulationWords(route.encapsulation),
      route.placement,
      ...flag('no_track', !route.track),
      ...pair('track_group', route.trackGroup),
      ...route.nexthops.flatMap(nexthopWords),
    ],
    route.at,
  );
}

function actionWords(action: RuleAction): Words {
  switch (action.kind) {
    case 'table':
      return ['table', action.table];
    case 'goto':
      return ['goto', action.preference];
    default:
      return [action.kind];
  }
}

function range(word: string, value: { readonly from: number; readonly to: number } | undefined): Words {
  return value ? [word, `${value.from}-${value.to}`] : [];
}

/** One rule line; every option whose value the model has. */
export function printRule(rule: VirtualRule): PrintedLine {
  const { firewallMark: mark } = rule;
  // A line without addresses says its family; the word does so for all of them.
  const family = rule.family === 'inet6' && !rule.from && !rule.to ? ['inet6'] : [];
  return valueLine(
    [
      ...family,
      ...flag('not', rule.invert),
      ...pair('from', rule.from && prefixText(rule.from)),
      ...pair('to', rule.to && prefixText(rule.to)),
      'preference',
      rule.preference,
      'tos',
      rule.tos,
      ...pair('fwmark', mark && (mark.mask === undefined ? mark.mark : `${mark.mark}/${mark.mask}`)),
      ...pair('iif', rule.inputInterface),
      ...pair('oif', rule.outputInterface),
      ...pair('tunnel-id', rule.tunnelId),
      ...range('uidrange', rule.userIds),
      ...pair('ipproto', rule.ipProtocol),
      ...range('sport', rule.sourcePorts),
      ...range('dport', rule.destinationPorts),
      ...pair('protocol', rule.protocol),
      ...actionWords(rule.action),
      ...pair('realms', realmsText(rule.realms)),
      ...pair('suppress_prefixlength', rule.suppressPrefixLength),
      ...pair('suppress_ifgroup', rule.suppressInterfaceGroup),
      ...flag('no_track', !rule.track),
      ...pair('track_group', rule.trackGroup),
    ],
    rule.at,
  );
}
