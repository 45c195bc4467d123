/**
 * Sends gratuitous ARPs and unsolicited neighbour advertisements, spaced on each interface as configured
 * (reference: behaviour A8). The first goes at once if the spacing allows it, the others queue.
 */
import type { GarpGroup, GratuitousConfiguration, VirtualAddress } from '../config/model.ts';
import { parseIpAddress } from '../core/ip-address.ts';
import type { Milliseconds, MonotonicMs } from '../core/time.ts';
import type { Deadline, DeadlineQueue } from '../core/deadlines.ts';
import type { NetworkView } from './network-view.ts';
import type { Outbox } from './outbox.ts';
import { gratuitousArpFrame } from './wire/arp.ts';
import { etherTypeOffset, isInfiniband } from './wire/link-layer.ts';
import { unsolicitedNeighbourFrame } from './wire/neighbour.ts';

/** What is announced: where an address lives. */
export type AnnouncedAddress = Pick<VirtualAddress, 'address' | 'family' | 'interface'>;

interface Waiting {
  readonly instance: string;
  readonly announced: AnnouncedAddress;
  readonly spacing: Milliseconds;
}

/** The queue of one interface, or of a garp_group, and family. */
interface Lane {
  readonly waiting: Waiting[];
  freeAt: MonotonicMs;
  readonly timer: Deadline;
}

export class GratuitousSender {
  readonly #lanes = new Map<string, Lane>();
  #groups: ReadonlyMap<string, GarpGroup> = new Map();
  readonly #out: Outbox;
  readonly #deadlines: DeadlineQueue;
  readonly #network: NetworkView;
  readonly #forwardsIpv6: (interfaceName: string) => boolean;

  constructor(
    out: Outbox,
    deadlines: DeadlineQueue,
    network: NetworkView,
    forwardsIpv6: (interfaceName: string) => boolean,
  ) {
    this.#out = out;
    this.#deadlines = deadlines;
    this.#network = network;
    this.#forwardsIpv6 = forwardsIpv6;
  }

  /** Interfaces of a garp_group share one limit; what waits already keeps its place. */
  shareLimits(groups: readonly GarpGroup[]): void {
    this.#groups = new Map(groups.flatMap((group) => group.interfaces.map((name) => [name, group])));
  }

  /** One burst: `repeat` rounds over all addresses. Interfaces that are down or speak no ARP are left out. */
  burst(
    instance: string,
    addresses: readonly AnnouncedAddress[],
    repeat: number,
    configuration: GratuitousConfiguration,
    now: MonotonicMs,
  ): void {
    for (let round = 0; round < repeat; round++) {
      for (const announced of addresses) {
        if (!this.#network.announcingLink(announced.interface)) continue;
        const ipv4 = announced.family === 'inet';
        if (round === 0) {
          const what = ipv4 ? 'gratuitous ARPs' : 'Unsolicited Neighbour Adverts';
          const where = `on ${announced.interface} for ${announced.address}`;
          this.#out.log('info', `(${instance}) Sending/queueing ${what} ${where}`);
        }
        const limits = this.#groups.get(announced.interface) ?? configuration;
        const spacing = ipv4 ? limits.arpInterval : limits.naInterval;
        this.#send({ instance, announced, spacing }, now);
      }
    }
  }

  /** The instance lost its addresses (or these only): nothing more may be said about them. */
  cancel(instance: string, addresses?: readonly AnnouncedAddress[]): void {
    for (const lane of this.#lanes.values()) {
      const kept = lane.waiting.filter(
        (entry) =>
          entry.instance !== instance ||
          (addresses !== undefined && !addresses.some((address) => address.address === entry.announced.address)),
      );
      lane.waiting.splice(0, lane.waiting.length, ...kept);
      if (kept.length === 0) this.#deadlines.clear(lane.timer);
    }
  }

  #send(entry: Waiting, now: MonotonicMs): void {
    if (entry.spacing === 0) {
      this.#transmit(entry.announced);
      return;
    }
    const { interface: name, family } = entry.announced;
    // A group is known by its first member: an interface is in one group only.
    const lane = this.#lane(`${this.#groups.get(name)?.interfaces[0] ?? name}|${family}`);
    if (lane.waiting.length === 0 && lane.freeAt <= now) {
      lane.freeAt = now + entry.spacing;
      this.#transmit(entry.announced);
      return;
    }
    lane.waiting.push(entry);
    if (!this.#deadlines.isSet(lane.timer)) this.#deadlines.set(lane.timer, lane.freeAt);
  }

  #lane(key: string): Lane {
    const known = this.#lanes.get(key);
    if (known) return known;
    const lane: Lane = { waiting: [], freeAt: 0, timer: this.#deadlines.create((now) => this.#next(lane, now)) };
    this.#lanes.set(key, lane);
    return lane;
  }

  #next(lane: Lane, now: MonotonicMs): void {
    const entry = lane.waiting.shift();
    if (!entry) return;
    lane.freeAt = now + entry.spacing;
    this.#transmit(entry.announced);
    if (lane.waiting.length > 0) this.#deadlines.set(lane.timer, lane.freeAt);
  }

  #transmit({ address, family, interface: name }: AnnouncedAddress): void {
    const link = this.#network.announcingLink(name);
    const octets = parseIpAddress(address)?.bytes;
    if (!link || !octets) return;
    const ipv4 = family === 'inet';
    const frame = ipv4
      ? gratuitousArpFrame(link, octets)
      : unsolicitedNeighbourFrame(link, octets, this.#forwardsIpv6(name));
    const what = ipv4 ? 'gratuitous ARP' : 'unsolicited Neighbour Advert';
    this.#out.log('debug', `Sending ${what} on ${name} for ${address}`);
    const infiniband = isInfiniband(link) && { etherTypeAt: etherTypeOffset(link) };
    this.#out.push({ type: 'send-frame', interface: name, frame, ...infiniband });
  }
}
