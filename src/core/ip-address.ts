/**
 * IP addresses between text and octets, without a dependency and without tolerance: what inet_pton(3) refuses is refused.
 * Everywhere in the daemon an address is its canonical text (RFC 5952; embedded IPv4 notation where inet_ntop(3) uses it,
 * so that our text equals that of `ip`, `ipvsadm` and the logs), so equality is `===`.
 */

/** Same values as the configuration model uses. */
export type IpFamily = 'inet' | 'inet6';

export interface IpAddress {
  readonly family: IpFamily;
  /** 4 or 16 octets in network order. */
  readonly bytes: Uint8Array;
}

const CHAR_0 = 48;
const CHAR_9 = 57;

/**
 * Parses four decimal octets at `text[from..]` up to the end of the text.
 * @returns true if it was exactly an IPv4 address (no leading zeros, no blanks) and stands in `target` at `offset`
 */
function parseIpv4Into(text: string, from: number, target: Uint8Array, offset: number): boolean {
  let octet = 0;
  let digits = 0;
  let index = 0;
  for (let position = from; position < text.length; position++) {
    const code = text.charCodeAt(position);
    if (code >= CHAR_0 && code <= CHAR_9) {
      // "010" is ten to some programs and eight to others: refused, as inet_pton(3) does.
      if (digits > 0 && octet === 0) return false;
      octet = octet * 10 + (code - CHAR_0);
      digits++;
      if (octet > 255) return false;
    } else if (text[position] === '.' && digits > 0 && index < 3) {
      target[offset + index] = octet;
      index++;
      octet = 0;
      digits = 0;
    } else {
      return false;
    }
  }
  if (index !== 3 || digits === 0) return false;
  target[offset + 3] = octet;
  return true;
}

function hexDigit(code: number): number {
  if (code >= CHAR_0 && code <= CHAR_9) return code - CHAR_0;
  const lower = code | 0x20;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

/** RFC 4291 section 2.2, all three forms. No zone ("%eth0") and no brackets: those belong to the caller's grammar. */
function parseIpv6(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(16);
  let used = 0;
  let gapAt = -1;
  let position = 0;
  if (text.startsWith('::')) {
    gapAt = 0;
    position = 2;
  }
  while (position < text.length) {
    const start = position;
    let group = 0;
    while (position < text.length) {
      const digit = hexDigit(text.charCodeAt(position));
      if (digit < 0) break;
      group = group * 16 + digit;
      position++;
    }
    const length = position - start;
    if (text[position] === '.') {
      if (used > 12 || !parseIpv4Into(text, start, bytes, used)) return undefined;
      used += 4;
      position = text.length;
      break;
    }
    if (length === 0 || length > 4 || used > 14) return undefined;
    bytes[used] = group >> 8;
    bytes[used + 1] = group & 0xff;
    used += 2;
    if (position === text.length) break;
    if (text[position] !== ':') return undefined;
    position++;
    if (text[position] === ':') {
      if (gapAt >= 0) return undefined;
      gapAt = used;
      position++;
    } else if (position === text.length) {
      return undefined;
    }
  }
  if (gapAt < 0) return used === 16 ? bytes : undefined;
  // "::" stands for at least one group (RFC 4291 section 2.2).
  if (used === 16) return undefined;
  bytes.copyWithin(16 - (used - gapAt), gapAt, used);
  bytes.fill(0, gapAt, 16 - (used - gapAt));
  return bytes;
}

/**
 * Writes the octets of an address, 4 or 16 of them, without making anything on the way.
 * @returns false if the text is no address of that family: `target` is then undefined from `offset` on
 */
export function writeIpAddress(family: IpFamily, text: string, target: Uint8Array, offset: number): boolean {
  if (family === 'inet') return parseIpv4Into(text, 0, target, offset);
  const bytes = text.includes(':') ? parseIpv6(text) : undefined;
  if (bytes !== undefined) target.set(bytes, offset);
  return bytes !== undefined;
}

/** Parses an IPv4 or IPv6 address; undefined if it is neither, exactly. */
export function parseIpAddress(text: string): IpAddress | undefined {
  if (text.includes(':')) {
    const bytes = parseIpv6(text);
    return bytes && { family: 'inet6', bytes };
  }
  const bytes = new Uint8Array(4);
  return parseIpv4Into(text, 0, bytes, 0) ? { family: 'inet', bytes } : undefined;
}

function formatIpv4(bytes: Uint8Array, offset: number): string {
  return `${bytes[offset] ?? 0}.${bytes[offset + 1] ?? 0}.${bytes[offset + 2] ?? 0}.${bytes[offset + 3] ?? 0}`;
}

/** Texts of IPv4 addresses by a few bits of them: a router hears from the same few others, thousands of times a second. */
const familiarTexts: ({ readonly number: number; readonly text: string } | undefined)[] = [];
const familiarPlaces = 64;

/** Canonical text of an IPv4 address. @param number its octets as one number, the first one on top, 0 to 2^32 - 1 */
export function familiarIpv4Text(number: number): string {
  const place = (number ^ (number >>> 8)) & (familiarPlaces - 1);
  const known = familiarTexts[place];
  if (known?.number === number) return known.text;
  const text = `${number >>> 24}.${(number >>> 16) & 0xff}.${(number >>> 8) & 0xff}.${number & 0xff}`;
  familiarTexts[place] = { number, text };
  return text;
}

/** Octets by text, of addresses that are asked for again and again. */
const familiarOctets = new Map<string, IpAddress>();

/** parseIpAddress() for addresses that come with every packet. The octets are shared: nobody may write into them. */
export function familiarIpAddress(text: string): IpAddress | undefined {
  const known = familiarOctets.get(text);
  if (known !== undefined) return known;
  if (familiarOctets.size >= familiarPlaces) familiarOctets.clear();
  const parsed = parseIpAddress(text);
  if (parsed !== undefined) familiarOctets.set(text, parsed);
  return parsed;
}

/** The longest run of at least two zero groups, the first of equals (RFC 5952 sections 4.2.2 and 4.2.3). */
function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: -1, length: 1 };
  let start = -1;
  for (let index = 0; index <= groups.length; index++) {
    if (groups[index] === 0) {
      if (start < 0) start = index;
    } else if (start >= 0) {
      if (index - start > best.length) best = { start, length: index - start };
      start = -1;
    }
  }
  return best;
}

/**
 * Canonical text of 4 or 16 octets.
 * @throws RangeError for any other length: that is a mistake of the caller, never input
 */
export function formatIpAddress(bytes: Uint8Array): string {
  if (bytes.length === 4) return formatIpv4(bytes, 0);
  if (bytes.length !== 16) throw new RangeError(`an IP address has 4 or 16 octets, not ${bytes.length}`);
  const groups: number[] = [];
  for (let index = 0; index < 16; index += 2) groups.push(((bytes[index] ?? 0) << 8) | (bytes[index + 1] ?? 0));
  const run = longestZeroRun(groups);
  // ::ffff:a.b.c.d (RFC 5952 section 5) and the old ::a.b.c.d, which inet_ntop(3) writes the same way.
  const embeddedIpv4 = run.start === 0 && (run.length === 6 || (run.length === 5 && groups[5] === 0xffff));
  if (embeddedIpv4) return `::${run.length === 5 ? 'ffff:' : ''}${formatIpv4(bytes, 12)}`;
  const hex = groups.map((group) => group.toString(16));
  if (run.start < 0) return hex.join(':');
  return `${hex.slice(0, run.start).join(':')}::${hex.slice(run.start + run.length).join(':')}`;
}

/** The one spelling of an address that the daemon uses, or undefined if `text` is no address. */
export function canonicalAddress(text: string): string | undefined {
  const parsed = parseIpAddress(text);
  return parsed && formatIpAddress(parsed.bytes);
}

/** Numeric order of octets; the shorter family first. Negative, zero or positive, as Array.sort wants it. */
export function compareAddressBytes(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) return a.length - b.length;
  for (let index = 0; index < a.length; index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * Numeric order of two addresses in text, IPv4 before IPv6 (the order in which VRRP breaks ties, RFC 5798 section
 * 6.4.3). Text that is no address sorts behind all addresses, by its characters.
 */
export function compareAddresses(a: string, b: string): number {
  const left = parseIpAddress(a);
  const right = parseIpAddress(b);
  if (left && right) return compareAddressBytes(left.bytes, right.bytes);
  if (left) return -1;
  if (right) return 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The address with `count` added to its last octets (16 bits of IPv6, 32 of IPv4); canonical. */
export function addToAddress(address: string, count: number): string | undefined {
  const bytes = parseIpAddress(address)?.bytes;
  if (!bytes) return undefined;
  const size = bytes.length === 4 ? 4 : 2;
  let carry = count;
  for (let index = bytes.length - 1; index >= bytes.length - size; index--) {
    carry += bytes[index] ?? 0;
    bytes[index] = carry & 0xff;
    carry = Math.floor(carry / 256);
  }
  return carry === 0 ? formatIpAddress(bytes) : undefined;
}
