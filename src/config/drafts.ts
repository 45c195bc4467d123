/**
 * What the schema writes into while a configuration is read: as the file says it, names unresolved, defaults not yet
 * filled in. The check turns drafts into the model.
 */
import type { AddressFamily, ForwardingMethod, HttpUrlConfiguration, IpvsProtocol, UnicastPeer } from './model.ts';
import type { Statement } from './statement.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A command with the place it comes from; whom it runs as is resolved by the check. */
export interface ScriptDraft {
  readonly statement: Statement;
  /** Where it belongs, for messages ("vrrp_instance VI_1", "virtual_server 10.0.0.1 80"). */
  readonly owner: string;
  argv: readonly string[];
  user?: string;
  group?: string;
  /** Dropped by the check: does not exist, is not executable, is not safe. */
  disabled?: boolean;
}

export interface FifoDraft {
  path?: string;
  user?: string;
  group?: string;
  script?: ScriptDraft;
}

export interface SchedulingDraft {
  priority?: number;
  noSwap?: boolean;
  realTimePriority?: number;
  realTimeLimitUs?: number;
  cpuAffinity?: readonly number[];
}

export interface SyncDaemonDraft {
  readonly statement: Statement;
  interface: string;
  instance?: string;
  syncId?: number;
  maxLength?: number;
  port?: number;
  ttl?: number;
  group?: string;
}

/** Times of gratuitous messages, global or of one instance. */
export interface GratuitousDraft {
  masterDelay?: number;
  masterRepeat?: number;
  masterRefresh?: number;
  masterRefreshRepeat?: number;
  lowerPriorityDelay?: number;
  lowerPriorityRepeat?: number;
}

export interface GlobalDraft {
  routerId?: string;
  mailFrom?: string;
  mailServer?: { host: string; port: number };
  mailHelo?: string;
  mailTimeout?: number;
  readonly mailRecipients: string[];
  smtpAlert?: boolean;
  smtpAlertVrrp?: boolean;
  smtpAlertChecker?: boolean;
  noFaultMail?: boolean;
  noCheckerMail?: boolean;
  scriptUser?: { user: string; group?: string };
  enableScriptSecurity?: boolean;
  useSymlinkPaths?: boolean;
  readonly notifyFifo: FifoDraft;
  readonly vrrpNotifyFifo: FifoDraft;
  readonly lvsNotifyFifo: FifoDraft;
  vrrpNotifyPriorityChanges?: boolean;
  startupScript?: ScriptDraft;
  startupScriptTimeout?: number;
  shutdownScript?: ScriptDraft;
  shutdownScriptTimeout?: number;
  netNamespace?: string;
  netNamespaceIpvs?: string;
  instance?: string;
  instanceAt?: Statement;
  netNamespaceAt?: Statement;
  usePidDirectory?: boolean;
  childWaitTime?: number;
  readonly processNames: { parent?: string; vrrp?: string; checker?: string; bfd?: string };
  readonly vrrpScheduling: SchedulingDraft;
  readonly checkerScheduling: SchedulingDraft;
  lvsFlush?: boolean;
  lvsFlushOnStop?: 'all' | 'services';
  readonly lvsTimeouts: { tcp?: number; tcpFin?: number; udp?: number };
  lvsSyncDaemon?: SyncDaemonDraft;
  checkerLogAllFailures?: boolean;
  rsInitNotifies?: boolean;
  dynamicInterfaces?: boolean;
  vrrpStartupDelay?: number;
  umask?: number;
  reloadCheckConfig?: boolean;
  defaultInterface?: string;
  multicastGroup4?: string;
  multicastGroup6?: string;
  vrrpVersion?: 2 | 3;
  vrrpStrict?: boolean;
  downTimerAdvertisements?: number;
  readonly gratuitous: GratuitousDraft;
  minGarp?: boolean;
  garpInterval?: number;
  gnaInterval?: number;
  lowerPriorityNoAdvertisement?: boolean;
  higherPrioritySendAdvertisement?: boolean;
  checkUnicastSource?: boolean;
  skipCheckAdvertisedAddresses?: boolean;
  ownerIgnoreAdvertisements?: boolean;
  v3ChecksumAsV2?: boolean;
  iprouteUserDirectory?: string;
  iprouteEtcDirectory?: string;
}

export interface VirtualAddressDraft {
  readonly statement: Statement;
  address: string;
  family: AddressFamily;
  prefixLength: number;
  explicitLength: boolean;
  interface?: string;
  interfaceWord?: number;
  label?: string;
  scope?: number;
  broadcast?: string;
  peer?: string;
  peerPrefixLength?: number;
  home?: boolean;
  duplicateAddressDetection?: boolean;
  noPrefixRoute?: boolean;
  preferredLifetime?: number;
  useVmac?: boolean;
  trackGroup?: string;
  noTrack?: boolean;
}

/** A line of track_interface, track_script, track_file, track_process or track_bfd. */
export interface TrackDraft {
  readonly statement: Statement;
  readonly name: string;
  weight?: number;
  reverse?: boolean;
}

export interface NotifyDraft {
  master?: ScriptDraft;
  backup?: ScriptDraft;
  fault?: ScriptDraft;
  stop?: ScriptDraft;
  deleted?: ScriptDraft;
  masterRxLowerPriority?: ScriptDraft;
  generic?: ScriptDraft;
  notifyDeleted?: boolean;
  smtpAlert?: boolean;
}

export interface TrackersDraft {
  readonly interfaces: TrackDraft[];
  readonly scripts: TrackDraft[];
  readonly files: TrackDraft[];
  readonly processes: TrackDraft[];
  readonly bfd: TrackDraft[];
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

export interface VrrpScriptDraft {
  readonly statement: Statement;
  readonly name: string;
  script?: ScriptDraft;
  interval?: number;
  timeout?: number;
  weight?: number;
  reverse?: boolean;
  rise?: number;
  fall?: number;
  initFail?: boolean;
  user?: string;
  group?: string;
  used?: boolean;
}

export interface TrackFileDraft {
  readonly statement: Statement;
  readonly name: string;
  path?: string;
  weight?: number;
  reverse?: boolean;
}

export interface TrackProcessDraft {
  readonly statement: Statement;
  readonly name: string;
  process?: string;
  weight?: number;
  quorum?: number;
  quorumMax?: number;
}

export interface BfdInstanceDraft {
  readonly statement: Statement;
  readonly name: string;
  neighbor?: string;
  source?: string;
  weight?: number;
  reverse?: boolean;
}

/** Times that checkers inherit from the real and the virtual server. */
export interface CheckTimesDraft {
  retry?: number;
  delayBeforeRetry?: number;
  warmup?: number;
  connectTimeout?: number;
  delayLoop?: number;
  alpha?: boolean;
  virtualHost?: string;
}

export interface CheckerDraft extends CheckTimesDraft {
  readonly type: string;
  readonly statement: Statement;
  address?: string;
  port?: number;
  bindAddress?: string;
  bindAddressAt?: Statement;
  bindPort?: number;
  bindInterface?: string;
  fwmark?: number;
  logAllFailures?: boolean;
  readonly urls?: UrlDraft[];
  httpProtocol?: '1.0' | '1.0C' | '1.1';
  enableSni?: boolean;
  sniName?: string;
  fastRecovery?: boolean;
  tlsCompliant?: boolean;
  /** MISC_CHECK. */
  script?: ScriptDraft;
  user?: string;
  group?: string;
  /** FILE_CHECK: the track_file; BFD_CHECK: the bfd_instance. */
  reference?: string;
}

export interface UrlDraft extends Mutable<Partial<HttpUrlConfiguration>> {
  readonly statement: Statement;
}

export interface RealServerDraft extends CheckTimesDraft {
  readonly statement: Statement;
  readonly address: string;
  readonly family: AddressFamily;
  readonly port: number;
  weight?: number;
  forwarding?: ForwardingMethod;
  inhibitOnFailure?: boolean;
  upperThreshold?: number;
  lowerThreshold?: number;
  notifyUp?: ScriptDraft;
  notifyDown?: ScriptDraft;
  smtpAlert?: boolean;
  readonly checkers: CheckerDraft[];
}

export type ServerIdentityDraft =
  | { readonly kind: 'address'; readonly family: AddressFamily; readonly address: string; readonly port: number }
  | { readonly kind: 'fwmark'; readonly mark: number }
  | { readonly kind: 'group'; readonly name: string };

export interface VirtualServerDraft extends CheckTimesDraft {
  readonly statement: Statement;
  readonly identity: ServerIdentityDraft;
  ipFamily?: AddressFamily;
  ipFamilyAt?: Statement;
  protocol?: IpvsProtocol;
  protocolAt?: Statement;
  scheduler?: string;
  schedulerFlags: ('sched1' | 'sched2' | 'sched3')[];
  onePacketAt?: Statement;
  hashed?: boolean;
  forwarding?: ForwardingMethod;
  persistenceEngine?: string;
  persistenceTimeout?: number;
  persistenceGranularity?: string;
  persistenceGranularityAt?: Statement;
  omega?: boolean;
  haSuspendAt?: Statement;
  inhibitOnFailure?: boolean;
  quorum?: number;
  quorumAt?: Statement;
  hysteresis?: number;
  hysteresisAt?: Statement;
  quorumUp?: ScriptDraft;
  quorumDown?: ScriptDraft;
  smtpAlert?: boolean;
  weight?: number;
  sorryServer?: { address: string; family: AddressFamily; port: number; statement: Statement };
  sorryServerInhibit?: boolean;
  sorryServerForwarding?: ForwardingMethod;
  readonly realServers: RealServerDraft[];
}

export type GroupEntryDraft = {
  readonly statement: Statement;
} & (
  | {
      readonly kind: 'address';
      readonly family: AddressFamily;
      readonly first: string;
      readonly count: number;
      readonly port: number;
    }
  | { readonly kind: 'fwmark'; readonly mark: number; readonly family?: AddressFamily }
);

export interface VirtualServerGroupDraft {
  readonly statement: Statement;
  readonly name: string;
  readonly entries: GroupEntryDraft[];
}

export interface GarpGroupDraft {
  readonly statement: Statement;
  arpInterval?: number;
  naInterval?: number;
  readonly interfaces: { readonly name: string; readonly statement: Statement }[];
}

export interface ConfigurationDraft {
  readonly global: GlobalDraft;
  readonly instances: InstanceDraft[];
  readonly syncGroups: SyncGroupDraft[];
  readonly vrrpScripts: VrrpScriptDraft[];
  readonly trackFiles: TrackFileDraft[];
  readonly trackProcesses: TrackProcessDraft[];
  readonly bfdInstances: BfdInstanceDraft[];
  readonly trackGroups: SyncGroupDraft[];
  readonly staticAddresses: VirtualAddressDraft[];
  readonly garpGroups: GarpGroupDraft[];
  readonly virtualServers: VirtualServerDraft[];
  readonly virtualServerGroups: VirtualServerGroupDraft[];
  /** Every script of the configuration, for the checks that look at all of them. */
  readonly scripts: ScriptDraft[];
  /** Interfaces named where they must exist, each with its place. */
  readonly interfaceUses: { readonly name: string; readonly statement: Statement; readonly word: number }[];
}

export function newConfigurationDraft(): ConfigurationDraft {
  return {
    global: {
      mailRecipients: [],
      notifyFifo: {},
      vrrpNotifyFifo: {},
      lvsNotifyFifo: {},
      processNames: {},
      vrrpScheduling: {},
      checkerScheduling: {},
      lvsTimeouts: {},
      gratuitous: {},
    },
    instances: [],
    syncGroups: [],
    vrrpScripts: [],
    trackFiles: [],
    trackProcesses: [],
    bfdInstances: [],
    trackGroups: [],
    staticAddresses: [],
    garpGroups: [],
    virtualServers: [],
    virtualServerGroups: [],
    scripts: [],
    interfaceUses: [],
  };
}

export function newTrackersDraft(): TrackersDraft {
  return { interfaces: [], scripts: [], files: [], processes: [], bfd: [] };
}
