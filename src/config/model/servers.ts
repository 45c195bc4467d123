/** Checked virtual servers, their real servers and groups. */
import type { Milliseconds } from '../../core/time.ts';
import type { CheckerConfiguration } from './checkers.ts';
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
  | { readonly kind: 'group'; readonly name: string; readonly protocol: IpvsProtocol };

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
