/**
 * Work that nobody waits for, in order and never for long: what can be done at once is, the rest waits for later turns of
 * the event loop. 250 instances that change at once have 2,000 lines of log to tell, 50 ms of work.
 */
import type { Milliseconds } from '../core/time.ts';
import { now } from '../kernel/clock.ts';

/** Longest time without a look at packets and deadlines. */
const slice: Milliseconds = 1;

export class SlicedWork<T> {
  readonly #work: (item: T) => void;
  #waiting: T[] = [];
  #next = 0;
  #scheduled = false;

  constructor(work: (item: T) => void) {
    this.#work = work;
  }

  /** Does these behind those that wait already. */
  add(items: readonly T[]): void {
    if (items.length === 0) return;
    if (this.#waiting.length === 0) this.#waiting = [...items];
    else for (const item of items) this.#waiting.push(item);
    if (!this.#scheduled) this.#continue();
  }

  /** Does all that is left. */
  finish(): void {
    this.#run(Infinity);
  }

  #continue(): void {
    this.#run(now() + slice);
    if (this.#waiting.length === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#continue();
    });
  }

  #run(until: number): void {
    for (let item = this.#waiting[this.#next]; item !== undefined; item = this.#waiting[this.#next]) {
      this.#next++;
      this.#work(item);
      if (this.#next < this.#waiting.length && now() >= until) return;
    }
    this.#waiting = [];
    this.#next = 0;
  }
}
