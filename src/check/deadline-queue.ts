/**
 * Deadlines in order: a binary heap. Entries are removed by forgetting them: the owner compares its own deadline. It is
 * kept in three lists of plain values instead of one of objects: thousands of entries a second would all grow old in the
 * garbage collector.
 */
import type { MonotonicMs } from '../core/time.ts';

export class DeadlineQueue<T> {
  readonly #deadlines: MonotonicMs[] = [];
  /** Insertion order breaks ties, so that runs repeat exactly. */
  readonly #sequences: number[] = [];
  readonly #items: T[] = [];
  #sequence = 0;

  get size(): number {
    return this.#items.length;
  }

  add(deadline: MonotonicMs, item: T): void {
    this.#rise(this.size, deadline, this.#sequence++, item);
  }

  /** The earliest entry, left in place. */
  peek(): T | undefined {
    return this.#items[0];
  }

  /** The deadline of the earliest entry; never, if there is none. */
  get earliest(): MonotonicMs {
    return this.#deadlines[0] ?? Number.POSITIVE_INFINITY;
  }

  /** Takes the earliest entry out. */
  shift(): void {
    const deadline = this.#deadlines.pop();
    const sequence = this.#sequences.pop();
    const item = this.#items.pop();
    if (deadline === undefined || sequence === undefined || item === undefined || this.size === 0) return;
    this.#sink(deadline, sequence, item);
  }

  clear(): void {
    this.#deadlines.length = 0;
    this.#sequences.length = 0;
    this.#items.length = 0;
  }

  #put(index: number, deadline: MonotonicMs, sequence: number, item: T): void {
    this.#deadlines[index] = deadline;
    this.#sequences[index] = sequence;
    this.#items[index] = item;
  }

  /** Copies the entry at `from` to `to`. */
  #move(from: number, to: number): void {
    this.#deadlines[to] = this.#deadlines[from] ?? 0;
    this.#sequences[to] = this.#sequences[from] ?? 0;
    this.#items[to] = this.#items[from] as T;
  }

  /** True if the entry at `index` comes before one of this deadline and sequence. */
  #isBefore(index: number, deadline: MonotonicMs, sequence: number): boolean {
    const other = this.#deadlines[index] ?? Number.POSITIVE_INFINITY;
    return other < deadline || (other === deadline && (this.#sequences[index] ?? 0) < sequence);
  }

  /** Puts an entry at `hole` or above it. */
  #rise(hole: number, deadline: MonotonicMs, sequence: number, item: T): void {
    let index = hole;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (this.#isBefore(parent, deadline, sequence)) break;
      this.#move(parent, index);
      index = parent;
    }
    this.#put(index, deadline, sequence, item);
  }

  /** Puts an entry at the top or below it. */
  #sink(deadline: MonotonicMs, sequence: number, item: T): void {
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      if (left >= this.size) break;
      const isRight =
        right < this.size && this.#isBefore(right, this.#deadlines[left] ?? 0, this.#sequences[left] ?? 0);
      const child = isRight ? right : left;
      if (!this.#isBefore(child, deadline, sequence)) break;
      this.#move(child, index);
      index = child;
    }
    this.#put(index, deadline, sequence, item);
  }
}
