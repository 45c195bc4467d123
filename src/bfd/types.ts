/** What goes into and comes out of the BFD engine (sans-I/O). The shell carries intents out strictly in their order. */
import type { AddressFamily } from '../config/model.ts';
import type { DaemonEvent, HealthState, LogLine } from '../core/events.ts';
import type { Milliseconds, MonotonicMs } from '../core/time.ts';
import type { BfdState } from './wire/control-packet.ts';

/** What the engine takes from the world besides calls. */
export interface BfdEnvironment {
  /** Uniform in [0, 1): jitter and discriminators. */
  random(): number;
  /**
   * When the last send-ahead intent of a session was carried out, undefined if it was not; asking ends it: from here on it
   * has gone or never will. Absent: packets are not sent ahead.
   */
  readonly wentAhead?: (session: string) => MonotonicMs | undefined;
}

/** Surroundings of a received datagram. */
export interface BfdPacketMeta {
  readonly family: AddressFamily;
  readonly source: string;
  /** Port it was sent to: single hop or multihop. */
  readonly port: number;
  /** TTL or hop limit; 0: the kernel did not say. */
  readonly ttl: number;
}

export type BfdIntent =
  /** Send these octets to the neighbour of a session. */
  | { readonly type: 'send'; readonly session: string; readonly packet: Uint8Array }
  /** Send them by themselves at `at`, if that is before `until`, unless wentAhead() asks for it before. */
  | {
      readonly type: 'send-ahead';
      readonly session: string;
      readonly packet: Uint8Array;
      readonly at: MonotonicMs;
      readonly until: MonotonicMs;
    }
  /** What the followers of a session (VRRP instances, checks of real servers) have to know now. */
  | ({ readonly type: 'tell' } & SessionVerdict)
  | { readonly type: 'event'; readonly event: DaemonEvent }
  | { readonly type: 'log'; readonly line: LogLine };

/** A session as its followers see it. */
export interface SessionVerdict {
  readonly session: string;
  readonly state: HealthState;
  /** Why, in words. */
  readonly reason: string;
  /** Whom it is for. */
  readonly vrrp: boolean;
  readonly checker: boolean;
}

/** Where a session sends from and to; the shell keeps a socket for each. */
export interface BfdTransport {
  readonly session: string;
  readonly family: AddressFamily;
  readonly neighbor: string;
  /** Absent: the kernel chooses. */
  readonly source?: string;
  /** Destination port, and the one to listen at. */
  readonly port: number;
  readonly ttl: number;
}

/** One session for dumps and status. */
export interface BfdSessionStatus {
  readonly name: string;
  readonly neighbor: string;
  readonly state: BfdState;
  readonly since: MonotonicMs;
  readonly reason: string;
  /** What the followers were told last. */
  readonly told: HealthState;
  readonly localDiscriminator: number;
  readonly localDiagnostic: number;
  readonly polling: boolean;
  /** Interval of sending, before jitter; 0: nothing is sent. */
  readonly sendInterval: Milliseconds;
  /** Without a packet for so long the session is down; 0: no packet so far. */
  readonly detectionTime: Milliseconds;
  /** How long the neighbour waits for ours, as far as is known. */
  readonly remoteDetectionTime: Milliseconds;
  readonly remote: RemoteStatus;
  readonly packetsSent: number;
  readonly packetsReceived: number;
  /** Packets for this session that did not count, the most frequent reason first. */
  readonly refusals: readonly BfdRefusal[];
  readonly lastReceived?: MonotonicMs;
  /** When the next packet goes out; absent: none is planned. */
  readonly nextSend?: MonotonicMs;
  /** When it is down unless a packet comes; absent: not running. */
  readonly expires?: MonotonicMs;
}

/** What the neighbour said last. */
export interface RemoteStatus {
  readonly state: BfdState;
  readonly discriminator: number;
  readonly diagnostic: number;
  readonly desiredMinTx: Milliseconds;
  readonly requiredMinRx: Milliseconds;
  /** How often it sends. */
  readonly sendInterval: Milliseconds;
  readonly multiplier: number;
  readonly demand: boolean;
}

export interface BfdRefusal {
  readonly code: string;
  readonly reason: string;
  readonly count: number;
}
