/** connection_limit (ours): clients with too many connections are banned. */
import type { ConfigurationDraft, ConnectionLimitDraft, LimitedServiceDraft } from '../drafts.ts';
import type { AddressPrefix, BanSet, NftTableFamily } from '../model.ts';
import { prefixOf } from '../prefixes.ts';
import type { Statement } from '../statement.ts';
import { parseAddress, parseDigits, parsePrefix, readInteger } from '../values.ts';
import { quote, type Context } from './context.ts';
import { block, bool, choice, custom, flag, integer, lines, ours, script, seconds, text } from './forms.ts';
import { BlockSchema, type Keyword } from './keyword.ts';
import { positional } from './lines.ts';
import { named } from './vrrp-trackables.ts';

type L = ConnectionLimitDraft;

/** The names of sets get an ending; the kernel's ipset takes 31 characters, and nft wants a letter first. */
const setName = /^[A-Za-z_][A-Za-z0-9_.-]{0,24}$/;
/** Names of somebody else's nftables. */
const nftName = /^[A-Za-z_][A-Za-z0-9_./\\-]{0,127}$/;
const tableFamilies: readonly NftTableFamily[] = ['inet', 'ip', 'ip6', 'netdev', 'bridge'];
const longestTime = 4_294_967;

/** `10.0.0.1 80`, `10.0.0.1`, a group, several of them in one line. */
function readServices(draft: L, statement: Statement, context: Context): void {
  const { words } = statement;
  const services: LimitedServiceDraft[] = (draft.services ??= []);
  for (let word = 0; word < words.length; word++) {
    const name = words[word] ?? '';
    const parsed = parseAddress(name);
    if (!parsed) {
      services.push({ statement, word, kind: 'group', name });
      continue;
    }
    const next = words[word + 1] ?? '';
    let port = 0;
    if (parseDigits(next) >= 0) {
      word++;
      const read = readInteger(context, statement, word, { min: 0, max: 65535 });
      if (read === undefined) continue;
      port = read;
    }
    services.push({ statement, word, kind: 'address', ...parsed, port });
  }
}

/** Addresses and prefixes; bits behind the length are dropped with a note. */
function readPrefixes(statement: Statement, context: Context): AddressPrefix[] {
  return statement.words.flatMap((word, index) => {
    const parsed = parsePrefix(word);
    if (!parsed) {
      context.error(
        statement,
        index,
        'CFG_INVALID_ADDRESS',
        `allow: ${quote(word)} is neither an address nor a prefix; it is ignored`,
        'write addresses such as 10.0.0.0/8 or 2001:db8::1',
      );
      return [];
    }
    return [prefixOf(parsed.address, parsed.prefixLength)];
  });
}

/** The set of `set nftables NAME`, `set nftables FAMILY TABLE SET SET6` or `set ipset NAME NAME6`. */
function readSet(statement: Statement, context: Context): BanSet | undefined {
  const [, program, ...names] = statement.words;
  const refuse = (word: number, problem: string, remedy: string): undefined => {
    context.error(statement, word, 'CFG_INVALID_WORD', `set: ${problem}; the line is ignored`, remedy);
    return undefined;
  };
  const [first = '', second, third, fourth] = names;
  if (program === 'ipset') {
    const wrong = names.findIndex((name) => !setName.test(name));
    if (first === '' || wrong >= 0)
      return refuse(
        2 + Math.max(0, wrong),
        first === '' ? 'its name is missing' : `${quote(names[wrong] ?? '')} is no name of a set`,
        'write "set ipset NAME"',
      );
    return { kind: 'ipset', inet: first, inet6: second ?? `${first}6` };
  }
  if (program !== 'nftables')
    return refuse(1, `${quote(program ?? '')} is neither nftables nor ipset`, 'write "set nftables NAME"');
  if (second === undefined) {
    if (!setName.test(first))
      return refuse(
        2,
        first === '' ? 'its name is missing' : `${quote(first)} is no name of a set`,
        'write "set nftables NAME": begin with a letter, use at most 25',
      );
    return { kind: 'nftables', name: first };
  }
  const tableFamily = tableFamilies.find((family) => family === first);
  if (tableFamily === undefined || third === undefined)
    return refuse(
      2,
      `${quote(names.join(' '))} names no set that exists`,
      'write "set nftables FAMILY TABLE SET SET6"',
    );
  const wrong = [second, third, fourth ?? 'x'].findIndex((name) => !nftName.test(name));
  if (wrong >= 0)
    return refuse(3 + wrong, `${quote(names[wrong + 1] ?? '')} is no name for nft`, 'write it without quotes');
  if (tableFamily === 'ip6') return { kind: 'nftables-existing', tableFamily, table: second, inet6: third };
  return {
    kind: 'nftables-existing',
    tableFamily,
    table: second,
    inet: third,
    ...(fourth !== undefined && { inet6: fourth }),
  };
}

const connectionLimitSchema = new BlockSchema<L>('connection_limit', {
  virtual_servers: lines(
    'Which connections count: services by address, or groups. A service by firewall mark cannot be told from others.',
    'block',
    (draft, statement, context) => {
      if (statement.words.length === 1 && statement.keyword === 'all') draft.allServices = true;
      else readServices(draft, statement, context);
    },
    {
      ...ours,
      default: 'all',
      words: positional({
        '<IPADDR>': ['<ip> <port?>', 'Address of virtual servers; without a port, all of its ports.', ours],
        '<group>': ['<name>', 'A virtual_server_group.', ours],
        all: ['(none)', 'Every connection that IPVS has, whoever made its service.', ours],
      }),
    },
  ),
  max_established: integer(
    'A client with more established connections than this is banned.',
    { min: 1, max: 4294967295 },
    (draft, value) => (draft.maxEstablished = value),
    { ...ours, default: 'required' },
  ),
  client_prefix: custom(
    'Clients are told apart by this many bits of their IPv4 and IPv6 addresses.',
    '<int 1..32> <int? 1..128>',
    (draft, statement, context) => {
      const inet = readInteger(context, statement, 1, { min: 1, max: 32 });
      const inet6 = statement.words.length > 2 ? readInteger(context, statement, 2, { min: 1, max: 128 }) : 128;
      if (inet !== undefined && inet6 !== undefined) draft.clientPrefix = { inet, inet6 };
    },
    { ...ours, default: '32 128', missing: 'stops' },
  ),
  interval: seconds(
    'From one reading of the connection table to the next.',
    { min: 1, max: 86_400, decimals: 6 },
    (draft, value) => (draft.interval = value),
    { ...ours, default: '10' },
  ),
  ban_time: seconds(
    'How long a ban lasts; 0: until it is removed.',
    { min: 0, max: longestTime, decimals: 6 },
    (draft, value) => (draft.banTime = value),
    { ...ours, default: '3600' },
  ),
  release_below: integer(
    'A ban ends early when its client has fewer established connections than this.',
    { min: 1, max: 4294967295 },
    (draft, value, statement) => {
      draft.releaseBelow = value;
      draft.releaseBelowAt = statement;
    },
    { ...ours, default: 'bans end with their time' },
  ),
  allow: lines(
    'Never banned, beside the addresses of this machine, its virtual and real servers and its VRRP peers.',
    'block of addresses',
    (draft, statement, context) => draft.allow.push(...readPrefixes(statement, context)),
    {
      ...ours,
      default: 'none',
      words: positional({ '<IPADDR>': ['<ip/len>+', 'Addresses and prefixes.', ours] }),
    },
  ),
  blacklist_file: text(
    'One address or prefix a line: all of them are banned. Followed as it changes.',
    (draft, value, statement, context) => {
      if (value.startsWith('/')) draft.blacklistFile = value;
      else
        context.error(
          statement,
          1,
          'CFG_INVALID_WORD',
          `blacklist_file: ${quote(value)} is no full path; it is ignored`,
        );
    },
    { ...ours, form: '<path>', default: 'none' },
  ),
  append: flag(
    'Bans are written to the end of blacklist_file.',
    (draft, _value, statement) => (draft.appendAt = statement),
    ours,
  ),
  set: custom(
    'Where the kernel finds who is banned: `nftables NAME` (made and removed), `nftables FAMILY TABLE SET SET6` (existing ones, only filled), `ipset NAME NAME6`.',
    'nftables <name> | nftables <family> <table> <set> <set6?> | ipset <name> <name6?>',
    (draft, statement, context) => {
      const set = readSet(statement, context);
      if (!set) return;
      draft.set = set;
      draft.setAt = statement;
    },
    { ...ours, default: 'nftables, named as the limit', missing: 'stops' },
  ),
  action: choice(
    'What becomes of packets of banned clients.',
    ['drop', 'reject', 'log'],
    (draft, value, statement) => {
      draft.action = value;
      draft.actionAt = statement;
    },
    { ...ours, default: 'drop' },
  ),
  enforce: choice(
    'The kernel refuses new connections beyond max_established by itself (nftables `ct count`; needs connection tracking of IPVS, and NAT).',
    ['kernel'],
    (draft, _value, statement) => (draft.enforceAt = statement),
    { ...ours, default: 'off' },
  ),
  notify: script(
    'Runs at every ban and release, with LIMIT, name, BANNED or RELEASED, address and connections as arguments.',
    (draft) => `connection_limit ${draft.name}`,
    (draft) => draft.notify,
    (draft, value) => (draft.notify = value),
    { ...ours, default: 'none' },
  ),
  smtp_alert: bool('Mail at every ban and release.', (draft, value) => (draft.smtpAlert = value), {
    ...ours,
    default: 'smtp_alert_checker, else false',
  }),
});

export const connectionLimit: Keyword<ConfigurationDraft> = block<ConfigurationDraft, L>(
  'Bans clients that hold too many connections.',
  connectionLimitSchema,
  named<L>(
    (draft) => draft.connectionLimits,
    (statement, name) => ({ statement, name, allow: [] }),
  ),
  (limit, _statement, context) => {
    context.draft.connectionLimits.push(limit);
  },
  { ...ours, form: '<name> block' },
);
