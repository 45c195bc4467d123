/**
 * A deadline that is met to a few hundredths of a millisecond: the process wakes a little before it and walks round its
 * event loop until it is due. Waking a processor from its sleep then happens before the deadline and not behind it.
 * Packets that arrive meanwhile are handled as ever, and may move the deadline. It is a very little: who has just slept
 * is let in first by the kernel's scheduler, who walks while others wait is soon made to wait for them, 2 to 4 ms.
 *
 * Before an urgent deadline, one for which others wait, code comes from memory into the processor's caches: the process
 * wakes once more, warms up, and sleeps again. That costs nothing as long as all is well, because the deadline of a
 * backup is moved long before.
 */
import type { Milliseconds, MonotonicMs } from '../core/time.ts';
import { now } from '../kernel/clock.ts';
import { DeadlineTimer } from '../kernel/deadline-timer.ts';

/** How long before a deadline it is awake at most, and at most in proportion to the wait: the share of a processor it costs. */
const awake = { longest: 0.2, share: 0.01 } as const;
/** The same of a warm-up, which itself takes a few tenths of a millisecond. */
const warm = { longest: 1.5, share: 0.08 } as const;

/** How long before a deadline `wait` ahead the process is awake. */
export function awakeBefore(wait: Milliseconds): Milliseconds {
  return Math.max(0, Math.min(awake.longest, wait * awake.share));
}

/** How long before an urgent deadline `wait` ahead it warms up. */
export function warmUpBefore(wait: Milliseconds): Milliseconds {
  return Math.max(0, Math.min(warm.longest, wait * warm.share));
}

/**
 * How much a deadline matters: others wait for what is done then; it is to be met exactly; a tenth of a millisecond more
 * or less is nothing to anybody.
 */
export type Urgency = 'urgent' | 'exact' | 'relaxed';

export class PunctualTimer {
  readonly #onDeadline: () => void;
  readonly #warmUp: () => void;
  readonly #timer: DeadlineTimer;
  #deadline: MonotonicMs | undefined;
  /** When it is to be awake for it; behind a warm-up that is still to come. */
  #awakeAt: MonotonicMs | undefined;
  #walking = false;

  /**
   * @param onDeadline called once for each deadline, never early, behind all packets that were waiting then
   * @param warmUp called once shortly before an urgent one; has a few tenths of a millisecond
   */
  constructor(onDeadline: () => void, warmUp: () => void = () => undefined) {
    this.#onDeadline = onDeadline;
    this.#warmUp = warmUp;
    this.#timer = new DeadlineTimer(() => this.#wake());
  }

  /** Replaces the deadline; undefined: none. */
  arm(at: MonotonicMs | undefined, urgency: Urgency = 'exact'): void {
    if (at === this.#deadline) return;
    this.#deadline = at;
    this.#awakeAt = undefined;
    if (at === undefined) {
      this.#timer.arm(undefined);
      return;
    }
    if (urgency === 'relaxed') {
      this.#timer.arm(at);
      return;
    }
    const wait = at - now();
    const awakeAt = at - awakeBefore(wait);
    if (urgency === 'urgent') this.#awakeAt = awakeAt;
    this.#timer.arm(urgency === 'urgent' ? at - warmUpBefore(wait) : awakeAt);
  }

  /** Safe to call twice. */
  close(): void {
    this.#deadline = undefined;
    this.#timer.close();
  }

  #wake(): void {
    const awakeAt = this.#awakeAt;
    this.#awakeAt = undefined;
    // What is late already is not made later.
    if (awakeAt !== undefined && this.#deadline !== undefined && now() < this.#deadline) {
      this.#warmUp();
      if (now() < awakeAt) {
        this.#timer.arm(awakeAt);
        return;
      }
    }
    this.#walk();
  }

  /** Each round lets the event loop look for packets without waiting for them. */
  #walk(): void {
    if (this.#walking) return;
    this.#walking = true;
    setImmediate(() => {
      this.#walking = false;
      const deadline = this.#deadline;
      if (deadline === undefined) return;
      const left = deadline - now();
      if (left <= 0) {
        this.#deadline = undefined;
        this.#onDeadline();
      } else if (left <= awake.longest) {
        this.#walk();
      }
      // Otherwise a packet moved the deadline: the kernel's timer is set for the new one.
    });
  }
}
