/** What somebody changed in the running daemon and does not stand in the file (`keepalivectl vrrp`, `keepalivectl server`). */
import type { MonotonicMs } from './time.ts';

export interface LiveChange {
  /** `priority 50`, `release`, `weight 5`, `drain`, `maint`. */
  readonly words: string;
  readonly since: MonotonicMs;
  /** When it ends by itself; absent: when it is cleared. */
  readonly until?: MonotonicMs;
  /** User id of who asked for it; absent: not known. */
  readonly by?: number;
  /** Of a server that takes no new connections by it: those it has, active and inactive, as last read from the kernel. */
  readonly connections?: number;
}
