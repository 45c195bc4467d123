/** Values inside the lines of routes and rules: addresses that must agree on a family, names of iproute2, realms, times. */
import type { AddressFamily } from '../model.ts';
import type { NameDraft, PrefixDraft, RealmsDraft, RoutingDraft } from '../drafts.ts';
import type { RoutingNameTable } from '../ports.ts';
import { parseAddress, parsePrefix } from '../values.ts';
import { quote } from './context.ts';
import type { Cursor } from './lines.ts';

export const nameOrNumber = '<name or number>';
export const unsigned32 = { min: 0, max: 0xffff_ffff } as const;

const familyNames: Readonly<Record<AddressFamily, string>> = { inet: 'IPv4', inet6: 'IPv6' };

/** Notes the family that a word has; false after reporting that the line had another before. */
export function agree(draft: RoutingDraft, family: AddressFamily, cursor: Cursor): boolean {
  draft.family ??= family;
  if (draft.family === family) return true;
  cursor.error(
    'CFG_FAMILY',
    `${quote(cursor.current)} is ${familyNames[family]}, what stands before it ${familyNames[draft.family]}; the line is ignored`,
    'write a line of its own for each family',
  );
  return false;
}

/** A name or number behind the current word. */
export function readName(cursor: Cursor, table: RoutingNameTable): NameDraft | undefined {
  const text = cursor.argument(nameOrNumber);
  return text === undefined ? undefined : { table, text, word: cursor.word };
}

/** The address behind the current word. */
export function readAddress(draft: RoutingDraft, cursor: Cursor, form = '<ip>'): string | undefined {
  const text = cursor.argument(form);
  if (text === undefined) return undefined;
  const parsed = parseAddress(text);
  if (!parsed) {
    cursor.error('CFG_INVALID_ADDRESS', `${quote(text)} is not an IP address; the line is ignored`);
    return undefined;
  }
  return agree(draft, parsed.family, cursor) ? parsed.address : undefined;
}

/** A gateway: an optional family before the address. */
export function readGateway(draft: RoutingDraft, cursor: Cursor): string | undefined {
  const form = '{inet or inet6} <ip>';
  const family = cursor.peek();
  if (family === 'inet' || family === 'inet6') {
    cursor.next();
    if (!agree(draft, family, cursor)) return undefined;
  }
  return readAddress(draft, cursor, form);
}

/** The current word as a destination or selector; undefined after reporting. */
export function readPrefix(draft: RoutingDraft, cursor: Cursor): PrefixDraft | undefined {
  const text = cursor.current;
  if (text === 'default' || text === 'any' || text === 'all') return { prefixLength: 0 };
  if (text === 'default6') {
    cursor.context.report(
      'deprecated',
      cursor.statement,
      cursor.word,
      'CFG_DEPRECATED',
      'default6 is deprecated',
      'write "inet6 default"',
    );
    return agree(draft, 'inet6', cursor) ? { prefixLength: 0 } : undefined;
  }
  const parsed = parsePrefix(text);
  if (!parsed) {
    cursor.error('CFG_INVALID_ADDRESS', `${quote(text)} is not an address; the line is ignored`);
    return undefined;
  }
  if (!agree(draft, parsed.family, cursor)) return undefined;
  return { address: parsed.address, prefixLength: parsed.prefixLength };
}

/** `{<from>/}<to>`, numbers or names. */
export function readRealms(cursor: Cursor): RealmsDraft | undefined {
  const text = cursor.argument('{<from>/}<to>');
  if (text === undefined) return undefined;
  const slash = text.indexOf('/');
  const side = (part: string): NameDraft => ({ table: 'rt_realms', text: part, word: cursor.word });
  if (slash < 0) return { to: side(text) };
  return { from: side(text.slice(0, slash)), to: side(text.slice(slash + 1)) };
}

/** The interface behind the current word; it must exist unless the configuration says that interfaces come and go. */
export function readInterface(draft: RoutingDraft, cursor: Cursor, form = '<ifname>'): string | undefined {
  const name = cursor.argument(form);
  if (name === undefined) return undefined;
  const { statement, word } = cursor;
  draft.interfaces.push({ name, word });
  cursor.context.draft.interfaceUses.push({ name, statement, word });
  return name;
}

/** A number of 64 bits in the bases of C, as decimal text. */
export function readUnsigned64(cursor: Cursor): string | undefined {
  const text = cursor.argument('<u64>');
  if (text === undefined) return undefined;
  const number = /^(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)$/.test(text)
    ? BigInt(/^0[0-7]+$/.test(text) ? `0o${text.slice(1)}` : text)
    : undefined;
  if (number === undefined || number > 0xffff_ffff_ffff_ffffn) {
    cursor.context.report(
      'invalid-number',
      cursor.statement,
      cursor.word,
      'CFG_INVALID_NUMBER',
      `${quote(text)} is not a number of 64 bits; the line is ignored`,
    );
    return undefined;
  }
  return String(number);
}

/** An optional `lock` behind the current word. */
export function readLock(cursor: Cursor): boolean {
  if (cursor.peek() !== 'lock') return false;
  cursor.next();
  return true;
}

/** The kernel's TCP_RTO_MIN and TCP_RTO_MAX: keepalived keeps rtt, rttvar and rto_min within them. */
const shortestTime = 200;
const longestTime = 120_000;

const timeUnits: Readonly<Record<string, number>> = { s: 1000, sec: 1000, secs: 1000, ms: 1, msec: 1, msecs: 1 };

/**
 * A time with or without unit behind the current word.
 * @param scale parts of a millisecond that the kernel counts in; a number without unit counts these parts
 * @returns the kernel's number, from 200 ms to 120 s as keepalived limits it; undefined after reporting
 */
export function readTime(cursor: Cursor, scale: 1 | 4 | 8): number | undefined {
  const text = cursor.argument('<time with ms or s>');
  if (text === undefined) return undefined;
  const match = /^([0-9]+(?:\.[0-9]*)?|\.[0-9]+)([a-zA-Z]*)$/.exec(text);
  const number = Number(match?.[1]);
  const unit = timeUnits[(match?.[2] ?? '').toLowerCase()];
  if (!match || (match[2] !== '' && unit === undefined)) return invalidTime(cursor, 'is not a time');
  const value = unit === undefined ? Math.ceil(number) : Math.round(number * unit) * scale;
  // Above the limit keepalived takes the limit for rtt and rttvar with a unit, and refuses the rest.
  if (value > longestTime * scale && (unit === undefined || scale === 1))
    return invalidTime(cursor, 'is longer than 120 s');
  return Math.min(Math.max(value, shortestTime * scale), longestTime * scale);
}

function invalidTime(cursor: Cursor, problem: string): undefined {
  cursor.context.report(
    'invalid-number',
    cursor.statement,
    cursor.word,
    'CFG_INVALID_NUMBER',
    `${quote(cursor.current)} ${problem}; the line is ignored`,
    'write for example "300ms" or "1s"',
  );
  return undefined;
}

/** `track_group NAME` of static addresses, routes and rules. */
export function readTrackGroup(
  draft: { trackGroup?: { readonly name: string; readonly word: number } },
  cursor: Cursor,
): void {
  const name = cursor.argument('<name>');
  if (name === undefined) return;
  if (draft.trackGroup) cursor.error('CFG_DUPLICATE', 'a second track_group of one line is ignored');
  else draft.trackGroup = { name, word: cursor.word };
}
