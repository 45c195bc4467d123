/** When the kernel received a packet. */
import type { Milliseconds, MonotonicMs } from '../core/time.ts';
import { addon } from './addon.ts';
import { now } from './clock.ts';

/** A timestamp older than this is not believed: a process that was stopped that long, or a clock that was set meanwhile. */
const oldestTimestamp: Milliseconds = 1000;

/**
 * Moments of the monotonic clock at which the kernel received packets, from their timestamps on the clock of dates. Both
 * clocks are read once for packets that are taken together.
 */
export class ReceptionTimes {
  #monotonic: MonotonicMs | undefined;
  /** Milliseconds since the epoch on CLOCK_REALTIME, at the same moment. */
  #dates = 0;

  /** Other packets come, from another turn of the event loop. */
  forget(): void {
    this.#monotonic = undefined;
  }

  /** @param timestamp milliseconds since the epoch on CLOCK_REALTIME; undefined: the kernel said none, so it is now */
  of(timestamp: number | undefined): MonotonicMs {
    if (timestamp === undefined) return now();
    // Who came while the others were being taken is younger than what the clocks said.
    if (this.#monotonic === undefined || timestamp > this.#dates) this.#read();
    const age = this.#dates - timestamp;
    const monotonic = this.#monotonic ?? now();
    return age >= 0 && age <= oldestTimestamp ? monotonic - age : monotonic;
  }

  #read(): void {
    this.#monotonic = now();
    this.#dates = addon().realtimeNow();
  }
}
