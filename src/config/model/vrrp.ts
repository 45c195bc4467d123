/** Checked instances and sync groups. */
import type { Milliseconds } from '../../core/time.ts';
import type { VirtualAddress } from './addresses.ts';
import type { AddressFamily, ScriptCommand, SourceLocation } from './common.ts';
import type { TrackedFile, TrackedInterface, TrackedScript, VrrpScript, VrrpTrackFile } from './tracking.ts';

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
  /** Minimum spacing on one interface, 0: none. */
  readonly arpInterval: Milliseconds;
  readonly naInterval: Milliseconds;
}

export type VrrpAuthentication =
  { readonly type: 'PASS'; readonly password: string } | { readonly type: 'AH'; readonly password: string };

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
  readonly interface: string;
  readonly virtualRouterId: number;
  readonly version: 2 | 3;
  readonly family: AddressFamily;
  /** Base priority 1..255. */
  readonly priority: number;
  /** v2: whole seconds; v3: multiples of 10 ms. Already rounded. */
  readonly advertisementInterval: Milliseconds;
  /** down_timer_adverts, default 3. */
  readonly downTimerAdvertisements: number;
  readonly authentication?: VrrpAuthentication;
  readonly virtualAddresses: readonly VirtualAddress[];
  readonly excludedVirtualAddresses: readonly VirtualAddress[];
  readonly multicastGroup: string;
  readonly sourceAddress?: string;
  readonly trackSourceAddress: boolean;
  readonly unicastPeers: readonly UnicastPeer[];
  readonly unicastTtl?: number;
  readonly checkUnicastSource: boolean;
  readonly trackInterfaces: readonly TrackedInterface[];
  readonly trackScripts: readonly TrackedScript[];
  readonly trackFiles: readonly TrackedFile[];
  readonly dontTrackPrimary: boolean;
  readonly nopreempt: boolean;
  readonly preemptDelay: Milliseconds;
  readonly strict: boolean;
  readonly accept: boolean;
  readonly lowerPriorityNoAdvertisement: boolean;
  readonly higherPrioritySendAdvertisement: boolean;
  readonly skipCheckAdvertisedAddresses: boolean;
  readonly ownerIgnoreAdvertisements: boolean;
  readonly v3ChecksumAsV2: boolean;
  /** undefined: adapt to the first packet that verifies only so. */
  readonly oldUnicastChecksum?: boolean;
  readonly gratuitous: GratuitousConfiguration;
  readonly notify: VrrpNotify;
  readonly debugLevel: number;
  readonly at: SourceLocation;
}

export interface VrrpSyncGroupConfiguration {
  readonly name: string;
  readonly members: readonly string[];
  readonly trackInterfaces: readonly TrackedInterface[];
  readonly trackScripts: readonly TrackedScript[];
  readonly trackFiles: readonly TrackedFile[];
  readonly globalTracking: boolean;
  readonly trackingWeight: boolean;
  readonly notify: VrrpNotify;
  readonly at: SourceLocation;
}

export interface VrrpConfiguration {
  readonly instances: readonly VrrpInstanceConfiguration[];
  readonly syncGroups: readonly VrrpSyncGroupConfiguration[];
  readonly scripts: readonly VrrpScript[];
  readonly trackFiles: readonly VrrpTrackFile[];
  readonly staticAddresses: readonly VirtualAddress[];
}
