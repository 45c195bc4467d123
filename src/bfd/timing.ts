/** Intervals of one session: what holds now and what waits for the end of a poll sequence (RFC 5880 section 6.8.3). */
import type { Milliseconds } from '../core/time.ts';

/** Jitter: a quarter is taken off at most; with multiplier 1 a tenth at least (RFC 5880 section 6.8.7). */
const mostReduction = 0.25;
const leastReductionAlone = 0.1;

/**
 * One interval with jitter.
 * @param random uniform in [0, 1)
 */
export function jittered(interval: Milliseconds, multiplier: number, random: number): Milliseconds {
  const least = multiplier === 1 ? leastReductionAlone : 0;
  return interval * (1 - least - random * (mostReduction - least));
}

/** Desired Min TX and Required Min RX of our side. */
export class LocalIntervals {
  /** As packets say them. */
  desiredMinTx: Milliseconds;
  requiredMinRx: Milliseconds;
  /** As they count here: a slower sending and a faster detection wait until the neighbour has confirmed. */
  sending: Milliseconds;
  detecting: Milliseconds;
  polling = false;
  /** Changed since the poll sequence began: one answer may be meant for the values before. */
  #again = false;

  constructor(desiredMinTx: Milliseconds, requiredMinRx: Milliseconds) {
    this.desiredMinTx = desiredMinTx;
    this.requiredMinRx = requiredMinRx;
    this.sending = desiredMinTx;
    this.detecting = requiredMinRx;
  }

  /** Other values while the session is not up: they hold at once. */
  replace(desiredMinTx: Milliseconds, requiredMinRx: Milliseconds): void {
    this.desiredMinTx = desiredMinTx;
    this.requiredMinRx = requiredMinRx;
    this.sending = desiredMinTx;
    this.detecting = requiredMinRx;
    this.polling = false;
    this.#again = false;
  }

  /**
   * Other values while the session is up.
   * @returns whether a poll sequence begins by it
   */
  negotiate(desiredMinTx: Milliseconds, requiredMinRx: Milliseconds): boolean {
    if (desiredMinTx === this.desiredMinTx && requiredMinRx === this.requiredMinRx) return false;
    this.desiredMinTx = desiredMinTx;
    this.requiredMinRx = requiredMinRx;
    this.sending = Math.min(this.sending, desiredMinTx);
    this.detecting = Math.max(this.detecting, requiredMinRx);
    const begins = !this.polling;
    this.#again = !begins;
    this.polling = true;
    return begins;
  }

  /** The neighbour has answered a poll. */
  confirmed(): void {
    if (!this.polling) return;
    if (this.#again) {
      this.#again = false;
      return;
    }
    this.polling = false;
    this.sending = this.desiredMinTx;
    this.detecting = this.requiredMinRx;
  }
}
