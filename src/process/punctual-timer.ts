/**
 * A deadline that is met to a few hundredths of a millisecond: the process wakes a little before it and walks round its
 * event loop until it is due. Waking a processor from its sleep, and code from memory into its caches, then happens
 * before the deadline and not behind it. Packets that arrive meanwhile are handled as ever, and may move the deadline.
 *
 * An urgent deadline, one for which others wait, is worth more: the process wakes earlier and may warm up first. That
 * costs nothing as long as all is well, because the deadline of a backup is moved long before.
 */
import type { Milliseconds, MonotonicMs } from '../core/time.ts';
import { now } from '../kernel/clock.ts';
import { DeadlineTimer } from '../kernel/deadline-timer.ts';

/** How long before the deadline it wakes at most, and at most in proportion to the wait: the share of a processor it costs. */
const usualLead = { longest: 0.6, share: 0.01 } as const;
const urgentLead = { longest: 1.5, share: 0.08 } as const;

/** How long before a deadline `wait` ahead the process is awake. */
export function leadOf(wait: Milliseconds, urgent = false): Milliseconds {
  const { longest, share } = urgent ? urgentLead : usualLead;
  return Math.max(0, Math.min(longest, wait * share));
}

export class PunctualTimer {
  readonly #onDeadline: () => void;
  readonly #warmUp: () => void;
  readonly #timer: DeadlineTimer;
  #urgent = false;
  #deadline: MonotonicMs | undefined;
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
  arm(at: MonotonicMs | undefined, urgent = false): void {
    if (at === this.#deadline) return;
    this.#deadline = at;
    this.#urgent = urgent;
    this.#timer.arm(at === undefined ? undefined : at - leadOf(at - now(), urgent));
  }

  /** Safe to call twice. */
  close(): void {
    this.#deadline = undefined;
    this.#timer.close();
  }

  #wake(): void {
    // What is late already is not made later.
    if (this.#urgent && this.#deadline !== undefined && now() < this.#deadline) this.#warmUp();
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
      } else if (left <= (this.#urgent ? urgentLead : usualLead).longest) {
        this.#walk();
      }
      // Otherwise a packet moved the deadline: the kernel's timer is set for the new one.
    });
  }
}
