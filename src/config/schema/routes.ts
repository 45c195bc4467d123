/**
 * Lines of static_routes, virtual_routes, static_rules and virtual_rules: the terms of `ip route` and `ip rule`. The
 * lines are read and checked for form; nothing acts on them in this version.
 */
import type { Statement } from '../statement.ts';
import { parseCInteger, parsePrefix } from '../values.ts';
import { quote, type Context } from './context.ts';
import { lines } from './forms.ts';
import type { Keyword, KeywordFacts, LineWords } from './keyword.ts';

/** How many words an option takes. `locked`: an optional `lock` before the value; `rest`: everything that follows. */
type Arity = 'none' | 'one' | 'locked' | 'address' | 'family' | 'to' | 'rest';

interface RouteWord extends KeywordFacts {
  readonly arity: Arity;
}

function word(form: string, note: string, arity: Arity, defaultValue?: string): RouteWord {
  return { form, note, arity, ...(defaultValue !== undefined && { default: defaultValue }) };
}

const nameOrNumber = '<name or number>';
const type = (note = 'Route type.') => word('before dest', note, 'none');

const routeWords: Readonly<Record<string, RouteWord>> = {
  to: word('before dest', 'Optional word before the destination.', 'none'),
  unicast: {
    ...type('Route type; also local, broadcast, anycast, multicast, throw, nat, xresolve.'),
    default: 'unicast',
  },
  blackhole: type(),
  unreachable: type(),
  prohibit: type(),
  inet: word('(none)', 'Family.', 'none', 'from addresses'),
  inet6: word('(none)', 'Family.', 'none', 'from addresses'),
  src: word('<ip>', 'Preferred source.', 'address', 'none'),
  as: word('{to} <ip>', 'Known but refused.', 'to'),
  via: word('{inet or inet6} <ip>', 'Gateway.', 'family', 'none'),
  gw: word('<ip>', 'Old spelling of via.', 'address', 'none'),
  from: word('<ip prefix>', 'Source prefix, IPv6 only.', 'one', 'none'),
  tos: word(nameOrNumber, 'Type of service.', 'one', '0'),
  dsfield: word(nameOrNumber, 'Synonym of tos.', 'one', '0'),
  table: word(nameOrNumber, 'Routing table.', 'one', 'main'),
  vrf: word('<vrf ifname>', 'Table of a VRF.', 'one', 'none'),
  protocol: word(nameOrNumber, 'Origin of the route; others than the default need no_track.', 'one', 'keepalived (18)'),
  scope: word(nameOrNumber, 'Scope.', 'one', 'global'),
  metric: word('<uint32>', 'Preference among routes.', 'one', "the kernel's"),
  priority: word('<uint32>', 'Synonym of metric.', 'one', "the kernel's"),
  preference: word('<uint32>', 'Synonym of metric.', 'one', "the kernel's"),
  dev: word('<ifname>', 'Output interface.', 'one', 'interface of the instance if needed'),
  oif: word('<ifname>', 'Synonym of dev.', 'one'),
  onlink: word('(none)', 'The gateway is on the link.', 'none', 'off'),
  encap: word('ip or ip6 or mpls or ila with arguments', 'Lightweight tunnel.', 'rest', 'none'),
  expires: word('<secs uint>', 'Lifetime, IPv6.', 'one', 'none'),
  mtu: word('{lock} <uint>', 'Metric.', 'locked'),
  hoplimit: word('<0..255>', 'Metric.', 'one'),
  advmss: word('{lock} <uint>', 'Metric.', 'locked'),
  rtt: word('{lock} <time with ms or s>', 'Metric.', 'locked'),
  rttvar: word('{lock} <time with ms or s>', 'Metric.', 'locked'),
  reordering: word('{lock} <uint>', 'Metric.', 'locked'),
  window: word('<uint>', 'Metric.', 'one'),
  cwnd: word('{lock} <uint>', 'Metric.', 'locked'),
  ssthresh: word('{lock} <uint>', 'Metric.', 'locked'),
  realms: word('{<from>/}<to>', 'IPv4 only.', 'one'),
  rto_min: word('{lock} <time>', 'Metric.', 'locked'),
  initcwnd: word('<uint>', 'Metric.', 'one'),
  initrwnd: word('<uint>', 'Metric.', 'one'),
  features: word('ecn', 'Only ecn is known.', 'one'),
  quickack: word('0 or 1', 'Metric.', 'one'),
  congctl: word('{lock} <name>', 'Congestion control.', 'locked'),
  pref: word('low or medium or high or <0..255>', 'Router preference, IPv6.', 'one'),
  'ttl-propagate': word('enabled or disabled', 'MPLS TTL propagation.', 'one'),
  fastopen_no_cookie: word('0 or 1', 'Metric.', 'one'),
  add: word('(none)', 'Creates exclusively, as ip route add.', 'none', 'off'),
  prepend: word('(none)', 'Creates without append or exclusive.', 'none', 'on'),
  append: word('(none)', 'Creates behind others.', 'none', 'off'),
  or: word('<ip>', 'Old second gateway; use nexthop.', 'address'),
  nexthop: word('list to end of line', 'Several ways; must be last.', 'rest'),
  no_track: word('(none)', 'The instance does not care if the route vanishes.', 'none', 'off'),
};

const trackGroup: Readonly<Record<string, RouteWord>> = {
  track_group: word('<name>', 'Put back depending on instances.', 'one', 'none'),
};

const routeTypes = new Set([
  'unicast',
  'local',
  'broadcast',
  'anycast',
  'multicast',
  'throw',
  'nat',
  'xresolve',
  'blackhole',
  'unreachable',
  'prohibit',
]);
const anyDestination = new Set(['default', 'any', 'all', 'default6']);

const nexthopWords: LineWords = {
  via: word('{inet or inet6} <ip>', 'Gateway of this way.', 'family'),
  dev: word('<ifname>', 'Interface of this way.', 'one'),
  weight: word('<1..256>', 'Share of this way.', 'one', '1'),
  onlink: word('(none)', 'The gateway is on the link.', 'none', 'off'),
  encap: word('as route encap', 'Encapsulation of this way.', 'rest'),
  realms: word('{<from>/}<to>', 'IPv4 only.', 'one'),
  as: word('{to} <ip>', 'Refused.', 'to'),
};

const encapWords: LineWords = {
  ip: word('id <u64> dst <ip> src <ip> tos <n> ttl <0..255> flags <u16>', 'dst or id is needed.', 'rest'),
  ip6: word('id <u64> dst <ip6> src <ip6> tc <n> hoplimit <0..255> flags <u16>', 'dst or id is needed.', 'rest'),
  mpls: word('<label>{/<label>}*', 'Label stack.', 'rest'),
  ila: word('<64-bit locator>', 'ILA locator.', 'rest'),
};

const ruleWords: Readonly<Record<string, RouteWord>> = {
  inet: word('(none)', 'Family.', 'none'),
  inet6: word('(none)', 'Family.', 'none'),
  not: word('(none)', 'Inverts the selector.', 'none', 'off'),
  from: word('<prefix> or all', 'Source.', 'one', 'any'),
  to: word('<prefix> or all', 'Destination.', 'one', 'any'),
  table: word(nameOrNumber, 'Action: look up a table; 0 is invalid.', 'one'),
  lookup: word(nameOrNumber, 'Synonym of table.', 'one'),
  preference: word('<uint32 any base>', 'Priority of the rule.', 'one', 'given out from 16384, with an error'),
  priority: word('<uint32 any base>', 'Synonym of preference.', 'one'),
  order: word('<uint32 any base>', 'Synonym of preference.', 'one'),
  tos: word(nameOrNumber, 'Type of service.', 'one', '0'),
  dsfield: word(nameOrNumber, 'Synonym of tos.', 'one', '0'),
  fwmark: word('<uint32>{/<mask>}', 'Mark.', 'one'),
  realms: word('{<from>/}<to>', 'IPv4 only, with a table.', 'one'),
  suppress_prefixlength: word('<int>', 'With a table.', 'one'),
  sup_pl: word('<int>', 'Short for suppress_prefixlength.', 'one'),
  suppress_ifgroup: word(nameOrNumber, 'With a table.', 'one'),
  sup_group: word(nameOrNumber, 'Short for suppress_ifgroup.', 'one'),
  iif: word('<ifname>', 'Input interface.', 'one'),
  dev: word('<ifname>', 'Synonym of iif.', 'one'),
  oif: word('<ifname>', 'Output interface.', 'one'),
  'tunnel-id': word('<u64>', 'Tunnel.', 'one'),
  uidrange: word('<a>-<b>', 'Users.', 'one'),
  l3mdev: word('(none)', 'Action: table of the l3mdev.', 'none'),
  protocol: word('<0..255>', 'Origin of the rule.', 'one'),
  ipproto: word(nameOrNumber, 'IP protocol.', 'one'),
  sport: word('<a>-<b>', 'Source ports.', 'one'),
  dport: word('<a>-<b>', 'Destination ports.', 'one'),
  type: word('blackhole or unreachable or prohibit or nop or goto', 'Optional word before the action.', 'none'),
  goto: word('<rule preference>', 'Action.', 'one'),
  nop: word('(none)', 'Action.', 'none'),
  blackhole: word('(none)', 'Action.', 'none'),
  unreachable: word('(none)', 'Action.', 'none'),
  prohibit: word('(none)', 'Action.', 'none'),
  no_track: word('(none)', 'The instance does not care if the rule vanishes.', 'none', 'off'),
};

/** Words an option consumes behind itself, or -1 if its argument is missing or bad (reported). */
function argumentsOf(option: RouteWord, statement: Statement, at: number, context: Context): number {
  const { words } = statement;
  if (option.arity === 'none') return 0;
  if (option.arity === 'rest') return words.length - at - 1;
  let taken = 1;
  const skip =
    option.arity === 'locked'
      ? ['lock']
      : option.arity === 'family'
        ? ['inet', 'inet6']
        : option.arity === 'to'
          ? ['to']
          : [];
  if (skip.includes(words[at + 1] ?? '')) taken++;
  const value = words[at + taken];
  if (value === undefined) {
    context.missingStops(statement, `... ${words[at] ?? ''} ${option.form}`);
    return -1;
  }
  if ((option.arity === 'address' || option.arity === 'family') && !parsePrefix(value)) {
    context.error(
      statement,
      at + taken,
      'CFG_INVALID_ADDRESS',
      `${quote(value)} is not an IP address; the line is ignored`,
    );
    return -1;
  }
  return taken;
}

/** Words of old files, with what is written today. */
const oldRouteWords: Readonly<Record<string, string>> = { gw: 'via', or: 'nexthop' };

function readRoute(statement: Statement, context: Context, words: Readonly<Record<string, RouteWord>>): void {
  let destination = false;
  for (let at = 0; at < statement.words.length; at++) {
    const name = statement.words[at] ?? '';
    const option = Object.hasOwn(words, name) ? words[name] : undefined;
    if (!destination && routeTypes.has(name)) continue;
    if (option) {
      const taken = argumentsOf(option, statement, at, context);
      if (taken < 0) return;
      const today = oldRouteWords[name];
      if (today !== undefined) {
        context.report(
          'deprecated',
          statement,
          at,
          'CFG_DEPRECATED',
          `${name} of routes is deprecated`,
          `write ${today}`,
        );
      }
      at += taken;
      noteInterface(name, statement, at, context);
      if (name === 'table') checkTable(statement, at, context);
    } else if (!destination && (anyDestination.has(name) || parsePrefix(name))) {
      destination = true;
      if (name === 'default6') {
        context.report(
          'deprecated',
          statement,
          at,
          'CFG_DEPRECATED',
          'default6 is deprecated',
          'write "inet6 default"',
        );
      }
    } else {
      const problem = destination ? 'no option' : 'no destination';
      context.error(
        statement,
        at,
        'CFG_UNKNOWN_OPTION',
        `${quote(name)} is ${problem} of a route; the line is ignored`,
      );
      return;
    }
  }
  if (!destination) context.error(statement, 0, 'CFG_ROUTE', 'the route has no destination; the line is ignored');
}

function noteInterface(option: string, statement: Statement, word: number, context: Context): void {
  if (option !== 'dev' && option !== 'oif' && option !== 'iif') return;
  context.draft.interfaceUses.push({ name: statement.words[word] ?? '', statement, word });
}

const builtInTables = new Set(['main', 'local', 'default', 'unspec']);

function checkTable(statement: Statement, word: number, context: Context): void {
  const name = statement.words[word] ?? '';
  if (parseCInteger(name) !== undefined || builtInTables.has(name)) return;
  if (context.host.routingName && context.host.routingName('rt_tables', name) === undefined) {
    context.error(
      statement,
      word,
      'CFG_UNKNOWN_TABLE',
      `there is no routing table ${quote(name)}`,
      'add it to /etc/iproute2/rt_tables, or write its number',
    );
  }
}

function readRule(statement: Statement, context: Context, words: Readonly<Record<string, RouteWord>>): void {
  let action = false;
  let preference = false;
  for (let at = 0; at < statement.words.length; at++) {
    const name = statement.words[at] ?? '';
    const option = Object.hasOwn(words, name) ? words[name] : undefined;
    if (!option) {
      context.error(statement, at, 'CFG_UNKNOWN_OPTION', `${quote(name)} is no option of a rule; the line is ignored`);
      return;
    }
    const taken = argumentsOf(option, statement, at, context);
    if (taken < 0) return;
    const value = statement.words[at + taken] ?? '';
    if ((name === 'from' || name === 'to') && !anyDestination.has(value) && !parsePrefix(value)) {
      context.error(
        statement,
        at + 1,
        'CFG_INVALID_ADDRESS',
        `${name} ${quote(value)} is not an address; the line is ignored`,
      );
      return;
    }
    if (['preference', 'priority', 'order'].includes(name)) {
      preference = true;
      if (parseCInteger(value) === undefined) {
        context.report(
          'invalid-number',
          statement,
          at + 1,
          'CFG_INVALID_NUMBER',
          `${name} ${quote(value)} is not a number; the line is ignored`,
        );
        return;
      }
    }
    noteInterface(name, statement, at + taken, context);
    if (name === 'table' || name === 'lookup') checkTable(statement, at + taken, context);
    action ||= ['table', 'lookup', 'l3mdev', 'goto', 'nop', 'blackhole', 'unreachable', 'prohibit'].includes(name);
    at += taken;
  }
  if (!action)
    context.error(
      statement,
      0,
      'CFG_RULE',
      'the rule has no action; the line is ignored',
      'write "table <name or number>" or another action',
    );
  else if (!preference)
    context.error(
      statement,
      0,
      'CFG_RULE',
      'the rule has no preference; the kernel may put it anywhere',
      'write "preference <number>"',
    );
}

const destinationFacts: LineWords = {
  '<dest>': {
    form: '<prefix> or default or any or all or default6',
    note: 'Destination; default6 is deprecated.',
    default: 'required',
  },
};

export function routeKeyword<D>(note: string, kind: 'static' | 'virtual'): Keyword<D> {
  const words = kind === 'static' ? { ...routeWords, ...trackGroup } : routeWords;
  return lines<D>(note, 'block of route lines', (_draft, statement, context) => readRoute(statement, context, words), {
    words: { ...destinationFacts, ...words },
    wordGroups: { nexthop: nexthopWords, encap: encapWords },
    effect: 'none-yet',
  });
}

export function ruleKeyword<D>(note: string, kind: 'static' | 'virtual'): Keyword<D> {
  const words = kind === 'static' ? { ...ruleWords, ...trackGroup } : ruleWords;
  return lines<D>(note, 'block of rule lines', (_draft, statement, context) => readRule(statement, context, words), {
    words,
    effect: 'none-yet',
  });
}
