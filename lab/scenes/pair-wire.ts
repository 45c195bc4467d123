/** What the captures of the pair say: who advertised when, takeovers, gratuitous ARPs, missed advertisements. */
import { advertisements, gratuitousArps, type Advertisement, type GratuitousArp } from '../lib/frames.ts';
import type { Frame } from '../lib/pcap.ts';
import { insideAddress, macOf, type BalancerName } from './pair-site.ts';

/** Skew time of priority 100 (RFC 3768 section 6.1) in milliseconds. */
export const skewMs = (1_000 * (256 - 100)) / 256;

/** Master-down interval of the example in milliseconds. */
export const masterDownMs = 3_000 + skewMs;

/** Captures of both networks of the site. */
export class Wire {
  readonly advertisements: readonly Advertisement[];
  readonly gratuitousArps: readonly GratuitousArp[];

  constructor(inside: readonly Frame[], front: readonly Frame[]) {
    this.advertisements = advertisements(inside);
    this.gratuitousArps = gratuitousArps(front);
  }

  /** Advertisements of one balancer for one virtual router. */
  from(balancer: BalancerName, virtualRouterId: number): Advertisement[] {
    const source = insideAddress(balancer);
    return this.advertisements.filter(
      (advert) => advert.source === source && advert.virtualRouterId === virtualRouterId,
    );
  }

  /** Gratuitous ARPs of one balancer for one address. */
  arpsFrom(balancer: BalancerName, address: string): GratuitousArp[] {
    return this.gratuitousArps.filter((arp) => arp.sourceMac === macOf[balancer].eth1 && arp.address === address);
  }

  /**
   * Milliseconds between the last advertisement of the balancer that went and the first of the one that took over,
   * or undefined if there was no such takeover after `since`.
   */
  takeover(virtualRouterId: number, gone: BalancerName, taker: BalancerName, since: number): number | undefined {
    const first = this.from(taker, virtualRouterId).find(({ time }) => time >= since);
    const last = this.from(gone, virtualRouterId).findLast(({ time }) => first !== undefined && time < first.time);
    return first === undefined || last === undefined ? undefined : first.time - last.time;
  }

  /** Longest time between two advertisements of one master in an interval, in milliseconds. */
  longestGap(balancer: BalancerName, virtualRouterId: number, begin: number, end: number): number {
    const times = this.from(balancer, virtualRouterId)
      .map(({ time }) => time)
      .filter((time) => time >= begin - 1_000 && time <= end);
    return times
      .slice(1)
      .reduce(
        (longest, time, index) => Math.max(longest, time - (times[index] ?? time)),
        times.length < 2 ? Infinity : 0,
      );
  }

  /**
   * What a new master put on the wire within a second, in order, repetitions counted:
   * "advertisement 51 priority 100", "gratuitous ARP 123.30.175.41 x 5".
   */
  firstWords(balancer: BalancerName, virtualRouterId: number, address: string, since: number): string[] {
    const first = this.from(balancer, virtualRouterId).find(({ time }) => time >= since);
    if (first === undefined) return [];
    const arps = this.arpsFrom(balancer, address).filter(({ time }) => time >= since && time < first.time + 900);
    const arpText = `gratuitous ARP ${address} x ${arps.length}`;
    const advertText = `advertisement ${virtualRouterId} priority ${first.priority}`;
    const firstArp = arps[0];
    if (firstArp === undefined) return [advertText];
    return firstArp.time < first.time ? [arpText, advertText] : [advertText, arpText];
  }

  /**
   * The distinct advertisements of a balancer since a moment (epoch milliseconds), in order of first appearance, octet
   * for octet (ids and checksums masked).
   */
  distinctAdvertisements(balancer: BalancerName, virtualRouterId: number, since: number): string[] {
    const later = this.from(balancer, virtualRouterId).filter(({ time }) => time >= since);
    return [...new Set(later.map(({ octets }) => octets))];
  }

  /** The distinct gratuitous ARPs of a balancer for an address since a moment, octet for octet. */
  distinctArps(balancer: BalancerName, address: string, since: number): string[] {
    const later = this.arpsFrom(balancer, address).filter(({ time }) => time >= since);
    return [...new Set(later.map(({ octets }) => octets))];
  }
}
