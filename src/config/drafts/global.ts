/** global_defs as written. */
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
