/** Deadlines in order: a binary heap. Entries are removed by forgetting them: the owner compares its own deadline. */
import type { MonotonicMs } from '../core/time.ts';

interface Entry<T> {
  readonly deadline: MonotonicMs;
  /** Insertion order breaks ties, so that runs repeat exactly. */
  readonly sequence: number;
  readonly item: T;
}

export class DeadlineQueue<T> {
  readonly #heap: Entry<T>[] = [];
  #sequence = 0;

  get size(): number {
    return this.#heap.length;
  }

  add(deadline: MonotonicMs, item: T): void {
    this.#heap.push({ deadline, sequence: this.#sequence++, item });
    this.#rise(this.#heap.length - 1);
  }

  /** The earliest entry, left in place. */
  peek(): { readonly deadline: MonotonicMs; readonly item: T } | undefined {
    return this.#heap[0];
  }

  /** Takes the earliest entry out. */
  shift(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink(0);
  }

  clear(): void {
    this.#heap.length = 0;
  }

  #before(a: number, b: number): boolean {
    const first = this.#heap[a];
    const second = this.#heap[b];
    if (first === undefined || second === undefined) return false;
    if (first.deadline !== second.deadline) return first.deadline < second.deadline;
    return first.sequence < second.sequence;
  }

  #swap(a: number, b: number): void {
    const first = this.#heap[a];
    const second = this.#heap[b];
    if (first === undefined || second === undefined) return;
    this.#heap[a] = second;
    this.#heap[b] = first;
  }

  #rise(from: number): void {
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#before(index, parent)) return;
      this.#swap(index, parent);
      index = parent;
    }
  }

  #sink(from: number): void {
    let index = from;
    for (;;) {
      let earliest = index;
      if (this.#before(2 * index + 1, earliest)) earliest = 2 * index + 1;
      if (this.#before(2 * index + 2, earliest)) earliest = 2 * index + 2;
      if (earliest === index) return;
      this.#swap(index, earliest);
      index = earliest;
    }
  }
}
