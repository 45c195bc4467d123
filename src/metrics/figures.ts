/** What the processes answer to the question `metrics`: numbers and names, plain data, as little as will do. */
import type { BfdSessionState, VrrpState } from '../core/events.ts';
import type { VrrpStatistics } from '../vrrp/types.ts';
import type { HistogramFigures } from './histogram.ts';

/** What a process is asked: the piece that begins with this number of a service or instance. */
export interface FiguresAsked {
  readonly from: number;
  /** Of the names that are known already. */
  readonly generation?: number;
}

/** Services, or instances, in one piece: less than a millisecond of work for a process that has others to do. */
export const servicesInPiece = 100;
export const instancesInPiece = 16;

/** An address with its length as dumps have it, and the interface it belongs on. */
export type PlacedAddress = readonly [address: string, interfaceName: string];

export interface InstanceFigures {
  readonly name: string;
  readonly interface: string;
  readonly virtualRouterId: number;
  readonly group?: string;
  readonly state: VrrpState;
  readonly wanted: VrrpState;
  /** Milliseconds in this state. */
  readonly stateAge: number;
  readonly basePriority: number;
  readonly effectivePriority: number;
  readonly masterPriority: number;
  /** Milliseconds. */
  readonly gratuitousDelay: number;
  readonly advertisementInterval: number;
  readonly peersHeard: number;
  readonly addresses: readonly PlacedAddress[];
  readonly excludedAddresses: readonly PlacedAddress[];
  readonly statistics: VrrpStatistics;
  /** Advertisements dropped, by the stable code of the reason. */
  readonly refusals: readonly (readonly [code: string, count: number])[];
}

export interface ScriptFigures {
  readonly name: string;
  readonly good: boolean;
  /** 0 idle, 1 running, 2 asked to end, 3 being killed. */
  readonly state: number;
}

/** Of the VRRP process. */
export interface VrrpFigures {
  /** Of the piece that was asked for. */
  readonly instances: readonly InstanceFigures[];
  /** All instances there are. */
  readonly total: number;
  /** With the first answer. */
  readonly common?: {
    readonly groups: readonly { readonly name: string; readonly state: VrrpState }[];
    readonly scripts: readonly ScriptFigures[];
    /** Gratuitous ARPs and unsolicited neighbour advertisements by interface: sent, and refused by the kernel. */
    readonly frames: Readonly<Record<string, readonly [sent: number, failed: number]>>;
    readonly lateness: HistogramFigures;
  };
}

/** A connection limit. */
export interface LimitMetrics {
  readonly name: string;
  readonly banned: number;
  readonly listed: number;
  readonly totals: { readonly banned: number; readonly released: number };
  /** The last count; `duration` in milliseconds. */
  readonly table?: {
    readonly duration: number;
    readonly established: number;
    readonly clients: number;
    readonly most: number;
  };
}

/** Numbers of a virtual server, one behind the other; those of its real servers follow. */
export const serviceNumbers = 7;
/** Numbers of a real server. -1: not known. */
export const serverNumbers = 12;

/**
 * Of the checker process. Names come when they are others than those of `generation` that the question knew; numbers of
 * services and their servers are in the order of the names.
 */
export interface CheckerFigures {
  readonly generation: number;
  /** For each service of this piece: its name, then those of its servers. */
  readonly names?: readonly (readonly string[])[];
  /** Separated by commas: who hands it on need not take it apart. */
  readonly numbers: string;
  /** All services there are. */
  readonly services: number;
  /** With the first piece. */
  readonly common?: {
    readonly checks: number;
    readonly probesInFlight: number;
    readonly probesWaiting: number;
    readonly draining: number;
    /** Seconds, by the type of the checker. */
    readonly durations: Readonly<Record<string, HistogramFigures>>;
    /** Probes that failed, by the type of the checker. */
    readonly failures: Readonly<Record<string, number>>;
    readonly lateness: HistogramFigures;
    readonly limits: readonly LimitMetrics[];
    /** Seconds since the traffic was read; absent: it cannot be read. */
    readonly trafficAge?: number;
  };
}

export interface BfdSessionFigures {
  readonly name: string;
  readonly neighbor: string;
  readonly state: BfdSessionState;
  readonly packetsSent: number;
  readonly packetsReceived: number;
  readonly refusals: readonly (readonly [code: string, count: number])[];
}

export interface BfdFigures {
  readonly sessions: readonly BfdSessionFigures[];
  readonly lateness: HistogramFigures;
}

/** A process of the daemon, as the kernel and the parent see it. */
export interface ProcessFigures {
  readonly name: 'parent' | 'vrrp' | 'checker' | 'bfd' | 'web';
  readonly up: boolean;
  readonly deaths: number;
  /** Seconds of processor time. */
  readonly processorTime?: number;
  /** Octets. */
  readonly residentMemory?: number;
  /** Seconds since 1970. */
  readonly startTime?: number;
}

/** Of the parent. */
export interface ParentFigures {
  readonly level: string;
  readonly version: string;
  readonly runtime: string;
  readonly processes: readonly ProcessFigures[];
  /** Reloads since the start. */
  readonly reloads: { readonly applied: number; readonly refused: number };
  readonly lastReload?: { readonly successful: boolean; readonly at: number; readonly took: number };
  /** Seconds, by who asked for the script: `vrrp`, `checker`, `notify`. */
  readonly scriptDurations: Readonly<Record<string, HistogramFigures>>;
  readonly scriptFailures: Readonly<Record<string, number>>;
  readonly lateness: HistogramFigures;
}
