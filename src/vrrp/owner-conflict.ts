/**
 * Two routers that both say they own the addresses (priority 255), which RFC 9568 does not foresee. The one with the
 * lower address yields at once and counts as 254; the other one warns and goes on, and yields as well if the first does
 * not (reference: behaviour A5).
 */
import type { Milliseconds, MonotonicMs } from '../core/time.ts';

/** How long the other one has to give way, in intervals. */
const graceIntervals = 1.2;

export class OwnerConflict {
  #source: string | undefined;
  #graceEnds: MonotonicMs = 0;
  #forgottenAt: MonotonicMs = 0;

  /**
   * Another owner of lower address was heard.
   * @param interval the longer one of both
   * @returns `answer`: it is new, tell it who is master; `wait`: it may not have heard that yet; `yield`: it persists
   */
  heard(source: string, interval: Milliseconds, now: MonotonicMs): 'answer' | 'wait' | 'yield' {
    const known = this.#source === source && now < this.#forgottenAt;
    if (known && now >= this.#graceEnds) {
      this.#source = undefined;
      return 'yield';
    }
    if (known) return 'wait';
    this.#source = source;
    this.#graceEnds = now + graceIntervals * interval;
    // It was silent for so long that it is a new conflict when it comes again.
    this.#forgottenAt = this.#graceEnds + 4 * interval;
    return 'answer';
  }
}
