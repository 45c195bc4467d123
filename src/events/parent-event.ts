/** What the parent process has to tell of the daemon as a whole, beside the events of its children. */
import type { MonotonicMs } from '../core/time.ts';

interface ParentEventBase {
  readonly at: MonotonicMs;
  /** Why, in words for the operator. Never empty. */
  readonly reason: string;
}

/** The daemon has started, or is going to stop. */
export interface DaemonLifeEvent extends ParentEventBase {
  readonly kind: 'daemon';
  readonly to: 'RUNNING' | 'STOPPING';
}

/** A configuration was read again. */
export interface ReloadEvent extends ParentEventBase {
  readonly kind: 'reload';
  readonly outcome: 'applied' | 'refused';
  /** Why it was refused, as the log has it. */
  readonly errors: readonly string[];
  /** What it changed, in a line; absent: nothing, or it was refused. */
  readonly summary?: string;
}

/** A child process came or went. */
export interface ProcessEvent extends ParentEventBase {
  readonly kind: 'process';
  readonly process: string;
  readonly pid?: number;
  readonly to: 'STARTED' | 'DIED' | 'STOPPED';
}

/** Something was set beside the file, or counts as in the file again (keepalivectl server, keepalivectl vrrp). */
export interface LiveChangeEvent extends ParentEventBase {
  readonly kind: 'live-change';
  /** `server 10.0.0.1:80 of 192.0.2.1:80/tcp`, `instance VI_1`, `sync group VG`. */
  readonly subject: string;
  /** `weight 5`, `drain`, `maint`, `priority 50`, `release`; `file`: as it says. */
  readonly from: string;
  readonly to: string;
}

export type ParentEvent = DaemonLifeEvent | ReloadEvent | ProcessEvent | LiveChangeEvent;
