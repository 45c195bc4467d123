/** What the checker process and its worker thread for connection limits say to each other, and the answers to operators. */
import type { ConnectionLimit } from '../../config/model.ts';
import type { BanEvent, LogLevel } from '../../core/events.ts';
import type { Milliseconds } from '../../core/time.ts';
import type { LimitStatus, Protected } from '../../limit/engine.ts';

/** One run of a program of the firewall. */
export interface FirewallProgram {
  readonly program: 'nft' | 'ipset';
  readonly arguments: readonly string[];
  /** Its standard input. */
  readonly input: string;
  /** The network namespace it works in, if not the daemon's. */
  readonly namespace?: string;
  /** Who asks wants to know when one of its tables is gone (`table-removed`). */
  readonly keepsTables?: true;
}

/** What an operator asks (keepalivectl bans). */
export type BanCommand =
  | { readonly action: 'list'; readonly limit?: string }
  /** `time` in milliseconds; 0: until it is removed; absent: that of the limit. */
  | { readonly action: 'add'; readonly client: string; readonly limit?: string; readonly time?: Milliseconds }
  | { readonly action: 'remove'; readonly client: string; readonly limit?: string };

export type BanAnswer =
  { readonly ok: true; readonly result: BanList | BanChange } | { readonly ok: false; readonly error: string };

export interface BanList {
  readonly limits: readonly (LimitStatus & LimitFigures)[];
}

export interface BanChange {
  /** Names of the limits that have banned or released the client. */
  readonly changed: readonly string[];
}

/** What the last reading of the table found for a limit. */
export interface LimitFigures {
  /** Absent: the table was not read yet. */
  readonly table?: {
    readonly age: Milliseconds;
    /** How long the reading took, waiting included. */
    readonly duration: Milliseconds;
    /** Connections in the table, in whatever state. */
    readonly lines: number;
    /** Established ones to the services of the limit. */
    readonly established: number;
    readonly clients: number;
    /** The client with the most. */
    readonly most: number;
  };
}

/** For the status of the checker process: without the clients. */
export type LimitSummary = LimitFigures & {
  readonly name: string;
  readonly banned: number;
  readonly listed: number;
  readonly totals: LimitStatus['totals'];
};

export type ToLimitWorker =
  | {
      readonly type: 'configure';
      readonly limits: readonly ConnectionLimit[];
      readonly never: readonly Protected[];
      /** Name of the table of nftables. */
      readonly table: string;
      /** Sets that an earlier life of the daemon has made. */
      readonly ownIpsets: readonly string[];
      /** Where IPVS is, if not in the daemon's namespace. */
      readonly namespace?: string;
    }
  /** Of this machine's interfaces. */
  | { readonly type: 'addresses'; readonly addresses: readonly string[] }
  /** Of routers that VRRP has heard. */
  | { readonly type: 'peers'; readonly addresses: readonly string[] }
  | { readonly type: 'program-finished'; readonly run: number; readonly output: string; readonly trouble?: string }
  | { readonly type: 'command'; readonly request: number; readonly command: BanCommand }
  | { readonly type: 'stop' };

export type FromLimitWorker =
  | { readonly type: 'events'; readonly events: readonly BanEvent[] }
  | { readonly type: 'log'; readonly level: LogLevel; readonly message: string }
  | { readonly type: 'run'; readonly run: number; readonly program: FirewallProgram }
  | { readonly type: 'answer'; readonly request: number; readonly answer: BanAnswer }
  /** All sets that we have made, in the namespace of the configuration. */
  | { readonly type: 'made'; readonly ipsets: readonly string[] }
  | { readonly type: 'summary'; readonly limits: readonly LimitSummary[] }
  | { readonly type: 'stopped' };
