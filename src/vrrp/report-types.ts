/** What the VRRP engine says about itself when it is asked: everything an operator wants to know of an instance, and why. */
import type { MonotonicMs } from '../core/time.ts';
import type { VrrpProcessStatus } from './processes.ts';
import type { VrrpGroupStatus, VrrpInstanceStatus, VrrpScriptStatus } from './types.ts';

/** One thing that an instance tracks, itself or through its sync group. */
export interface VrrpTrackerReport {
  readonly kind: 'interface' | 'script' | 'file' | 'process' | 'bfd';
  readonly name: string;
  /** Whose it is. */
  readonly of: 'instance' | 'group';
  readonly state: 'good' | 'bad' | 'unknown';
  /** Since when it is so; absent: since the start, or nothing is known yet. */
  readonly since?: MonotonicMs;
  readonly sinceTime?: string;
  /** 0: bad means FAULT. */
  readonly weight: number;
  readonly reverse: boolean;
  /** What it gives or takes of the effective priority at the moment. */
  readonly contribution: number;
  /** It demands FAULT at the moment. */
  readonly fault: boolean;
  /** The instance is held until it has a first result. */
  readonly awaited: boolean;
  /** "failed 3x, exit 1 'connection refused'", "is down". */
  readonly words: string;
}

/** Another router that was heard. */
export interface VrrpPeerReport {
  readonly address: string;
  /** Of its latest advertisement that was taken; absent: all were dropped. */
  readonly priority?: number;
  /** As it says itself; version 2 sends whole seconds. Milliseconds. */
  readonly advertisementInterval?: number;
  readonly firstHeard: MonotonicMs;
  readonly lastHeard: MonotonicMs;
  readonly lastHeardTime: string;
  /** Advertisements taken. */
  readonly accepted: number;
  /** Advertisements dropped, and why the latest one was. */
  readonly refused: number;
  readonly lastRefusal?: { readonly code: string; readonly reason: string; readonly at: MonotonicMs };
  /** Heard within the last three intervals: it claims to be master now. */
  readonly advertising: boolean;
}

/** One router in the order of election: the higher priority first, then the higher address. */
export interface VrrpRankReport {
  readonly address: string;
  readonly priority: number;
  readonly self: boolean;
}

export interface VrrpAddressReport {
  readonly address: string;
  readonly prefixLength: number;
  readonly interface: string;
  /** virtual_ipaddress_excluded: not in the advertisements. */
  readonly excluded: boolean;
  /** It belongs here now. */
  readonly wanted: boolean;
  /** What the kernel has; `tentative`, `duplicate`: duplicate address detection runs, or has found another owner. */
  readonly kernel: 'present' | 'absent' | 'tentative' | 'duplicate';
}

export interface VrrpInterfaceReport {
  readonly name: string;
  /** As it counts, delays of interface_up_down_delays included. */
  readonly state: 'up' | 'down' | 'missing';
  /** When that changed last; absent: not since the start. */
  readonly since?: MonotonicMs;
}

/** Everything of one instance. */
export interface VrrpInstanceReport extends VrrpInstanceStatus {
  /** In one sentence why it is what it is: "BACKUP: 10.9.0.1 advertises 150 > 90; own 150 - 60 chk_nginx failed 3x, exit 1 'connection refused'". */
  readonly explanation: string;
  /** ISO 8601, of `since`. */
  readonly sinceTime: string;
  readonly group?: string;
  readonly version: 2 | 3;
  readonly family: 'inet' | 'inet6';
  readonly virtualRouterId: number;
  readonly advertisementInterval: number;
  readonly initialState: 'MASTER' | 'BACKUP';
  readonly nopreempt: boolean;
  /** The one it speaks on, then its VMAC or ipvlan. None: unicast without one. */
  readonly interfaces: readonly VrrpInterfaceReport[];
  /** Without a real interface of its own or with unicast peers. */
  readonly unicastPeers: readonly string[];
  readonly trackers: readonly VrrpTrackerReport[];
  /** What demands FAULT now; empty while it is not in FAULT, or only because its group is. */
  readonly faults: readonly string[];
  /** Why failures that might be expected to put it into FAULT do not: "chk_nginx failed ...: not FAULT because weight -60 is set". */
  readonly notFault: readonly string[];
  /** The latest first. */
  readonly peers: readonly VrrpPeerReport[];
  /** This router and those that were heard, by their latest priorities. */
  readonly ranking: readonly VrrpRankReport[];
  readonly addresses: readonly VrrpAddressReport[];
  /** False: the addresses answer nothing but ARP (vrrp_strict, no_accept; RFC 9568 Accept_Mode false), ping included. */
  readonly acceptsLocalTraffic: boolean;
  /** What its next deadline (`nextTimeout`) is. */
  readonly timer?: 'advertisement' | 'master-down' | 'listening';
  /** End of a running preempt_delay. */
  readonly preemptDelayUntil?: MonotonicMs;
  /** End of vrrp_startup_delay or vrrp_delay_after_boot, while that runs. */
  readonly startupDelayUntil?: MonotonicMs;
}

export interface VrrpMemberReport {
  readonly instance: string;
  readonly state: VrrpInstanceStatus['state'];
  readonly wantedState: VrrpInstanceStatus['state'];
  /** Why it keeps the group from a better state; absent: it does not. */
  readonly holds?: string;
}

export interface VrrpGroupReport extends VrrpGroupStatus {
  readonly explanation: string;
  readonly sinceTime: string;
  readonly memberStates: readonly VrrpMemberReport[];
}

export interface VrrpScriptReport extends VrrpScriptStatus {
  /** Since when it has been good or bad; absent: unknown. */
  readonly since?: MonotonicMs;
  /** Runs that ended since the start, and how many of them failed. */
  readonly runs: number;
  /** Failures in a row; 0: the last run succeeded. */
  readonly failures: number;
  readonly rise: number;
  readonly fall: number;
  /** When the last run ended. */
  readonly lastRun?: MonotonicMs;
  readonly lastRunTime?: string;
  /** First line of what a failed last run wrote to stderr. */
  readonly message?: string;
  /** "failed 3x, exit 1 'connection refused'". */
  readonly words: string;
}

/** The parts beside instances. */
export interface VrrpCommonReport {
  readonly groups: readonly VrrpGroupReport[];
  readonly scripts: readonly VrrpScriptReport[];
  readonly processes: readonly VrrpProcessStatus[];
}
