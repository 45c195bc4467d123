/**
 * The time a server has. When the process was not run in between (stopped, suspended with its machine), the server may
 * have answered in time, and timers come before what has arrived: then there is a moment more to find out.
 */
import { now } from '../../kernel/clock.ts';
import type { Milliseconds } from '../../core/time.ts';
import { extension, standstill } from '../limits.ts';

/** setTimeout() takes no more; longer ones would fire at once. */
const longestTimer = 2 ** 31 - 1;

export class Patience<T> {
  readonly #limit: Milliseconds;
  readonly #over: (subject: T) => void;
  readonly #subject: T;
  #began = now();
  #timer: NodeJS.Timeout;
  #isExtended = false;

  /** @param over called once when the time is over, unless end() comes first */
  constructor(limit: Milliseconds, over: (subject: T) => void, subject: T) {
    this.#limit = Math.min(limit, longestTimer);
    this.#over = over;
    this.#subject = subject;
    this.#timer = setTimeout(fired, this.#limit, this);
  }

  /** The whole time again, from now on. */
  restart(): void {
    this.#began = now();
    if (!this.#isExtended) {
      this.#timer.refresh();
      return;
    }
    this.#isExtended = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(fired, this.#limit, this);
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  fired(): void {
    if (this.#isExtended || now() - this.#began - this.#limit <= standstill) {
      this.#over(this.#subject);
      return;
    }
    this.#isExtended = true;
    this.#timer = setTimeout(fired, extension, this);
  }
}

function fired(patience: { fired(): void }): void {
  patience.fired();
}
