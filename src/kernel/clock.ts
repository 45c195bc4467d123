/** The daemon's clock. */
import type { MonotonicMs } from '../core/time.ts';
import { addon } from './addon.ts';

/**
 * Milliseconds on CLOCK_MONOTONIC with fractions down to nanoseconds: the same clock and origin as the timerfd
 * deadlines, so a deadline and `now()` compare directly. (process.hrtime reads that clock; it needs no addon.)
 */
export function now(): MonotonicMs {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1_000 + nanoseconds / 1e6;
}

/** linux/timex.h: nobody disciplines the clock of dates. */
const STA_UNSYNC = 0x40;

/** Whether something keeps the clock of dates right (NTP, PTP); undefined: the kernel does not say. */
export function clockIsSynchronised(): boolean | undefined {
  const status = addon().clockStatus();
  return status < 0 ? undefined : (status & STA_UNSYNC) === 0;
}
