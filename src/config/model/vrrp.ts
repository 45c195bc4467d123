/** Checked instances and sync groups. */
import type { Milliseconds } from '../../core/time.ts';
import type { VirtualAddress } from './addresses.ts';
import type { InterfaceDelays, LinkbeatInterface } from './interfaces.ts';
import type { VirtualRoute, VirtualRule } from './routes.ts';
import type { AddressFamily, ScriptCommand, SourceLocation } from './common.ts';
import type { ExtraGratuitous } from './global-vrrp.ts';
import type {
  TrackedBfd,
  TrackedFile,
  TrackedInterface,
  TrackedProcess,
  TrackedScript,
  VrrpScript,
  VrrpTrackFile,
  VrrpTrackProcess,
} from './tracking.ts';

/** Gratuitous ARP and neighbour advertisements. Global defaults are already merged in. */
export interface GratuitousConfiguration {
  /** Delay of the second burst after becoming master; 0: none. Default 5 s. */
  readonly masterDelay: Milliseconds;
  /** Packets per address in a burst. Default 5. */
  readonly masterRepeat: number;
  /** Period of the bursts while master; 0: never. */
  readonly masterRefresh: Milliseconds;
  readonly masterRefreshRepeat: number;
  /** After hearing a lower-priority master. */
  readonly lowerPriorityDelay: Milliseconds;
  readonly lowerPriorityRepeat: number;
  /** Minimum spacing on one interface, 0: none. A garp_group of the interface says otherwise for all its members together. */
  readonly arpInterval: Milliseconds;
  readonly naInterval: Milliseconds;
}

/** Interfaces that share one limit of gratuitous messages. An interface is in one group at most. */
export interface GarpGroup {
  readonly interfaces: readonly string[];
  /** Least time between two gratuitous ARPs on them, 0: none. */
  readonly arpInterval: Milliseconds;
  /** Least time between two neighbour advertisements on them, 0: none. */
  readonly naInterval: Milliseconds;
  readonly at: SourceLocation;
}

/** VRRPv2 authentication. `password` is SECRET: masked wherever the configuration is shown. */
export type VrrpAuthentication =
  { readonly type: 'PASS'; readonly password: string } | { readonly type: 'AH'; readonly password: string };

/** One key of auth_hmac. */
export interface HmacKey {
  /** 1..255, sent with each advertisement. */
  readonly id: number;
  /** SECRET: 32 to 64 octets as lower-case hexadecimal digits. Masked wherever the configuration is shown. */
  readonly key: string;
  /** The file it was read from, if it does not stand in the configuration. */
  readonly file?: string;
}

/** Authentication by a trailer behind each advertisement, any version and family (wire format of keepalived 2.4.2). */
export interface HmacAuthentication {
  readonly keys: readonly HmacKey[];
  /** Key that signs what we send. */
  readonly activeKey: number;
  /** How far the sender's clock may be away from ours. */
  readonly timeWindow: Milliseconds;
  readonly antiReplay: 'time' | 'monotonic';
  /** What happens to advertisements without a trailer, and whether ours have one (`receive-only`: no). */
  readonly mode: 'enforce' | 'permissive' | 'receive-only';
}

/** Interface group (`ip link set group`): its number, or a name of iproute2 that the host does not know here. */
export type InterfaceGroup = number | string;

/** A macvlan with the virtual router's MAC address. */
export interface VmacConfiguration {
  readonly kind: 'vmac';
  /** Absent: `vrrp.VRID`, or the next free name. */
  readonly name?: string;
  /** Six octets, lower case; absent: 00:00:5e:00:01:VRID, IPv6 00:00:5e:00:02:VRID (RFC 9568 section 7.3). */
  readonly macAddress?: string;
  /** `vmac_xmit_base`: advertisements go out of the base interface. */
  readonly transmitOnBase: boolean;
  /** `netlink_notify_msg`: the kernel is made to tell of the base interface once the VMAC is there. */
  readonly netlinkNotify: boolean;
  /** Absent: that of the base interface. */
  readonly group?: InterfaceGroup;
}

/** An ipvlan in L2 mode. */
export interface IpvlanConfiguration {
  readonly kind: 'ipvlan';
  readonly name?: string;
  readonly mode: 'bridge' | 'private' | 'vepa';
  /** Put on the ipvlan, source of advertisements. */
  readonly address?: { readonly address: string; readonly family: AddressFamily; readonly prefixLength: number };
  readonly group?: InterfaceGroup;
}

export interface VrrpNotify {
  readonly master?: ScriptCommand;
  readonly backup?: ScriptCommand;
  readonly fault?: ScriptCommand;
  readonly stop?: ScriptCommand;
  readonly deleted?: ScriptCommand;
  readonly masterRxLowerPriority?: ScriptCommand;
  readonly generic?: ScriptCommand;
  readonly notifyDeleted: boolean;
  readonly smtpAlert: boolean;
}

export interface UnicastPeer {
  readonly address: string;
  readonly minTtl?: number;
  readonly maxTtl?: number;
}

export interface VrrpInstanceConfiguration {
  readonly name: string;
  /** As configured, or MASTER for priority 255 without one; absent counts as BACKUP. */
  readonly initialState: 'MASTER' | 'BACKUP';
  /** Empty for unicast without interface. */
  readonly interface: string;
  /** Interface of its own for the virtual router. */
  readonly virtualInterface?: VmacConfiguration | IpvlanConfiguration;
  /** `use_vmac_addr`: addresses on other interfaces get VMACs there too. */
  readonly vmacForAddresses: boolean;
  /** VRF of an instance without interface. */
  readonly vrf?: string;
  readonly virtualRouterId: number;
  readonly version: 2 | 3;
  readonly family: AddressFamily;
  /** Base priority 1..255. */
  readonly priority: number;
  /** v2: whole seconds; v3: multiples of 10 ms. Already rounded. */
  readonly advertisementInterval: Milliseconds;
  /** down_timer_adverts, default 3. */
  readonly downTimerAdvertisements: number;
  /** Goes to BACKUP if our own timer ran so late that a router of this priority would have taken over. */
  readonly timerExpiredBackup?: number;
  readonly authentication?: VrrpAuthentication;
  readonly hmac?: HmacAuthentication;
  /** `no_virtual_ipaddress`: it is meant that there is no address. */
  readonly noVirtualAddress: boolean;
  readonly virtualAddresses: readonly VirtualAddress[];
  readonly excludedVirtualAddresses: readonly VirtualAddress[];
  /** Exist while master, after the addresses. */
  readonly virtualRoutes: readonly VirtualRoute[];
  readonly virtualRules: readonly VirtualRule[];
  readonly multicastGroup: string;
  readonly sourceAddress?: string;
  readonly trackSourceAddress: boolean;
  readonly unicastPeers: readonly UnicastPeer[];
  /** Keywords of unicast were given, but no peer. */
  readonly unicastWithoutPeers: boolean;
  /** Then FAULT instead of multicast. */
  readonly unicastFaultNoPeer: boolean;
  readonly unicastTtl?: number;
  readonly checkUnicastSource: boolean;
  readonly trackInterfaces: readonly TrackedInterface[];
  readonly trackScripts: readonly TrackedScript[];
  readonly trackFiles: readonly TrackedFile[];
  readonly trackProcesses: readonly TrackedProcess[];
  readonly trackBfd: readonly TrackedBfd[];
  readonly dontTrackPrimary: boolean;
  readonly nopreempt: boolean;
  readonly preemptDelay: Milliseconds;
  readonly strict: boolean;
  readonly accept: boolean;
  readonly lowerPriorityNoAdvertisement: boolean;
  readonly higherPrioritySendAdvertisement: boolean;
  readonly skipCheckAdvertisedAddresses: boolean;
  readonly ownerIgnoreAdvertisements: boolean;
  /** A virtual address removed by somebody else ends the mastership, as with the original; absent: it is put back. */
  readonly stepDownOnRemoval?: true;
  readonly v3ChecksumAsV2: boolean;
  /** undefined: adapt to the first packet that verifies only so. */
  readonly oldUnicastChecksum?: boolean;
  readonly gratuitous: GratuitousConfiguration;
  /** Periodic messages on interfaces of its addresses that are not its own; absent: none. */
  readonly extraGratuitous?: ExtraGratuitous;
  /** Sets the sysctl promote_secondaries of the interface. */
  readonly promoteSecondaries: boolean;
  /** Old keyword linkbeat_use_polling: the link of its interface is polled. */
  readonly linkbeatUsePolling: boolean;
  /** Octets of its share in the receive buffer of the socket; absent: as the global policy says. */
  readonly kernelReceiveBuffer?: number;
  readonly notify: VrrpNotify;
  /** Lines of changes of priority on the FIFO; the group's or the global value if it says nothing. */
  readonly notifyPriorityChanges: boolean;
  readonly debugLevel: number;
  readonly at: SourceLocation;
}

export interface VrrpSyncGroupConfiguration {
  readonly name: string;
  readonly members: readonly string[];
  readonly trackInterfaces: readonly TrackedInterface[];
  readonly trackScripts: readonly TrackedScript[];
  readonly trackFiles: readonly TrackedFile[];
  readonly trackProcesses: readonly TrackedProcess[];
  readonly trackBfd: readonly TrackedBfd[];
  readonly globalTracking: boolean;
  readonly trackingWeight: boolean;
  readonly notify: VrrpNotify;
  /** Lines of changes of priority of members that do not say themselves. */
  readonly notifyPriorityChanges: boolean;
  readonly at: SourceLocation;
}

/** track_group: instances that go to FAULT if a static address, route or rule of the group is deleted and cannot be put back. */
export interface TrackGroup {
  readonly name: string;
  /** Names of instances. */
  readonly members: readonly string[];
  readonly at: SourceLocation;
}

export interface VrrpConfiguration {
  readonly instances: readonly VrrpInstanceConfiguration[];
  readonly syncGroups: readonly VrrpSyncGroupConfiguration[];
  readonly scripts: readonly VrrpScript[];
  readonly trackFiles: readonly VrrpTrackFile[];
  readonly trackProcesses: readonly VrrpTrackProcess[];
  readonly trackGroups: readonly TrackGroup[];
  readonly garpGroups: readonly GarpGroup[];
  readonly staticAddresses: readonly VirtualAddress[];
  readonly staticRoutes: readonly VirtualRoute[];
  readonly staticRules: readonly VirtualRule[];
  readonly interfaceDelays: readonly InterfaceDelays[];
  readonly linkbeatInterfaces: readonly LinkbeatInterface[];
}
