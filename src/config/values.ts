/** Values of single words: numbers, booleans, times, addresses (reference: configuration grammar, section 10). */
import { canonicalAddress, parseIpAddress } from '../core/ip-address.ts';
import type { AddressFamily } from './model.ts';
import type { Context } from './schema/context.ts';
import { quote } from './schema/context.ts';
import type { Statement } from './statement.ts';

/** Digits at text[start..] as a number; -1 if there are none, too many for exactness, or something else between. */
export function parseDigits(text: string, start = 0): number {
  const length = text.length;
  if (start >= length || length - start > 15) return -1;
  let value = 0;
  for (let position = start; position < length; position++) {
    const digit = text.charCodeAt(position) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** A decimal integer with an optional sign, undefined if it is none. Overlong digit strings give an infinity. */
export function parseInteger(text: string): number | undefined {
  const match = /^([+-]?)([0-9]+)$/.exec(text);
  if (!match) return undefined;
  const value = text.length > 15 ? Infinity : Number(match[2]);
  return match[1] === '-' ? -value : value;
}

/** A number in the bases of C: 0x, leading 0 octal, decimal. */
export function parseCInteger(text: string): number | undefined {
  const match = /^([+-]?)(0[xX][0-9a-fA-F]+|[0-9]+)$/.exec(text);
  const digits = match?.[2];
  if (match === null || digits === undefined) return undefined;
  let value: number;
  if (/^0[0-9]+$/.test(digits)) {
    if (!/^[0-7]+$/.test(digits)) return undefined;
    value = parseInt(digits, 8);
  } else {
    value = Number(digits);
  }
  return match[1] === '-' ? -value : value;
}

export interface NumberRange {
  readonly min: number;
  readonly max: number;
}

/**
 * The integer at a word of a statement, within a range; undefined after reporting what is wrong with it. In run mode
 * trailing rubbish only gets a warning, as the original lives with it (grammar, section 10, "strictness").
 */
export function readInteger(
  context: Context,
  statement: Statement,
  word: number,
  range: NumberRange,
): number | undefined {
  const text = statement.words[word] ?? '';
  const digits = parseDigits(text);
  if (digits >= range.min && digits <= range.max && digits >= 0) return digits;
  const found = parseInteger(text);
  if (found !== undefined && found >= range.min && found <= range.max) return found;
  if (found === undefined && context.mode === 'run') {
    const leading = parseInteger(/^[+-]?[0-9]+/.exec(text)?.[0] ?? '');
    if (leading !== undefined && leading >= range.min && leading <= range.max) {
      context.report(
        'warning',
        statement,
        word,
        'CFG_TRAILING_CHARACTERS',
        `${quote(text)} is read as ${leading}; the configuration test refuses it`,
        `write ${leading}`,
      );
      return leading;
    }
  }
  const problem =
    found === undefined
      ? 'is not a whole number'
      : `is not in the range ${formatBound(range.min)} to ${formatBound(range.max)}`;
  return invalidNumber(context, statement, word, problem);
}

function invalidNumber(context: Context, statement: Statement, word: number, problem: string): undefined {
  const text = statement.words[word] ?? '';
  context.report(
    'invalid-number',
    statement,
    word,
    'CFG_INVALID_NUMBER',
    `${statement.keyword}: ${quote(text)} ${problem}`,
  );
  return undefined;
}

function formatBound(bound: number): string {
  return Number.isFinite(bound) ? String(bound) : bound < 0 ? 'minus infinity' : 'infinity';
}

export interface SecondsRange extends NumberRange {
  /** Digits after the decimal point: 6 for times in seconds, 3 where the unit is a millisecond. */
  readonly decimals: 3 | 6;
}

/** A decimal time in seconds at a word, as milliseconds; undefined after reporting. */
export function readSeconds(
  context: Context,
  statement: Statement,
  word: number,
  range: SecondsRange,
): number | undefined {
  const text = statement.words[word] ?? '';
  const digits = parseDigits(text);
  if (digits >= 0 && digits >= range.min && digits <= range.max) return digits * 1000;
  const match = /^\+?([0-9]*)(?:\.([0-9]*))?$/.exec(text);
  if (!match || (match[1] === '' && (match[2] ?? '') === '')) {
    return invalidNumber(context, statement, word, 'is not a number of seconds');
  }
  const whole = Number(match[1]);
  const fraction = match[2] ?? '';
  let value = whole + Number(`0.${fraction || '0'}`);
  if (fraction.length > range.decimals) {
    const scale = 10 ** range.decimals;
    value = Math.round(value * scale) / scale;
    context.report(
      'invalid-number',
      statement,
      word,
      'CFG_DECIMAL_PLACES',
      `${statement.keyword}: ${quote(text)} has more than ${range.decimals} decimal places and is read as ${value}`,
    );
  }
  if (value < range.min || value > range.max) {
    return invalidNumber(context, statement, word, `is not in the range ${range.min} to ${formatBound(range.max)}`);
  }
  // Through microseconds, so that 1.1 s is 1100 ms exactly.
  return Math.round(value * 1e6) / 1000;
}

/** `on true yes` / `off false no`, exactly. */
export function parseBoolean(text: string): boolean | undefined {
  if (text === 'on' || text === 'true' || text === 'yes') return true;
  if (text === 'off' || text === 'false' || text === 'no') return false;
  return undefined;
}

export interface ReadAddress {
  readonly address: string;
  readonly family: AddressFamily;
}

/** Four decimal octets in the one spelling there is for them: a large configuration has tens of thousands. */
function isIpv4(text: string): boolean {
  const length = text.length;
  if (length < 7 || length > 15) return false;
  let octet = -1;
  let dots = 0;
  for (let position = 0; position < length; position++) {
    const digit = text.charCodeAt(position) - 48;
    if (digit === -2) {
      if (octet < 0) return false;
      dots++;
      octet = -1;
    } else {
      if (digit < 0 || digit > 9 || octet === 0) return false;
      octet = octet < 0 ? digit : octet * 10 + digit;
      if (octet > 255) return false;
    }
  }
  return dots === 3 && octet >= 0;
}

/** A numeric address in canonical form, undefined if it is none. */
export function parseAddress(text: string): ReadAddress | undefined {
  if (isIpv4(text)) return { address: text, family: 'inet' };
  const address = canonicalAddress(text);
  if (address === undefined) return undefined;
  return { address, family: address.includes(':') ? 'inet6' : 'inet' };
}

export interface ReadPrefix extends ReadAddress {
  readonly prefixLength: number;
  /** The length stood in the text. */
  readonly explicitLength: boolean;
}

/** `ADDRESS[/LENGTH]`; the length defaults to the whole address. */
export function parsePrefix(text: string): ReadPrefix | undefined {
  const slash = text.indexOf('/');
  const parsed = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (!parsed) return undefined;
  const longest = parsed.family === 'inet' ? 32 : 128;
  if (slash < 0) return { ...parsed, prefixLength: longest, explicitLength: false };
  const prefixLength = parseDigits(text, slash + 1);
  return prefixLength < 0 || prefixLength > longest ? undefined : { ...parsed, prefixLength, explicitLength: true };
}

/** Multicast: 224.0.0.0/4 and ff00::/8. */
export function isMulticast(address: string): boolean {
  const first = parseIpAddress(address)?.bytes[0] ?? 0;
  return address.includes(':') ? first === 0xff : first >= 224 && first <= 239;
}

/** fe80::/10, of an address in canonical form. */
export function isLinkLocal(address: string): boolean {
  return address.startsWith('fe') && /^fe[89ab][0-9a-f]:/.test(address);
}
