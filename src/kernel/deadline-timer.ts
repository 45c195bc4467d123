/** One deadline on the monotonic clock, kept by the kernel (timerfd, absolute, nanoseconds). */
import type { MonotonicMs } from '../core/time.ts';

export class DeadlineTimer {
  /** @param _onDeadline called once an armed deadline has passed, never before it, with the time of the call. */
  constructor(_onDeadline: (now: MonotonicMs) => void) {
    return;
  }

  /** Replaces the deadline; undefined: none. A deadline in the past is due at once (from the event loop, never from inside this call). */
  arm(_at: MonotonicMs | undefined): void {
    throw new Error('not yet');
  }

  /** Safe to call twice. */
  close(): void {
    throw new Error('not yet');
  }
}
