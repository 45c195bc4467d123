/** connection_limit as written. */
import type { AddressFamily } from '../model/common.ts';
import type { AddressPrefix, BanSet, ConnectionLimit } from '../model/limits.ts';
import type { Statement } from '../statement.ts';
import type { ScriptDraft } from './common.ts';

/** What virtual_servers names: an address with or without port, or a virtual_server_group. */
export type LimitedServiceDraft = { readonly statement: Statement; readonly word: number } & (
  | { readonly kind: 'address'; readonly family: AddressFamily; readonly address: string; readonly port: number }
  | { readonly kind: 'group'; readonly name: string }
);

export interface ConnectionLimitDraft {
  readonly statement: Statement;
  readonly name: string;
  allServices?: true;
  /** Absent: nothing is written. */
  services?: LimitedServiceDraft[];
  maxEstablished?: number;
  clientPrefix?: ConnectionLimit['clientPrefix'];
  interval?: number;
  banTime?: number;
  releaseBelow?: number;
  releaseBelowAt?: Statement;
  allow: AddressPrefix[];
  blacklistFile?: string;
  appendAt?: Statement;
  set?: BanSet;
  setAt?: Statement;
  action?: ConnectionLimit['action'];
  actionAt?: Statement;
  enforceAt?: Statement;
  notify?: ScriptDraft;
  smtpAlert?: boolean;
}
