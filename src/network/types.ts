/** Addresses and links as the daemon wants them and as the kernel says they are. */
import type { AddressFamily, VirtualAddress } from '../config/model.ts';

/** A network interface as read from rtnetlink. */
export interface Link {
  readonly index: number;
  readonly name: string;
  /** IFF_* bits. */
  readonly flags: number;
  readonly mtu: number;
  /** ARPHRD_* (1: Ethernet). */
  readonly hardwareType: number;
  /** Hardware address, 6 octets on Ethernet, 20 on InfiniBand. */
  readonly hardwareAddress: Uint8Array;
  /** Hardware address of everybody; absent on Ethernet, where it is all ones. */
  readonly broadcastAddress?: Uint8Array;
  /** IFF_UP and IFF_RUNNING: what VRRP calls up. */
  readonly up: boolean;
  /** Index of the lower interface (macvlan, veth peer is not one). */
  readonly lowerIndex?: number;
  /** Index of the bridge, bond or VRF it belongs to. */
  readonly masterIndex?: number;
  /** Kind from IFLA_INFO_KIND ("veth", "macvlan", ...). */
  readonly kind?: string;
  /** Routing table of a VRF. */
  readonly vrfTable?: number;
  /** Interface group; absent: 0, the default one. */
  readonly group?: number;
  /** MACVLAN_MODE_* of a macvlan, IPVLAN_MODE_* of an ipvlan. */
  readonly mode?: number;
}

/** An address as read from rtnetlink. */
export interface KernelAddress {
  readonly interfaceIndex: number;
  readonly family: AddressFamily;
  /** Canonical local address (IFA_LOCAL, for IPv6 IFA_ADDRESS). */
  readonly address: string;
  readonly prefixLength: number;
  readonly label?: string;
  readonly scope: number;
  /** IFA_F_* bits. */
  readonly flags: number;
  readonly broadcast?: string;
  readonly peer?: string;
  /** IFAPROT_*: 18 is keepalived's. */
  readonly protocol?: number;
}

/** An address the daemon wants to exist. */
export type DesiredAddress = VirtualAddress;

/** What names an address to the kernel when it is to be deleted. */
export interface AddressIdentity {
  readonly family: AddressFamily;
  readonly address: string;
  readonly prefixLength: number;
  readonly peer?: string;
}

/** One write: `ip address add` or `ip address del`. */
export type AddressChange =
  | { readonly change: 'add'; readonly interfaceIndex: number; readonly address: DesiredAddress }
  | { readonly change: 'delete'; readonly interfaceIndex: number; readonly address: AddressIdentity };
