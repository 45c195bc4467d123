/**
 * What goes into and comes out of the VRRP engine (sans-I/O). The shell executes intents in their order: an advertisement
 * before the addresses, the addresses before the gratuitous ARPs (reference: behaviour A5). What one call returns for
 * several instances it may execute by kind, all advertisements first, then all addresses.
 */
import type { DaemonEvent, LogLine } from '../core/events.ts';
import type { LiveChange } from '../core/live-change.ts';
import type { MonotonicMs } from '../core/time.ts';
import type { AddressFamily, LvsSyncDaemonConfiguration, ScriptCommand, VirtualAddress } from '../config/model.ts';
import type { KernelAddress, Link } from '../network/types.ts';

/** A received packet's surroundings, from ancillary data (IP_PKTINFO, IPV6_PKTINFO, hop limit). */
export interface PacketMeta {
  readonly family: AddressFamily;
  readonly interfaceIndex: number;
  readonly source: string;
  readonly destination: string;
  /** TTL or hop limit. */
  readonly ttl: number;
  /** When the kernel received it, if the shell knows: earlier than the call that hands it over. */
  readonly receivedAt?: MonotonicMs;
}

/** Sends one VRRP message through a raw socket (IPv4: with IP_HDRINCL; IPv6: IPPROTO_VRRP, checksum by the kernel). */
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
  /** VRF to send in, for unicast without an interface. */
  readonly vrf?: string;
  readonly ttl: number;
}

/**
 * The next advertisement of an instance, to be sent by itself at its moment, in place of an earlier one that has not gone
 * (for each unicast peer one). Only where the environment has `wentAhead`.
 */
export interface SendAheadIntent {
  readonly type: 'send-ahead';
  readonly instance: string;
  readonly at: MonotonicMs;
  /** From then on it is not to be sent any more. */
  readonly until: MonotonicMs;
  readonly advertisements: readonly SendAdvertisementIntent[];
}

/** The addresses that should exist changed: ask desiredAddresses() and write the difference now. */
export interface ReconcileAddressesIntent {
  readonly type: 'reconcile-addresses';
  /** Instances whose addresses changed; the others need not be looked at. */
  readonly instances: readonly string[];
}

/** A frame (gratuitous ARP or unsolicited neighbour advertisement) for a packet socket on that interface. */
export interface SendFrameIntent {
  readonly type: 'send-frame';
  readonly interface: string;
  readonly frame: Uint8Array;
  /** Where its Ethernet type stands; absent: as in an Ethernet frame. */
  readonly etherTypeAt?: number;
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
  readonly command: ScriptCommand;
  /** Distinguishes the runs; give it back to scriptFinished(). */
  readonly run: number;
}

/** Asks the running script to end (SIGTERM) or ends it (SIGKILL). */
export interface KillScriptIntent {
  readonly type: 'kill-script';
  readonly script: string;
  readonly signal: 'SIGTERM' | 'SIGKILL';
}

/** For the subscribers of the event stream. The log line of a change is a log intent of its own: do not log the event again. */
export interface EventIntent {
  readonly type: 'event';
  readonly event: DaemonEvent;
}

export interface LogIntent {
  readonly type: 'log';
  readonly line: LogLine;
}

/** Counters of packets that hint at an attack or at a mistake of another router: SNMP has notifications for them. */
export const notifiedCounters = [
  'ttlErrors',
  'versionErrors',
  'checksumErrors',
  'invalidAuthenticationType',
  'authenticationTypeMismatch',
  'authenticationFailure',
] as const satisfies readonly (keyof VrrpStatistics)[];

export type NotifiedCounter = (typeof notifiedCounters)[number];

/** A packet was dropped and counted so; at most one a second for each instance and counter. */
export interface RefusedIntent {
  readonly type: 'refused';
  readonly instance: string;
  readonly source: string;
  readonly counter: NotifiedCounter;
}

export type VrrpIntent =
  | SendAdvertisementIntent
  | SendAheadIntent
  | ReconcileAddressesIntent
  | SendFrameIntent
  | SyncDaemonIntent
  | RunScriptIntent
  | KillScriptIntent
  | EventIntent
  | LogIntent
  | RefusedIntent;

/** Keyed digests enter as functions (node:crypto stays outside). */
export interface VrrpDigests {
  /** HMAC-MD5 for the authentication header of VRRPv2. */
  readonly hmacMd5: (key: Uint8Array, data: Uint8Array) => Uint8Array;
  /** HMAC-SHA-256 for auth_hmac. */
  readonly hmacSha256: (key: Uint8Array, data: Uint8Array) => Uint8Array;
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

/**
 * Why an instance became master: the master before resigned; it took over from a master of lower priority, or is the owner;
 * or nobody was heard (vrrpv3StatisticsNewMasterReason of RFC 6527, as the original understands it).
 */
export type MasterCause = 'resigned' | 'preempted' | 'no-response';

/** One instance as dumps and status show it. */
export interface VrrpInstanceStatus {
  readonly name: string;
  readonly state: 'INIT' | 'BACKUP' | 'MASTER' | 'FAULT' | 'STOP';
  /** The state it would like to be in (differs while a sync group holds it). */
  readonly wantedState: 'INIT' | 'BACKUP' | 'MASTER' | 'FAULT' | 'STOP';
  readonly since: MonotonicMs;
  /** When it last left INIT or FAULT; absent while it is in one of them. */
  readonly operationalSince?: MonotonicMs;
  /** Why it is in this state. */
  readonly reason: string;
  /** The configured one, or that of the operator. */
  readonly basePriority: number;
  readonly effectivePriority: number;
  /** How the effective priority came about: "150 - 60 (chk_nginx failed 3 times) = 90". */
  readonly priorityExplanation: string;
  /** Priority and address of the master last heard; 0 and undefined if none. */
  readonly masterPriority: number;
  readonly masterAddress?: string;
  readonly masterAdvertisementInterval: number;
  readonly addressesSet: boolean;
  /** Where its advertisements come from; absent while there is none. */
  readonly sourceAddress?: string;
  readonly statistics: Readonly<VrrpStatistics>;
  /** Why it became master the last time; absent: it never was. */
  readonly masterCause?: MasterCause;
  /** Set by the operator beside the file, on it or on its group; absent: nothing. */
  readonly override?: LiveChange;
  /** The same of preemption. */
  readonly preemptionOverride?: LiveChange;
  /** A master of lower priority stays it: as configured, or as the operator says. */
  readonly nopreempt: boolean;
  /** Whether an advertisement of another router was ever taken. */
  readonly heardPeer: boolean;
  /** Advertisements dropped since the counters were cleared, the most frequent reason first. */
  readonly refusals: readonly VrrpRefusalStatus[];
  /** When its timer is due: the next advertisement of a master, the end of patience of a backup; absent: none runs. */
  readonly nextTimeout?: MonotonicMs;
  /** The process was late: it listens until then before it speaks. */
  readonly listeningUntil?: MonotonicMs;
}

/** Advertisements that an instance dropped for one reason. */
export interface VrrpRefusalStatus {
  /** Stable name of the reason. */
  readonly code: string;
  /** The counter of statistics that counts it. */
  readonly counter?: keyof VrrpStatistics;
  /** In words, of the latest one. */
  readonly reason: string;
  readonly count: number;
  /** Sender and time of the latest one. */
  readonly source: string;
  readonly at: MonotonicMs;
}

/** What the engine cannot know by itself, at the moment it is made. Later changes come as method calls. */
export interface VrrpEnvironment {
  readonly digests: VrrpDigests;
  readonly links: readonly Link[];
  readonly addresses: readonly KernelAddress[];
  /** The time of day at a moment of the engine's clock, in milliseconds since 1970, for auth_hmac; absent: that clock itself. */
  readonly realTime?: (now: MonotonicMs) => number;
  /** When the machine booted, on the clock of `now`, for vrrp_delay_after_boot; absent: long ago. */
  readonly bootedAt?: MonotonicMs;
  /** net.ipv6.conf.IFACE.forwarding at this moment, for the Router flag of neighbour advertisements. Default: no router. */
  readonly forwardsIpv6?: (interfaceName: string) => boolean;
  /**
   * When the last send-ahead intent of an instance was carried out, undefined if it was not; asking ends it: from here on it
   * has gone or never will. Absent: advertisements are not sent ahead.
   */
  readonly wentAhead?: (instance: string) => MonotonicMs | undefined;
}

/** How one run of a script ended. */
export type ScriptOutcome =
  /** `message`: the first line of what it wrote to stderr. */
  | { readonly kind: 'exited'; readonly code: number; readonly message?: string }
  | { readonly kind: 'killed'; readonly signal: string; readonly message?: string }
  /** It could not be started at all. */
  | { readonly kind: 'not-started'; readonly error: string };

/** The addresses of one instance: what has to exist now, and what of its own must not. */
export interface DesiredInstanceAddresses {
  readonly instance: string;
  /** In configuration order, virtual addresses before excluded ones. Empty unless master. */
  readonly addresses: readonly VirtualAddress[];
  /** Configured (or configured before the last reload) and wanted by no instance: left over if the kernel has them. */
  readonly unwanted: readonly VirtualAddress[];
}

/** One receiving and sending place; the shell opens a socket for each and closes what is no longer listed. */
export interface VrrpTransport {
  readonly family: AddressFamily;
  readonly cast: 'multicast' | 'unicast';
  /** Empty for unicast without an interface. */
  readonly interface: string;
  /** Without an interface: the VRF it is for. */
  readonly vrf?: string;
  /** Multicast: the group to join on the interface. */
  readonly group?: string;
  /** Unicast: the local address to bind to, if one is configured. */
  readonly source?: string;
  readonly authenticationHeader: boolean;
  /** For a socket filter: messages of other routers need not be delivered, unless `everyRouter` says so. */
  readonly virtualRouterIds: readonly number[];
  /** log_unknown_vrids: messages of routers that are not configured are wanted too. */
  readonly everyRouter?: true;
  /** Receive buffer that the configuration asks for; absent: nothing. */
  readonly receiveBufferOctets?: number;
  /** Names of the instances that speak through it. */
  readonly instances: readonly string[];
}

/** A sync group as dumps and status show it. */
export interface VrrpGroupStatus {
  readonly name: string;
  readonly state: 'INIT' | 'BACKUP' | 'MASTER' | 'FAULT' | 'STOP';
  readonly since: MonotonicMs;
  readonly reason: string;
  readonly members: readonly string[];
  /** Set by the operator on the group; absent: nothing. */
  readonly override?: LiveChange;
}

/** A tracked script as dumps and status show it. */
export interface VrrpScriptStatus {
  readonly name: string;
  /** `unknown` until the first run has ended. */
  readonly result: 'good' | 'bad' | 'unknown';
  readonly state: 'idle' | 'running' | 'terminating' | 'killing';
  /** Position on the rise/fall scale 0..rise+fall-1; good from `rise` on. */
  readonly counter: number;
  readonly lastOutcome?: ScriptOutcome;
}
