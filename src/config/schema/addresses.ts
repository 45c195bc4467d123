/** Lines of static_ipaddress, virtual_ipaddress and virtual_ipaddress_excluded: the terms of `ip address add`. */
import type { VirtualAddressDraft } from '../drafts.ts';
import type { Statement } from '../statement.ts';
import { parseAddress, parseCInteger, parsePrefix } from '../values.ts';
import { quote, type Context } from './context.ts';
import type { LineWords } from './keyword.ts';
import { positional, readOptions, type Cursor, type LineOption, type LineOptions } from './lines.ts';
import { nameOrNumber, readName, readTrackGroup } from './route-values.ts';

type A = VirtualAddressDraft;

/** Linux: IFNAMSIZ less the end mark. */
export const longestInterfaceName = 15;
const unlimited = 4294967295;

function option(form: string, note: string, read: LineOption<A>['read'], defaultValue?: string): LineOption<A> {
  return { form, note, read, ...(defaultValue !== undefined && { default: defaultValue }) };
}

function readBroadcast(draft: A, cursor: Cursor): void {
  const word = cursor.argument('<ipv4> or + or -');
  if (word === undefined) return;
  if (draft.family === 'inet6') {
    cursor.error('CFG_INVALID_ADDRESS', 'IPv6 has no broadcast addresses; the option is ignored');
    return;
  }
  const address = word === '+' || word === '-' ? word : parseAddress(word)?.address;
  if (address === undefined || address.includes(':'))
    cursor.error('CFG_INVALID_ADDRESS', `broadcast ${quote(word)} is not an IPv4 address`);
  else draft.broadcast = { text: address, word: cursor.word };
}

function readLabel(draft: A, cursor: Cursor): void {
  const word = cursor.argument('<string max 15>');
  if (word === undefined) return;
  if (draft.family === 'inet6') {
    cursor.error('CFG_LABEL_IPV6', 'IPv6 addresses have no label; it is ignored', 'remove the label');
    return;
  }
  if (word.length > longestInterfaceName) {
    cursor.error(
      'CFG_TOO_LONG',
      `label ${quote(word)} has more than ${longestInterfaceName} characters and is ignored`,
    );
    return;
  }
  draft.label = word;
}

function readPeer(draft: A, cursor: Cursor): void {
  const word = cursor.argument('<ip>{/<prefixlen>}');
  if (word === undefined) return;
  const parsed = parsePrefix(word);
  if (!parsed || parsed.family !== draft.family) {
    cursor.error('CFG_INVALID_ADDRESS', `peer ${quote(word)} is not an address of the same family`);
    return;
  }
  const { address, prefixLength } = parsed;
  if (draft.peer) cursor.error('CFG_DUPLICATE', 'the address has a peer already; the second is ignored');
  else draft.peer = { address, prefixLength, word: cursor.word };
}

function readPreferredLifetime(draft: A, cursor: Cursor): void {
  const word = cursor.argument('<uint32> or forever');
  if (word === undefined) return;
  if (word === 'forever' || word === 'infinite') draft.preferredLifetime = unlimited;
  else {
    const value = parseCInteger(word);
    if (value === undefined || value < 0 || value > unlimited)
      cursor.error('CFG_INVALID_NUMBER', `preferred_lft ${quote(word)} is not a number of seconds`);
    else draft.preferredLifetime = value;
  }
}

const broadcast = option(
  '<ipv4> or + or -',
  'Broadcast address; plus sets, minus clears the host bits.',
  readBroadcast,
  'none',
);

const common: LineOptions<A> = {
  dev: option(
    '<ifname>',
    'Interface that holds the address.',
    (draft, cursor) => {
      const name = cursor.argument('<ifname>');
      if (name === undefined) return;
      draft.interface = name;
      draft.interfaceWord = cursor.word;
    },
    'interface of the instance',
  ),
  scope: option(
    nameOrNumber,
    'IPv4 only; names from rt_scopes.',
    (draft, cursor) => {
      const scope = readName(cursor, 'rt_scopes');
      if (scope) draft.scope = scope;
    },
    'global',
  ),
  brd: broadcast,
  broadcast: { ...broadcast, note: 'Synonym of brd.' },
  label: option('<string max 15>', 'IPv4 only.', readLabel, 'none'),
  peer: option(
    '<ip>{/<prefixlen>}',
    'Other end of a point-to-point link; excludes a broadcast address.',
    readPeer,
    'none',
  ),
  home: option('(none)', 'Home address of mobile IPv6.', (draft) => void (draft.home = true), 'off'),
  '-nodad': option(
    '(none)',
    'Lets duplicate address detection happen.',
    (draft) => void (draft.duplicateAddressDetection = true),
    'no detection for virtual addresses',
  ),
  mngtmpaddr: option(
    '(none)',
    'The kernel manages temporary addresses made from it.',
    (draft) => void (draft.manageTemporaryAddresses = true),
    'off',
  ),
  noprefixroute: option('(none)', 'No route for the prefix.', (draft) => void (draft.noPrefixRoute = true), 'off'),
  autojoin: option('(none)', 'The kernel joins the multicast group.', (draft) => void (draft.autoJoin = true), 'off'),
  no_track: option(
    '(none)',
    'Its interface is not tracked and it is not put back when somebody deletes it.',
    (draft) => void (draft.noTrack = true),
    'off',
  ),
  preferred_lft: option(
    '<uint32> or forever',
    'Preferred lifetime.',
    readPreferredLifetime,
    'forever; 0 for IPv6 /128',
  ),
};

const virtualOptions: LineOptions<A> = {
  ...common,
  use_vmac: {
    ...option(
      '(none)',
      'Puts the address on a VMAC over its interface.',
      (draft) => void (draft.useVmac = true),
      'off',
    ),
  },
};

const staticOptions: LineOptions<A> = {
  ...common,
  track_group: option('<name>', 'Instances that are in fault while its interface is down.', readTrackGroup, 'none'),
};

const first = positional({ '<IPADDR>': ['<ip>{/<prefixlen>}', 'Must be the first word.', { default: '/32 or /128' }] });

export const virtualAddressWords: LineWords = { ...first, ...virtualOptions };
export const staticAddressWords: LineWords = { ...first, ...staticOptions };

/** An address with a length that is none: the host address is used, as in the original, which must go on answering. */
function withoutLength(statement: Statement, word: string, context: Context): ReturnType<typeof parsePrefix> {
  const slash = word.indexOf('/');
  const host = slash < 0 ? undefined : parsePrefix(word.slice(0, slash));
  if (!host) return undefined;
  context.error(
    statement,
    0,
    'CFG_INVALID_ADDRESS',
    `${quote(word.slice(slash))} is no length of a prefix; ${host.address}/${host.prefixLength} is used`,
    `write ${host.address}/ and a number from 0 to ${host.prefixLength}`,
  );
  return host;
}

/** Reads one line; undefined after reporting why it is dropped. */
export function readAddressLine(
  kind: 'static' | 'virtual',
  statement: Statement,
  context: Context,
): VirtualAddressDraft | undefined {
  const word = statement.words[0] ?? '';
  const parsed = parsePrefix(word) ?? withoutLength(statement, word, context);
  if (!parsed) {
    context.error(
      statement,
      0,
      'CFG_INVALID_ADDRESS',
      `${quote(word)} is not an IP address; the line is ignored`,
      'begin the line with ADDRESS or ADDRESS/LENGTH',
    );
    return undefined;
  }
  const draft: VirtualAddressDraft = { statement, ...parsed };
  return readOptions(draft, kind === 'static' ? staticOptions : virtualOptions, statement, 0, context)
    ? draft
    : undefined;
}
