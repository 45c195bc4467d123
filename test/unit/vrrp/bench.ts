/** One engine on a virtual clock with peers that are only packets: for tests of single transitions. */
import type { GlobalConfiguration, VrrpConfiguration, VrrpInstanceConfiguration } from '../../../src/config/model.ts';
import type { DaemonEvent } from '../../../src/core/events.ts';
import type { KernelAddress, Link } from '../../../src/network/types.ts';
import type { VrrpChange } from '../../../src/live/types.ts';
import { VrrpEngine } from '../../../src/vrrp/engine.ts';
import { Transmitter } from '../../../src/vrrp/transmitter.ts';
import type { PacketMeta, ScriptOutcome, VrrpInstanceStatus, VrrpIntent } from '../../../src/vrrp/types.ts';
import { globalModel } from '../../support/models.ts';
import { digests, kernelAddress, link, vrrpConfiguration } from './configuration.ts';

export interface PeerAdvertisement {
  readonly priority: number;
  readonly source?: string;
  readonly configuration?: VrrpInstanceConfiguration;
  readonly meta?: Partial<PacketMeta>;
  /** When it arrived, if it waited; default now. */
  readonly now?: number;
  /** Damages the packet. */
  readonly change?: (packet: Uint8Array) => Uint8Array;
}

export class Bench {
  now = 0;
  readonly engine: VrrpEngine;
  readonly intents: VrrpIntent[] = [];
  readonly #peer = new Transmitter();
  #configuration: VrrpConfiguration;

  /** @param addresses of the machine; default 192.0.2.5 on eth0, and on eth1 198.51.100.5, both with fe80::5 */
  constructor(
    configuration: VrrpInstanceConfiguration | VrrpConfiguration,
    options: {
      global?: Partial<GlobalConfiguration>;
      links?: readonly Link[];
      addresses?: readonly KernelAddress[];
      /** The virtual clock begins at 0. */
      bootedAt?: number;
      realTime?: (now: number) => number;
      /** Advertisements go ahead; this says when the one of an instance has gone. */
      wentAhead?: (instance: string) => number | undefined;
    } = {},
  ) {
    this.#configuration =
      'instances' in configuration ? configuration : vrrpConfiguration({ instances: [configuration] });
    this.engine = new VrrpEngine(this.#configuration, globalModel(options.global), {
      digests,
      links: options.links ?? [link('eth0'), link('eth1')],
      addresses: options.addresses ?? ownAddresses(),
      ...(options.bootedAt !== undefined && { bootedAt: options.bootedAt }),
      ...(options.realTime && { realTime: options.realTime }),
      ...(options.wentAhead && { wentAhead: options.wentAhead }),
    });
  }

  start(): VrrpIntent[] {
    return this.#keep(this.engine.start(this.now));
  }

  /** Lets time pass, timers run at their moments. @returns the intents of that time */
  pass(span: number): VrrpIntent[] {
    const end = this.now + span;
    const before = this.intents.length;
    for (let next = this.engine.nextTimeout(); next !== undefined && next <= end; next = this.engine.nextTimeout()) {
      this.now = Math.max(this.now, next);
      this.#keep(this.engine.timeout(this.now));
    }
    this.now = end;
    return this.intents.slice(before);
  }

  /** Passes time until the instance is master. @returns how long it took */
  untilMaster(name = 'VI_1'): number {
    const from = this.now;
    for (let next = this.engine.nextTimeout(); next !== undefined; next = this.engine.nextTimeout()) {
      if (this.status(name).state === 'MASTER') break;
      this.now = next;
      this.#keep(this.engine.timeout(this.now));
    }
    return this.now - from;
  }

  /** A peer with the first instance's configuration (or the given one) advertises. */
  hear({
    priority,
    source = '192.0.2.9',
    configuration,
    meta,
    now = this.now,
    change,
  }: PeerAdvertisement): VrrpIntent[] {
    const like = configuration ?? this.#configuration.instances[0]!;
    const peer: VrrpInstanceConfiguration =
      like.unicastPeers.length > 0 ? { ...like, unicastPeers: [{ address: like.sourceAddress ?? '192.0.2.5' }] } : like;
    const [intent] = this.#peer.compose(peer, priority, source, false, digests);
    const packet = change ? change(intent!.packet.slice()) : intent!.packet;
    return this.#keep(
      this.engine.receive(
        packet,
        {
          family: like.family,
          interfaceIndex: like.interface === 'eth1' ? 3 : 2,
          source,
          destination: intent!.destination,
          ttl: intent!.ttl,
          ...meta,
        },
        now,
        this.now,
      ),
    );
  }

  links(links: readonly Link[]): VrrpIntent[] {
    return this.#keep(this.engine.linksChanged(links, this.now));
  }

  addresses(addresses: readonly KernelAddress[]): VrrpIntent[] {
    return this.#keep(this.engine.addressesChanged(addresses, this.now));
  }

  script(name: string, outcome: ScriptOutcome | number): VrrpIntent[] {
    const ended: ScriptOutcome = typeof outcome === 'number' ? { kind: 'exited', code: outcome } : outcome;
    return this.#keep(this.engine.scriptFinished(name, ended, this.now));
  }

  file(name: string, value: number | undefined): VrrpIntent[] {
    return this.#keep(this.engine.trackFileChanged(name, value, this.now));
  }

  /** The operator has set exactly this. */
  override(...changes: readonly VrrpChange[]): VrrpIntent[] {
    return this.#keep(this.engine.overridden(changes, this.now));
  }

  reload(configuration: VrrpInstanceConfiguration | VrrpConfiguration): VrrpIntent[] {
    this.#configuration =
      'instances' in configuration ? configuration : vrrpConfiguration({ instances: [configuration] });
    return this.#keep(this.engine.reload(this.#configuration, globalModel(), this.now));
  }

  status(name = 'VI_1'): VrrpInstanceStatus {
    const found = this.engine.status().find((each) => each.name === name);
    if (!found) throw new Error(`no instance ${name}`);
    return found;
  }

  #keep(intents: readonly VrrpIntent[]): VrrpIntent[] {
    this.intents.push(...intents);
    return [...intents];
  }
}

export function ownAddresses(): KernelAddress[] {
  return [
    kernelAddress('192.0.2.5', 2),
    kernelAddress('fe80::5', 2, 64),
    kernelAddress('198.51.100.5', 3),
    kernelAddress('fe80::5', 3, 64),
  ];
}

export function logLines(intents: readonly VrrpIntent[]): string[] {
  return intents.flatMap((intent) => (intent.type === 'log' ? [intent.line.message] : []));
}

export function eventsOf(intents: readonly VrrpIntent[]): DaemonEvent[] {
  return intents.flatMap((intent) => (intent.type === 'event' ? [intent.event] : []));
}

/** Priorities of the advertisements among the intents. */
export function advertised(intents: readonly VrrpIntent[]): number[] {
  return intents.flatMap((intent) => {
    if (intent.type !== 'send-advertisement') return [];
    const start = intent.family === 'inet' ? 20 + (intent.packet[9] === 51 ? 24 : 0) : 0;
    return [intent.packet[start + 2] ?? -1];
  });
}

/** Kinds of intents in their order, logs left out, repetitions of frames folded. */
export function order(intents: readonly VrrpIntent[]): string[] {
  const kinds: string[] = [];
  for (const intent of intents) {
    if (intent.type === 'log') continue;
    const kind = intent.type === 'event' ? intent.event.kind : intent.type;
    if (kinds.at(-1) !== kind) kinds.push(kind);
  }
  return kinds;
}
