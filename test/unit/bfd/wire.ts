/** Two BFD engines on a simulated wire and one virtual clock: the same seed gives the same run. */
import type { BfdInstanceConfiguration } from '../../../src/config/model.ts';
import type { BfdSessionEvent, HealthState, LogLine } from '../../../src/core/events.ts';
import type { MonotonicMs } from '../../../src/core/time.ts';
import { BfdEngine } from '../../../src/bfd/engine.ts';
import type { BfdEnvironment, BfdIntent, BfdSessionStatus } from '../../../src/bfd/types.ts';
import { decodeControlPacket, type ControlPacket } from '../../../src/bfd/wire/control-packet.ts';
import { at } from '../../support/models.ts';
import { randomNumbers } from '../vrrp/simulated-lan.ts';

export const left = '192.0.2.1';
export const right = '192.0.2.2';

/** A session of the machine `left`, every default as the original's. */
export function session(changes: Partial<BfdInstanceConfiguration> = {}): BfdInstanceConfiguration {
  return {
    name: 'peer',
    neighborAddress: right,
    family: 'inet',
    minRx: 10,
    minTx: 10,
    idleTx: 1000,
    multiplier: 5,
    passive: false,
    ttl: 255,
    maxHops: 0,
    multihop: false,
    weight: 0,
    reverse: false,
    vrrp: true,
    checker: true,
    at,
    ...changes,
  };
}

export interface SentPacket {
  readonly at: MonotonicMs;
  readonly packet: ControlPacket;
}

interface Underway {
  readonly packet: Uint8Array;
  readonly at: MonotonicMs;
  readonly until: MonotonicMs;
  wentAt: MonotonicMs | undefined;
}

/** One machine: its engine, what it sent and what it told. */
export class BfdMachine {
  readonly address: string;
  engine: BfdEngine;
  readonly sent: SentPacket[] = [];
  readonly told: { readonly at: MonotonicMs; readonly session: string; readonly state: HealthState }[] = [];
  readonly events: BfdSessionEvent[] = [];
  readonly logs: LogLine[] = [];
  /** Its packets do not arrive. */
  mute = false;
  running = true;
  /** Until then its event loop stands still; what is under way goes all the same. */
  stallsUntil = -Infinity;
  /** What goes by itself, by session. */
  readonly underway = new Map<string, Underway>();
  readonly #environment: BfdEnvironment;
  readonly #transmit: (octets: Uint8Array, from: BfdMachine) => void;

  constructor(
    address: string,
    sessions: readonly BfdInstanceConfiguration[],
    random: () => number,
    transmit: (octets: Uint8Array, from: BfdMachine) => void,
    sendsAhead = false,
  ) {
    this.address = address;
    this.#transmit = transmit;
    const wentAhead = (name: string): MonotonicMs | undefined => {
      const wentAt = this.underway.get(name)?.wentAt;
      this.underway.delete(name);
      return wentAt;
    };
    this.#environment = { random, ...(sendsAhead && { wentAhead }) };
    this.engine = new BfdEngine({ instances: sessions }, this.#environment);
  }

  /** When the next packet goes by itself. */
  get goesAt(): MonotonicMs {
    return Math.min(...[...this.underway.values()].filter(({ wentAt }) => wentAt === undefined).map(({ at }) => at));
  }

  /** What is under way and due goes. */
  go(now: MonotonicMs): void {
    for (const each of this.underway.values()) {
      if (each.wentAt !== undefined || each.at > now || now >= each.until) continue;
      each.wentAt = now;
      this.#send(each.packet, now);
    }
  }

  #send(octets: Uint8Array, now: MonotonicMs): void {
    const decoded = decodeControlPacket(octets);
    if (!decoded.ok) throw new Error(`a packet of ours is wrong: ${decoded.reason}`);
    this.sent.push({ at: now, packet: decoded.packet });
    this.#transmit(octets, this);
  }

  /** The first session. */
  get status(): BfdSessionStatus {
    const [first] = this.engine.status();
    if (first === undefined) throw new Error('there is no session');
    return first;
  }

  perform(intents: readonly BfdIntent[], now: MonotonicMs): void {
    for (const intent of intents) {
      switch (intent.type) {
        case 'send':
          this.#send(intent.packet, now);
          break;
        case 'send-ahead':
          if (this.underway.has(intent.session)) throw new Error(`${intent.session} sends ahead twice`);
          this.underway.set(intent.session, { ...intent, wentAt: undefined });
          break;
        case 'tell':
          this.told.push({ at: now, session: intent.session, state: intent.state });
          break;
        case 'event':
          if (intent.event.kind === 'bfd-session') this.events.push(intent.event);
          break;
        case 'log':
          this.logs.push(intent.line);
      }
    }
  }

  /** A process that was killed and started anew, with this configuration. */
  restart(sessions: readonly BfdInstanceConfiguration[], now: MonotonicMs): void {
    this.running = true;
    this.underway.clear();
    this.engine = new BfdEngine({ instances: sessions }, this.#environment);
    this.perform(this.engine.start(now), now);
  }
}

export interface WireProperties {
  /** Probability that a packet does not arrive. */
  loss: number;
  minimalDelay: number;
  maximalDelay: number;
}

export class Wire {
  now: MonotonicMs = 0;
  readonly left: BfdMachine;
  readonly right: BfdMachine;
  readonly properties: WireProperties = { loss: 0, minimalDelay: 0.05, maximalDelay: 0.05 };
  readonly #flying: { readonly at: MonotonicMs; readonly octets: Uint8Array; readonly to: BfdMachine }[] = [];
  readonly #random: () => number;

  /** @param ofRight settings of the right machine's session, with the same defaults */
  constructor(
    ofLeft: Partial<BfdInstanceConfiguration> = {},
    ofRight: Partial<BfdInstanceConfiguration> = {},
    seed = 1,
    sendsAhead = false,
  ) {
    this.#random = randomNumbers(seed);
    const send = (octets: Uint8Array, from: BfdMachine): void => this.#carry(octets, from);
    this.left = new BfdMachine(left, [session(ofLeft)], randomNumbers(seed + 1), send, sendsAhead);
    const mirrored = session({ neighborAddress: left, ...ofRight });
    this.right = new BfdMachine(right, [mirrored], randomNumbers(seed + 2), send, sendsAhead);
  }

  /** Both engines begin. */
  start(): this {
    for (const machine of [this.left, this.right]) machine.perform(machine.engine.start(this.now), this.now);
    return this;
  }

  /** Both are up, and what they have to agree on is agreed. */
  establish(): this {
    this.start();
    this.advance(5000);
    if (this.left.status.state !== 'Up' || this.right.status.state !== 'Up') throw new Error('they did not come up');
    for (const { events, logs, sent, told } of [this.left, this.right]) {
      for (const list of [events, logs, sent, told]) list.length = 0;
    }
    return this;
  }

  /** Lets time pass. */
  advance(duration: number): void {
    const end = this.now + duration;
    for (;;) {
      const next = this.#next();
      if (next > end) break;
      this.now = next;
      for (const machine of [this.left, this.right]) if (machine.running) machine.go(this.now);
      this.#deliver();
      for (const machine of [this.left, this.right]) {
        if (machine.running && machine.stallsUntil <= this.now)
          machine.perform(machine.engine.timeout(this.now), this.now);
      }
    }
    this.now = end;
  }

  #next(): MonotonicMs {
    const arrivals = this.#flying.map(({ at, to }) => Math.max(at, to.running ? to.stallsUntil : 0));
    const deadlines = [this.left, this.right].map((machine) =>
      machine.running ? Math.max(machine.stallsUntil, machine.engine.nextTimeout() ?? Infinity) : Infinity,
    );
    const departures = [this.left, this.right].map((machine) => (machine.running ? machine.goesAt : Infinity));
    return Math.max(this.now, Math.min(...arrivals, ...deadlines, ...departures));
  }

  #carry(octets: Uint8Array, from: BfdMachine): void {
    if (from.mute || this.#random() < this.properties.loss) return;
    const { maximalDelay, minimalDelay } = this.properties;
    const delay = minimalDelay + this.#random() * (maximalDelay - minimalDelay);
    this.#flying.push({ at: this.now + delay, octets, to: from === this.left ? this.right : this.left });
  }

  #deliver(): void {
    const due = this.#flying.filter(({ at, to }) => at <= this.now && (to.stallsUntil <= this.now || !to.running));
    for (const { at, octets, to } of due) {
      this.#flying.splice(
        this.#flying.findIndex((flying) => flying.octets === octets),
        1,
      );
      if (!to.running) continue;
      const source = to === this.left ? right : left;
      const meta = { family: 'inet', source, port: 3784, ttl: 255 } as const;
      // It counts from when the kernel had it.
      to.perform(to.engine.receive(octets, meta, at, this.now), this.now);
    }
  }
}
