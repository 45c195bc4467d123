/** The daemon's clock. */
import type { Milliseconds, MonotonicMs } from '../core/time.ts';
import { addon } from './addon.ts';

/**
 * Milliseconds on CLOCK_MONOTONIC with fractions down to nanoseconds: the same clock and origin as the timerfd
 * deadlines, so a deadline and `now()` compare directly. (process.hrtime reads that clock; it needs no addon.)
 */
export function now(): MonotonicMs {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1_000 + nanoseconds / 1e6;
}

export interface Moment {
  readonly monotonic: MonotonicMs;
  /** Milliseconds since 1970. */
  readonly wall: number;
}

let moment: Moment | undefined;

/**
 * The time when the code that runs now first asked for it, until it gives way to other code. For what is told by the
 * thousand (lines of the log, events): where the kernel has no page with the time in it, as in guests and on machines
 * whose clock source is not trusted, each look at the clock is a system call.
 */
export function thisMoment(): Moment {
  if (moment === undefined) {
    moment = { monotonic: now(), wall: Date.now() };
    queueMicrotask(() => {
      moment = undefined;
    });
  }
  return moment;
}

/** How long the machine has slept since its boot: the clock of now() stood still meanwhile. */
export function suspendedTime(): Milliseconds {
  return addon().suspended();
}

/** linux/timex.h: nobody disciplines the clock of dates. */
const STA_UNSYNC = 0x40;

/** Whether something keeps the clock of dates right (NTP, PTP); undefined: the kernel does not say. */
export function clockIsSynchronised(): boolean | undefined {
  const status = addon().clockStatus();
  return status < 0 ? undefined : (status & STA_UNSYNC) === 0;
}
