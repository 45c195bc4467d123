/**
 * A deadline that is met to a few hundredths of a millisecond: the process wakes a little before it and walks round its
 * event loop until it is due. Waking a processor from its sleep, and code from memory into its caches, then happens
 * before the deadline and not behind it. Packets that arrive meanwhile are handled as ever, and may move the deadline.
 */
import type { Milliseconds, MonotonicMs } from '../core/time.ts';
import { now } from '../kernel/clock.ts';
import { DeadlineTimer } from '../kernel/deadline-timer.ts';

/** How long before the deadline it wakes at most, and at most in proportion to the wait: the share of a processor it costs. */
const longestLead: Milliseconds = 0.6;
const leadShare = 0.01;

/** How long before a deadline `wait` ahead the walk begins. */
export function leadOf(wait: Milliseconds): Milliseconds {
  return Math.max(0, Math.min(longestLead, wait * leadShare));
}

export class PunctualTimer {
  readonly #onDeadline: () => void;
  readonly #timer: DeadlineTimer;
  #deadline: MonotonicMs | undefined;
  #walking = false;

  /** @param onDeadline called once for each deadline, never early, behind all packets that were waiting then */
  constructor(onDeadline: () => void) {
    this.#onDeadline = onDeadline;
    this.#timer = new DeadlineTimer(() => this.#walk());
  }

  /** Replaces the deadline; undefined: none. */
  arm(at: MonotonicMs | undefined): void {
    if (at === this.#deadline) return;
    this.#deadline = at;
    this.#timer.arm(at === undefined ? undefined : at - leadOf(at - now()));
  }

  /** Safe to call twice. */
  close(): void {
    this.#deadline = undefined;
    this.#timer.close();
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
      } else if (left <= longestLead) {
        this.#walk();
      }
      // Otherwise a packet moved the deadline: the kernel's timer is set for the new one.
    });
  }
}
