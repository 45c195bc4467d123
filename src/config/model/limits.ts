/** connection_limit, checked: who is banned for holding too many connections, and how. */
import type { Milliseconds } from '../../core/time.ts';
import type { AddressFamily, ScriptCommand, SourceLocation } from './common.ts';

/** All addresses that begin with the same `length` bits; the others are zero. */
export interface AddressPrefix {
  readonly family: AddressFamily;
  readonly address: string;
  readonly length: number;
}

/** Connections to one of `count` addresses that follow one another count. */
export interface LimitedService {
  readonly family: AddressFamily;
  readonly address: string;
  readonly count: number;
  /** 0: all ports. */
  readonly port: number;
}

/** Where the kernel finds who is banned. */
export type BanSet =
  /** Sets and rules of this daemon, in a table of its own. */
  | { readonly kind: 'nftables'; readonly name: string }
  /** Somebody else's sets, one a family: elements are put in and taken out, nothing else. */
  | {
      readonly kind: 'nftables-existing';
      readonly tableFamily: NftTableFamily;
      readonly table: string;
      readonly inet?: string;
      readonly inet6?: string;
    }
  /** Made if they do not exist; the rule that looks into them is the administrator's. */
  | { readonly kind: 'ipset'; readonly inet: string; readonly inet6: string };

export type NftTableFamily = 'inet' | 'ip' | 'ip6' | 'netdev' | 'bridge';

export interface ConnectionLimit {
  readonly name: string;
  /** Absent: every connection that IPVS has. */
  readonly services?: readonly LimitedService[];
  /** An address with more established connections than this is banned. */
  readonly maxEstablished: number;
  /** Clients are told apart by this many bits of their addresses. */
  readonly clientPrefix: { readonly inet: number; readonly inet6: number };
  /** From the beginning of one reading of the table to that of the next. */
  readonly interval: Milliseconds;
  /** 0: until somebody removes it. */
  readonly banTime: Milliseconds;
  /** A ban ends when its client has fewer connections; absent: only with its time. */
  readonly releaseBelow?: number;
  readonly allow: readonly AddressPrefix[];
  /** Everything in this file is banned. */
  readonly blacklistFile?: string;
  /** Bans are written into that file too. */
  readonly append: boolean;
  readonly set: BanSet;
  readonly action: 'drop' | 'reject' | 'log';
  /** New connections beyond maxEstablished are refused by the kernel, too. */
  readonly enforceInKernel: boolean;
  readonly notify?: ScriptCommand;
  readonly smtpAlert: boolean;
  readonly at: SourceLocation;
}
