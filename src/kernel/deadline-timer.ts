/** One deadline on the monotonic clock, kept by the kernel (timerfd, absolute, nanoseconds). */
import type { MonotonicMs } from '../core/time.ts';
import { EPOLL, addon } from './addon.ts';
import { now } from './clock.ts';
import { checked } from './errors.ts';

const noDeadline = -1;

export class DeadlineTimer {
  readonly #onDeadline: (now: MonotonicMs) => void;
  readonly #descriptor: number;
  #deadline: MonotonicMs | undefined;
  #open = true;

  /**
   * @param onDeadline called once an armed deadline has passed, never before it, with the time of the call
   * @throws SystemError
   */
  constructor(onDeadline: (now: MonotonicMs) => void) {
    this.#onDeadline = onDeadline;
    this.#descriptor = checked(addon().timerCreate(), 'timerfd_create');
    checked(
      addon().watch(this.#descriptor, EPOLL.IN, () => this.#expired(), true),
      'epoll_ctl',
    );
  }

  /**
   * Replaces the deadline; undefined: none. A deadline in the past is due at once (from the event loop, never from
   * inside this call). Does nothing after close().
   */
  arm(at: MonotonicMs | undefined): void {
    if (!this.#open || at === this.#deadline) return;
    this.#deadline = at;
    this.#set(at);
  }

  #set(at: MonotonicMs | undefined): void {
    // A negative time (a deadline before boot, from arithmetic near zero) is past, not absent.
    checked(addon().timerSet(this.#descriptor, at === undefined ? noDeadline : Math.max(at, 0)), 'timerfd_settime');
  }

  #expired(): void {
    addon().timerTake(this.#descriptor);
    const deadline = this.#deadline;
    if (deadline === undefined) return;
    const current = now();
    if (current < deadline) {
      // Armed anew between expiry and this call, or half a nanosecond lost in the fraction.
      this.#set(deadline);
      return;
    }
    this.#deadline = undefined;
    this.#onDeadline(current);
  }

  /** Safe to call twice. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    addon().close(this.#descriptor);
  }
}
