/** Another router that claims to be master while we are: told once, once a minute while it lasts, and when it is gone. */
import type { Milliseconds, MonotonicMs } from '../core/time.ts';
import type { Deadline, DeadlineQueue } from './deadlines.ts';
import { seconds } from './outbox.ts';
import type { Outbox } from './outbox.ts';

interface Rival {
  readonly source: string;
  readonly since: MonotonicMs;
  heard: number;
  nextLogAt: MonotonicMs;
  /** How long it must be silent to count as gone. */
  patience: Milliseconds;
}

/** While a second master persists, one line a minute says so. */
const LOG_INTERVAL = 60_000;

export class RivalWatch {
  readonly #instance: () => string;
  readonly #out: Outbox;
  readonly #deadlines: DeadlineQueue;
  readonly #gone: Deadline;
  #rival: Rival | undefined;

  /** @param instance its name at the moment, for the log */
  constructor(instance: () => string, out: Outbox, deadlines: DeadlineQueue) {
    this.#instance = instance;
    this.#out = out;
    this.#deadlines = deadlines;
    this.#gone = deadlines.create((now) => this.#silent(now));
  }

  /**
   * A second master was heard and did not make us yield.
   * @param patience after this long without another word it is gone
   * @returns whether this one should be logged
   */
  meet(source: string, patience: Milliseconds, now: MonotonicMs): boolean {
    this.#deadlines.set(this.#gone, now + patience);
    const rival = this.#rival?.source === source ? this.#rival : undefined;
    if (rival) {
      rival.heard++;
      rival.patience = patience;
      if (now < rival.nextLogAt) return false;
      rival.nextLogAt = now + LOG_INTERVAL;
      return true;
    }
    this.#rival = { source, since: now, heard: 1, nextLogAt: now + LOG_INTERVAL, patience };
    return true;
  }

  /** We are master no more. */
  forget(): void {
    this.#deadlines.clear(this.#gone);
    this.#rival = undefined;
  }

  #silent(now: MonotonicMs): void {
    if (!this.#rival) return;
    const { source, since, heard, patience } = this.#rival;
    this.#rival = undefined;
    this.#out.log(
      'notice',
      `(${this.#instance()}) second master ${source} is gone: it advertised ${heard} ${heard === 1 ? 'time' : 'times'} within ${seconds(now - since - patience)}`,
    );
  }
}
