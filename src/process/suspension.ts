/**
 * Notices that the machine slept (suspended to memory or disk). No timer notices: the clock they are on stood still, while
 * the other routers waited, and one of them took over.
 */
import type { Milliseconds } from '../core/time.ts';
import { suspendedTime } from '../kernel/clock.ts';

/** Shorter than any router waits for another one. */
const noticeable: Milliseconds = 10;

export class Suspension {
  readonly #read: () => Milliseconds;
  #known: Milliseconds;

  /** @param read how long the machine has slept since its boot */
  constructor(read: () => Milliseconds = suspendedTime) {
    this.#read = read;
    this.#known = read();
  }

  /** @returns how long it slept since the last look, 0: it did not */
  look(): Milliseconds {
    const slept = this.#read() - this.#known;
    if (slept < noticeable) return 0;
    this.#known += slept;
    return slept;
  }
}
