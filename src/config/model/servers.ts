/** Checked virtual servers, their real servers and groups. */
import type { Milliseconds } from '../../core/time.ts';
import type { CheckerConfiguration, TlsClientConfiguration } from './checkers.ts';
import type { AddressFamily, ScriptCommand, SourceLocation } from './common.ts';

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
  | {
      readonly kind: 'group';
      readonly name: string;
      readonly protocol: IpvsProtocol;
      /** All of its entries are firewall marks, which have no protocol. */
      readonly onlyMarks?: true;
    };

/** Defaults of the checkers below a server, as written there; what is absent comes from further out. */
export interface CheckDefaults {
  readonly retry?: number;
  readonly delayBeforeRetry?: Milliseconds;
  readonly warmup?: Milliseconds;
  readonly connectTimeout?: Milliseconds;
  readonly delayLoop?: Milliseconds;
  readonly alpha?: boolean;
  readonly virtualHost?: string;
}

export interface RealServerConfiguration {
  readonly address: string;
  readonly family: AddressFamily;
  readonly port: number;
  readonly weight: number;
  readonly forwarding: ForwardingMethod;
  /** Removal from the pool means weight 0 instead of deletion. */
  readonly inhibitOnFailure: boolean;
  /** Taken away by a reload, the server keeps its connections for at most this long; absent: it goes at once. */
  readonly drainTimeout?: Milliseconds;
  readonly upperThreshold: number;
  readonly lowerThreshold: number;
  readonly notifyUp?: ScriptCommand;
  readonly notifyDown?: ScriptCommand;
  readonly smtpAlert: boolean;
  /** Absent: nothing is written on this server. */
  readonly checkDefaults?: CheckDefaults;
  /** Name shown by SNMP. */
  readonly snmpName?: string;
  readonly checkers: readonly CheckerConfiguration[];
  readonly at: SourceLocation;
}

export interface VirtualServerConfiguration {
  readonly identity: VirtualServerIdentity;
  /** Absent: a group with entries of both families. */
  readonly family?: AddressFamily;
  readonly scheduler: string;
  /** Kernel flag bits of the scheduler (IP_VS_SVC_F_SCHED1..3 meanings). */
  readonly schedulerFlags: readonly ('sched1' | 'sched2' | 'sched3')[];
  readonly onePacket: boolean;
  readonly hashed: boolean;
  /** How packets reach real servers that say nothing else. */
  readonly forwarding: ForwardingMethod;
  /** Weight of real servers that say nothing else. */
  readonly defaultWeight: number;
  /** Removal from the pool means weight 0 for real servers that say nothing else. */
  readonly inhibitOnFailure: boolean;
  /** drainTimeout of real servers that say nothing else. */
  readonly drainTimeout?: Milliseconds;
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
  /** Absent: nothing is written on this virtual server. */
  readonly checkDefaults?: CheckDefaults;
  /** Name shown by SNMP. */
  readonly snmpName?: string;
  readonly sorryServer?: RealServerConfiguration;
  readonly sorryServerInhibit: boolean;
  readonly realServers: readonly RealServerConfiguration[];
  readonly at: SourceLocation;
}

/** A line of a virtual_server_group. */
export type VirtualServerGroupEntry =
  | {
      readonly kind: 'address';
      readonly family: AddressFamily;
      /** The first of `count` addresses that follow one another. */
      readonly address: string;
      readonly count: number;
      /** 0: all ports. */
      readonly port: number;
    }
  | { readonly kind: 'fwmark'; readonly family?: AddressFamily; readonly mark: number };

export interface VirtualServerGroup {
  readonly name: string;
  readonly entries: readonly VirtualServerGroupEntry[];
  readonly at: SourceLocation;
}

export interface CheckConfiguration {
  readonly virtualServers: readonly VirtualServerConfiguration[];
  readonly groups: readonly VirtualServerGroup[];
  /** The SSL block. */
  readonly tlsClient?: TlsClientConfiguration;
}
