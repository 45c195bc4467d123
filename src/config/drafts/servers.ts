/** Virtual servers, real servers and groups as written. */
import type { AddressFamily } from '../model/common.ts';
import type { ForwardingMethod, IpvsProtocol } from '../model/servers.ts';
import type { Statement } from '../statement.ts';
import type { CheckTimesDraft, CheckerDraft } from './checkers.ts';
import type { ScriptDraft } from './common.ts';

export interface RealServerDraft extends CheckTimesDraft {
  readonly statement: Statement;
  readonly address: string;
  readonly family: AddressFamily;
  readonly port: number;
  weight?: number;
  forwarding?: ForwardingMethod;
  inhibitOnFailure?: boolean;
  drainTimeout?: number;
  upperThreshold?: number;
  lowerThreshold?: number;
  notifyUp?: ScriptDraft;
  notifyDown?: ScriptDraft;
  smtpAlert?: boolean;
  snmpName?: string;
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
  drainTimeout?: number;
  quorum?: number;
  quorumAt?: Statement;
  hysteresis?: number;
  hysteresisAt?: Statement;
  quorumUp?: ScriptDraft;
  quorumDown?: ScriptDraft;
  smtpAlert?: boolean;
  snmpName?: string;
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
