/** Lines of virtual_server_group: addresses, ranges, prefixes and firewall marks. */
import { parseIpAddress } from '../../core/ip-address.ts';
import type { GroupEntryDraft } from '../drafts.ts';
import type { Statement } from '../statement.ts';
import { parseAddress, parseDigits, parsePrefix, readInteger } from '../values.ts';
import { quote, type Context } from './context.ts';
import type { LineWords } from './keyword.ts';
import { positional } from './lines.ts';

/** More addresses than this in one line is taken for a mistake: every one becomes a service of its own. */
const maximumRange = 65536;

export const groupWords: LineWords = {
  ...positional({
    '<IPADDR>': ['<ip> <port?>', 'Single address; port 0 only for persistent services.', { default: 'port 0' }],
    '<range>': ['<ip>-<last octet/hex group> <port?>', 'The end must lie behind the start.'],
    '<range2>': ['<ip>-<ip> <port?>', 'From one address to another.'],
    '<prefix>': ['<ip>/<len> <port?>', 'All addresses of a prefix; host bits must be zero.'],
  }),
  fwmark: {
    form: '<uint32> {inet or inet6}',
    note: 'Packets with a firewall mark.',
    default: 'family from the real servers',
  },
};

interface Range {
  readonly family: 'inet' | 'inet6';
  readonly first: string;
  readonly count: number;
}

/** The last 16 bits of IPv6 or all 32 of IPv4, as a number. */
function tailOf(address: string): number {
  const bytes = parseIpAddress(address)?.bytes ?? new Uint8Array(4);
  const from = bytes.length === 4 ? 0 : 14;
  let value = 0;
  for (let index = from; index < bytes.length; index++) value = value * 256 + (bytes[index] ?? 0);
  return value;
}

function parseRange(word: string): Range | string {
  const slash = word.indexOf('/');
  if (slash >= 0) {
    const prefix = parsePrefix(word);
    if (!prefix) return 'is not a prefix';
    const longest = prefix.family === 'inet' ? 32 : 128;
    const bits = longest - prefix.prefixLength;
    if (bits > 16) return 'is a prefix with too many addresses';
    const count = 2 ** bits;
    if (tailOf(prefix.address) % count !== 0) return 'is a prefix whose host bits are not zero';
    return { family: prefix.family, first: prefix.address, count };
  }
  const dash = word.indexOf('-');
  const first = parseAddress(dash < 0 ? word : word.slice(0, dash));
  if (!first) return 'is neither an address nor a range';
  if (dash < 0) return { family: first.family, first: first.address, count: 1 };
  const endText = word.slice(dash + 1);
  const last = parseAddress(endText);
  const start = tailOf(first.address);
  let end: number;
  if (last) {
    if (last.family !== first.family) return 'is a range between two families';
    end = tailOf(last.address);
    if (end < start) return 'is a range that ends before it begins';
  } else {
    const hex = first.family === 'inet6';
    const value = hex ? (/^[0-9a-fA-F]{1,4}$/.test(endText) ? parseInt(endText, 16) : -1) : parseDigits(endText);
    if (value < 0 || (!hex && value > 255)) return 'is not a range: its end is no last part of an address';
    end = hex ? value : start - (start % 256) + value;
    if (end <= start) return 'is a range that does not end behind its start';
  }
  return { family: first.family, first: first.address, count: end - start + 1 };
}

/** Reads one line; undefined after reporting why it is dropped. */
export function readGroupLine(statement: Statement, context: Context): GroupEntryDraft | undefined {
  const word = statement.words[0] ?? '';
  if (word === 'fwmark') {
    if (statement.words.length < 2) {
      context.missingStops(statement, '<uint32>');
      return undefined;
    }
    const mark = readInteger(context, statement, 1, { min: 1, max: 4294967295 });
    const family = statement.words[2];
    if (mark === undefined) return undefined;
    if (family !== undefined && family !== 'inet' && family !== 'inet6') {
      context.error(
        statement,
        2,
        'CFG_INVALID_WORD',
        `fwmark: ${quote(family)} is neither inet nor inet6; the line is ignored`,
      );
      return undefined;
    }
    return { statement, kind: 'fwmark', mark, ...(family !== undefined && { family }) };
  }
  const range = parseRange(word);
  if (typeof range === 'string' || range.count > maximumRange) {
    const problem = typeof range === 'string' ? range : `has more than ${maximumRange} addresses`;
    context.error(statement, 0, 'CFG_INVALID_ADDRESS', `${quote(word)} ${problem}; the line is ignored`);
    return undefined;
  }
  let port = 0;
  if (statement.words.length > 1) {
    const read = readInteger(context, statement, 1, { min: 0, max: 65535 });
    if (read === undefined) return undefined;
    port = read;
  }
  return { statement, kind: 'address', ...range, port };
}
