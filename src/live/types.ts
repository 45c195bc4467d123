/**
 * What an operator changes on the running daemon without the file: settings of real servers and of virtual routers that
 * outlive child processes and reloads until they are taken back or their time is over. Plain data: it goes to the
 * children as it is.
 */
import type { AddressFamily, IpvsProtocol } from '../config/model.ts';
import type { MonotonicMs } from '../core/time.ts';

/** A virtual server by what it serves; order and position in the file do not count. */
export type ServiceTarget =
  | { readonly kind: 'address'; readonly protocol: IpvsProtocol; readonly address: string; readonly port: number }
  | { readonly kind: 'fwmark'; readonly family: AddressFamily; readonly mark: number }
  | { readonly kind: 'group'; readonly name: string; readonly protocol: IpvsProtocol };

/** A real server of a virtual server; the address is canonical. */
export interface ServerTarget {
  readonly service: ServiceTarget;
  readonly address: string;
  readonly port: number;
}

export type ServerSetting =
  /** 0..65535, instead of the configured one and of what checks add to it. */
  | { readonly kind: 'weight'; readonly weight: number }
  /** Weight 0; connections go on. */
  | { readonly kind: 'drain' }
  /** As if it had failed, whatever checks say. */
  | { readonly kind: 'maint' };

export interface VrrpTarget {
  readonly kind: 'instance' | 'group';
  readonly name: string;
}

export type VrrpSetting =
  /** 1..255, instead of the configured one; trackers count as ever. 255 makes nobody the owner: it counts as 254. */
  | { readonly kind: 'priority'; readonly priority: number }
  /** Mastership is given up, and the lowest priority holds until this ends. */
  | { readonly kind: 'release' }
  /** Whether a backup takes over from a master of lower priority, instead of what `nopreempt` says. */
  | { readonly kind: 'preempt' | 'nopreempt' };

/** Since when, until when and by whom. What came by SNMP ends with the next reload, as in the original. */
export interface LiveTerm {
  readonly since: MonotonicMs;
  /** Absent: until it is taken back. */
  readonly until?: MonotonicMs;
  /** User id of who asked, or the protocol by which somebody did; absent: not known. */
  readonly by?: number | 'SNMP';
}

export interface ServerChange extends LiveTerm {
  readonly target: ServerTarget;
  readonly setting: ServerSetting;
}

export interface VrrpChange extends LiveTerm {
  readonly target: VrrpTarget;
  readonly setting: VrrpSetting;
}

export type AnyChange = ServerChange | VrrpChange;

/** All changes in force, in the order in which they were made. */
export interface LiveChanges {
  readonly servers: readonly ServerChange[];
  readonly vrrp: readonly VrrpChange[];
}

export const noLiveChanges: LiveChanges = { servers: [], vrrp: [] };
