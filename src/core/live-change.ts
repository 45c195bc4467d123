/** What somebody changed in the running daemon and does not stand in the file (`keepalivectl vrrp`, `keepalivectl server`). */
import type { MonotonicMs } from './time.ts';

export interface LiveChange {
  /** "priority 50", "maint". */
  readonly words: string;
  readonly since: MonotonicMs;
  /** When it ends by itself; absent: when it is cleared. */
  readonly until?: MonotonicMs;
}
