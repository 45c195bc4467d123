/** global_defs as written. */
import type { ReceiveBuffers } from '../model/global-processes.ts';
import type { AdvertisementBuffers } from '../model/global-vrrp.ts';
import type { Statement } from '../statement.ts';
import type { ScriptDraft } from './common.ts';

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

export interface ReceiveBufferDraft {
  bytes?: number;
  force?: boolean;
}

export interface SnmpDraft {
  socket?: string;
  traps?: boolean;
  vrrp?: boolean;
  checker?: boolean;
  rfc2787?: boolean;
  rfc6527?: boolean;
  virtualServerStatisticsInterval?: number;
  realServerStatisticsInterval?: number;
}

export interface ReloadDraft {
  checkConfiguration?: boolean;
  checkLog?: string;
  timeFile?: string;
  timeFileAt?: Statement;
  repeat?: boolean;
  repeatAt?: Statement;
  /** Empty: the default name. */
  file?: string;
}

export interface DumpsDraft {
  useInstance?: boolean;
  jsonVersion?: 1 | 2;
  state?: string;
  statistics?: string;
  json?: string;
  configurationDirectory?: string;
}

export interface FirewallDraft {
  table?: string;
  priority?: number;
  interfaceIndexes?: boolean;
  counters?: boolean;
  ipvsTable?: string;
  ipvsPriority?: number;
  ipvsFirstMark?: number;
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
  setSupplementaryGroups?: boolean;
  readonly notifyFifo: FifoDraft;
  readonly vrrpNotifyFifo: FifoDraft;
  readonly lvsNotifyFifo: FifoDraft;
  vrrpNotifyPriorityChanges?: boolean;
  repeatStatesAfterReload?: boolean;
  startupScript?: ScriptDraft;
  startupScriptTimeout?: number;
  shutdownScript?: ScriptDraft;
  shutdownScriptTimeout?: number;
  netNamespace?: string;
  netNamespaceIpvs?: string;
  namespaceWithIpsets?: boolean;
  instance?: string;
  instanceAt?: Statement;
  netNamespaceAt?: Statement;
  usePidDirectory?: boolean;
  childWaitTime?: number;
  readonly processNames: { parent?: string; vrrp?: string; checker?: string; bfd?: string };
  readonly vrrpScheduling: SchedulingDraft;
  readonly checkerScheduling: SchedulingDraft;
  readonly bfdScheduling: SchedulingDraft;
  readonly automaticPriority: { maximum?: number; minimumDelayUs?: number };
  readonly receiveBuffers: Record<keyof ReceiveBuffers, ReceiveBufferDraft>;
  lvsFlush?: boolean;
  lvsFlushOnStop?: 'all' | 'services';
  readonly lvsTimeouts: { tcp?: number; tcpFin?: number; udp?: number };
  lvsSyncDaemon?: SyncDaemonDraft;
  checkerLogAllFailures?: boolean;
  rsInitNotifies?: boolean;
  dynamicInterfaces?: boolean;
  allowInterfaceTypeChanges?: boolean;
  pollLinks?: boolean;
  disableLocalIgmp?: boolean;
  vrrpStartupDelay?: number;
  vrrpDelayAfterBoot?: number;
  extraGratuitous?: { interval: number; allInterfaces: boolean };
  readonly advertisementBuffers: {
    policy?: NonNullable<AdvertisementBuffers['policy']>;
    multiplier?: number;
  };
  logUnknownVirtualRouters?: boolean;
  readonly firewall: FirewallDraft;
  vmacPrefix?: string;
  vmacPrefixAt?: Statement;
  vmacAddressPrefix?: string;
  vmacAddressPrefixAt?: Statement;
  readonly snmp: SnmpDraft;
  readonly dbus: { enabled?: boolean; serviceName?: string; noInterfaceName?: string };
  umask?: number;
  randomSeed?: number;
  readonly reload: ReloadDraft;
  watchConfiguration?: { settleTime?: number };
  readonly controlSocket: { mode?: number; group?: { name: string; mayChange: boolean; at: Statement } };
  readonly dumps: DumpsDraft;
  temporaryDirectory?: string;
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

export function newGlobalDraft(): GlobalDraft {
  return {
    mailRecipients: [],
    notifyFifo: {},
    vrrpNotifyFifo: {},
    lvsNotifyFifo: {},
    processNames: {},
    vrrpScheduling: {},
    checkerScheduling: {},
    bfdScheduling: {},
    automaticPriority: {},
    receiveBuffers: {
      vrrpNetlinkCommand: {},
      vrrpNetlinkMonitor: {},
      checkerNetlinkCommand: {},
      checkerNetlinkMonitor: {},
      processMonitor: {},
    },
    lvsTimeouts: {},
    gratuitous: {},
    advertisementBuffers: {},
    firewall: {},
    snmp: {},
    dbus: {},
    reload: {},
    controlSocket: {},
    dumps: {},
  };
}
