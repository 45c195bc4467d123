/** Tries again what does not work: after a pause, each time after twice as long, up to a longest. */
import type { Milliseconds } from '../core/time.ts';

export class RetryTimer {
  readonly #run: () => void;
  readonly #first: Milliseconds;
  readonly #longest: Milliseconds;
  #pause: Milliseconds;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param run the next try
   * @param first the pause before the first one; @param longest none is longer
   */
  constructor(run: () => void, first: Milliseconds, longest: Milliseconds) {
    this.#run = run;
    this.#first = first;
    this.#longest = longest;
    this.#pause = first;
  }

  /** Whether a try is to come. */
  get isPending(): boolean {
    return this.#timer !== undefined;
  }

  /** Tries again behind the pause; once, however often it is asked for meanwhile. Nobody's end waits for it. */
  later(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#run();
    }, this.#pause);
    this.#timer.unref();
    this.#pause = Math.min(2 * this.#pause, this.#longest);
  }

  /** It works: the next trouble is met soon. A try that is to come stays. */
  reset(): void {
    this.#pause = this.#first;
  }

  /** Nothing is to be tried any more, until the next trouble. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.reset();
  }
}
