/** What the check engine says about itself when it is asked, and what the kernel says about its services at that moment. */
import type { ForwardingMethod, VirtualServerIdentity } from '../config/model.ts';
import type { HealthState } from '../core/events.ts';
import type { LiveChange } from '../core/live-change.ts';
import type { Milliseconds, MonotonicMs } from '../core/time.ts';
import type { Traffic } from '../ipvs/types.ts';
import type { CheckerStatus, DrainingStatus, RealServerStatus, VirtualServerStatus } from './status.ts';

/** A part of a probe: how long it took to connect, for the TLS handshake, until the first octet, for the rest. */
export interface ProbePhaseReport {
  /** `connect`, `tls`, `first octet`, `rest`; of SMTP and datagrams the step that was waited for. */
  readonly phase: string;
  readonly took: Milliseconds;
  /** It ended here. */
  readonly failed?: true;
}

export interface CheckerReport extends CheckerStatus {
  readonly sinceTime: string;
  /** Of `lastResult`; empty: no result yet, or a probe of one step. */
  readonly phases: readonly ProbePhaseReport[];
  /** When the last probe ended. */
  readonly lastRun?: MonotonicMs;
  readonly lastRunTime?: string;
  readonly retriesLeft: number;
  /** Down until it has passed for the first time. */
  readonly alpha: boolean;
  /** What it adds to the weight of the server. */
  readonly weightChange: number;
  /** ha_suspend: nobody wants to know at present. */
  readonly suspended: boolean;
}

/** Connections at the moment, as the kernel counts them. */
export interface ConnectionsReport {
  readonly active: number;
  readonly inactive: number;
  /** Clients bound by persistence. */
  readonly persistent: number;
}

export interface RealServerReport extends RealServerStatus {
  readonly explanation: string;
  readonly sinceTime: string;
  /** `NAT`, `DR`, `TUN`. */
  readonly forwarding: ForwardingMethod['method'];
  /** inhibit_on_failure: weight 0 instead of removal. */
  readonly inhibitOnFailure: boolean;
  /** How the effective weight came about: "1 + 2 (FILE_CHECK track_file load is 2) = 3". */
  readonly weightExplanation: string;
  /** Absent: it is not in the kernel's table, or the kernel was not asked. */
  readonly connections?: ConnectionsReport;
  readonly traffic?: Traffic;
  readonly checkers: readonly CheckerReport[];
}

export interface VirtualServerReport extends VirtualServerStatus {
  readonly explanation: string;
  /** ISO 8601, of `quorum.since`. */
  readonly sinceTime: string;
  /** From the configuration (snmp_name). */
  readonly name?: string;
  readonly scheduler: string;
  readonly persistenceTimeout?: Milliseconds;
  /** Kernel services that stand for it: more than one for a group. 0: none. */
  readonly kernelServices: number;
  readonly traffic?: Traffic;
  /** Of all its servers. */
  readonly connections?: ConnectionsReport;
  readonly servers: readonly RealServerReport[];
}

/** A virtual server in a line. */
export interface VirtualServerSummary {
  readonly label: string;
  readonly identity: VirtualServerIdentity;
  readonly name?: string;
  /** Whether it has its quorum. */
  readonly state: HealthState;
  readonly since: MonotonicMs;
  readonly sinceTime: string;
  readonly explanation: string;
  readonly servers: { readonly up: number; readonly total: number };
  readonly weight: number;
  readonly quorum: number;
  readonly sorryActive: boolean;
  readonly suspended: boolean;
  /** Something is not as it should be: no quorum, a server down, a live change. */
  readonly trouble: boolean;
  /** Of its servers what keepalivectl changed; absent: nothing. */
  readonly overrides?: readonly { readonly server: string; readonly override: LiveChange }[];
  readonly traffic?: Traffic;
}

/** Everything counted. */
export interface CheckTotals {
  readonly services: {
    readonly total: number;
    readonly up: number;
    readonly down: number;
    /** A sorry server answers. */
    readonly sorry: number;
    readonly suspended: number;
    /** Of the summaries `trouble`. */
    readonly trouble: number;
  };
  readonly servers: { readonly total: number; readonly up: number; readonly down: number };
  /** Distinct checks; `pending` of them have not run to a conclusion yet, suspended ones not counted. */
  readonly checks: { readonly total: number; readonly up: number; readonly down: number; readonly pending: number };
}

/** Of the checker process. */
export interface CheckReport {
  readonly now: MonotonicMs;
  /** ISO 8601, of `now`. */
  readonly time: string;
  readonly running: boolean;
  readonly totals: CheckTotals;
  /** With `detail: summary`. */
  readonly services?: readonly VirtualServerSummary[];
  /** With `detail: full`. */
  readonly virtualServers?: readonly VirtualServerReport[];
  readonly draining?: readonly DrainingStatus[];
  readonly probesInFlight: number;
  readonly probesWaiting: number;
  /** Distinct checks after identical ones are joined. */
  readonly checks: number;
  readonly worstLateness: Milliseconds;
  /** Why there is no `traffic`, where the kernel could not be asked. */
  readonly trafficTrouble?: string;
}
