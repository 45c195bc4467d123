/** Instances, sync groups and garp groups as written. */
import type { UnicastPeer } from '../model/vrrp.ts';
import type { Statement } from '../statement.ts';
import type { VirtualAddressDraft } from './addresses.ts';
import type { NotifyDraft } from './common.ts';
import type { GratuitousDraft } from './global.ts';
import type { TrackersDraft } from './tracking.ts';

export interface InstanceDraft {
  readonly statement: Statement;
  readonly name: string;
  state?: 'MASTER' | 'BACKUP';
  interface?: string;
  interfaceAt?: Statement;
  virtualRouterId?: number;
  version?: 2 | 3;
  priority?: number;
  advertisementInterval?: number;
  downTimerAdvertisements?: number;
  authenticationType?: 'PASS' | 'AH';
  password?: string;
  authenticationAt?: Statement;
  readonly addresses: VirtualAddressDraft[];
  readonly excludedAddresses: VirtualAddressDraft[];
  noVirtualAddress?: boolean;
  multicastDestination?: string;
  sourceAddress?: string;
  sourceAt?: Statement;
  trackSource?: boolean;
  readonly unicastPeers: (UnicastPeer & { readonly statement: Statement })[];
  /** The first keyword that only makes sense with unicast peers. */
  unicastAt?: Statement;
  hasUnicastPeerBlock?: boolean;
  unicastFaultNoPeer?: boolean;
  unicastTtl?: number;
  checkUnicastSource?: boolean;
  oldUnicastChecksum?: boolean;
  nativeIpv6At?: Statement;
  readonly trackers: TrackersDraft;
  dontTrackPrimary?: boolean;
  nopreemptAt?: Statement;
  preemptDelay?: number;
  preemptDelayAt?: Statement;
  strict?: boolean;
  accept?: boolean;
  lowerPriorityNoAdvertisement?: boolean;
  higherPrioritySendAdvertisement?: boolean;
  skipCheckAdvertisedAddresses?: boolean;
  ownerIgnoreAdvertisements?: boolean;
  v3ChecksumAsV2?: boolean;
  useVmacAt?: Statement;
  useIpvlanAt?: Statement;
  vmacXmitBaseAt?: Statement;
  vrfAt?: Statement;
  /** An address was given with use_ipvlan. */
  ipvlanAddress?: boolean;
  timerExpiredAt?: Statement;
  hmacAt?: Statement;
  readonly gratuitous: GratuitousDraft;
  readonly notify: NotifyDraft;
  debugLevel?: number;
  lvsSyncDaemonAt?: Statement;
  lvsSyncDaemonInterface?: string;
}

export interface SyncGroupDraft {
  readonly statement: Statement;
  readonly name: string;
  readonly members: { readonly name: string; readonly statement: Statement; readonly word: number }[];
  readonly trackers: TrackersDraft;
  globalTracking?: boolean;
  trackingWeight?: boolean;
  readonly notify: NotifyDraft;
}

export interface GarpGroupDraft {
  readonly statement: Statement;
  arpInterval?: number;
  naInterval?: number;
  readonly interfaces: { readonly name: string; readonly statement: Statement }[];
}
