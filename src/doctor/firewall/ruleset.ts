/** Rules of a packet filter in one form, whichever program wrote them: enough to follow one packet through its hooks. */
import type { AddressFamily } from '../../config/model.ts';

/** A packet whose way through the filter is asked for. */
export interface FilteredPacket {
  readonly family: AddressFamily;
  /** IP protocol number. */
  readonly protocol: number;
  /** Absent: any. */
  readonly source?: string;
  readonly destination: string;
  readonly inputInterface?: string;
  readonly outputInterface?: string;
  readonly destinationPort?: number;
  readonly ttl: number;
  /** Sent to a group: nobody answers, so it belongs to no established connection. */
  readonly multicast: boolean;
}

export type Hook = 'ingress' | 'prerouting' | 'input' | 'output' | 'postrouting';

/** What a condition looks at. `other` is what is not followed here: such a condition may hold or not. */
export type FilteredField =
  | 'family'
  | 'protocol'
  | 'source'
  | 'destination'
  | 'input-interface'
  | 'output-interface'
  | 'destination-port'
  | 'ttl'
  | 'packet-type'
  | 'connection-state'
  | 'other';

/** A word, a number, a prefix or a range that a field is compared with. */
export type FilteredValue =
  | { readonly kind: 'word'; readonly word: string }
  | { readonly kind: 'number'; readonly from: number; readonly to: number }
  | { readonly kind: 'prefix'; readonly address: string; readonly length: number }
  | { readonly kind: 'addresses'; readonly from: string; readonly to: string }
  /** Something that is not understood: perhaps. */
  | { readonly kind: 'unknown' };

export interface Condition {
  readonly field: FilteredField;
  readonly negated: boolean;
  /** One of them. */
  readonly values: readonly FilteredValue[];
}

export type Verdict =
  | { readonly kind: 'accept' }
  | { readonly kind: 'drop' }
  | { readonly kind: 'return' }
  | { readonly kind: 'jump'; readonly chain: string }
  | { readonly kind: 'goto'; readonly chain: string }
  /** A program of the administrator decides (queue). */
  | { readonly kind: 'unknown' };

export interface FilterRule {
  /** For people: how to find it again. */
  readonly text: string;
  readonly conditions: readonly Condition[];
  readonly verdict: Verdict;
}

export interface FilterChain {
  /** Distinguishes the chain in its ruleset: family, table and name. */
  readonly id: string;
  /** For people. */
  readonly title: string;
  /** Which packets come here; absent: both families. */
  readonly family?: AddressFamily;
  /** Absent: it is only jumped to. */
  readonly hook?: Hook;
  /** Of ingress: the interface it is for. */
  readonly device?: string;
  readonly priority: number;
  /** What becomes of a packet that no rule decides; of a base chain alone. */
  readonly policy: 'accept' | 'drop';
  readonly rules: readonly FilterRule[];
}

export interface Ruleset {
  /** The program to change it with. */
  readonly program: 'nft' | 'iptables' | 'ip6tables';
  readonly chains: readonly FilterChain[];
  /** A rule replaces source addresses (masquerade, SNAT), or asks for the state of connections where packets pass through. */
  readonly needsConnectionTracking?: boolean;
}

/** Names that the programs print for protocols (/etc/protocols). */
export const protocolNumbers: Readonly<Record<string, number>> = {
  icmp: 1,
  igmp: 2,
  ipencap: 4,
  ipip: 4,
  tcp: 6,
  udp: 17,
  dccp: 33,
  ipv6: 41,
  gre: 47,
  esp: 50,
  ah: 51,
  icmpv6: 58,
  'ipv6-icmp': 58,
  vrrp: 112,
  comp: 108,
  sctp: 132,
  udplite: 136,
};
