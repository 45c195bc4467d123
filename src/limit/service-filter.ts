/** Which services count: address and port of a connection against those of the configuration. */
import type { LimitedService } from '../config/model.ts';
import { parseIpAddress } from '../core/ip-address.ts';

interface Ipv4Range {
  readonly first: number;
  readonly last: number;
  readonly port: number;
}

interface Ipv6Range {
  /** The first three words, which all addresses of it share. */
  readonly front: readonly [number, number, number];
  readonly first: number;
  readonly last: number;
  readonly port: number;
}

/** Verdicts that are remembered: a power of two. */
const remembered = 1024;

function words(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / 4 }, (_, index) => view.getUint32(index * 4));
}

/** Addresses and ports in numbers, as the connection table has them. Ranges never leave the last word of an address. */
export class ServiceFilter {
  readonly #ipv4: readonly Ipv4Range[];
  readonly #ipv6: readonly Ipv6Range[];
  /** The last question of each hash: address, port + 1, and the answer. */
  readonly #addresses = new Uint32Array(remembered);
  readonly #ports = new Uint32Array(remembered);
  readonly #verdicts = new Uint8Array(remembered);

  constructor(services: readonly LimitedService[]) {
    const ipv4: Ipv4Range[] = [];
    const ipv6: Ipv6Range[] = [];
    for (const { address, count, port } of services) {
      const [first = 0, second = 0, third = 0, fourth] = words(parseIpAddress(address)?.bytes ?? new Uint8Array(4));
      if (fourth === undefined) ipv4.push({ first, last: first + count - 1, port });
      else ipv6.push({ front: [first, second, third], first: fourth, last: fourth + count - 1, port });
    }
    this.#ipv4 = ipv4;
    this.#ipv6 = ipv6;
  }

  hasIpv4(address: number, port: number): boolean {
    const slot = (Math.imul(address ^ (port << 16) ^ port, 0x9e3779b1) >>> 22) & (remembered - 1);
    if (this.#addresses[slot] === address && this.#ports[slot] === port + 1) return this.#verdicts[slot] === 1;
    const found = this.#ipv4.some(
      (range) => address >= range.first && address <= range.last && (range.port === 0 || range.port === port),
    );
    this.#addresses[slot] = address;
    this.#ports[slot] = port + 1;
    this.#verdicts[slot] = found ? 1 : 0;
    return found;
  }

  hasIpv6(first: number, second: number, third: number, fourth: number, port: number): boolean {
    for (const range of this.#ipv6) {
      if (fourth < range.first || fourth > range.last || (range.port !== 0 && range.port !== port)) continue;
      const { front } = range;
      if (front[0] === first && front[1] === second && front[2] === third) return true;
    }
    return false;
  }
}
