/** What the check engine says about itself: plain data for dumps, status pages, SNMP and metrics. */
import type { VirtualServerIdentity } from '../config/model.ts';
import type { HealthState } from '../core/events.ts';
import type { Milliseconds, MonotonicMs } from '../core/time.ts';
import type { LiveChange } from '../core/live-change.ts';
import type { ProbeResult } from './types.ts';

/** One check of one real server. */
export interface CheckerStatus {
  /** TCP_CHECK, HTTP_GET... */
  readonly type: string;
  /** Where it connects; absent for checks that do not. */
  readonly address?: string;
  readonly port?: number;
  /** The program of MISC_CHECK. */
  readonly command?: readonly string[];
  /** The file of FILE_CHECK with its number. */
  readonly trackFile?: { readonly name: string; readonly value: number };
  readonly state: HealthState;
  readonly since: MonotonicMs;
  readonly reason: string;
  /** False until the first conclusion: the state is still the assumption it started with. */
  readonly hasRun: boolean;
  /** Probes finished, and how many of them failed. */
  readonly runs: number;
  readonly failures: number;
  readonly retriesUsed: number;
  readonly retry: number;
  readonly inFlight: boolean;
  /** When the next probe is due; absent while one is in flight or waiting for its turn. */
  readonly nextRun?: MonotonicMs;
  readonly lastResult?: ProbeResult;
  /** How many real servers live by this very check (identical checks are made once). */
  readonly sharedBy: number;
}

export interface RealServerStatus {
  /** `[addr]:proto:port`. */
  readonly label: string;
  readonly address: string;
  readonly port: number;
  readonly state: HealthState;
  readonly since: MonotonicMs;
  readonly reason: string;
  /** Configured weight, and the one in effect. */
  readonly weight: number;
  readonly effectiveWeight: number;
  /** In the kernel's pool with its weight (false also while the sorry server stands in). */
  readonly inPool: boolean;
  /** Set by the operator beside the file; absent: nothing. */
  readonly override?: LiveChange;
  readonly checkers: readonly CheckerStatus[];
}

export interface VirtualServerStatus {
  /** `[addr]:proto:port`, `FWM n` or `[group]:N`. */
  readonly label: string;
  readonly identity: VirtualServerIdentity;
  readonly quorum: {
    readonly state: HealthState;
    readonly since: MonotonicMs;
    readonly reason: string;
    /** Live weight now. */
    readonly weight: number;
    readonly quorum: number;
    readonly hysteresis: number;
  };
  readonly sorryServer?: { readonly label: string; readonly active: boolean };
  /** ha_suspend: the checks wait for the address to come to this machine. */
  readonly suspended?: true;
  readonly servers: readonly RealServerStatus[];
}

/** A server taken away by a reload that keeps its connections for a while. */
export interface DrainingStatus {
  readonly virtualServer: string;
  readonly server: string;
  readonly since: MonotonicMs;
  /** When it goes at the latest. */
  readonly until: MonotonicMs;
  /** Active and inactive, as last read; absent: not yet. */
  readonly connections?: number;
}

export interface CheckStatus {
  readonly running: boolean;
  readonly virtualServers: readonly VirtualServerStatus[];
  /** Absent: nobody. */
  readonly draining?: readonly DrainingStatus[];
  readonly probesInFlight: number;
  /** Due, but held back by the pacing. */
  readonly probesWaiting: number;
  /** Distinct checks after identical ones are joined. */
  readonly checks: number;
  /** Lateness of the most delayed probe so far: pacing and a busy loop show here. */
  readonly worstLateness: Milliseconds;
}
