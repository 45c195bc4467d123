/** The checked global_defs and the keywords of the top level. */
import type { Milliseconds } from '../../core/time.ts';
import type { ScriptCommand, SourceLocation } from './common.ts';
import type { MailConfiguration } from './global-mail.ts';
import type { DbusConfiguration, SnmpConfiguration } from './global-monitoring.ts';
import type {
  AutomaticPriority,
  ConfigurationWatch,
  ControlSocketConfiguration,
  DumpFiles,
  ProcessNames,
  ProcessScheduling,
  ReceiveBuffers,
  ReloadConfiguration,
} from './global-processes.ts';
import type {
  AdvertisementBuffers,
  ExtraGratuitous,
  FirewallConfiguration,
  VmacNames,
  VrrpDefaults,
} from './global-vrrp.ts';

export interface NotifyFifo {
  readonly path: string;
  readonly user?: string;
  readonly group?: string;
  readonly script?: ScriptCommand;
}

/** A program that must end in time: TERM, and KILL two seconds later. */
export interface LimitedScript extends ScriptCommand {
  readonly timeout: Milliseconds;
}

export interface GlobalConfiguration {
  /** Default: the host's name, filled in at run time. */
  readonly routerId?: string;
  readonly mail: MailConfiguration;
  readonly scriptUser?: { readonly user: string; readonly group?: string };
  readonly enableScriptSecurity: boolean;
  readonly useSymlinkPaths: boolean;
  /** Scripts get the supplementary groups of their user instead of none. */
  readonly setSupplementaryGroups: boolean;
  readonly notifyFifo?: NotifyFifo;
  readonly vrrpNotifyFifo?: NotifyFifo;
  readonly lvsNotifyFifo?: NotifyFifo;
  readonly vrrpNotifyPriorityChanges: boolean;
  /** Unchanged states are written into the FIFOs again after a reload. */
  readonly repeatStatesAfterReload: boolean;
  readonly startupScript?: LimitedScript;
  readonly shutdownScript?: LimitedScript;
  readonly netNamespace?: string;
  /** Name of the namespace that holds IPVS; empty string: the initial one. */
  readonly netNamespaceIpvs?: string;
  /** Ipsets are used although in a namespace. */
  readonly namespaceWithIpsets: boolean;
  readonly instance?: string;
  readonly usePidDirectory: boolean;
  readonly processNames: ProcessNames;
  readonly childWaitTime: Milliseconds;
  readonly vrrpScheduling: ProcessScheduling;
  readonly checkerScheduling: ProcessScheduling;
  readonly bfdScheduling: ProcessScheduling;
  readonly automaticPriority: AutomaticPriority;
  readonly receiveBuffers: ReceiveBuffers;
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
  /** An interface may come back as one of another kind. */
  readonly allowInterfaceTypeChanges: boolean;
  /** Interface of static addresses, routes and rules that name none. */
  readonly defaultInterface: string;
  /** The link of every interface of an instance is polled. */
  readonly pollLinks: boolean;
  /** The kernel sends no IGMP reports for link-local groups. */
  readonly disableLocalIgmp: boolean;
  readonly vrrpDefaults: VrrpDefaults;
  readonly extraGratuitous?: ExtraGratuitous;
  readonly advertisementBuffers: AdvertisementBuffers;
  readonly logUnknownVirtualRouters: boolean;
  readonly firewall: FirewallConfiguration;
  readonly vmacNames: VmacNames;
  readonly vrrpStartupDelay: Milliseconds;
  /** As vrrpStartupDelay, counted from the boot of the machine. */
  readonly vrrpDelayAfterBoot: Milliseconds;
  readonly snmp: SnmpConfiguration;
  readonly dbus: DbusConfiguration;
  /** Default umask of files the daemon makes. */
  readonly umask?: number;
  readonly randomSeed?: number;
  readonly reload: ReloadConfiguration;
  /** Absent: nobody watches. */
  readonly watchConfiguration?: ConfigurationWatch;
  readonly controlSocket: ControlSocketConfiguration;
  readonly dumps: DumpFiles;
  /** Where the original keeps a merged copy of the files. */
  readonly temporaryDirectory?: string;
  /** Directories of iproute2's name tables, that of the distribution and that of the administrator. */
  readonly nameTables: { readonly distribution: string; readonly administrator: string };
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
