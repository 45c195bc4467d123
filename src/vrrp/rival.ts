/** Another router that claims to be master while we are: told once, once a minute while it lasts, and when it is gone. */
import type { Milliseconds, MonotonicMs } from '../core/time.ts';
import type { Deadline, DeadlineQueue } from '../core/deadlines.ts';
import { seconds } from './outbox.ts';
import type { Outbox } from './outbox.ts';

interface Rival {
  readonly since: MonotonicMs;
  latest: MonotonicMs;
  heard: number;
  nextLogAt: MonotonicMs;
  /** How long it must be silent to count as gone. */
  patience: Milliseconds;
}

/** While a second master persists, one line a minute says so. */
const LOG_INTERVAL = 60_000;
/** More masters on one network are forged. */
const MOST_RIVALS = 8;

export class RivalWatch {
  readonly #instance: () => string;
  readonly #out: Outbox;
  readonly #deadlines: DeadlineQueue;
  readonly #gone: Deadline;
  readonly #rivals = new Map<string, Rival>();

  /** @param instance its name at the moment, for the log */
  constructor(instance: () => string, out: Outbox, deadlines: DeadlineQueue) {
    this.#instance = instance;
    this.#out = out;
    this.#deadlines = deadlines;
    this.#gone = deadlines.create((now) => this.#look(now));
  }

  /**
   * A second master was heard and did not make us yield.
   * @param patience after this long without another word it is gone
   * @returns whether this one should be logged
   */
  meet(source: string, patience: Milliseconds, now: MonotonicMs): boolean {
    const rival = this.#rivals.get(source);
    if (!rival && this.#rivals.size >= MOST_RIVALS) return false;
    const isTold = !rival || now >= rival.nextLogAt;
    this.#rivals.set(source, {
      since: rival?.since ?? now,
      latest: now,
      heard: (rival?.heard ?? 0) + 1,
      nextLogAt: isTold ? now + LOG_INTERVAL : rival.nextLogAt,
      patience,
    });
    if (!this.#deadlines.isSet(this.#gone)) this.#deadlines.set(this.#gone, now + patience);
    return isTold;
  }

  /** We are master no more. */
  forget(): void {
    this.#deadlines.clear(this.#gone);
    this.#rivals.clear();
  }

  /** Tells of those that were silent for long enough, and looks again when the next one would be. */
  #look(now: MonotonicMs): void {
    let next = Infinity;
    for (const [source, { heard, latest, patience, since }] of this.#rivals) {
      if (latest + patience > now) {
        next = Math.min(next, latest + patience);
        continue;
      }
      this.#rivals.delete(source);
      this.#out.log(
        'notice',
        `(${this.#instance()}) second master ${source} is gone: it advertised ${heard} ${heard === 1 ? 'time' : 'times'} within ${seconds(latest - since)}`,
      );
    }
    if (next !== Infinity) this.#deadlines.set(this.#gone, next);
  }
}
