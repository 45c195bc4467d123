/** What the dump files are made of: the configuration, what the engine says of itself, and what only the shell knows. */
import type { Configuration } from '../../config/model.ts';
import type { MonotonicMs } from '../../core/time.ts';
import type { KernelAddress, Link } from '../../network/types.ts';
import type { VrrpProcessStatus } from '../../vrrp/processes.ts';
import type { VrrpGroupStatus, VrrpInstanceStatus, VrrpScriptStatus, VrrpTransport } from '../../vrrp/types.ts';
import type { CheckStatus } from '../../check/status.ts';
import type { MachineFacts } from './global-data.ts';

/** A socket for advertisements. */
export interface AdvertisementPlace {
  readonly transport: VrrpTransport;
  /** Absent: not open, its interface is missing. */
  readonly descriptor?: number;
}

/** The same moment on both clocks, so that dates can be written. */
export interface DumpClock {
  readonly now: MonotonicMs;
  /** Milliseconds since the epoch. */
  readonly wall: number;
}

export interface VrrpDumpInput extends MachineFacts {
  readonly configuration: Configuration;
  readonly instances: readonly VrrpInstanceStatus[];
  readonly clock: DumpClock;
  readonly groups?: readonly VrrpGroupStatus[];
  readonly scripts?: readonly VrrpScriptStatus[];
  readonly processes?: readonly VrrpProcessStatus[];
  /** Number read from each track file, by its name. */
  readonly trackFileValues?: ReadonlyMap<string, number>;
  readonly sockets?: readonly AdvertisementPlace[];
  /** Whether the BFD sessions of which something is known are up, by name. */
  readonly bfdStates?: ReadonlyMap<string, boolean>;
  readonly links?: readonly Link[];
  readonly addresses?: readonly KernelAddress[];
  /** Indexes of the interfaces that have been up since the start. */
  readonly seenUp?: ReadonlySet<number>;
}

export interface CheckDumpInput extends MachineFacts {
  readonly configuration: Configuration;
  /** Of the same configuration: virtual and real servers stand in the same order. */
  readonly status: CheckStatus;
  /** Number read from each track file, by its name. */
  readonly trackFileValues?: ReadonlyMap<string, number>;
}

/** Milliseconds since the epoch of a moment on the monotonic clock. */
export function wallTime(moment: MonotonicMs, clock: DumpClock): number {
  return clock.wall + (moment - clock.now);
}
