/** Routes and rules the daemon manages, checked: the terms of `ip route` and `ip rule`, names resolved to the kernel's numbers. */
import type { AddressFamily, SourceLocation } from './common.ts';

/** RTN_* by their names in iproute2. */
export type RouteType =
  | 'unicast'
  | 'local'
  | 'broadcast'
  | 'anycast'
  | 'multicast'
  | 'blackhole'
  | 'unreachable'
  | 'prohibit'
  | 'throw'
  | 'nat'
  | 'xresolve';

/** An address with its length; a default route is length 0 and the unspecified address. */
export interface Prefix {
  /** Canonical; host bits are kept as written, for the kernel to judge. */
  readonly address: string;
  readonly prefixLength: number;
}

/** 32 bits, from << 16 | to (RTA_FLOW, FRA_FLOW). */
export type Realms = number;

/** A lightweight tunnel (RTA_ENCAP). Numbers of 64 bits are decimal texts, because the model travels as JSON. */
export type RouteEncapsulation =
  | {
      readonly type: 'ip';
      readonly id?: string;
      readonly destination?: string;
      readonly source?: string;
      readonly tos?: number;
      readonly ttl?: number;
      /** TUNNEL_* bits, host order. */
      readonly flags?: number;
    }
  | {
      readonly type: 'ip6';
      readonly id?: string;
      readonly destination?: string;
      readonly source?: string;
      readonly trafficClass?: number;
      readonly hopLimit?: number;
      readonly flags?: number;
    }
  | {
      readonly type: 'mpls';
      /** 20 bits each, outermost first. */
      readonly labels: readonly number[];
    }
  | {
      readonly type: 'ila';
      /** Four groups of 16 bits in lower-case hexadecimal without leading zeros: `2001:db8:0:1`. */
      readonly locator: string;
    };

/** One way of a multipath route. */
export interface RouteNexthop {
  /** Gateway, of the route's family. */
  readonly via?: string;
  readonly interface?: string;
  /** 1..256; the kernel's rtnh_hops is one less. */
  readonly weight: number;
  readonly onLink: boolean;
  readonly encapsulation?: RouteEncapsulation;
  readonly realms?: Realms;
}

/** RTAX_* by their names in iproute2. */
export type RouteMetricName =
  | 'mtu'
  | 'window'
  | 'rtt'
  | 'rttvar'
  | 'ssthresh'
  | 'cwnd'
  | 'advmss'
  | 'reordering'
  | 'hoplimit'
  | 'initcwnd'
  | 'features'
  | 'rto_min'
  | 'initrwnd'
  | 'quickack'
  | 'fastopen_no_cookie';

export interface RouteMetric {
  /** In the kernel's unit: rtt counts eighths, rttvar quarters of a millisecond, rto_min milliseconds, features bits. */
  readonly value: number;
  /** The kernel does not adapt it (`lock`). */
  readonly locked: boolean;
}

/** One route of static_routes or virtual_routes. */
export interface VirtualRoute {
  readonly family: AddressFamily;
  readonly type: RouteType;
  readonly destination: Prefix;
  /** `from`: routes by source too; IPv6 only. */
  readonly from?: Prefix;
  /** `src`: source address that the host prefers for this route. */
  readonly preferredSource?: string;
  /** Gateway, of the route's family. */
  readonly via?: string;
  /** Output interface. */
  readonly interface?: string;
  readonly onLink: boolean;
  readonly encapsulation?: RouteEncapsulation;
  /** Empty: not multipath. */
  readonly nexthops: readonly RouteNexthop[];
  readonly realms?: Realms;
  readonly tos?: number;
  /** Default 254, main. Does not count if `vrf` names where the route belongs. */
  readonly table: number;
  /** Interface of a VRF: the route goes to the table of it. */
  readonly vrf?: string;
  /** RTPROT_*. Default 18, keepalived's; others only untracked. */
  readonly protocol: number;
  /** RT_SCOPE_*. Default 0, universe; where the kernel allows no such route of that type, the widest that it does. */
  readonly scope: number;
  /** The file named the scope. */
  readonly scopeGiven: boolean;
  /** Absent: the kernel's (0 for IPv4, 1024 for IPv6). */
  readonly metric?: number;
  /** IPv6, seconds from the moment it is added. */
  readonly expires?: number;
  readonly metrics: Readonly<Partial<Record<RouteMetricName, RouteMetric>>>;
  readonly congestionControl?: { readonly name: string; readonly locked: boolean };
  /** IPv6: router preference as ICMPv6 codes it (0 medium, 1 high, 3 low). */
  readonly preference?: number;
  readonly ttlPropagate?: boolean;
  /** `prepend`: before others of the same destination; `append`: behind them; `add`: only if there is none. */
  readonly placement: 'prepend' | 'append' | 'add';
  /** False with `no_track`: its removal by others is not our business. */
  readonly track: boolean;
  /** Static ones: name of the track_group whose instances' changes put it back. */
  readonly trackGroup?: string;
  readonly at: SourceLocation;
}

export interface PortRange {
  readonly from: number;
  readonly to: number;
}

export type RuleAction =
  | { readonly kind: 'table'; readonly table: number }
  | { readonly kind: 'l3mdev' }
  | { readonly kind: 'goto'; readonly preference: number }
  | { readonly kind: 'nop' | 'blackhole' | 'unreachable' | 'prohibit' };

/** One rule of static_rules or virtual_rules. */
export interface VirtualRule {
  readonly family: AddressFamily;
  /** `not`: for everything that the selectors do not match. */
  readonly invert: boolean;
  readonly from?: Prefix;
  readonly to?: Prefix;
  /** Given out downwards from 16384, each family for itself, if the file names none. */
  readonly preference: number;
  readonly tos: number;
  readonly firewallMark?: { readonly mark: number; readonly mask?: number };
  readonly inputInterface?: string;
  readonly outputInterface?: string;
  /** 64 bits, decimal. */
  readonly tunnelId?: string;
  readonly userIds?: { readonly from: number; readonly to: number };
  /** IPPROTO_*. */
  readonly ipProtocol?: number;
  readonly sourcePorts?: PortRange;
  readonly destinationPorts?: PortRange;
  /** RTPROT_*. Default 18, keepalived's; others only untracked. Absent: untracked and none given. */
  readonly protocol?: number;
  readonly action: RuleAction;
  /** IPv4, with a table. */
  readonly realms?: Realms;
  /** With a table: its routes of at most this prefix length do not count. */
  readonly suppressPrefixLength?: number;
  /** With a table: its routes out of interfaces of this group do not count. */
  readonly suppressInterfaceGroup?: number;
  /** False with `no_track`. */
  readonly track: boolean;
  /** Static ones: name of the track_group whose instances' changes put it back. */
  readonly trackGroup?: string;
  readonly at: SourceLocation;
}
