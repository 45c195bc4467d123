/** Instances, sync groups and garp groups as written. */
import type { ExtraGratuitous } from '../model/global-vrrp.ts';
import type { HmacAuthentication, InterfaceGroup, IpvlanConfiguration, UnicastPeer } from '../model/vrrp.ts';
import type { Statement } from '../statement.ts';
import type { VirtualAddressDraft } from './addresses.ts';
import type { NotifyDraft } from './common.ts';
import type { GratuitousDraft } from './global.ts';
import type { RouteDraft, RuleDraft } from './routes.ts';
import type { TrackersDraft } from './tracking.ts';

export interface VmacDraft {
  readonly statement: Statement;
  name?: string;
  /** Five octets, to which the VRID is appended, or six. */
  octets?: readonly number[];
  netlinkNotify?: boolean;
  group?: InterfaceGroup;
}

export interface IpvlanDraft {
  readonly statement: Statement;
  name?: string;
  mode?: IpvlanConfiguration['mode'];
  address?: NonNullable<IpvlanConfiguration['address']>;
  addressWord?: number;
  group?: InterfaceGroup;
}

/** auth_hmac. The keys are SECRET. */
export interface HmacDraft {
  readonly statement: Statement;
  readonly keys: { readonly id: number; readonly key: string; readonly file?: string; readonly statement: Statement }[];
  activeKey?: number;
  activeKeyAt?: Statement;
  timeWindow?: number;
  antiReplay?: HmacAuthentication['antiReplay'];
  mode?: HmacAuthentication['mode'];
}

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
  readonly routes: RouteDraft[];
  readonly rules: RuleDraft[];
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
  stepDownOnRemoval?: boolean;
  higherPrioritySendAdvertisement?: boolean;
  skipCheckAdvertisedAddresses?: boolean;
  ownerIgnoreAdvertisements?: boolean;
  v3ChecksumAsV2?: boolean;
  vmac?: VmacDraft;
  ipvlan?: IpvlanDraft;
  vmacXmitBaseAt?: Statement;
  vmacForAddresses?: boolean;
  vrf?: string;
  vrfAt?: Statement;
  timerExpiredAt?: Statement;
  timerExpiredPriority?: number;
  hmac?: HmacDraft;
  promoteSecondaries?: boolean;
  linkbeatUsePolling?: boolean;
  kernelReceiveBuffer?: number;
  extraGratuitous?: ExtraGratuitous;
  notifyPriorityChanges?: boolean;
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
  notifyPriorityChanges?: boolean;
  readonly notify: NotifyDraft;
}

export interface GarpGroupDraft {
  readonly statement: Statement;
  arpInterval?: number;
  naInterval?: number;
  readonly interfaces: { readonly name: string; readonly statement: Statement }[];
}
