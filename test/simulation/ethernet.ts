/** The virtual clock, and an Ethernet that loses, doubles, delays, reorders and divides. Same seed, same run. */
import type { PacketMeta, SendAdvertisementIntent } from '../../src/vrrp/types.ts';
import { randomNumbers } from '../unit/vrrp/simulated-lan.ts';
import { baseOf, links, ownAddress } from './configuration.ts';

/** What the Ethernet knows of a machine. */
export interface Station {
  readonly number: number;
  /** Side of a partition; stations hear only their own. */
  readonly side: number;
  linkIsUp(name: string): boolean;
  /** Number of an interface in its present life. */
  indexOf(name: string): number;
  hear(packet: Uint8Array, meta: PacketMeta): void;
  /** When it has to do something by itself. */
  nextAction(): number | undefined;
  act(): void;
}

interface Pending {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

function cableOf(interfaceName: string): string {
  return links.find((name) => name === interfaceName) ?? baseOf(interfaceName);
}

export class Ethernet {
  now = 1000;
  loss: number;
  /** Milliseconds. */
  maximalDelay: number;
  readonly stations: Station[] = [];
  readonly #duplication: number;
  readonly #random: () => number;
  readonly #pending: Pending[] = [];
  #order = 0;

  constructor(seed: number, properties: { loss: number; duplication: number; maximalDelay: number }) {
    this.#random = randomNumbers(seed);
    this.loss = properties.loss;
    this.#duplication = properties.duplication;
    this.maximalDelay = properties.maximalDelay;
  }

  transmit(from: Station, intent: SendAdvertisementIntent): void {
    if (!from.linkIsUp(intent.interface)) return;
    const cable = cableOf(intent.interface);
    for (const to of this.stations) {
      if (to === from || to.side !== from.side) continue;
      if (intent.unicast && intent.destination !== ownAddress(to.number, cable, intent.family)) continue;
      if (this.#random() < this.loss) continue;
      this.#carry(to, intent);
      if (this.#random() < this.#duplication) this.#carry(to, intent);
    }
  }

  /** Something happens later. */
  after(span: number, run: () => void): void {
    const pending = { at: this.now + span, order: ++this.#order, run };
    const behind = this.#pending.findIndex((each) => each.at > pending.at);
    this.#pending.splice(behind < 0 ? this.#pending.length : behind, 0, pending);
  }

  /** Lets time pass. What comes from outside comes before timers of the same moment. */
  run(span: number): void {
    const end = this.now + span;
    for (;;) {
      const [first] = this.#pending;
      const actions = this.stations.map((station) => station.nextAction() ?? Infinity);
      const action = Math.min(...actions);
      const next = Math.min(first?.at ?? Infinity, action);
      if (next > end) break;
      this.now = Math.max(this.now, next);
      if (first && first.at <= this.now) {
        this.#pending.shift();
        first.run();
      } else {
        this.stations[actions.indexOf(action)]?.act();
      }
    }
    this.now = end;
  }

  #carry(to: Station, intent: SendAdvertisementIntent): void {
    const { family, source, destination, ttl, packet } = intent;
    this.after(this.#random() * this.maximalDelay, () => {
      if (!to.linkIsUp(intent.interface)) return;
      // Both ends of a virtual router are on interfaces of the same name.
      to.hear(packet, { family, interfaceIndex: to.indexOf(intent.interface), source, destination, ttl });
    });
  }
}
