/**
 * Routers on simulated Ethernets and one virtual clock: minutes of protocol pass in milliseconds, and the same seed
 * gives the same run. A router is an engine with a toy kernel that carries out its intents at once.
 */
import type { GlobalConfiguration, VrrpConfiguration } from '../../../src/config/model.ts';
import type { DaemonEvent } from '../../../src/core/events.ts';
import type { KernelAddress } from '../../../src/network/types.ts';
import { VrrpEngine } from '../../../src/vrrp/engine.ts';
import type { PacketMeta, SendAdvertisementIntent, VrrpIntent } from '../../../src/vrrp/types.ts';
import { globalModel } from '../../support/models.ts';
import { digests, kernelAddress, link } from './configuration.ts';

/** Mulberry32: a small generator with a 32-bit seed. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface LanProperties {
  /** Probability that a packet does not arrive at a receiver. */
  readonly loss: number;
  readonly duplication: number;
  readonly minimalDelay: number;
  readonly maximalDelay: number;
}

export const PERFECT: LanProperties = { loss: 0, duplication: 0, minimalDelay: 0, maximalDelay: 0 };

interface Delivery {
  readonly at: number;
  readonly order: number;
  readonly to: SimulatedRouter;
  readonly packet: Uint8Array;
  readonly meta: PacketMeta;
}

export interface SentAdvertisement {
  readonly at: number;
  readonly intent: SendAdvertisementIntent;
  readonly priority: number;
  readonly virtualRouterId: number;
}

export type RouterEvent = DaemonEvent & { readonly router: string };

/** One machine. Its own addresses are 192.0.2.N and fe80::N on eth0, 198.51.100.N and fe80::N on eth1. */
export class SimulatedRouter {
  readonly name: string;
  readonly number: number;
  readonly sent: SentAdvertisement[] = [];
  readonly events: RouterEvent[] = [];
  readonly log: { at: number; message: string }[] = [];
  readonly frames: { at: number; interface: string; frame: Uint8Array }[] = [];
  /** `interface|address` in the toy kernel, own addresses left out. */
  readonly virtualAddresses = new Set<string>();
  readonly intents: VrrpIntent[] = [];
  engine: VrrpEngine;
  alive = false;
  pausedUntil: number | undefined;
  /** Side of a partition; routers hear only their own side. */
  side = 0;
  readonly down = new Set<string>();
  #waiting: Delivery[] = [];
  readonly #lan: SimulatedLan;
  #configuration: VrrpConfiguration;
  readonly #global: GlobalConfiguration;

  constructor(lan: SimulatedLan, number: number, configuration: VrrpConfiguration, global: GlobalConfiguration) {
    this.#lan = lan;
    this.number = number;
    this.name = `R${number}`;
    this.#configuration = configuration;
    this.#global = global;
    this.engine = this.#makeEngine();
  }

  start(): void {
    this.engine = this.#makeEngine();
    this.alive = true;
    this.perform(this.engine.start(this.#lan.now));
  }

  /** SIGKILL: nothing is said, nothing is cleaned up. */
  crash(): void {
    this.alive = false;
    this.#waiting = [];
    this.pausedUntil = undefined;
  }

  stop(): void {
    this.perform(this.engine.stop(this.#lan.now));
    this.alive = false;
  }

  reload(configuration: VrrpConfiguration): void {
    this.#configuration = configuration;
    this.perform(this.engine.reload(configuration, this.#global, this.#lan.now));
  }

  setLink(name: string, up: boolean): void {
    if (up) this.down.delete(name);
    else this.down.add(name);
    this.perform(this.engine.linksChanged(this.#links(), this.#lan.now));
  }

  reportAddresses(): void {
    this.perform(this.engine.addressesChanged(this.#addresses(), this.#lan.now));
  }

  get paused(): boolean {
    return this.pausedUntil !== undefined && this.#lan.now < this.pausedUntil;
  }

  /** When this router has to do something next. */
  nextAction(): number | undefined {
    if (!this.alive) return undefined;
    const next = this.engine.nextTimeout();
    if (this.pausedUntil === undefined || next === undefined) return next;
    return Math.max(next, this.pausedUntil);
  }

  /** The shell's loop: packets that waited are handed over before the timers run. */
  act(): void {
    this.pausedUntil = undefined;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const delivery of waiting) this.deliver(delivery);
    this.perform(this.engine.timeout(this.#lan.now));
  }

  deliver(delivery: Delivery): void {
    if (!this.alive) return;
    if (this.paused) {
      this.#waiting.push(delivery);
      return;
    }
    this.perform(this.engine.receive(delivery.packet, delivery.meta, this.#lan.now));
  }

  state(instance: string): string | undefined {
    return this.engine.status().find((each) => each.name === instance)?.state;
  }

  isMaster(instance: string): boolean {
    return this.alive && this.state(instance) === 'MASTER';
  }

  perform(intents: readonly VrrpIntent[]): void {
    let changed = false;
    for (const intent of intents) {
      this.intents.push(intent);
      switch (intent.type) {
        case 'send-advertisement':
          this.#send(intent);
          break;
        case 'reconcile-addresses':
          this.#reconcile(intent.instances);
          changed = true;
          break;
        case 'event':
          this.events.push({ ...intent.event, router: this.name });
          break;
        case 'log':
          this.log.push({ at: this.#lan.now, message: intent.line.message });
          break;
        case 'send-frame':
          this.frames.push({ at: this.#lan.now, interface: intent.interface, frame: intent.frame });
          break;
        case 'send-ahead':
        case 'sync-daemon':
        case 'run-script':
        case 'kill-script':
        case 'refused':
          break;
      }
    }
    if (changed && this.alive) this.reportAddresses();
  }

  #makeEngine(): VrrpEngine {
    return new VrrpEngine(this.#configuration, this.#global, {
      digests,
      links: this.#links(),
      addresses: this.#addresses(),
    });
  }

  #links() {
    return ['eth0', 'eth1'].map((name) => link(name, !this.down.has(name), this.number));
  }

  #addresses(): KernelAddress[] {
    const own = [
      kernelAddress(`192.0.2.${this.number}`, 2),
      kernelAddress(`fe80::${this.number}`, 2, 64),
      kernelAddress(`198.51.100.${this.number}`, 3),
      kernelAddress(`fe80::${this.number}`, 3, 64),
    ];
    const virtual = [...this.virtualAddresses].map((key) => {
      const [name = '', address = ''] = key.split('|');
      return kernelAddress(address, name === 'eth0' ? 2 : 3, address.includes(':') ? 128 : 32);
    });
    return [...own, ...virtual];
  }

  #reconcile(instances: readonly string[]): void {
    for (const { addresses, unwanted } of this.engine.desiredAddresses(instances)) {
      for (const each of unwanted) this.virtualAddresses.delete(`${each.interface}|${each.address}`);
      for (const each of addresses) this.virtualAddresses.add(`${each.interface}|${each.address}`);
    }
  }

  #send(intent: SendAdvertisementIntent): void {
    const start = intent.family === 'inet' ? ((intent.packet[0] ?? 0) & 15) * 4 : 0;
    const message = start + (intent.family === 'inet' && intent.packet[9] === 51 ? 24 : 0);
    this.sent.push({
      at: this.#lan.now,
      intent,
      priority: intent.packet[message + 2] ?? 0,
      virtualRouterId: intent.packet[message + 1] ?? 0,
    });
    this.#lan.transmit(this, intent);
  }
}

export class SimulatedLan {
  now = 1000;
  readonly routers: SimulatedRouter[] = [];
  properties: LanProperties;
  /** Called whenever the world has come to rest at a moment. */
  readonly invariants: (() => void)[] = [];
  readonly #random: () => number;
  readonly #deliveries: Delivery[] = [];
  #order = 0;

  constructor(seed = 1, properties: LanProperties = PERFECT) {
    this.#random = randomNumbers(seed);
    this.properties = properties;
  }

  /** Adds a machine; start() it. */
  add(configuration: VrrpConfiguration, global: GlobalConfiguration = globalModel()): SimulatedRouter {
    const router = new SimulatedRouter(this, this.routers.length + 1, configuration, global);
    this.routers.push(router);
    return router;
  }

  transmit(from: SimulatedRouter, intent: SendAdvertisementIntent): void {
    if (from.down.has(intent.interface)) return;
    for (const to of this.routers) {
      if (to === from || to.side !== from.side || to.down.has(intent.interface)) continue;
      const addressed =
        !intent.unicast || intent.destination.endsWith(`${intent.family === 'inet' ? '.' : '::'}${to.number}`);
      if (!addressed) continue;
      const { loss, duplication } = this.properties;
      if (this.#random() < loss) continue;
      this.#schedule(to, intent);
      if (this.#random() < duplication) this.#schedule(to, intent);
    }
  }

  /** Lets time pass. Packets arrive before timers of the same moment run. */
  run(span: number): void {
    const end = this.now + span;
    for (;;) {
      const next = this.#next();
      if (next === undefined || next > end) break;
      this.now = Math.max(this.now, next);
      const first = this.#deliveries[0];
      if (first && first.at <= this.now) {
        this.#deliveries.shift();
        first.to.deliver(first);
      } else {
        for (const router of this.routers) if ((router.nextAction() ?? Infinity) <= this.now) router.act();
      }
      for (const check of this.invariants) check();
    }
    this.now = end;
  }

  /** All events so far in the order of time. */
  events(): RouterEvent[] {
    return this.routers.flatMap((router) => router.events).sort((a, b) => a.at - b.at);
  }

  masters(instance: string): string[] {
    return this.routers.filter((router) => router.isMaster(instance)).map((router) => router.name);
  }

  #schedule(to: SimulatedRouter, intent: SendAdvertisementIntent): void {
    const { minimalDelay, maximalDelay } = this.properties;
    const at = this.now + minimalDelay + this.#random() * (maximalDelay - minimalDelay);
    const { family, source, destination, ttl, packet } = intent;
    const interfaceIndex = intent.interface === 'eth1' ? 3 : 2;
    const meta: PacketMeta = { family, interfaceIndex, source, destination, ttl };
    const delivery: Delivery = { at, order: ++this.#order, to, packet, meta };
    const behind = this.#deliveries.findIndex((each) => each.at > at);
    this.#deliveries.splice(behind < 0 ? this.#deliveries.length : behind, 0, delivery);
  }

  #next(): number | undefined {
    const times = this.routers.map((router) => router.nextAction() ?? Infinity);
    const next = Math.min(this.#deliveries[0]?.at ?? Infinity, ...times);
    return next === Infinity ? undefined : next;
  }
}
