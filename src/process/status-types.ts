/** The answer of the control command `status` (docs/status.md). Additive: members come, none goes or changes its meaning. */
import type { BfdSessionStatus } from '../bfd/types.ts';
import type { LiveChangeAnswer } from '../control/live-fields.ts';
import type { CheckReport } from '../check/report-types.ts';
import type { MonotonicMs } from '../core/time.ts';
import type { VrrpGroupReport, VrrpInstanceReport, VrrpScriptReport } from '../vrrp/report-types.ts';
import type { VrrpProcessStatus } from '../vrrp/processes.ts';
import type { LimitSummary } from './limits/messages.ts';

/** Of the answer; another number would be another meaning of what is there. */
export const statusVersion = 1;

/** What is wanted of a status. */
export interface StatusQuery {
  /** `summary`: of services a line each, those in trouble first; `full`: everything of them. VRRP and BFD are always complete. */
  readonly detail: 'summary' | 'full';
  /** Only what has one of these names: instances, groups, services, servers, sessions. */
  readonly names?: readonly string[];
  /** Most services of a summary; default all. */
  readonly most?: number;
  /** Whether the kernel is asked for connections and rates. */
  readonly traffic: boolean;
}

export const fullStatus: StatusQuery = { detail: 'full', traffic: true };

/** One child process as the parent sees it. */
export interface ProcessStatus {
  readonly kind: 'vrrp' | 'checker' | 'bfd' | 'web';
  readonly pid?: number;
  /** `starting`: no configuration taken yet; `waiting`: it died and is started again later; `silent`: gave no answer in time. */
  readonly state: 'running' | 'starting' | 'waiting' | 'silent';
  /** How often it died since the daemon was started. */
  readonly deaths: number;
}

/** Whether the daemon knows what it has to know to do its work. */
export interface Readiness {
  /** All processes have their configuration, no start delay runs, every check has come to its first conclusion. */
  readonly ready: boolean;
  /** What is missing, in words. */
  readonly waitingFor: readonly string[];
}

/** Of the VRRP process. Moments are milliseconds on the clock of `now`. */
export interface VrrpReport {
  readonly now: MonotonicMs;
  /** ISO 8601, of `now`. */
  readonly time: string;
  readonly instances: readonly VrrpInstanceReport[];
  readonly groups: readonly VrrpGroupReport[];
  readonly scripts: readonly VrrpScriptReport[];
  /** What vrrp_track_process counts. */
  readonly processes: readonly VrrpProcessStatus[];
  /** Numbers of track files by their names. */
  readonly files: Readonly<Record<string, number>>;
  /** Hardware addresses of the interfaces of instances, in hexadecimal digits, by their names. */
  readonly hardwareAddresses: Readonly<Record<string, string>>;
  /** Whether tracked BFD sessions are up, by their names. */
  readonly bfd: Readonly<Record<string, boolean>>;
  /** What keeps instances from being what they are configured for since the start, in words; empty: nothing. */
  readonly waitingFor: readonly string[];
}

/** Of the checker process. */
export interface CheckerReport extends CheckReport {
  readonly connectionLimits?: readonly LimitSummary[];
}

/** Of the BFD process. */
export interface BfdReport {
  readonly now: MonotonicMs;
  /** ISO 8601, of `now`. */
  readonly time: string;
  readonly sessions: readonly BfdSessionStatus[];
  /** Packets that belong to no session, by reason. */
  readonly strangers: Readonly<Record<string, number>>;
}

export interface DaemonStatus {
  readonly version: typeof statusVersion;
  /** ISO 8601, of the answer. */
  readonly time: string;
  readonly pid: number;
  /** Of the program. */
  readonly release: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Files of the running configuration. */
  readonly files: readonly string[];
  readonly processes: readonly ProcessStatus[];
  readonly readiness: Readiness;
  /** Absent: nobody has asked for one. */
  readonly lastReload?: {
    /** ISO 8601. */
    readonly at: string;
    readonly outcome: 'applied' | 'refused';
    readonly errors: readonly string[];
  };
  /** Live changes whose target is not in the configuration; absent: none. */
  readonly waitingChanges?: readonly LiveChangeAnswer[];
  /** Absent: there is no such process, or it does not answer. `null`: it is about to start or stop. */
  readonly vrrp?: VrrpReport | null;
  readonly checker?: CheckerReport | null;
  readonly bfd?: BfdReport | null;
}
