/** One session: the state machine and the timers of RFC 5880, asynchronous mode (sections 6.2, 6.8). */
import type { BfdInstanceConfiguration } from '../config/model.ts';
import type { Deadline, DeadlineQueue } from '../core/deadlines.ts';
import type { HealthState } from '../core/events.ts';
import { SendAhead, lookAfter } from '../core/send-ahead.ts';
import type { Milliseconds, MonotonicMs } from '../core/time.ts';
import { LocalIntervals, jittered } from './timing.ts';
import type { BfdIntent, BfdSessionStatus } from './types.ts';
import { encodeControlPacket, type BfdState, type ControlPacket } from './wire/control-packet.ts';
import { DIAGNOSTIC, diagnosticText } from './wire/constants.ts';

/** What a session needs from its engine. */
export interface SessionHost {
  readonly deadlines: DeadlineQueue;
  /** Uniform in [0, 1). */
  random(): number;
  /** A discriminator that no other session has. */
  discriminator(): number;
  push(intent: BfdIntent): void;
  /** BfdEnvironment.wentAhead */
  readonly wentAhead: ((session: string) => MonotonicMs | undefined) | undefined;
  /** Something about the session may have changed: at the end of the call planAhead() is wanted. */
  touched(session: BfdSession): void;
}

interface Remote {
  state: BfdState;
  /** 0: none heard, or none for a detection time. */
  discriminator: number;
  diagnostic: number;
  desiredMinTx: Milliseconds;
  requiredMinRx: Milliseconds;
  multiplier: number;
  demand: boolean;
}

const microsecond: Milliseconds = 0.001;
/** A process that looks so much too late whether a neighbour is silent was held up itself. */
const heldUp: Milliseconds = 1;

/** A neighbour of whom nothing is known (RFC 5880 section 6.8.1). */
function unknownRemote(): Remote {
  return {
    state: 'Down',
    discriminator: 0,
    diagnostic: 0,
    desiredMinTx: 0,
    requiredMinRx: microsecond,
    multiplier: 0,
    demand: false,
  };
}

/** Milliseconds to the microseconds of the wire. */
function toWire(interval: Milliseconds): number {
  return Math.round(interval * 1000);
}

export class BfdSession {
  configuration: BfdInstanceConfiguration;
  readonly localDiscriminator: number;
  state: BfdState = 'Down';
  since: MonotonicMs;
  reason = 'no packet from the neighbour so far';
  /** What followers were told; undefined: nothing by this process, which for them means down. */
  told: HealthState | undefined;
  readonly #host: SessionHost;
  readonly #intervals: LocalIntervals;
  readonly #sending: Deadline;
  readonly #detection: Deadline;
  readonly #patience: Deadline;
  /** Undefined: nothing is ever sent ahead. */
  readonly #ahead: SendAhead<Uint8Array> | undefined;
  #remote = unknownRemote();
  /** The neighbour has been given the time for which this process was held up; once in a silence. */
  #grantedTime = false;
  #diagnostic: number = DIAGNOSTIC.none;
  #lastSent = -Infinity;
  #lastReceived: MonotonicMs | undefined;
  #packetsSent = 0;
  #packetsReceived = 0;
  readonly #refusals = new Map<string, { reason: string; count: number }>();

  constructor(configuration: BfdInstanceConfiguration, host: SessionHost, now: MonotonicMs) {
    this.configuration = configuration;
    this.#host = host;
    this.since = now;
    this.localDiscriminator = host.discriminator();
    this.#intervals = new LocalIntervals(configuration.idleTx, configuration.minRx);
    this.#sending = host.deadlines.create((at) => this.#due(at));
    this.#detection = host.deadlines.create(
      (at) => this.#expired(at),
      () => true,
    );
    this.#patience = host.deadlines.create(() => this.#lostPatience());
    const { wentAhead } = host;
    this.#ahead = wentAhead && new SendAhead(() => wentAhead(this.configuration.name));
  }

  /** The first packet, unless the neighbour has to begin. */
  start(now: MonotonicMs): void {
    if (this.#sendsPeriodically) this.#transmit(now);
    this.#host.touched(this);
  }

  /** No further packets and no events. */
  retire(): void {
    this.#settle();
    for (const deadline of [this.#sending, this.#detection, this.#patience]) this.#host.deadlines.clear(deadline);
  }

  /**
   * The session was up before this process took over from one that died: its followers keep that for as long as the
   * neighbour may need to begin anew.
   */
  expectUp(now: MonotonicMs): void {
    if (this.told !== undefined || this.state === 'Up') return;
    this.told = 'UP';
    this.#host.deadlines.set(this.#patience, now + this.configuration.multiplier * this.configuration.idleTx);
  }

  /** Other settings for the same neighbour. While the session is up they are agreed on by a poll sequence. */
  reconfigure(configuration: BfdInstanceConfiguration, now: MonotonicMs): void {
    const { multiplier } = this.configuration;
    this.#host.touched(this);
    this.configuration = configuration;
    if (this.state === 'Up') this.#negotiate();
    else this.#intervals.replace(configuration.idleTx, configuration.minRx);
    if (multiplier !== configuration.multiplier && this.state === 'Up') this.#transmit(now);
    else this.#scheduleSending(now);
    this.#scheduleDetection();
  }

  /**
   * A valid packet that is for this session (RFC 5880 section 6.8.6).
   * @param at when it was received
   */
  receive(packet: ControlPacket, at: MonotonicMs, now: MonotonicMs): void {
    this.#host.touched(this);
    this.#packetsReceived++;
    this.#lastReceived = at;
    this.#grantedTime = false;
    const remote = this.#remote;
    remote.state = packet.state;
    remote.discriminator = packet.myDiscriminator;
    remote.diagnostic = packet.diagnostic;
    remote.desiredMinTx = packet.desiredMinTx / 1000;
    remote.requiredMinRx = packet.requiredMinRx / 1000;
    remote.multiplier = packet.multiplier;
    remote.demand = packet.demand;
    if (packet.final) this.#intervals.confirmed();
    const before = this.state;
    this.#followState(packet, now);
    this.#scheduleDetection();
    if (packet.poll) this.#answerPoll();
    // A change is told at once, not with the next periodic packet (section 6.8.7).
    if (this.state !== before && this.#sendsPeriodically) this.#transmit(now);
    else this.#scheduleSending(now);
  }

  /** A packet for this session that does not count. @returns whether it is the first for this reason */
  refuse(code: string, reason: string): boolean {
    const known = this.#refusals.get(code);
    this.#refusals.set(code, { reason, count: (known?.count ?? 0) + 1 });
    return known === undefined;
  }

  status(): BfdSessionStatus {
    const { name, multiplier, neighborAddress } = this.configuration;
    const remote = this.#remote;
    const heard = remote.multiplier > 0;
    const { deadlines } = this.#host;
    return {
      name,
      neighbor: neighborAddress,
      state: this.state,
      since: this.since,
      reason: this.reason,
      told: this.told ?? 'DOWN',
      localDiscriminator: this.localDiscriminator,
      localDiagnostic: this.#diagnostic,
      polling: this.#intervals.polling,
      sendInterval: this.#sendInterval,
      detectionTime: heard ? this.#detectionTime : 0,
      remoteDetectionTime: heard ? multiplier * this.#sendInterval : 0,
      remote: {
        ...remote,
        requiredMinRx: heard ? remote.requiredMinRx : 0,
        sendInterval: heard ? Math.max(this.#intervals.requiredMinRx, remote.desiredMinTx) : 0,
      },
      packetsSent: this.#packetsSent,
      packetsReceived: this.#packetsReceived,
      refusals: [...this.#refusals]
        .map(([code, { count, reason }]) => ({ code, reason, count }))
        .sort((a, b) => b.count - a.count),
      ...(this.#lastReceived !== undefined && { lastReceived: this.#lastReceived }),
      ...(deadlines.isSet(this.#sending) && { nextSend: this.#sendsAt }),
      ...(deadlines.isSet(this.#detection) && { expires: this.#detection.at }),
    };
  }

  /** Section 6.2 and the end of section 6.8.6. */
  #followState(packet: ControlPacket, now: MonotonicMs): void {
    const neighbor = this.configuration.neighborAddress;
    if (packet.state === 'AdminDown') {
      if (this.state === 'Down') return;
      this.#diagnostic = DIAGNOSTIC.neighborSignaledDown;
      this.#enter('Down', `${neighbor} says that the session is administratively down`, now);
      return;
    }
    switch (this.state) {
      case 'Down':
        if (packet.state === 'Down') this.#enter('Init', `${neighbor} is heard`, now);
        else if (packet.state === 'Init') this.#enterUp(now);
        return;
      case 'Init':
        if (packet.state !== 'Down') this.#enterUp(now);
        return;
      case 'Up':
        if (packet.state !== 'Down') return;
        this.#diagnostic = DIAGNOSTIC.neighborSignaledDown;
        this.#enterDown(`${neighbor} says that the session is down (${diagnosticText(packet.diagnostic)})`, now);
        return;
      case 'AdminDown':
    }
  }

  #enterUp(now: MonotonicMs): void {
    this.#diagnostic = DIAGNOSTIC.none;
    this.#enter('Up', `${this.configuration.neighborAddress} hears this machine`, now);
    this.#negotiate();
    this.#host.deadlines.clear(this.#patience);
    this.#tell('UP');
  }

  /** Of the neighbour's own will or not: whoever follows the session learns that it is down. */
  #enterDown(reason: string, now: MonotonicMs): void {
    const wasUp = this.state === 'Up';
    this.#enter('Down', reason, now);
    if (wasUp) this.#tell('DOWN');
  }

  #enter(state: BfdState, reason: string, now: MonotonicMs): void {
    const from = this.state;
    if (from === 'Up') this.#intervals.replace(this.configuration.idleTx, this.configuration.minRx);
    this.state = state;
    this.since = now;
    this.reason = reason;
    const { name } = this.configuration;
    const details =
      state === 'Down'
        ? ` (Local diagnostic - ${diagnosticText(this.#diagnostic)}, Remote diagnostic - ${diagnosticText(this.#remote.diagnostic)})`
        : '';
    const level = ({ Down: 'warning', Up: 'notice', Init: 'debug', AdminDown: 'notice' } as const)[state];
    this.#host.push({
      type: 'log',
      line: { level, message: `(${name}) Entering ${state} state${details}: ${reason}` },
    });
    this.#host.push({ type: 'event', event: { kind: 'bfd-session', session: name, from, to: state, reason, at: now } });
  }

  #tell(state: HealthState): void {
    if (this.told === state) return;
    this.told = state;
    this.#host.push(this.verdict());
  }

  /** What followers have to know; before anything else was told, a session is down. */
  verdict(): Extract<BfdIntent, { type: 'tell' }> {
    const { checker, name, vrrp } = this.configuration;
    return { type: 'tell', session: name, state: this.told ?? 'DOWN', reason: this.reason, vrrp, checker };
  }

  #lostPatience(): void {
    if (this.state !== 'Up') this.#tell('DOWN');
  }

  #expired(now: MonotonicMs): void {
    this.#host.touched(this);
    if (this.#grantsTime(now)) return;
    const time = this.#detectionTime;
    const overdue = now - ((this.#lastReceived ?? now) + time);
    const { name, neighborAddress } = this.configuration;
    // Who says nothing is unknown again (section 6.8.1, RemoteDiscr); whoever waits for the neighbour waits anew.
    const lost = this.#remote;
    this.#remote = unknownRemote();
    if (this.state === 'Down') {
      this.#scheduleSending(now);
      return;
    }
    this.#host.push({
      type: 'log',
      line: {
        level: 'info',
        message: `(${name}) Expired after ${Math.round(time)} ms (${Math.max(0, toWire(overdue))} usec overdue)`,
      },
    });
    this.#remote.diagnostic = lost.diagnostic;
    this.#diagnostic = DIAGNOSTIC.detectionTimeExpired;
    this.#enterDown(`no packet from ${neighborAddress} for ${withoutZeros(time)} ms`, now);
    if (this.#sendsPeriodically) this.#transmit(now);
    else this.#scheduleSending(now);
  }

  /**
   * A machine that stood still (its host gave it no time, or another process did not let go of it) has heard nothing
   * meanwhile, and its timers are the first to tell it. What was sent to it may be a moment away: the neighbour has as long
   * as this process was late, at most an interval of its own, once.
   */
  #grantsTime(now: MonotonicMs): boolean {
    const late = now - this.#detection.at;
    if (late < heldUp || this.#grantedTime || this.state === 'Down') return false;
    this.#grantedTime = true;
    const interval = this.#detectionTime / Math.max(1, this.#remote.multiplier);
    this.#host.deadlines.set(this.#detection, now + Math.min(late, interval));
    return true;
  }

  #negotiate(): void {
    const { minRx, minTx, name } = this.configuration;
    if (!this.#intervals.negotiate(minTx, minRx)) return;
    this.#host.push({ type: 'log', line: { level: 'debug', message: `(${name}) Starting poll sequence` } });
  }

  get #sendInterval(): Milliseconds {
    return Math.max(this.#intervals.sending, this.#remote.requiredMinRx);
  }

  get #detectionTime(): Milliseconds {
    return this.#remote.multiplier * Math.max(this.#intervals.detecting, this.#remote.desiredMinTx);
  }

  /** Section 6.8.7: who must not send, or need not. */
  get #sendsPeriodically(): boolean {
    const remote = this.#remote;
    if (this.configuration.passive && remote.discriminator === 0) return false;
    if (remote.requiredMinRx === 0) return false;
    return !(remote.demand && this.state === 'Up' && remote.state === 'Up' && !this.#intervals.polling);
  }

  #scheduleDetection(): void {
    if (this.#lastReceived === undefined || this.#remote.multiplier === 0) return;
    this.#host.deadlines.set(this.#detection, this.#lastReceived + this.#detectionTime);
  }

  /** The next packet: moved forward when the interval has become shorter, never back. */
  #scheduleSending(now: MonotonicMs): void {
    const { deadlines } = this.#host;
    if (!this.#sendsPeriodically) {
      deadlines.clear(this.#sending);
      return;
    }
    const longest = this.#lastSent + this.#sendInterval;
    if (deadlines.isSet(this.#sending) && this.#sendsAt <= longest) return;
    const next = this.#lastSent + jittered(this.#sendInterval, this.configuration.multiplier, this.#host.random());
    deadlines.set(this.#sending, Math.max(next, now));
  }

  /** When the next periodic packet goes; meaningful while its timer is set. */
  get #sendsAt(): MonotonicMs {
    return this.#ahead?.at ?? this.#sending.at;
  }

  #due(now: MonotonicMs): void {
    this.#host.touched(this);
    if (this.#settle()) this.#scheduleSending(now);
    else this.#transmit(now);
  }

  /**
   * Ends what was sent ahead. If it has gone, it was the last one sent; if not, the timer is where it was without it.
   * @returns whether it has gone
   */
  #settle(): boolean {
    const plan = this.#ahead?.end();
    if (plan === undefined) return false;
    const { deadlines } = this.#host;
    if (plan.wentAt !== undefined) {
      this.#packetsSent++;
      this.#lastSent = plan.wentAt;
      deadlines.clear(this.#sending);
    } else if (deadlines.isSet(this.#sending) && this.#sending.at === plan.lookAt) {
      deadlines.set(this.#sending, plan.at);
    }
    return plan.wentAt !== undefined;
  }

  /** At the end of a call: what goes ahead is what would be sent at its time. */
  planAhead(now: MonotonicMs): void {
    if (this.#ahead === undefined) return;
    const { deadlines } = this.#host;
    const packet = this.#packet(false);
    const planned = deadlines.isSet(this.#sending) ? this.#ahead.contentFor(this.#sending.at) : undefined;
    if (planned?.every((octet, index) => octet === packet[index])) return;
    if (this.#settle()) this.#scheduleSending(now);
    const { at } = this.#sending;
    if (!deadlines.isSet(this.#sending) || at <= now) return;
    const interval = this.#sendInterval;
    deadlines.set(this.#sending, this.#ahead.plan(at, lookAfter(interval), packet));
    const { name: session } = this.configuration;
    this.#host.push({ type: 'send-ahead', session, packet, at, until: at + interval });
  }

  #transmit(now: MonotonicMs): void {
    this.#settle();
    this.#send(false);
    this.#lastSent = now;
    this.#host.deadlines.clear(this.#sending);
    this.#scheduleSending(now);
  }

  /** At once, whatever the interval (section 6.5). */
  #answerPoll(): void {
    if (this.configuration.passive && this.#remote.discriminator === 0) return;
    this.#send(true);
  }

  #send(final: boolean): void {
    this.#packetsSent++;
    this.#host.push({ type: 'send', session: this.configuration.name, packet: this.#packet(final) });
  }

  #packet(final: boolean): Uint8Array {
    const { multiplier } = this.configuration;
    const intervals = this.#intervals;
    return encodeControlPacket({
      diagnostic: this.#diagnostic,
      state: this.state,
      poll: intervals.polling && !final,
      final,
      demand: false,
      multiplier,
      myDiscriminator: this.localDiscriminator,
      yourDiscriminator: this.#remote.discriminator,
      desiredMinTx: toWire(intervals.desiredMinTx),
      requiredMinRx: toWire(intervals.requiredMinRx),
      requiredMinEchoRx: 0,
    });
  }
}

/** At most three decimals: 30, 49.5. */
function withoutZeros(value: number): string {
  return String(Number(value.toFixed(3)));
}
