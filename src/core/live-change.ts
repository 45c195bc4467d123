/** What somebody changed in the running daemon and does not stand in the file (`keepalivectl vrrp`, `keepalivectl server`, SNMP). */
import type { MonotonicMs } from './time.ts';

export interface LiveChange {
  /** `priority 50`, `release`, `nopreempt`, `weight 5`, `drain`, `maint`. */
  readonly words: string;
  readonly since: MonotonicMs;
  /** When it ends by itself; absent: when it is cleared. */
  readonly until?: MonotonicMs;
  /** User id of who asked for it, or the protocol by which somebody did; absent: not known. */
  readonly by?: number | 'SNMP';
  /** Of a server that takes no new connections by it: those it has, active and inactive, as last read from the kernel. */
  readonly connections?: number;
}

/** By what it was changed. */
export function meansOf({ by }: Pick<LiveChange, 'by'>): string {
  return by === 'SNMP' ? 'SNMP' : 'keepalivectl';
}
