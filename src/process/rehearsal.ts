/**
 * A rehearsal of becoming master with everything but the effect. The runtime compiles a function when it is first called,
 * optimizes it when it was called often, and what was not called for a while is far from the processor; the one call of
 * this path that the shop waits for comes once in months. Measured, from the deadline to the advertisement: never
 * rehearsed 2.5 ms, a few times at the start 0.4 ms, often and once more just before the deadline 0.1 ms.
 *
 * What is sent goes to the loopback interface of this namespace, with a protocol number that nobody listens to; what is
 * written is refused by the kernel, because its interface does not exist.
 */
import type { Configuration, GlobalConfiguration, VrrpConfiguration } from '../config/model.ts';
import type { Milliseconds, MonotonicMs } from '../core/time.ts';
import { now } from '../kernel/clock.ts';
import type { PacketSocket } from '../kernel/packet-socket.ts';
import { RawSocket } from '../kernel/raw-socket.ts';
import type { Link } from '../network/types.ts';
import { VrrpEngine } from '../vrrp/engine.ts';
import type { SendAdvertisementIntent, SendFrameIntent, VrrpEnvironment, VrrpIntent } from '../vrrp/types.ts';
import type { AddressKeeper } from './address-keeper.ts';
import { AdvertisementSockets } from './advertisement-sockets.ts';

/** Rounds before the real engine starts, and all in all: the optimizing compiler wants to have seen a function often. */
const firstRounds = 3;
const allRounds = 150;
/** Between two rounds, and how much time there must be before the next deadline. */
const pause: Milliseconds = 10;
const roundTime: Milliseconds = 5;
/** From a warm-up to the making of what the next one needs. */
const recovery: Milliseconds = 50;
/** More instances than this teach it nothing new. */
const mostInstances = 2;
/** Deadlines played in a round; becoming master needs one or two an instance. */
const mostDeadlines = 8;
const IFF_UP = 1;
const IFF_RUNNING = 0x40;
const loopbackName = 'lo';
const loopbackAddress = '127.0.0.1';
/** RFC 3692: for experiments. The kernel hands it to the socket below, which takes nothing, and answers nothing. */
const nobodysProtocol = 253;
const protocolAt = 9;
/** A virtual router id that no configuration can have: the rehearsal's own socket hears nothing. */
const nobodysRouterId = 0;

/** All links as if they were up, so that the rehearsal reaches MASTER also on a machine whose cables come later. */
function working(links: readonly Link[]): Link[] {
  return links.map((link) => ({ ...link, up: true, flags: link.flags | IFF_UP | IFF_RUNNING }));
}

/** A small configuration of the same shapes: nothing but BFD is tracked, which is up at first, so that it reaches MASTER. */
function excerpt(vrrp: VrrpConfiguration): VrrpConfiguration {
  const instances = vrrp.instances.slice(0, mostInstances).map((instance) => ({
    ...instance,
    trackInterfaces: [],
    trackScripts: [],
    trackFiles: [],
    trackProcesses: [],
  }));
  return { ...vrrp, instances, syncGroups: [], scripts: [], trackFiles: [], trackProcesses: [] };
}

export interface RehearsalStage {
  readonly configuration: Pick<Configuration, 'vrrp' | 'global'>;
  readonly environment: VrrpEnvironment;
  readonly frames: PacketSocket;
  readonly addresses: AddressKeeper;
  /** When the real engine wants to act next. */
  readonly nextDeadline: () => MonotonicMs | undefined;
}

export class Rehearsal {
  readonly #stage: RehearsalStage;
  readonly #vrrp: VrrpConfiguration;
  readonly #sessions: ReadonlySet<string>;
  readonly #global: GlobalConfiguration;
  readonly #environment: VrrpEnvironment;
  readonly #sockets: AdvertisementSockets;
  /** Takes what is sent, so that the kernel does not answer that nobody does. */
  readonly #sink: RawSocket | undefined;
  readonly #loopback: number;
  /** A backup whose only deadline has come. */
  #ready: VrrpEngine | undefined;
  #time: Milliseconds = 0;
  #timer: NodeJS.Timeout | undefined;
  #rounds = 0;
  #closed = false;

  constructor(stage: RehearsalStage) {
    const { links } = stage.environment;
    this.#stage = stage;
    this.#vrrp = excerpt(stage.configuration.vrrp);
    this.#sessions = new Set(this.#vrrp.instances.flatMap(({ trackBfd }) => trackBfd.map(({ bfd }) => bfd)));
    this.#global = { ...stage.configuration.global, vrrpStartupDelay: 0, vrrpDelayAfterBoot: 0 };
    // What the real engine has under way is not touched.
    this.#environment = { ...stage.environment, links: working(links), wentAhead: () => undefined };
    this.#loopback = links.find(({ name }) => name === loopbackName)?.index ?? 0;
    this.#sockets = new AdvertisementSockets({
      packet: () => undefined,
      packetsTaken: () => undefined,
      trouble: () => undefined,
    });
    this.#sink = openSink();
    const transport = {
      family: 'inet',
      cast: 'unicast',
      interface: loopbackName,
      authenticationHeader: false,
    } as const;
    this.#sockets.reconcile(
      [{ ...transport, virtualRouterIds: [nobodysRouterId], instances: [] }],
      this.#environment.links,
    );
  }

  /** The first rounds, before anything is at stake, and the others from the event loop, while nothing is due. */
  begin(): void {
    for (let round = 0; round < firstRounds; round++) this.#playRound();
    this.#continue();
  }

  /** One takeover, shortly before the real one. */
  warmUp(): void {
    const engine = this.#ready;
    this.#ready = undefined;
    if (engine === undefined || this.#closed) return;
    this.#perform(engine, engine.timeout(this.#time));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#continue(), recovery).unref();
  }

  /** Safe to call twice. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#ready = undefined;
    this.#sockets.close();
    this.#sink?.close();
  }

  #continue(): void {
    if (this.#closed) return;
    if ((this.#stage.nextDeadline() ?? Infinity) - now() >= roundTime) {
      if (this.#rounds < allRounds) this.#playRound();
      this.#prepare();
    }
    if (this.#rounds < allRounds || this.#ready === undefined)
      this.#timer = setTimeout(() => this.#continue(), pause).unref();
  }

  /** Start, takeover, what follows it, and stop, on an imagined clock. */
  #playRound(): void {
    this.#rounds++;
    const engine = this.#makeEngine();
    this.#perform(engine, engine.start(0));
    let time: Milliseconds = 0;
    for (let count = 0; count < mostDeadlines; count++) {
      const next = engine.nextTimeout();
      if (next === undefined) break;
      time = Math.max(time, next);
      this.#perform(engine, engine.timeout(time));
    }
    // A session that goes down ends a mastership as suddenly as another one begins.
    for (const up of [false, true]) {
      for (const session of this.#sessions) this.#perform(engine, engine.bfdChanged(session, up, 'rehearsed', time));
    }
    this.#perform(engine, engine.stop(time));
  }

  #prepare(): void {
    if (this.#ready !== undefined) return;
    const engine = this.#makeEngine();
    engine.start(0);
    const next = engine.nextTimeout();
    if (next === undefined) return;
    this.#time = next;
    this.#ready = engine;
  }

  #makeEngine(): VrrpEngine {
    const engine = new VrrpEngine(this.#vrrp, this.#global, this.#environment);
    engine.tellAdvertisements((intent) => this.#send(intent));
    for (const session of this.#sessions) engine.bfdChanged(session, true, 'rehearsed', 0);
    return engine;
  }

  /** To the loopback interface; whether that is up does not matter. */
  #send(intent: SendAdvertisementIntent): void {
    if (intent.family !== 'inet') return;
    const packet = intent.packet.slice();
    packet[protocolAt] = nobodysProtocol;
    this.#sockets.send({ ...intent, packet, interface: loopbackName, unicast: true, destination: loopbackAddress });
  }

  #perform(engine: VrrpEngine, intents: readonly VrrpIntent[]): void {
    for (const intent of intents) {
      if (intent.type === 'send-frame') this.#sendFrame(intent);
      else if (intent.type === 'reconcile-addresses')
        this.#stage.addresses.rehearse(engine.desiredAddresses(intent.instances));
    }
  }

  #sendFrame({ etherTypeAt, frame }: SendFrameIntent): void {
    try {
      this.#stage.frames.send(this.#loopback, frame, etherTypeAt);
    } catch {
      // Nobody waits for it.
    }
  }
}

function openSink(): RawSocket | undefined {
  try {
    const sink = RawSocket.open({ family: 'inet', protocol: nobodysProtocol, receive: false });
    sink.bindToInterface(loopbackName);
    return sink;
  } catch {
    return undefined;
  }
}
