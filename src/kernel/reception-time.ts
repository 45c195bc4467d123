/** When the kernel received a packet. */
import type { Milliseconds, MonotonicMs } from '../core/time.ts';
import { addon } from './addon.ts';
import { now } from './clock.ts';

/** A timestamp older than this is not believed: a process that was stopped that long, or a clock that was set meanwhile. */
const oldestTimestamp: Milliseconds = 1000;

/**
 * Whoever is interrupted for longer between two looks at the clocks looks again. A look takes less than a microsecond, and
 * 15 of them where it is a system call of a guest.
 */
const longestLook: Milliseconds = 0.05;
const looks = 3;

export interface Clocks {
  monotonic(): MonotonicMs;
  /** Milliseconds since the epoch on CLOCK_REALTIME. */
  dates(): number;
}

const kernelClocks: Clocks = { monotonic: now, dates: () => addon().realtimeNow() };

/**
 * Moments of the monotonic clock at which the kernel received packets, from their timestamps on the clock of dates. Both
 * clocks are read once for packets that are taken together.
 */
export class ReceptionTimes {
  readonly #clocks: Clocks;
  #monotonic: MonotonicMs | undefined;
  /** Milliseconds since the epoch on CLOCK_REALTIME, at the same moment. */
  #dates = 0;

  /** @param clocks tests put their own here */
  constructor(clocks: Clocks = kernelClocks) {
    this.#clocks = clocks;
  }

  /** Other packets come, from another turn of the event loop. */
  forget(): void {
    this.#monotonic = undefined;
  }

  /** @param timestamp milliseconds since the epoch on CLOCK_REALTIME; undefined: the kernel said none, so it is now */
  of(timestamp: number | undefined): MonotonicMs {
    if (timestamp === undefined) return this.#clocks.monotonic();
    // Who came while the others were being taken is younger than what the clocks said.
    if (this.#monotonic === undefined || timestamp > this.#dates) this.#read();
    const age = this.#dates - timestamp;
    const monotonic = this.#monotonic ?? this.#clocks.monotonic();
    return age >= 0 && age <= oldestTimestamp ? monotonic - age : monotonic;
  }

  /**
   * Between the two clocks another process may take the processor away: by so much a packet would seem older than it is,
   * and a master be taken for dead before its time. So the monotonic clock is read on both sides; what cannot be told
   * apart makes a packet younger.
   */
  #read(): void {
    let before = this.#clocks.monotonic();
    for (let look = 0; look < looks; look++) {
      this.#dates = this.#clocks.dates();
      const after = this.#clocks.monotonic();
      this.#monotonic = after;
      if (after - before <= longestLook) return;
      before = after;
    }
  }
}
