/** What global_defs says about VRRP: defaults of the instances, sockets, firewall, names of interfaces. Checked. */
import type { Milliseconds } from '../../core/time.ts';
import type { GratuitousConfiguration } from './vrrp.ts';

/** Defaults of the instances. Every instance has them merged in already; they stand here for show and dump. */
export interface VrrpDefaults {
  /** Of IPv4 instances; IPv6 uses 3. */
  readonly version: 2 | 3;
  readonly multicastGroup4: string;
  readonly multicastGroup6: string;
  readonly downTimerAdvertisements: number;
  readonly strict: boolean;
  readonly lowerPriorityNoAdvertisement: boolean;
  readonly higherPrioritySendAdvertisement: boolean;
  readonly checkUnicastSource: boolean;
  readonly skipCheckAdvertisedAddresses: boolean;
  /** Absent: as strict. */
  readonly ownerIgnoreAdvertisements?: boolean;
  readonly v3ChecksumAsV2: boolean;
  readonly gratuitous: GratuitousConfiguration;
  /** One gratuitous message only; the values of `gratuitous` follow it already. */
  readonly minimumGratuitous: boolean;
}

/** Periodic gratuitous messages on interfaces beside the instance's own. */
export interface ExtraGratuitous {
  readonly interval: Milliseconds;
  /** On every VMAC interface with addresses, not only on those of the same base interface. */
  readonly allInterfaces: boolean;
}

/** How the receive buffers of advertisement sockets are sized. */
export interface AdvertisementBuffers {
  /** `mtu`, `advertisement`: packets of that size, times the multiplier, for each instance; absent: the kernel's default. */
  readonly policy?: 'mtu' | 'advertisement' | { readonly bytes: number };
  readonly multiplier: number;
}

export interface FirewallConfiguration {
  /** Table for no_accept and VMACs; absent: nothing needs one and none is asked for. */
  readonly table?: string;
  readonly priority: number;
  /** Interface indexes instead of names in the sets. */
  readonly interfaceIndexes: boolean;
  readonly counters: boolean;
  /** Table that marks the traffic of virtual server groups; absent: off. */
  readonly ipvsTable?: string;
  readonly ipvsPriority: number;
  readonly ipvsFirstMark: number;
}

export interface VmacNames {
  /** Of the interfaces of use_vmac and use_ipvlan. */
  readonly prefix: string;
  /** Of those that use_vmac_addr makes; default: `prefix`. */
  readonly addressPrefix: string;
}
