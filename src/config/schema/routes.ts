/** Lines of static_routes and virtual_routes: the terms of `ip route`. */
import type { NexthopDraft, RouteDraft } from '../drafts.ts';
import type { RouteMetricName, RouteType } from '../model.ts';
import type { Statement } from '../statement.ts';
import { quote, type Context } from './context.ts';
import { lines } from './forms.ts';
import type { Keyword, LineWords } from './keyword.ts';
import {
  lineOptionBuilders,
  positional,
  readOptions,
  type Cursor,
  type LineOption,
  type LineOptions,
} from './lines.ts';
import { encapsulationForm, encapsulationWords, readEncapsulation } from './route-encapsulation.ts';
import {
  agree,
  nameOrNumber,
  readAddress,
  readGateway,
  readInterface,
  readLock,
  readName,
  readPrefix,
  readRealms,
  readTime,
  unsigned32,
} from './route-values.ts';
import { noTrack, realms, tos, trackGroup } from './routing-options.ts';

type R = RouteDraft;

const { option, value, synonym } = lineOptionBuilders<R>();

interface MetricForm {
  readonly form?: string;
  readonly lock?: true;
  readonly max?: number;
  /** A time, in so many parts of a millisecond. */
  readonly time?: 1 | 4 | 8;
}

function metric(name: RouteMetricName, { lock, max = unsigned32.max, time, form }: MetricForm): LineOption<R> {
  const plain =
    form ?? (time === undefined ? (max < unsigned32.max ? `<0..${max}>` : '<uint>') : '<time with ms or s>');
  return option(lock ? `{lock} ${plain}` : plain, 'Metric.', (draft, cursor) => {
    const locked = lock === true && readLock(cursor);
    const found = time === undefined ? cursor.integer(plain, { min: 0, max }) : readTime(cursor, time);
    if (found === undefined) return false;
    draft.metrics[name] = { value: found, locked };
    return true;
  });
}

const type = (name: RouteType, note = 'Route type.'): LineOption<R> => ({
  ...option('before dest', note, (draft) => void (draft.type = name)),
  ...(name === 'unicast' && { default: 'unicast' }),
});

const family = (name: 'inet' | 'inet6'): LineOption<R> =>
  option('(none)', 'Family.', (draft, cursor) => agree(draft, name, cursor), 'from addresses');

const routerPreferences: Readonly<Record<string, number>> = { low: 3, medium: 0, high: 1 };

function readPreference(draft: R, cursor: Cursor): number | undefined {
  const word = cursor.peek();
  const named = word === undefined ? undefined : routerPreferences[word];
  if (named !== undefined) cursor.next();
  const found = named ?? cursor.integer('low or medium or high or <0..255>', { min: 0, max: 255 });
  return found !== undefined && agree(draft, 'inet6', cursor) ? found : undefined;
}

/** Old files: `via A or B` are two ways. */
function readOr(draft: R, cursor: Cursor): boolean {
  old(cursor, 'nexthop');
  const address = readAddress(draft, cursor);
  if (address === undefined) return false;
  if (draft.nexthops.length > 0) {
    cursor.error('CFG_DUPLICATE', 'a second "or" of one route is ignored', 'write "nexthop via" for each way');
    return true;
  }
  if (draft.via !== undefined) draft.nexthops.push({ via: draft.via });
  draft.nexthops.push({ via: address });
  delete draft.via;
  return true;
}

function old(cursor: Cursor, today: string): void {
  const { context, statement, word } = cursor;
  context.report(
    'deprecated',
    statement,
    word,
    'CFG_DEPRECATED',
    `${cursor.current} of routes is deprecated`,
    `write ${today}`,
  );
}

function refuseTranslation(cursor: Cursor): void {
  cursor.error('CFG_ROUTE', '"as" (address translation by routes) does not exist', 'remove it');
  cursor.argument('{to} <ip>');
  if (cursor.current === 'to') cursor.argument('<ip>');
}

type Nexthop = readonly [
  form: string,
  note: string,
  read: (way: NexthopDraft, draft: R, cursor: Cursor) => boolean,
  defaultValue?: string,
];

const nexthopOptions: Readonly<Record<string, Nexthop>> = {
  via: [
    '{inet or inet6} <ip>',
    'Gateway of this way.',
    (way, draft, cursor) => {
      const via = readGateway(draft, cursor);
      if (via !== undefined) way.via = via;
      return via !== undefined;
    },
  ],
  dev: [
    '<ifname>',
    'Interface of this way.',
    (way, draft, cursor) => {
      const name = readInterface(draft, cursor);
      if (name !== undefined) way.interface = name;
      return name !== undefined;
    },
  ],
  weight: [
    '<1..256>',
    'Share of this way.',
    (way, _draft, cursor) => {
      const weight = cursor.integer('<1..256>', { min: 1, max: 256 });
      if (weight !== undefined) way.weight = weight;
      return weight !== undefined;
    },
    '1',
  ],
  onlink: ['(none)', 'The gateway is on the link.', (way) => (way.onLink = true), 'off'],
  encap: [
    'as route encap',
    'Encapsulation of this way.',
    (way, _draft, cursor) => {
      const encapsulation = readEncapsulation(cursor);
      if (encapsulation) way.encapsulation = encapsulation;
      return encapsulation !== undefined;
    },
  ],
  realms: [
    '{<from>/}<to>',
    'IPv4 only.',
    (way, draft, cursor) => {
      const realms = readRealms(cursor);
      if (realms) way.realms = realms;
      return realms !== undefined && agree(draft, 'inet', cursor);
    },
  ],
  as: [
    '{to} <ip>',
    'Refused.',
    (_way, _draft, cursor) => {
      refuseTranslation(cursor);
      return false;
    },
  ],
};

const nexthopWords: LineWords = positional(
  Object.fromEntries(
    Object.entries(nexthopOptions).map(([word, [form, note, , defaultValue]]) => [
      word,
      [form, note, defaultValue === undefined ? {} : { default: defaultValue }],
    ]),
  ),
);

/** Everything from the first `nexthop` to the end of the line. */
function readNexthops(draft: R, cursor: Cursor): boolean {
  if (draft.nexthops.length > 0) {
    cursor.error('CFG_ROUTE', 'a route has either "or" or nexthops; the nexthops are ignored', 'write nexthops only');
    while (cursor.next() !== undefined);
    return true;
  }
  let way: NexthopDraft = {};
  draft.nexthops.push(way);
  while (cursor.next() !== undefined) {
    const word = cursor.current;
    if (word === 'nexthop') {
      way = {};
      draft.nexthops.push(way);
      continue;
    }
    const found = Object.hasOwn(nexthopOptions, word) ? nexthopOptions[word] : undefined;
    if (!found) {
      cursor.error(
        'CFG_UNKNOWN_OPTION',
        `${quote(word)} is no option of a nexthop; it and what follows it is ignored`,
        'write options of the route itself before the first nexthop',
      );
      while (cursor.next() !== undefined);
      return true;
    }
    if (!found[2](way, draft, cursor)) return false;
  }
  return true;
}

const gateway = value('{inet or inet6} <ip>', 'Gateway.', readGateway, (draft, found) => (draft.via = found), 'none');
const routePreference = value(
  '<uint32>',
  'Preference among routes.',
  (_draft, cursor) => cursor.integer('<uint32>', unsigned32),
  (draft, found) => (draft.metric = found),
  "the kernel's",
);
const outputInterface = value('<ifname>', 'Output interface.', readInterface, (draft, found) => {
  draft.interface = found;
});

const routeOptions: LineOptions<R> = {
  to: option('before dest', 'Optional word before the destination.', () => undefined),
  unicast: type('unicast', 'Route type; also local, broadcast, anycast, multicast, throw, nat, xresolve.'),
  blackhole: type('blackhole'),
  unreachable: type('unreachable'),
  prohibit: type('prohibit'),
  inet: family('inet'),
  inet6: family('inet6'),
  src: value('<ip>', 'Preferred source.', readAddress, (draft, found) => (draft.preferredSource = found), 'none'),
  as: option('{to} <ip>', 'Known but refused.', (_draft, cursor) => refuseTranslation(cursor)),
  via: gateway,
  gw: {
    ...option('<ip>', 'Old spelling of via.', (draft, cursor) => {
      old(cursor, 'via');
      return gateway.read(draft, cursor);
    }),
    default: 'none',
  },
  from: value(
    '<ip prefix>',
    'Source prefix, IPv6 only.',
    (draft, cursor) => {
      if (cursor.argument('<ip prefix>') === undefined) return undefined;
      const from = readPrefix(draft, cursor);
      return from && agree(draft, 'inet6', cursor) ? from : undefined;
    },
    (draft, found) => (draft.from = found),
    'none',
  ),
  tos,
  dsfield: synonym(tos, 'tos'),
  table: value(
    nameOrNumber,
    'Routing table.',
    (_draft, cursor) => readName(cursor, 'rt_tables'),
    (draft, found) => (draft.table = found),
    'main',
  ),
  vrf: value('<vrf ifname>', 'Table of a VRF.', readInterface, (draft, found) => (draft.vrf = found), 'none'),
  protocol: value(
    nameOrNumber,
    'Origin of the route; others than the default need no_track.',
    (_draft, cursor) => readName(cursor, 'rt_protos'),
    (draft, found) => (draft.protocol = found),
    'keepalived (18)',
  ),
  scope: value(
    nameOrNumber,
    'Scope.',
    (_draft, cursor) => readName(cursor, 'rt_scopes'),
    (draft, found) => (draft.scope = found),
    'global',
  ),
  metric: routePreference,
  priority: synonym(routePreference, 'metric'),
  preference: synonym(routePreference, 'metric'),
  dev: { ...outputInterface, default: 'found by the kernel' },
  oif: synonym(outputInterface, 'dev'),
  onlink: option('(none)', 'The gateway is on the link.', (draft) => void (draft.onLink = true), 'off'),
  encap: value(
    encapsulationForm,
    'Lightweight tunnel.',
    (_draft, cursor) => readEncapsulation(cursor),
    (draft, found) => (draft.encapsulation = found),
    'none',
  ),
  expires: value(
    '<secs uint>',
    'Lifetime, IPv6.',
    (draft, cursor) => {
      const seconds = cursor.integer('<secs uint>', unsigned32);
      return seconds !== undefined && agree(draft, 'inet6', cursor) ? seconds : undefined;
    },
    (draft, found) => (draft.expires = found),
    'none',
  ),
  mtu: metric('mtu', { lock: true }),
  hoplimit: metric('hoplimit', { max: 255 }),
  advmss: metric('advmss', { lock: true }),
  rtt: metric('rtt', { lock: true, time: 8 }),
  rttvar: metric('rttvar', { lock: true, time: 4 }),
  reordering: metric('reordering', { lock: true }),
  window: metric('window', {}),
  cwnd: metric('cwnd', { lock: true }),
  ssthresh: metric('ssthresh', { lock: true }),
  realms: realms('IPv4 only.'),
  rto_min: metric('rto_min', { lock: true, time: 1 }),
  initcwnd: metric('initcwnd', {}),
  initrwnd: metric('initrwnd', {}),
  features: option('ecn', 'Only ecn is known.', (draft, cursor) => {
    const word = cursor.argument('ecn');
    // RTAX_FEATURE_ECN
    if (word === 'ecn') draft.metrics.features = { value: 1, locked: false };
    else if (word !== undefined)
      cursor.error('CFG_INVALID_WORD', `feature ${quote(word)} is unknown and ignored`, 'write "features ecn"');
  }),
  quickack: metric('quickack', { max: 1, form: '0 or 1' }),
  congctl: option('{lock} <name>', 'Congestion control.', (draft, cursor) => {
    const locked = readLock(cursor);
    const name = cursor.argument('<name>');
    if (name !== undefined) draft.congestionControl = { name, locked };
  }),
  pref: value('low or medium or high or <0..255>', 'Router preference, IPv6.', readPreference, (draft, found) => {
    draft.preference = found;
  }),
  'ttl-propagate': option('enabled or disabled', 'MPLS TTL propagation.', (draft, cursor) => {
    const word = cursor.argument('enabled or disabled');
    if (word === 'enabled' || word === 'disabled') draft.ttlPropagate = word === 'enabled';
    else if (word !== undefined)
      cursor.error('CFG_INVALID_WORD', `ttl-propagate: ${quote(word)} is neither enabled nor disabled`);
  }),
  fastopen_no_cookie: metric('fastopen_no_cookie', { max: 1, form: '0 or 1' }),
  add: option('(none)', 'Creates exclusively, as ip route add.', (draft) => void (draft.placement = 'add'), 'off'),
  prepend: option(
    '(none)',
    'Creates without append or exclusive.',
    (draft) => void (draft.placement = 'prepend'),
    'on',
  ),
  append: option('(none)', 'Creates behind others.', (draft) => void (draft.placement = 'append'), 'off'),
  or: option('<ip>', 'Old second gateway; use nexthop.', readOr),
  nexthop: option('list to end of line', 'Several ways; must be last.', readNexthops),
  no_track: noTrack('route'),
};

const staticOptions: LineOptions<R> = {
  ...routeOptions,
  track_group: trackGroup('dev'),
};

const otherTypes: ReadonlySet<string> = new Set<RouteType>([
  'local',
  'broadcast',
  'anycast',
  'multicast',
  'throw',
  'nat',
  'xresolve',
]);

function isOtherType(word: string): word is RouteType {
  return otherTypes.has(word);
}

/** A word that is no option: a type or the destination. */
function readDestination(draft: R, cursor: Cursor): boolean {
  const word = cursor.current;
  if (isOtherType(word)) {
    draft.type = word;
    return true;
  }
  if (draft.destination) {
    cursor.error('CFG_UNKNOWN_OPTION', `${quote(word)} is no option of a route; the line is ignored`);
    return false;
  }
  if (!/^(?:[0-9a-fA-F:]|default6?$|any$|all$)/.test(word)) {
    cursor.error('CFG_UNKNOWN_OPTION', `${quote(word)} is no destination of a route; the line is ignored`);
    return false;
  }
  const destination = readPrefix(draft, cursor);
  if (destination) draft.destination = destination;
  return destination !== undefined;
}

/** Reads one line; undefined after reporting why it is dropped. */
function readRoute(statement: Statement, context: Context, options: LineOptions<R>): RouteDraft | undefined {
  const draft: RouteDraft = { statement, interfaces: [], nexthops: [], metrics: {} };
  const whole = readOptions(draft, options, statement, -1, context, (cursor) => readDestination(draft, cursor));
  if (!whole) return undefined;
  if (draft.destination) return draft;
  context.error(statement, 0, 'CFG_ROUTE', 'the route has no destination; the line is ignored');
  return undefined;
}

const destinationFacts: LineWords = positional({
  '<dest>': [
    '<prefix> or default or any or all or default6',
    'Destination; default6 is deprecated.',
    { default: 'required' },
  ],
});

/** A block of routes; `pick` says where the lines are kept. */
export function routeKeyword<D>(
  note: string,
  kind: 'static' | 'virtual',
  pick: (draft: D) => RouteDraft[],
): Keyword<D> {
  const options = kind === 'static' ? staticOptions : routeOptions;
  return lines<D>(
    note,
    'block of route lines',
    (draft, statement, context) => {
      const read = readRoute(statement, context, options);
      if (read) pick(draft).push(read);
    },
    {
      words: { ...destinationFacts, ...options },
      wordGroups: { nexthop: nexthopWords, encap: encapsulationWords },
    },
  );
}
