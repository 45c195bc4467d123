/**
 * What goes into and comes out of the VRRP engine (sans-I/O). The shell executes intents strictly in their order: an
 * advertisement before the addresses, the addresses before the gratuitous ARPs (reference: behaviour A5).
 */
import type { DaemonEvent, LogLine } from '../core/events.ts';
import type { MonotonicMs } from '../core/time.ts';
import type { AddressFamily, LvsSyncDaemonConfiguration } from '../config/model.ts';

/** A received packet's surroundings, from ancillary data (IP_PKTINFO, IPV6_PKTINFO, hop limit). */
export interface PacketMeta {
  readonly family: AddressFamily;
  readonly interfaceIndex: number;
  readonly source: string;
  readonly destination: string;
  /** TTL or hop limit. */
  readonly ttl: number;
}

/** Sends one VRRP message. IPv4: `packet` starts at the VRRP header, the shell lets the kernel or the codec make the IP header. */
export interface SendAdvertisementIntent {
  readonly type: 'send-advertisement';
  readonly instance: string;
  readonly family: AddressFamily;
  readonly interface: string;
  /** Complete IPv4 packet (IP header included, as the original sends it) or the bare IPv6 VRRP message. */
  readonly packet: Uint8Array;
  readonly source: string;
  readonly destination: string;
  readonly unicast: boolean;
  readonly ttl: number;
}

/** The addresses that should exist changed: ask desiredAddresses() and write the difference now. */
export interface ReconcileAddressesIntent {
  readonly type: 'reconcile-addresses';
  /** Instances whose addresses changed; the others need not be looked at. */
  readonly instances: readonly string[];
}

/** An Ethernet frame (gratuitous ARP or unsolicited neighbour advertisement) for a packet socket on that interface. */
export interface SendFrameIntent {
  readonly type: 'send-frame';
  readonly interface: string;
  readonly frame: Uint8Array;
}

/** The LVS synchronisation daemon that follows an instance changes its role. */
export interface SyncDaemonIntent {
  readonly type: 'sync-daemon';
  readonly daemon: LvsSyncDaemonConfiguration;
  readonly syncId: number;
  readonly role: 'master' | 'backup' | 'stop';
}

/** Starts one run of a vrrp_script; the answer comes back as scriptFinished(). */
export interface RunScriptIntent {
  readonly type: 'run-script';
  readonly script: string;
}

/** Asks the running script to end (SIGTERM) or ends it (SIGKILL). */
export interface KillScriptIntent {
  readonly type: 'kill-script';
  readonly script: string;
  readonly signal: 'SIGTERM' | 'SIGKILL';
}

export interface EventIntent {
  readonly type: 'event';
  readonly event: DaemonEvent;
}

export interface LogIntent {
  readonly type: 'log';
  readonly line: LogLine;
}

export type VrrpIntent =
  | SendAdvertisementIntent
  | ReconcileAddressesIntent
  | SendFrameIntent
  | SyncDaemonIntent
  | RunScriptIntent
  | KillScriptIntent
  | EventIntent
  | LogIntent;

/** Keyed digests enter as functions (node:crypto stays outside). */
export interface VrrpDigests {
  /** HMAC-MD5 for the authentication header of VRRPv2. */
  readonly hmacMd5: (key: Uint8Array, data: Uint8Array) => Uint8Array;
}

/** Packet error and traffic counters of one instance, in the names of the statistics file. */
export interface VrrpStatistics {
  advertisementsReceived: number;
  advertisementsSent: number;
  becameMaster: number;
  releasedMaster: number;
  lengthErrors: number;
  ttlErrors: number;
  invalidTypeErrors: number;
  advertisementIntervalErrors: number;
  addressListErrors: number;
  checksumErrors: number;
  versionErrors: number;
  invalidAuthenticationType: number;
  authenticationTypeMismatch: number;
  authenticationFailure: number;
  priorityZeroReceived: number;
  priorityZeroSent: number;
}

/** One instance as dumps and status show it. */
export interface VrrpInstanceStatus {
  readonly name: string;
  readonly state: 'INIT' | 'BACKUP' | 'MASTER' | 'FAULT' | 'STOP';
  /** The state it would like to be in (differs while a sync group holds it). */
  readonly wantedState: 'INIT' | 'BACKUP' | 'MASTER' | 'FAULT' | 'STOP';
  readonly since: MonotonicMs;
  /** Why it is in this state. */
  readonly reason: string;
  readonly basePriority: number;
  readonly effectivePriority: number;
  /** How the effective priority came about: "150 - 60 (chk_nginx failed 3 times) = 90". */
  readonly priorityExplanation: string;
  /** Priority and address of the master last heard; 0 and undefined if none. */
  readonly masterPriority: number;
  readonly masterAddress?: string;
  readonly masterAdvertisementInterval: number;
  readonly addressesSet: boolean;
  readonly statistics: Readonly<VrrpStatistics>;
}
