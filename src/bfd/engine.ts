/**
 * The BFD engine: every session of a configuration, without I/O. The caller feeds datagrams and time in and carries the
 * intents out in their order.
 *
 * Time: `now` is monotonic milliseconds. After every call ask nextTimeout() and call timeout() at that moment, behind all
 * datagrams that were waiting then: a session is not given up while a packet of its neighbour is in the queue.
 */
import type { BfdConfiguration, BfdInstanceConfiguration } from '../config/model.ts';
import { DeadlineQueue } from '../core/deadlines.ts';
import { canonicalAddress } from '../core/ip-address.ts';
import type { MonotonicMs } from '../core/time.ts';
import { BfdSession, type SessionHost } from './session.ts';
import type {
  BfdEnvironment,
  BfdIntent,
  BfdPacketMeta,
  BfdSessionStatus,
  BfdTransport,
  SessionVerdict,
} from './types.ts';
import { BFD_PORT } from './wire/constants.ts';
import { decodeControlPacket, type ControlPacket } from './wire/control-packet.ts';

const largestDiscriminator = 0xffff_ffff;

/** Whether a reload that brings `after` can leave the session as it is: the same two ends. */
function sameEnds(before: BfdInstanceConfiguration, after: BfdInstanceConfiguration): boolean {
  return (
    before.neighborAddress === after.neighborAddress &&
    before.sourceAddress === after.sourceAddress &&
    before.multihop === after.multihop
  );
}

function portOf({ multihop }: BfdInstanceConfiguration): number {
  return multihop ? BFD_PORT.multihop : BFD_PORT.singleHop;
}

export class BfdEngine {
  readonly #environment: BfdEnvironment;
  readonly #deadlines = new DeadlineQueue();
  readonly #host: SessionHost;
  #out: BfdIntent[] = [];
  #configuration: BfdConfiguration;
  #sessions = new Map<string, BfdSession>();
  readonly #byDiscriminator = new Map<number, BfdSession>();
  #byNeighbor = new Map<string, BfdSession>();
  /** Sessions of this call whose next packet is to go ahead. */
  readonly #touched = new Set<BfdSession>();
  /** Packets that belong to no session, by their reason. */
  readonly #strangers = new Map<string, number>();

  /** Nothing happens before start(). */
  constructor(configuration: BfdConfiguration, environment: BfdEnvironment) {
    this.#configuration = configuration;
    this.#environment = environment;
    this.#host = {
      deadlines: this.#deadlines,
      random: () => environment.random(),
      discriminator: () => this.#freeDiscriminator(),
      push: (intent) => this.#out.push(intent),
      wentAhead: environment.wentAhead,
      touched: (session) => this.#touched.add(session),
    };
  }

  /** Once. */
  start(now: MonotonicMs): readonly BfdIntent[] {
    this.#replace(this.#configuration, now);
    return this.#take(now);
  }

  /**
   * A datagram that came to port 3784 or 4784.
   * @param at when the kernel received it: detection counts from there
   * @param now when this call is made
   */
  receive(octets: Uint8Array, meta: BfdPacketMeta, at: MonotonicMs, now: MonotonicMs = at): readonly BfdIntent[] {
    const decoded = decodeControlPacket(octets);
    if (!decoded.ok) this.#refuse(this.#neighborSession(meta), decoded.flaw, decoded.reason, meta);
    else this.#accept(decoded.packet, meta, at, now);
    return this.#take(now);
  }

  /** Runs everything that is due at `now`; harmless when nothing is. */
  timeout(now: MonotonicMs): readonly BfdIntent[] {
    this.#deadlines.runDue(now);
    return this.#take(now);
  }

  /** When timeout() is wanted next; undefined: never, as things stand. */
  nextTimeout(): MonotonicMs | undefined {
    return this.#deadlines.next();
  }

  /** Whether the next timeout() may find that a neighbour is gone: the one for which others wait. */
  detectionIsNext(): boolean {
    return this.#deadlines.nextIsUrgent();
  }

  /**
   * Followers hold these sessions to be up, from a process before this one. Only at the start: a session about which
   * this process has told something is not touched.
   */
  believedUp(names: readonly string[], now: MonotonicMs): readonly BfdIntent[] {
    for (const name of names) this.#sessions.get(name)?.expectUp(now);
    return this.#take(now);
  }

  /** Takes another configuration. A session between the same two ends goes on, with a poll sequence for other timers. */
  reload(configuration: BfdConfiguration, now: MonotonicMs): readonly BfdIntent[] {
    this.#configuration = configuration;
    this.#replace(configuration, now);
    return this.#take(now);
  }

  /** Where packets come and go. Ask again after reload(). */
  transports(): readonly BfdTransport[] {
    return this.#configuration.instances.map((instance) => ({
      session: instance.name,
      family: instance.family,
      neighbor: instance.neighborAddress,
      ...(instance.sourceAddress !== undefined && { source: instance.sourceAddress }),
      port: portOf(instance),
      ttl: instance.ttl,
    }));
  }

  /** What followers have to know of every session, in configuration order. */
  verdicts(): readonly SessionVerdict[] {
    return [...this.#sessions.values()].map((session) => {
      const { type: _type, ...verdict } = session.verdict();
      return verdict;
    });
  }

  /** In configuration order. */
  status(): readonly BfdSessionStatus[] {
    return [...this.#sessions.values()].map((session) => session.status());
  }

  /** Packets that no session wanted, by the reason's code. */
  strangers(): ReadonlyMap<string, number> {
    return new Map(this.#strangers);
  }

  #take(now: MonotonicMs): readonly BfdIntent[] {
    for (const session of this.#touched) session.planAhead(now);
    this.#touched.clear();
    const intents = this.#out;
    this.#out = [];
    return intents;
  }

  #replace({ instances }: BfdConfiguration, now: MonotonicMs): void {
    const before = this.#sessions;
    this.#sessions = new Map();
    const added: BfdSession[] = [];
    for (const instance of instances) {
      const old = before.get(instance.name);
      if (old !== undefined && sameEnds(old.configuration, instance)) {
        before.delete(instance.name);
        this.#sessions.set(instance.name, old);
        old.reconfigure(instance, now);
        continue;
      }
      const session = new BfdSession(instance, this.#host, now);
      this.#byDiscriminator.set(session.localDiscriminator, session);
      this.#sessions.set(instance.name, session);
      added.push(session);
    }
    for (const session of before.values()) this.#retire(session);
    this.#byNeighbor = new Map(
      [...this.#sessions.values()].map((session) => [
        neighborKey(session.configuration.neighborAddress, portOf(session.configuration)),
        session,
      ]),
    );
    for (const session of added) session.start(now);
  }

  /** Another session of its name, to another neighbour, is down until it comes up. */
  #retire(session: BfdSession): void {
    session.retire();
    this.#touched.delete(session);
    this.#byDiscriminator.delete(session.localDiscriminator);
    const heir = this.#sessions.get(session.configuration.name);
    if (heir === undefined) return;
    heir.told = 'DOWN';
    if (session.told === 'UP') this.#out.push(heir.verdict());
  }

  #accept(packet: ControlPacket, meta: BfdPacketMeta, at: MonotonicMs, now: MonotonicMs): void {
    // Section 6.8.6: by our discriminator if the neighbour knows it, else by who sent it.
    const { yourDiscriminator } = packet;
    const session =
      yourDiscriminator === 0 ? this.#neighborSession(meta) : this.#byDiscriminator.get(yourDiscriminator);
    if (session === undefined || portOf(session.configuration) !== meta.port) {
      const whose = yourDiscriminator === 0 ? 'of a neighbour' : 'for a discriminator';
      this.#refuse(undefined, 'no-session', `it is ${whose} that no session has`, meta);
      return;
    }
    const { maxHops, ttl } = session.configuration;
    if (maxHops >= 0 && meta.ttl + maxHops < ttl) {
      this.#refuse(session, 'ttl', `TTL ${meta.ttl}, at least ${ttl - maxHops} wanted`, meta);
      return;
    }
    session.receive(packet, at, now);
  }

  #neighborSession({ port, source }: BfdPacketMeta): BfdSession | undefined {
    return this.#byNeighbor.get(neighborKey(source, port));
  }

  /** Counted; the first of each reason is logged. */
  #refuse(session: BfdSession | undefined, code: string, reason: string, { source }: BfdPacketMeta): void {
    const known = this.#strangers.get(code) ?? 0;
    if (session === undefined) this.#strangers.set(code, known + 1);
    const isFirst = session === undefined ? known === 0 : session.refuse(code, reason);
    if (!isFirst) return;
    const who = session === undefined ? '' : `(${session.configuration.name}) `;
    this.#out.push({
      type: 'log',
      line: {
        level: 'info',
        message: `${who}BFD packet from ${source} dropped: ${reason}; further ones are only counted`,
      },
    });
  }

  /** Random, so that packets for a session of a process before this one do not fit. */
  #freeDiscriminator(): number {
    let candidate = Math.floor(this.#environment.random() * largestDiscriminator);
    do candidate = (candidate % largestDiscriminator) + 1;
    while (this.#byDiscriminator.has(candidate));
    return candidate;
  }
}

function neighborKey(address: string, port: number): string {
  return `${canonicalAddress(address) ?? address} ${port}`;
}
