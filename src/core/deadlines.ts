/**
 * All timers of an engine in one binary heap, so that "what is next" is free and moving a timer is logarithmic: a
 * router with 250 instances moves one for every packet it hears. Equal deadlines run in the order they were set.
 */
import type { MonotonicMs } from './time.ts';

/** A timer that is set at most once at a time. */
export interface Deadline {
  /** When it is due; meaningful only while set. */
  at: MonotonicMs;
  /** Place in the heap, -1 while not set. Belongs to the queue. */
  position: number;
  /** Order of setting. Belongs to the queue. */
  order: number;
  /** @param now the moment it runs, never before `at` */
  readonly run: (now: MonotonicMs) => void;
  /** Whether others wait for what it does; absent: nobody does. */
  readonly urgent?: (() => boolean) | undefined;
}

export class DeadlineQueue {
  readonly #heap: Deadline[] = [];
  #orders = 0;

  /** Makes a timer that is not set. */
  create(run: (now: MonotonicMs) => void, urgent?: () => boolean): Deadline {
    return { at: 0, position: -1, order: 0, run, urgent };
  }

  /** Sets or moves a timer. */
  set(deadline: Deadline, at: MonotonicMs): void {
    deadline.at = at;
    deadline.order = ++this.#orders;
    if (deadline.position < 0) {
      deadline.position = this.#heap.length;
      this.#heap.push(deadline);
    }
    this.#sink(this.#rise(deadline.position));
  }

  /** Takes a timer back; harmless if it is not set. */
  clear(deadline: Deadline): void {
    const hole = deadline.position;
    if (hole < 0) return;
    deadline.position = -1;
    const last = this.#heap.pop();
    if (last === undefined || last === deadline) return;
    this.#place(last, hole);
    this.#sink(this.#rise(hole));
  }

  isSet(deadline: Deadline): boolean {
    return deadline.position >= 0;
  }

  next(): MonotonicMs | undefined {
    return this.#heap[0]?.at;
  }

  /** Whether others wait for what the next timer does. */
  nextIsUrgent(): boolean {
    return this.#heap[0]?.urgent?.() === true;
  }

  /** Runs what is due at `now`, earliest first; timers set meanwhile wait for the next call, even if due. */
  runDue(now: MonotonicMs): void {
    const until = this.#orders;
    for (let first = this.#heap[0]; first && first.at <= now && first.order <= until; first = this.#heap[0]) {
      this.clear(first);
      first.run(now);
    }
  }

  #place(deadline: Deadline, position: number): void {
    this.#heap[position] = deadline;
    deadline.position = position;
  }

  #rise(from: number): number {
    const deadline = this.#heap[from];
    let position = from;
    while (deadline && position > 0) {
      const parentAt = (position - 1) >>> 1;
      const parent = this.#heap[parentAt];
      if (!parent || !earlier(deadline, parent)) break;
      this.#place(parent, position);
      position = parentAt;
    }
    if (deadline) this.#place(deadline, position);
    return position;
  }

  #sink(from: number): void {
    const deadline = this.#heap[from];
    if (!deadline) return;
    let position = from;
    for (;;) {
      const left = this.#heap[2 * position + 1];
      const right = this.#heap[2 * position + 2];
      const child = left && right && earlier(right, left) ? right : left;
      if (!child || !earlier(child, deadline)) break;
      const freed = child.position;
      this.#place(child, position);
      position = freed;
    }
    this.#place(deadline, position);
  }
}

function earlier(a: Deadline, b: Deadline): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
