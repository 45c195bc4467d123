/**
 * Reads the text of /proc/net/ip_vs_conn (net/netfilter/ipvs/ip_vs_conn.c, ip_vs_conn_seq_show) as octets: no string is
 * made of a line. A line is
 *
 *     TCP C0A80101 C350 C0A80136 0050 AC100102 0050 ESTABLISHED     899
 *
 * protocol, client address and port, virtual address and port, real server and port, state, seconds; IPv6 addresses are
 * written in full with colons (39 characters). What does not look like that is counted as unreadable and skipped.
 */
import type { ClientCounts } from './client-counts.ts';
import type { ServiceFilter } from './service-filter.ts';

/** Where connections to some services are counted. */
export interface Tally {
  readonly counts: ClientCounts;
  /** Absent: every connection. */
  readonly services?: ServiceFilter;
}

export interface TableSummary {
  /** Connections in whatever state. */
  readonly lines: number;
  readonly unreadable: number;
}

const space = 0x20;
const newline = 0x0a;
const colon = 0x3a;
const ipv4Length = 8;
const ipv6Length = 39;
const portLength = 4;
/** `Pro FromIP ...`: the first line. */
const header = [0x50, 0x72, 0x6f, space] as const;
const established = [...'ESTABLISHED'].map((letter) => letter.charCodeAt(0));
/** A line is at most this long: addresses, state, and the name and data of a persistence engine (at most 255). */
const longestLine = 1024;

/** Value of a hexadecimal digit; -1 for anything else. */
const digit = new Int8Array(256).fill(-1);
for (let value = 0; value < 16; value++) {
  digit[value.toString(16).charCodeAt(0)] = value;
  digit[value.toString(16).toUpperCase().charCodeAt(0)] = value;
}

/** Reads one table after the other: feed() its pieces, then finish(). */
export class ConnectionTableParser {
  readonly #tallies: readonly Tally[];
  /** The unfinished line at the end of a piece. */
  readonly #rest = new Uint8Array(longestLine);
  #restLength = 0;
  /** Inside a line that is too long. */
  #skipping = false;
  #lines = 0;
  #unreadable = 0;
  #broken = false;
  /** The address that #address() has read last, as words; IPv4 is in the last one. */
  readonly #words = new Uint32Array(4);

  constructor(tallies: readonly Tally[]) {
    this.#tallies = tallies;
  }

  /** The next octets of the table; they are not kept. */
  feed(bytes: Uint8Array, length = bytes.length): void {
    let start = 0;
    if (this.#restLength > 0 || this.#skipping) start = this.#finishRest(bytes, length);
    while (start < length) {
      const end = this.#endOfLine(bytes, start, length);
      if (end < 0) {
        this.#keep(bytes, start, length);
        return;
      }
      this.#line(bytes, start, end);
      start = end + 1;
    }
  }

  /** The end of the table. Begins anew. */
  finish(): TableSummary {
    if (this.#restLength > 0 || this.#skipping) this.#unreadable++;
    const summary = { lines: this.#lines, unreadable: this.#unreadable };
    this.#restLength = 0;
    this.#skipping = false;
    this.#lines = 0;
    this.#unreadable = 0;
    return summary;
  }

  #endOfLine(bytes: Uint8Array, start: number, length: number): number {
    // Faster than indexOf() for lines as short as these.
    for (let end = start; end < length; end++) if (bytes[end] === newline) return end;
    return -1;
  }

  #keep(bytes: Uint8Array, start: number, length: number): void {
    const size = length - start;
    if (this.#restLength + size > longestLine) {
      this.#skipping = true;
      this.#restLength = 0;
      return;
    }
    this.#rest.set(bytes.subarray(start, length), this.#restLength);
    this.#restLength += size;
  }

  /** @returns where the next line begins */
  #finishRest(bytes: Uint8Array, length: number): number {
    const found = bytes.indexOf(newline);
    if (found < 0 || found >= length) {
      if (!this.#skipping) this.#keep(bytes, 0, length);
      return length;
    }
    if (!this.#skipping) this.#keep(bytes, 0, found);
    if (this.#skipping) this.#unreadable++;
    else this.#line(this.#rest, 0, this.#restLength);
    this.#skipping = false;
    this.#restLength = 0;
    return found + 1;
  }

  /** A line is [start, end). */
  #line(bytes: Uint8Array, start: number, end: number): void {
    if (end - start > longestLine) {
      this.#unreadable++;
      return;
    }
    if (header.every((octet, index) => bytes[start + index] === octet)) return;
    this.#broken = false;
    let position = start;
    while (position < end && bytes[position] !== space) position++;
    position = this.#blank(bytes, position, end);
    const client = this.#fieldLength(bytes, position, end);
    const virtual = position + client + portLength + 2;
    const target = virtual + client + portLength + 2;
    const ipv6 = client === ipv6Length;
    if ((!ipv6 && client !== ipv4Length) || target > end) {
      this.#unreadable++;
      return;
    }
    const targetLength = this.#fieldLength(bytes, target, end);
    const state = target + targetLength + portLength + 2;
    if (state >= end) {
      this.#unreadable++;
      return;
    }
    this.#lines++;
    if (!this.#isEstablished(bytes, state, end)) return;
    this.#separators(bytes, position + client, virtual - 1, virtual + client, target - 1);
    const port = this.#hex(bytes, virtual + client + 1, portLength);
    if (ipv6) this.#countIpv6(bytes, position, virtual, port);
    else this.#countIpv4(bytes, position, virtual, port);
    if (!this.#broken) return;
    this.#lines--;
    this.#unreadable++;
  }

  #countIpv4(bytes: Uint8Array, position: number, virtual: number, port: number): void {
    const client = this.#hex(bytes, position, ipv4Length);
    const address = this.#hex(bytes, virtual, ipv4Length);
    if (this.#broken) return;
    for (const { counts, services } of this.#tallies) {
      if (services === undefined || services.hasIpv4(address, port)) counts.addIpv4(client);
    }
  }

  #countIpv6(bytes: Uint8Array, position: number, virtual: number, port: number): void {
    const words = this.#words;
    this.#ipv6(bytes, virtual);
    const first = words[0] ?? 0;
    const second = words[1] ?? 0;
    const third = words[2] ?? 0;
    const fourth = words[3] ?? 0;
    this.#ipv6(bytes, position);
    if (this.#broken) return;
    for (const { counts, services } of this.#tallies) {
      if (services === undefined || services.hasIpv6(first, second, third, fourth, port))
        counts.addIpv6(words[0] ?? 0, words[1] ?? 0, words[2] ?? 0, words[3] ?? 0);
    }
  }

  #blank(bytes: Uint8Array, from: number, end: number): number {
    let position = from;
    while (position < end && bytes[position] === space) position++;
    return position;
  }

  #fieldLength(bytes: Uint8Array, from: number, end: number): number {
    // By far the most are IPv4.
    if (from + ipv4Length < end && bytes[from + ipv4Length] === space && bytes[from + portLength] !== space)
      return ipv4Length;
    let position = from;
    while (position < end && bytes[position] !== space) position++;
    return position - from;
  }

  #isEstablished(bytes: Uint8Array, from: number, end: number): boolean {
    if (from + established.length > end || bytes[from] !== established[0]) return false;
    for (let index = 1; index < established.length; index++)
      if (bytes[from + index] !== established[index]) return false;
    return from + established.length === end || bytes[from + established.length] === space;
  }

  #separators(bytes: Uint8Array, one: number, two: number, three: number, four: number): void {
    if (bytes[one] !== space || bytes[two] !== space || bytes[three] !== space || bytes[four] !== space)
      this.#broken = true;
  }

  /** At most eight hexadecimal digits. */
  #hex(bytes: Uint8Array, from: number, length: number): number {
    let value = 0;
    let wrong = 0;
    for (let position = from; position < from + length; position++) {
      const read = digit[bytes[position] ?? 0] ?? -1;
      wrong |= read;
      value = (value << 4) | (read & 0xf);
    }
    if (wrong < 0) this.#broken = true;
    return value >>> 0;
  }

  /** Eight groups of four digits with colons between. */
  #ipv6(bytes: Uint8Array, from: number): void {
    for (let word = 0; word < 4; word++) {
      const at = from + word * 10;
      const high = this.#hex(bytes, at, 4);
      const low = this.#hex(bytes, at + 5, 4);
      if (bytes[at + 4] !== colon || (word > 0 && bytes[at - 1] !== colon)) this.#broken = true;
      this.#words[word] = ((high << 16) | low) >>> 0;
    }
  }
}
