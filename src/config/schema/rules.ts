/** Lines of static_rules and virtual_rules: the terms of `ip rule`. */
import type { RuleDraft } from '../drafts.ts';
import type { PortRange, RuleAction } from '../model.ts';
import type { Statement } from '../statement.ts';
import { parseCInteger, parseDigits } from '../values.ts';
import { quote, type Context } from './context.ts';
import { lines } from './forms.ts';
import { ipProtocolNumber } from './ip-protocols.ts';
import type { Keyword } from './keyword.ts';
import { lineOptionBuilders, readOptions, type Cursor, type LineOption, type LineOptions } from './lines.ts';
import {
  agree,
  nameOrNumber,
  readInterface,
  readName,
  readPrefix,
  readUnsigned64,
  unsigned32,
} from './route-values.ts';
import { noTrack, realms, tos, trackGroup } from './routing-options.ts';

type R = RuleDraft;

const { option, value, synonym } = lineOptionBuilders<R>();

/** Only one action may be named. */
function setAction(draft: R, cursor: Cursor, action: NonNullable<R['action']>): boolean {
  if (draft.action === undefined) {
    draft.action = action;
    return true;
  }
  cursor.error(
    'CFG_RULE',
    `the rule has two actions, ${draft.action.kind} and ${action.kind}; the line is ignored`,
    'keep one of table, l3mdev, goto, nop, blackhole, unreachable and prohibit',
  );
  return false;
}

function plainAction(kind: Exclude<RuleAction['kind'], 'table' | 'goto'>): LineOption<R> {
  const note = kind === 'l3mdev' ? 'Action: table of the l3mdev.' : 'Action.';
  return option('(none)', note, (draft, cursor) => setAction(draft, cursor, { kind }));
}

function invalidNumber(cursor: Cursor, text: string, what: string): undefined {
  cursor.context.report(
    'invalid-number',
    cursor.statement,
    cursor.word,
    'CFG_INVALID_NUMBER',
    `${quote(text)} is not ${what}; the line is ignored`,
  );
  return undefined;
}

/** A number of 32 bits in any base of C. */
function readAnyBase(cursor: Cursor, form: string): number | undefined {
  const text = cursor.argument(form);
  if (text === undefined) return undefined;
  const number = parseCInteger(text);
  if (number === undefined || number < 0 || number > unsigned32.max) return invalidNumber(cursor, text, 'a number');
  return number;
}

function readMark(_draft: R, cursor: Cursor): NonNullable<R['firewallMark']> | undefined {
  const text = cursor.argument('<uint32>{/<mask>}');
  if (text === undefined) return undefined;
  const [mark, mask, ...rest] = text.split('/').map((part) => parseCInteger(part) ?? -1);
  const fits = (part = 0): boolean => part >= 0 && part <= unsigned32.max;
  if (mark === undefined || !fits(mark) || !fits(mask) || rest.length > 0) {
    return invalidNumber(cursor, text, 'a mark');
  }
  return { mark, ...(mask !== undefined && { mask }) };
}

function readRange(cursor: Cursor, most: number, what: string, single: boolean): PortRange | undefined {
  const text = cursor.argument('<a>-<b>');
  if (text === undefined) return undefined;
  const dash = text.indexOf('-');
  const from = parseDigits(dash < 0 ? text : text.slice(0, dash));
  const to = dash < 0 ? from : parseDigits(text, dash + 1);
  if ((dash < 0 && !single) || from < 0 || to < from || to > most) return invalidNumber(cursor, text, what);
  return { from, to };
}

/** keepalived refuses a single port and goes on without it, which makes the rule match everything: the line is dropped. */
const readPorts = (_draft: R, cursor: Cursor): PortRange | undefined =>
  readRange(cursor, 0xffff, 'a range of ports, for example 80-80', false);

function selector(note: string, side: 'from' | 'to'): LineOption<R> {
  return value(
    '<prefix> or all',
    note,
    (draft, cursor) => (cursor.argument('<prefix> or all') === undefined ? undefined : readPrefix(draft, cursor)),
    (draft, found) => (draft[side] = found),
    'any',
  );
}

const family = (name: 'inet' | 'inet6'): LineOption<R> =>
  option('(none)', 'Family.', (draft, cursor) => agree(draft, name, cursor));

const table = value(
  nameOrNumber,
  'Action: look up a table; 0 is invalid.',
  (_draft, cursor) => readName(cursor, 'rt_tables'),
  () => undefined,
);
const lookup: LineOption<R> = {
  ...table,
  read: (draft, cursor) => {
    const name = readName(cursor, 'rt_tables');
    return name !== undefined && setAction(draft, cursor, { kind: 'table', table: name });
  },
};
const preference = value(
  '<uint32 any base>',
  'Priority of the rule.',
  (_draft, cursor) => readAnyBase(cursor, '<number>'),
  (draft, found) => (draft.preference = found),
  'given out from 16384, with an error',
);
const suppressPrefixLength = value(
  '<int>',
  'With a table.',
  (_draft, cursor) => cursor.integer('<int>', { min: 0, max: 0x7fff_ffff }),
  (draft, found) => (draft.suppressPrefixLength = found),
);
const suppressGroup = value(
  nameOrNumber,
  'With a table.',
  (_draft, cursor) => readName(cursor, 'group'),
  (draft, found) => (draft.suppressInterfaceGroup = found),
);
const inputInterface = value('<ifname>', 'Input interface.', readInterface, (draft, found) => {
  draft.inputInterface = found;
});

const ruleOptions: LineOptions<R> = {
  inet: family('inet'),
  inet6: family('inet6'),
  not: option('(none)', 'Inverts the selector.', (draft) => void (draft.invert = true), 'off'),
  from: selector('Source.', 'from'),
  to: selector('Destination.', 'to'),
  table: lookup,
  lookup: synonym(lookup, 'table'),
  preference,
  priority: synonym(preference, 'preference'),
  order: synonym(preference, 'preference'),
  tos,
  dsfield: synonym(tos, 'tos'),
  fwmark: value('<uint32>{/<mask>}', 'Mark.', readMark, (draft, found) => (draft.firewallMark = found)),
  realms: realms('IPv4 only, with a table.'),
  suppress_prefixlength: suppressPrefixLength,
  sup_pl: { ...suppressPrefixLength, note: 'Short for suppress_prefixlength.' },
  suppress_ifgroup: suppressGroup,
  sup_group: { ...suppressGroup, note: 'Short for suppress_ifgroup.' },
  iif: inputInterface,
  dev: synonym(inputInterface, 'iif'),
  oif: value('<ifname>', 'Output interface.', readInterface, (draft, found) => (draft.outputInterface = found)),
  'tunnel-id': value(
    '<u64>',
    'Tunnel.',
    (_draft, cursor) => readUnsigned64(cursor),
    (draft, found) => {
      draft.tunnelId = found;
    },
  ),
  uidrange: value(
    '<a>-<b>',
    'Users.',
    (_draft, cursor) => readRange(cursor, unsigned32.max, 'a range of users, for example 100-200', false),
    (draft, found) => (draft.userIds = found),
  ),
  l3mdev: plainAction('l3mdev'),
  protocol: option('<0..255>', 'Origin of the rule.', (draft, cursor) => {
    const { word } = cursor;
    const number = cursor.integer('<0..255>', { min: 0, max: 255 });
    if (number !== undefined) draft.protocol = { table: 'rt_protos', text: String(number), word: word + 1 };
  }),
  ipproto: value(
    nameOrNumber,
    'IP protocol.',
    (_draft, cursor) => {
      const text = cursor.argument(nameOrNumber);
      if (text === undefined) return undefined;
      const digits = parseDigits(text);
      const number = digits >= 0 && digits <= 255 ? digits : ipProtocolNumber(text);
      if (number === undefined)
        cursor.error('CFG_INVALID_WORD', `${quote(text)} is no IP protocol; the line is ignored`);
      return number;
    },
    (draft, found) => (draft.ipProtocol = found),
  ),
  sport: value('<a>-<b>', 'Source ports.', readPorts, (draft, found) => (draft.sourcePorts = found)),
  dport: value('<a>-<b>', 'Destination ports.', readPorts, (draft, found) => (draft.destinationPorts = found)),
  type: option(
    'blackhole or unreachable or prohibit or nop or goto',
    'Optional word before the action.',
    () => undefined,
  ),
  goto: option('<rule preference>', 'Action.', (draft, cursor) => {
    const target = cursor.integer('<rule preference>', unsigned32);
    return target !== undefined && setAction(draft, cursor, { kind: 'goto', preference: target });
  }),
  nop: plainAction('nop'),
  blackhole: plainAction('blackhole'),
  unreachable: plainAction('unreachable'),
  prohibit: plainAction('prohibit'),
  no_track: noTrack('rule'),
};

const staticOptions: LineOptions<R> = {
  ...ruleOptions,
  track_group: trackGroup('iif'),
};

function unknownWord(cursor: Cursor): boolean {
  cursor.error('CFG_UNKNOWN_OPTION', `${quote(cursor.current)} is no option of a rule; the line is ignored`);
  return false;
}

/** What can be said of the whole line; false after reporting why it is dropped. */
function isComplete(draft: R, context: Context): boolean {
  const { action, preference: own, statement } = draft;
  const drop = (message: string, remedy?: string): false => {
    context.error(statement, 0, 'CFG_RULE', `${message}; the line is ignored`, remedy);
    return false;
  };
  if (action === undefined) {
    return drop('the rule has no action', 'write "table <name or number>" or another action');
  }
  if (action.kind === 'goto' && own === undefined) {
    return drop('goto needs a preference of the rule itself', 'write "preference <number>"');
  }
  if (action.kind === 'goto' && own !== undefined && own >= action.preference) {
    return drop(`goto ${action.preference} does not lead behind the rule itself, preference ${own}`);
  }
  const forTables = draft.realms ?? draft.suppressPrefixLength ?? draft.suppressInterfaceGroup;
  if (forTables !== undefined && action.kind !== 'table' && action.kind !== 'l3mdev') {
    return drop(`realms and suppress options need a table, not ${action.kind}`);
  }
  return true;
}

/** Reads one line; undefined after reporting why it is dropped. */
function readRule(statement: Statement, context: Context, options: LineOptions<R>): RuleDraft | undefined {
  const draft: RuleDraft = { statement, interfaces: [] };
  if (!readOptions(draft, options, statement, -1, context, unknownWord)) return undefined;
  if (!isComplete(draft, context)) return undefined;
  if (draft.preference === undefined) {
    const { nextRulePreference } = context.draft;
    const given = nextRulePreference[draft.family ?? 'inet']--;
    draft.preference = given;
    context.error(
      statement,
      0,
      'CFG_RULE',
      `the rule has no preference and gets ${given}, which may not be where it belongs`,
      'write "preference <number>"',
    );
  }
  return draft;
}

/** A block of rules; `pick` says where the lines are kept. */
export function ruleKeyword<D>(note: string, kind: 'static' | 'virtual', pick: (draft: D) => RuleDraft[]): Keyword<D> {
  const options = kind === 'static' ? staticOptions : ruleOptions;
  return lines<D>(
    note,
    'block of rule lines',
    (draft, statement, context) => {
      const read = readRule(statement, context, options);
      if (read) pick(draft).push(read);
    },
    { words: options },
  );
}
