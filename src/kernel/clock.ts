/** The daemon's clock. */
import type { MonotonicMs } from '../core/time.ts';

/**
 * Milliseconds on CLOCK_MONOTONIC with fractions down to nanoseconds: the same clock and origin as the timerfd
 * deadlines, so a deadline and `now()` compare directly. (process.hrtime reads that clock; it needs no addon.)
 */
export function now(): MonotonicMs {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1_000 + nanoseconds / 1e6;
}
