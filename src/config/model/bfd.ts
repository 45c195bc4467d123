/** Checked BFD sessions. */
import type { Milliseconds } from '../../core/time.ts';
import type { AddressFamily, SourceLocation } from './common.ts';

/** One session with a neighbour (RFC 5880, asynchronous mode without authentication). */
export interface BfdInstanceConfiguration {
  readonly name: string;
  readonly neighborAddress: string;
  readonly family: AddressFamily;
  /** Our address; absent: the kernel chooses, and the source port is any. */
  readonly sourceAddress?: string;
  /** Required Min RX Interval, at least 1 ms. Default 10 ms. */
  readonly minRx: Milliseconds;
  /** Desired Min TX Interval, at least 1 ms. Default 10 ms. */
  readonly minTx: Milliseconds;
  /** Interval of sending while the session is not up, at least 1 s. Default 1 s. */
  readonly idleTx: Milliseconds;
  /** Detect Mult, 1..255. Default 5. */
  readonly multiplier: number;
  /** Sends nothing before the peer does. */
  readonly passive: boolean;
  /** TTL or hop limit of packets sent. Default 255, for IPv6 64. */
  readonly ttl: number;
  /** Packets count if their TTL + maxHops is at least `ttl`; -1: the TTL of packets received is not checked. Default 0. */
  readonly maxHops: number;
  /** UDP port 4784 (RFC 5883) instead of 3784. */
  readonly multihop: boolean;
  /** Weight of those that track it without one of their own; 0: a session that is not up means FAULT. */
  readonly weight: number;
  readonly reverse: boolean;
  /** Changes of state go to VRRP. */
  readonly vrrp: boolean;
  /** Changes of state go to the checkers. */
  readonly checker: boolean;
  readonly at: SourceLocation;
}

export interface BfdConfiguration {
  readonly instances: readonly BfdInstanceConfiguration[];
}
