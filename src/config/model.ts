/**
 * The checked model: what a configuration means, with every default filled in and every reference resolved. Plain data
 * (it travels between processes as JSON): addresses are canonical strings, times are milliseconds, unset is `undefined`
 * by absence. Engines read this and nothing else of config/.
 */
import type { Milliseconds } from '../core/time.ts';

/** Where a statement stands. Lines and columns count from 1. */
export interface SourceLocation {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export type AddressFamily = 'inet' | 'inet6';

/** A command of the configuration with its arguments split, and whom it runs as. */
export interface ScriptCommand {
  /** argv; [0] is the path as written. */
  readonly argv: readonly string[];
  readonly user?: string;
  readonly group?: string;
}

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

// ---------------------------------------------------------------------------------------------------------------- VRRP

/** One address the daemon manages, in the terms of `ip address add`. */
export interface VirtualAddress {
  /** Canonical numeric address. */
  readonly address: string;
  readonly family: AddressFamily;
  readonly prefixLength: number;
  /** Interface it is put on (the instance's own if the file names none). */
  readonly interface: string;
  readonly label?: string;
  /** Numeric rtnetlink scope (RT_SCOPE_*). Default 0 (universe). */
  readonly scope: number;
  readonly broadcast?: string;
  readonly peer?: string;
  readonly noPrefixRoute: boolean;
  /** IPv6: skip duplicate address detection. Default true, as the original. */
  readonly noDad: boolean;
  readonly home: boolean;
  /** IPv6: preferred lifetime 0 (`preferred_lft 0`); the original does so for /128. */
  readonly deprecated: boolean;
  /** False with `no_track`: its removal by others is not our business. */
  readonly track: boolean;
  readonly at: SourceLocation;
}

export interface TrackedInterface {
  /** Base interface; an alias such as `eth1:2` of old files is resolved to `eth1`. */
  readonly interface: string;
  /** 0: down means FAULT. */
  readonly weight: number;
  readonly reverse: boolean;
}

export interface TrackedScript {
  readonly script: string;
  readonly weight: number;
  readonly reverse: boolean;
}

export interface TrackedFile {
  readonly file: string;
  readonly weight: number;
  readonly reverse: boolean;
}

export interface VrrpScript {
  readonly name: string;
  readonly command: ScriptCommand;
  readonly interval: Milliseconds;
  readonly timeout: Milliseconds;
  readonly weight: number;
  readonly reverse: boolean;
  /** Successes needed to be up, failures needed to be down. */
  readonly rise: number;
  readonly fall: number;
  readonly initFail: boolean;
  readonly at: SourceLocation;
}

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

export interface VrrpTrackFile {
  readonly name: string;
  readonly path: string;
  readonly weight: number;
  readonly reverse: boolean;
  readonly at: SourceLocation;
}

export interface VrrpConfiguration {
  readonly instances: readonly VrrpInstanceConfiguration[];
  readonly syncGroups: readonly VrrpSyncGroupConfiguration[];
  readonly scripts: readonly VrrpScript[];
  readonly trackFiles: readonly VrrpTrackFile[];
  readonly staticAddresses: readonly VirtualAddress[];
}

// -------------------------------------------------------------------------------------------------------------- checks

export type IpvsProtocol = 'tcp' | 'udp' | 'sctp';
export type ForwardingMethod =
  | { readonly method: 'NAT' | 'DR' }
  | {
      readonly method: 'TUN';
      readonly tunnel: 'ipip' | 'gue' | 'gre';
      readonly port?: number;
      readonly checksum: 'none' | 'csum' | 'remcsum';
    };

/** What a virtual server serves. */
export type VirtualServerIdentity =
  | {
      readonly kind: 'address';
      readonly family: AddressFamily;
      readonly protocol: IpvsProtocol;
      readonly address: string;
      readonly port: number;
    }
  | { readonly kind: 'fwmark'; readonly family: AddressFamily; readonly mark: number }
  | { readonly kind: 'group'; readonly name: string; readonly protocol: IpvsProtocol };

/** Times and target that all checkers share, inheritance already resolved. */
export interface CheckerCommon {
  /** Where the check connects: the real server unless connect_ip/connect_port say otherwise. */
  readonly address: string;
  readonly port: number;
  readonly bindAddress?: string;
  readonly bindPort?: number;
  readonly bindInterface?: string;
  readonly fwmark?: number;
  readonly connectTimeout: Milliseconds;
  readonly delayLoop: Milliseconds;
  readonly warmup: Milliseconds;
  readonly retry: number;
  readonly delayBeforeRetry: Milliseconds;
  readonly alpha: boolean;
  readonly logAllFailures: boolean;
  readonly at: SourceLocation;
}

export interface HttpUrlConfiguration {
  readonly path: string;
  /** 32 lower-case hexadecimal digits (MD5 over the body). */
  readonly digest?: string;
  /** Accepted status codes as inclusive ranges; default 200-299. */
  readonly statusCodes: readonly { readonly from: number; readonly to: number }[];
  readonly virtualHost?: string;
  readonly regex?: string;
  readonly regexNoMatch: boolean;
  readonly regexOptions: readonly string[];
  readonly regexMinOffset?: number;
  readonly regexMaxOffset?: number;
  readonly tlsCompliant: boolean;
  readonly sniName?: string;
}

export interface TcpCheckerConfiguration extends CheckerCommon {
  readonly type: 'TCP_CHECK';
}

export interface HttpCheckerConfiguration extends CheckerCommon {
  readonly type: 'HTTP_GET' | 'SSL_GET';
  readonly urls: readonly HttpUrlConfiguration[];
  readonly httpProtocol: '1.0' | '1.0C' | '1.1' | '1.1K';
  /** Host header when a url names none. */
  readonly virtualHost?: string;
  readonly enableSni: boolean;
  readonly sniName?: string;
  readonly fastRecovery: boolean;
}

export type CheckerConfiguration = TcpCheckerConfiguration | HttpCheckerConfiguration;

export interface RealServerConfiguration {
  readonly address: string;
  readonly family: AddressFamily;
  readonly port: number;
  readonly weight: number;
  readonly forwarding: ForwardingMethod;
  /** Removal from the pool means weight 0 instead of deletion. */
  readonly inhibitOnFailure: boolean;
  readonly upperThreshold: number;
  readonly lowerThreshold: number;
  readonly notifyUp?: ScriptCommand;
  readonly notifyDown?: ScriptCommand;
  readonly smtpAlert: boolean;
  readonly checkers: readonly CheckerConfiguration[];
  readonly at: SourceLocation;
}

export interface VirtualServerConfiguration {
  readonly identity: VirtualServerIdentity;
  readonly scheduler: string;
  /** Kernel flag bits of the scheduler (IP_VS_SVC_F_SCHED1..3 meanings). */
  readonly schedulerFlags: readonly ('sched1' | 'sched2' | 'sched3')[];
  readonly onePacket: boolean;
  readonly hashed: boolean;
  readonly persistenceEngine?: string;
  /** Seconds as milliseconds; 0 or absent: no persistence. */
  readonly persistenceTimeout?: Milliseconds;
  /** IPv4 dotted mask, or IPv6 prefix length as a decimal string. */
  readonly persistenceGranularity?: string;
  readonly alpha: boolean;
  readonly omega: boolean;
  readonly haSuspend: boolean;
  readonly quorum: number;
  readonly hysteresis: number;
  readonly quorumUp?: ScriptCommand;
  readonly quorumDown?: ScriptCommand;
  readonly smtpAlert: boolean;
  readonly sorryServer?: RealServerConfiguration;
  readonly sorryServerInhibit: boolean;
  readonly realServers: readonly RealServerConfiguration[];
  readonly at: SourceLocation;
}

/** Entries of a virtual_server_group, ranges already expanded. */
export interface VirtualServerGroup {
  readonly name: string;
  readonly entries: readonly (
    | { readonly kind: 'address'; readonly family: AddressFamily; readonly address: string; readonly port: number }
    | { readonly kind: 'fwmark'; readonly family?: AddressFamily; readonly mark: number }
  )[];
  readonly at: SourceLocation;
}

export interface CheckConfiguration {
  readonly virtualServers: readonly VirtualServerConfiguration[];
  readonly groups: readonly VirtualServerGroup[];
}

/** An interface that the configuration names where it must exist. */
export interface InterfaceUse {
  readonly name: string;
  /** What names it, for messages: "vrrp_instance VI_1". */
  readonly usedBy: string;
  readonly at: SourceLocation;
}

export interface Configuration {
  readonly global: GlobalConfiguration;
  readonly vrrp: VrrpConfiguration;
  readonly check: CheckConfiguration;
  /** Every interface that VRRP and static addresses need, once for each place (see check/interfaces.ts). */
  readonly interfaces?: readonly InterfaceUse[];
  /** Every file that was read, in order. */
  readonly files: readonly string[];
}
