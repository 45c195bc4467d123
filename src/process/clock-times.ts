/** Moments of the monotonic clock as times of day. */
import type { MonotonicMs } from '../core/time.ts';
import { now } from '../kernel/clock.ts';

export interface ClockTimes {
  /** This moment. */
  readonly at: MonotonicMs;
  /** The time of day of a moment, ISO 8601, as the clock of the machine stands now. */
  readonly time: (moment: MonotonicMs) => string;
}

export function clockTimes(): ClockTimes {
  const at = now();
  const offset = Date.now() - at;
  return { at, time: (moment) => new Date(offset + moment).toISOString() };
}
