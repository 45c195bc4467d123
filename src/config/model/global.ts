/** The checked global_defs. */
import type { Milliseconds } from '../../core/time.ts';
import type { ScriptCommand, SourceLocation } from './common.ts';

export interface NotifyFifo {
  readonly path: string;
  readonly user?: string;
  readonly group?: string;
  readonly script?: ScriptCommand;
}

/** Real-time scheduling and memory of one child process. */
export interface ProcessScheduling {
  /** Nice value, -20..19. */
  readonly priority?: number;
  readonly noSwap: boolean;
  /** SCHED_RR priority, 1..99. */
  readonly realTimePriority?: number;
  /** RLIMIT_RTTIME in microseconds. */
  readonly realTimeLimitUs?: number;
  readonly cpuAffinity?: readonly number[];
}

export interface MailConfiguration {
  /** Host or address and port of the SMTP server; mail is sent only if set and there are recipients. */
  readonly server?: { readonly host: string; readonly port: number };
  readonly heloName?: string;
  readonly connectTimeout: Milliseconds;
  readonly from?: string;
  readonly recipients: readonly string[];
  readonly noFaultMail: boolean;
  readonly noCheckerMail: boolean;
}

export interface GlobalConfiguration {
  /** Default: the host's name, filled in at run time. */
  readonly routerId?: string;
  readonly mail: MailConfiguration;
  readonly scriptUser?: { readonly user: string; readonly group?: string };
  readonly enableScriptSecurity: boolean;
  readonly useSymlinkPaths: boolean;
  readonly notifyFifo?: NotifyFifo;
  readonly vrrpNotifyFifo?: NotifyFifo;
  readonly lvsNotifyFifo?: NotifyFifo;
  readonly vrrpNotifyPriorityChanges: boolean;
  readonly startupScript?: ScriptCommand & { readonly timeout: Milliseconds };
  readonly shutdownScript?: ScriptCommand & { readonly timeout: Milliseconds };
  readonly netNamespace?: string;
  /** Name of the namespace that holds IPVS; empty string: the initial one. */
  readonly netNamespaceIpvs?: string;
  readonly instance?: string;
  readonly usePidDirectory: boolean;
  readonly processNames: {
    readonly parent?: string;
    readonly vrrp?: string;
    readonly checker?: string;
    readonly bfd?: string;
  };
  readonly childWaitTime: Milliseconds;
  readonly vrrpScheduling: ProcessScheduling;
  readonly checkerScheduling: ProcessScheduling;
  /** Flush IPVS at start. */
  readonly lvsFlush: boolean;
  /** `all`: one flush at stop; `services`: only services are deleted, the kernel drops their servers. */
  readonly lvsFlushOnStop?: 'all' | 'services';
  readonly lvsTimeouts?: {
    readonly tcp?: Milliseconds;
    readonly tcpFin?: Milliseconds;
    readonly udp?: Milliseconds;
  };
  /** `lvs_sync_daemon IFACE [inst NAME] [id N] ...` of global_defs, or what the instance keyword of old files means. */
  readonly lvsSyncDaemon?: LvsSyncDaemonConfiguration;
  readonly checkerLogAllFailures: boolean;
  readonly rsInitNotifies: boolean;
  readonly dynamicInterfaces: boolean;
  readonly vrrpStartupDelay: Milliseconds;
  /** Default umask of files the daemon makes. */
  readonly umask?: number;
  readonly reloadCheckConfig: boolean;
}

export interface LvsSyncDaemonConfiguration {
  readonly interface: string;
  /** Instance whose state the daemon follows; absent: both directions run always, id 0. */
  readonly vrrpInstance?: string;
  /** 0..255; default: the VRID of the instance. */
  readonly syncId?: number;
  readonly maxLength?: number;
  readonly port?: number;
  readonly ttl?: number;
  readonly group?: string;
  readonly at: SourceLocation;
}
