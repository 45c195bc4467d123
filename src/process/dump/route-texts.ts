/** Routes and rules in the words of a dump. */
import type {
  PortRange,
  Prefix,
  RouteEncapsulation,
  RouteMetricName,
  RouteNexthop,
  VirtualRoute,
  VirtualRule,
} from '../../config/model.ts';

const mainTable = 254;
/** Preferences of IPv6 routers as ICMPv6 codes them (RFC 4191 section 2.1). */
const preferences: Readonly<Record<number, string>> = { 0: 'medium', 1: 'high', 3: 'low' };

/** A prefix as a dump shows it: the length only where it is not a whole address. */
function prefixText({ address, prefixLength }: Prefix, whole: number): string {
  return prefixLength === whole ? address : `${address}/${prefixLength}`;
}

const optional = <T>(value: T | undefined, text: (value: T) => string): string[] =>
  value === undefined ? [] : [text(value)];

/** One route: `prepend 203.0.113.0/24 src 10.0.0.1 via inet 10.0.0.254 dev eth0 proto 18`. */
export function routeText(route: VirtualRoute): string {
  const whole = route.family === 'inet' ? 32 : 128;
  const words = [
    route.placement,
    ...(route.type === 'unicast' ? [] : [route.type]),
    prefixText(route.destination, whole),
    ...optional(route.preferredSource, (address) => `src ${address}`),
    ...optional(route.from, (prefix) => `from ${prefixText(prefix, whole)}`),
    ...optional(route.tos, (tos) => `tos ${tos}`),
    ...optional(route.encapsulation, encapsulationText),
    ...optional(route.via, (gateway) => viaText(gateway)),
    ...optional(route.interface, (name) => `dev ${name}`),
    ...optional(route.vrf, (name) => `vrf ${name}`),
    ...(route.table === mainTable ? [] : [`table ${route.table}`]),
    ...(route.track || route.protocol !== 0 ? [`proto ${route.protocol}`] : []),
    ...(route.scopeGiven ? [`scope ${route.scope}`] : []),
    ...optional(route.metric, (metric) => `metric ${metric}`),
    ...optional(route.realms, (realms) => (realms >>> 16 === 0 ? `realm ${realms}` : realmsText(realms))),
    ...optional(route.expires, (time) => `expires ${time}sec`),
    ...(route.onLink ? ['onlink'] : []),
    ...optional(route.congestionControl, ({ name, locked }) => `congctl ${locked ? 'lock ' : ''}${name}`),
    ...metricWords(route),
    ...optional(route.preference, (preference) => `pref ${preferences[preference] ?? preference}`),
    ...optional(route.ttlPropagate, (on) => `ttl-propagate ${on ? 'en' : 'dis'}abled`),
    ...route.nexthops.map((hop) => nexthopText(hop)),
    ...(route.track ? [] : ['no_track']),
    ...optional(route.trackGroup, (name) => `track_group ${name}`),
  ];
  return words.join(' ');
}

const viaText = (gateway: string): string => `via inet${gateway.includes(':') ? '6' : ''} ${gateway}`;

/** RTAX_FEATURE_ECN of linux/rtnetlink.h. */
const featureEcn = 1;

function metricWords({ metrics }: VirtualRoute): string[] {
  const names: readonly RouteMetricName[] = [
    'rtt',
    'rttvar',
    'rto_min',
    'features',
    'mtu',
    'window',
    'ssthresh',
    'cwnd',
    'advmss',
    'reordering',
    'hoplimit',
    'initcwnd',
    'initrwnd',
    'quickack',
    'fastopen_no_cookie',
  ];
  return names.flatMap((name) => {
    const metric = metrics[name];
    if (metric === undefined) return [];
    const lock = metric.locked ? 'lock ' : '';
    switch (name) {
      case 'features':
        return [(metric.value & featureEcn) === 0 ? `features 0x${metric.value.toString(16)}` : 'features ecn'];
      case 'rtt':
        return [`rtt ${lock}${timeText(metric.value / 8)}`];
      case 'rttvar':
        return [`rttvar ${lock}${timeText(metric.value / 4)}`];
      case 'rto_min':
        return [`rto_min ${lock}${timeText(metric.value)}`];
      default:
        return [`${name} ${lock}${metric.value}`];
    }
  });
}

/** Whole seconds as such. */
const timeText = (milliseconds: number): string =>
  milliseconds >= 1000 && milliseconds % 1000 === 0 ? `${milliseconds / 1000}s` : `${milliseconds}ms`;

function nexthopText(hop: RouteNexthop): string {
  return [
    'nexthop',
    ...optional(hop.encapsulation, encapsulationText),
    ...optional(hop.via, viaText),
    ...optional(hop.interface, (name) => `dev ${name}`),
    ...(hop.weight === 1 ? [] : [`weight ${hop.weight}`]),
    ...(hop.onLink ? ['onlink'] : []),
    ...optional(hop.realms, realmsText),
  ].join(' ');
}

const realmsText = (realms: number): string => `realms ${realms >>> 16}/${realms & 0xffff}`;

function encapsulationText(encapsulation: RouteEncapsulation): string {
  switch (encapsulation.type) {
    case 'mpls':
      return `encap mpls ${encapsulation.labels.join('/')}`;
    case 'ila':
      return `encap ila ${encapsulation.locator}`;
    case 'ip':
    case 'ip6': {
      const { id, destination, source, flags } = encapsulation;
      return [
        `encap ${encapsulation.type}`,
        ...optional(id, (value) => `id ${value}`),
        ...optional(destination, (address) => `dst ${address}`),
        ...optional(source, (address) => `src ${address}`),
        ...(encapsulation.type === 'ip'
          ? [
              ...optional(encapsulation.tos, (tos) => `tos ${tos}`),
              ...optional(encapsulation.ttl, (ttl) => `ttl ${ttl}`),
            ]
          : [
              ...optional(encapsulation.trafficClass, (value) => `tc ${value}`),
              ...optional(encapsulation.hopLimit, (value) => `hoplimit ${value}`),
            ]),
        ...optional(flags, (bits) => `flags 0x${bits.toString(16)}`),
      ].join(' ');
    }
  }
}

/** One rule: `from 10.0.0.1 priority 1000 tos 0x0 protocol 18 lookup 100`. */
export function ruleText(rule: VirtualRule): string {
  const whole = rule.family === 'inet' ? 32 : 128;
  const { from, to, firewallMark } = rule;
  const ports = (name: string, range: PortRange | undefined): string[] =>
    optional(range, (value) => `${name} ${value.from}-${value.to}`);
  const words = [
    ...(rule.invert ? ['not'] : []),
    // A rule without a source is shown as one for all of them.
    from === undefined ? 'from all' : `from ${prefixText(from, whole)}`,
    ...optional(to, (prefix) => `to ${prefixText(prefix, whole)}`),
    `priority ${rule.preference}`,
    `tos 0x${rule.tos.toString(16)}`,
    ...optional(
      firewallMark,
      ({ mark, mask }) => `fwmark 0x${mark.toString(16)}${mask === undefined ? '' : `/0x${mask.toString(16)}`}`,
    ),
    ...optional(rule.inputInterface, (name) => `iif ${name}`),
    ...optional(rule.outputInterface, (name) => `oif ${name}`),
    ...optional(rule.suppressPrefixLength, (length) => `suppress_prefixlen ${length}`),
    ...optional(rule.suppressInterfaceGroup, (group) => `suppress_ifgroup ${group}`),
    ...optional(rule.tunnelId, (id) => `tunnel-id ${id}`),
    ...optional(rule.userIds, (range) => `uidrange ${range.from}-${range.to}`),
    ...(rule.action.kind === 'l3mdev' ? ['l3mdev'] : []),
    ...optional(rule.protocol, (protocol) => `protocol ${protocol}`),
    ...optional(rule.ipProtocol, (protocol) => `ipproto ${protocol}`),
    ...ports('sport', rule.sourcePorts),
    ...ports('dport', rule.destinationPorts),
    ...optional(rule.realms, realmsText),
    ...actionWords(rule),
    ...(rule.track ? [] : ['no_track']),
    ...optional(rule.trackGroup, (name) => `track_group ${name}`),
  ];
  return words.join(' ');
}

function actionWords({ action }: VirtualRule): string[] {
  switch (action.kind) {
    case 'table':
      return [`lookup ${action.table}`];
    case 'goto':
      return [`goto ${action.preference}`];
    case 'l3mdev':
      return ['lookup 0'];
    default:
      return [`type ${action.kind}`];
  }
}
