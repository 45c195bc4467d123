/** When the kernel received a packet. */
import type { Milliseconds, MonotonicMs } from '../core/time.ts';
import { addon } from './addon.ts';
import { now } from './clock.ts';

/** A timestamp older than this is not believed: a process that was stopped that long, or a clock that was set meanwhile. */
const oldestTimestamp: Milliseconds = 1000;

/** Moment of the monotonic clock at which the kernel received a packet, from its timestamp on the clock of dates. */
export function receptionTime(timestamp: number | undefined): MonotonicMs {
  const current = now();
  if (timestamp === undefined) return current;
  const age = addon().realtimeNow() - timestamp;
  return age >= 0 && age <= oldestTimestamp ? current - age : current;
}
