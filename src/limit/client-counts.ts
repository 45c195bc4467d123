/**
 * How many connections each client has, for tables of a million of them: open addressing over typed arrays, nothing
 * allocated for a connection. Every client is counted exactly. IPv4 takes 8 octets a slot; IPv6 takes 12, because its
 * addresses are told apart by 64 bits of a seeded hash, and only clients with `keepFrom` connections get their address
 * kept beside it. A million clients are 17 MB (IPv4) or 25 MB (IPv6), while growing half as much again. A sketch
 * (count-min) would be smaller but guesses too high, and nobody is to be banned for a guess.
 */

export interface ClientCount {
  /** 4 or 16 octets, masked to the prefix that clients are told apart by. */
  readonly bytes: Uint8Array;
  readonly connections: number;
}

const smallest = 1 << 12;
/** Of four slots, three are used at most. */
const fullQuarters = 3;

/** Murmur3's finalizer: every bit of the input changes half of the output. */
function mix(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

function maskOf(bits: number): number {
  return bits <= 0 ? 0 : bits >= 32 ? 0xffffffff : (0xffffffff << (32 - bits)) >>> 0;
}

/** Octets of 32-bit words in network order. */
function bytesOf(...words: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(words.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [index, word] of words.entries()) view.setUint32(index * 4, word);
  return bytes;
}

/** A slot is free while its count is 0. */
class Ipv4Counts {
  #keys = new Uint32Array(smallest);
  #counts = new Uint32Array(smallest);
  #used = 0;
  readonly #seed: number;
  readonly #mask: number;

  constructor(seed: number, prefixLength: number) {
    this.#seed = seed;
    this.#mask = maskOf(prefixLength);
  }

  get clients(): number {
    return this.#used;
  }

  clear(): void {
    // What was large enough last time most likely is this time; a table that has become too large goes.
    if (this.#keys.length > smallest && this.#used * 8 < this.#keys.length) {
      this.#keys = new Uint32Array(smallest);
      this.#counts = new Uint32Array(smallest);
    } else this.#counts.fill(0);
    this.#used = 0;
  }

  add(address: number): void {
    const key = (address & this.#mask) >>> 0;
    const keys = this.#keys;
    const counts = this.#counts;
    const last = keys.length - 1;
    let slot = mix(key ^ this.#seed) & last;
    for (;;) {
      const count = counts[slot] ?? 0;
      if (count === 0) break;
      if (keys[slot] === key) {
        counts[slot] = count + 1;
        return;
      }
      slot = (slot + 1) & last;
    }
    keys[slot] = key;
    counts[slot] = 1;
    if (++this.#used * 4 > keys.length * fullQuarters) this.#grow();
  }

  #grow(): void {
    const keys = this.#keys;
    const counts = this.#counts;
    const last = keys.length * 2 - 1;
    this.#keys = new Uint32Array(last + 1);
    this.#counts = new Uint32Array(last + 1);
    for (let from = 0; from < keys.length; from++) {
      const count = counts[from] ?? 0;
      if (count === 0) continue;
      const key = keys[from] ?? 0;
      let slot = mix(key ^ this.#seed) & last;
      while (this.#counts[slot] !== 0) slot = (slot + 1) & last;
      this.#keys[slot] = key;
      this.#counts[slot] = count;
    }
  }

  of(address: number): number {
    const key = (address & this.#mask) >>> 0;
    const last = this.#keys.length - 1;
    let slot = mix(key ^ this.#seed) & last;
    while (this.#counts[slot] !== 0 && this.#keys[slot] !== key) slot = (slot + 1) & last;
    return this.#counts[slot] ?? 0;
  }

  *atLeast(connections: number): Generator<ClientCount> {
    for (let slot = 0; slot < this.#counts.length; slot++) {
      const count = this.#counts[slot] ?? 0;
      if (count > 0 && count >= connections) yield { bytes: bytesOf(this.#keys[slot] ?? 0), connections: count };
    }
  }
}

class Ipv6Counts {
  #high = new Uint32Array(smallest);
  #low = new Uint32Array(smallest);
  #counts = new Uint32Array(smallest);
  #used = 0;
  /** Four words for each client that has reached keepFrom. */
  #kept: number[] = [];
  readonly #keepFrom: number;
  readonly #seed: number;
  readonly #masks: readonly [number, number, number, number];

  constructor(seed: number, prefixLength: number, keepFrom: number) {
    this.#seed = seed;
    this.#keepFrom = keepFrom;
    this.#masks = [
      maskOf(prefixLength),
      maskOf(prefixLength - 32),
      maskOf(prefixLength - 64),
      maskOf(prefixLength - 96),
    ];
  }

  get clients(): number {
    return this.#used;
  }

  clear(): void {
    if (this.#counts.length > smallest && this.#used * 8 < this.#counts.length) {
      this.#high = new Uint32Array(smallest);
      this.#low = new Uint32Array(smallest);
      this.#counts = new Uint32Array(smallest);
    } else this.#counts.fill(0);
    this.#kept = [];
    this.#used = 0;
  }

  /** @param words masked */
  of(words: readonly number[]): number {
    const [first = 0, second = 0, third = 0, fourth = 0] = words;
    const high = this.#hash(first, second, third, fourth, this.#seed);
    const low = this.#hash(fourth, third, second, first, ~this.#seed);
    return this.#counts[this.#find(high, low)] ?? 0;
  }

  #hash(first: number, second: number, third: number, fourth: number, seed: number): number {
    return mix(mix(mix(mix(first ^ seed) ^ second) ^ third) ^ fourth);
  }

  add(one: number, two: number, three: number, four: number): void {
    const [mask1, mask2, mask3, mask4] = this.#masks;
    const first = one & mask1;
    const second = two & mask2;
    const third = three & mask3;
    const fourth = four & mask4;
    const high = this.#hash(first, second, third, fourth, this.#seed);
    const low = this.#hash(fourth, third, second, first, ~this.#seed);
    const slot = this.#find(high, low);
    const count = (this.#counts[slot] ?? 0) + 1;
    this.#counts[slot] = count;
    if (count === this.#keepFrom) this.#kept.push(first, second, third, fourth);
    if (count > 1) return;
    this.#high[slot] = high;
    this.#low[slot] = low;
    if (++this.#used * 4 > this.#counts.length * fullQuarters) this.#grow();
  }

  /** The slot of a client, or the free one where it belongs. */
  #find(high: number, low: number): number {
    const last = this.#counts.length - 1;
    let slot = high & last;
    while (this.#counts[slot] !== 0 && (this.#high[slot] !== high || this.#low[slot] !== low)) slot = (slot + 1) & last;
    return slot;
  }

  #grow(): void {
    const high = this.#high;
    const low = this.#low;
    const counts = this.#counts;
    this.#high = new Uint32Array(counts.length * 2);
    this.#low = new Uint32Array(counts.length * 2);
    this.#counts = new Uint32Array(counts.length * 2);
    for (let from = 0; from < counts.length; from++) {
      const count = counts[from] ?? 0;
      if (count === 0) continue;
      const slot = this.#find(high[from] ?? 0, low[from] ?? 0);
      this.#high[slot] = high[from] ?? 0;
      this.#low[slot] = low[from] ?? 0;
      this.#counts[slot] = count;
    }
  }

  *atLeast(connections: number): Generator<ClientCount> {
    for (let index = 0; index < this.#kept.length; index += 4) {
      const [first = 0, second = 0, third = 0, fourth = 0] = this.#kept.slice(index, index + 4);
      const count = this.of([first, second, third, fourth]);
      if (count >= connections)
        yield { bytes: bytesOf(first >>> 0, second >>> 0, third >>> 0, fourth >>> 0), connections: count };
    }
  }
}

export interface ClientCountsOptions {
  readonly clientPrefix: { readonly inet: number; readonly inet6: number };
  /** Clients with fewer connections need not be told apart at the end; at least 1. */
  readonly keepFrom: number;
  /** 32 bits that no client can know, so that none can choose addresses that collide. */
  readonly seed: number;
}

export class ClientCounts {
  readonly #keepFrom: number;
  readonly #ipv4: Ipv4Counts;
  readonly #ipv6: Ipv6Counts;
  #connections = 0;

  constructor({ clientPrefix, keepFrom, seed }: ClientCountsOptions) {
    this.#keepFrom = Math.max(1, keepFrom);
    this.#ipv4 = new Ipv4Counts(seed, clientPrefix.inet);
    this.#ipv6 = new Ipv6Counts(seed, clientPrefix.inet6, this.#keepFrom);
  }

  /** Begins anew. */
  clear(): void {
    this.#connections = 0;
    this.#ipv4.clear();
    this.#ipv6.clear();
  }

  /** One connection of a client. @param address in host order, 0..2^32-1 */
  addIpv4(address: number): void {
    this.#connections++;
    this.#ipv4.add(address);
  }

  /** One connection of a client, its address as four words from the front. */
  addIpv6(first: number, second: number, third: number, fourth: number): void {
    this.#connections++;
    this.#ipv6.add(first, second, third, fourth);
  }

  get connections(): number {
    return this.#connections;
  }

  /** Different clients. */
  get clients(): number {
    return this.#ipv4.clients + this.#ipv6.clients;
  }

  /** Connections of one client. @param bytes 4 or 16 octets, as a ClientCount has them */
  of(bytes: Uint8Array): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length === 4) return this.#ipv4.of(view.getUint32(0));
    return this.#ipv6.of([0, 4, 8, 12].map((at) => view.getInt32(at)));
  }

  /** Every client with `keepFrom` connections or more. */
  *result(): Generator<ClientCount> {
    yield* this.#ipv4.atLeast(this.#keepFrom);
    yield* this.#ipv6.atLeast(this.#keepFrom);
  }
}
