/**
 * Lines that concern many instances at once, as one: a process that was stopped says so of itself, not 250 times. Who has
 * only a few instances gets a line for each, at once and with all details.
 */
import type { LogLevel } from '../core/events.ts';
import type { Milliseconds, MonotonicMs } from '../core/time.ts';
import type { Deadline, DeadlineQueue } from '../core/deadlines.ts';
import type { Outbox } from './outbox.ts';

/** So many instances are few; of more, so many are named. */
const few = 3;

/** What can be said of one instance or of many. */
export interface Foldable {
  readonly level: LogLevel;
  /** How long the others are waited for. */
  readonly wait: Milliseconds;
  /** About one instance. */
  readonly one: string;
  /**
   * @param who "(VI_1, VI_2, VI_3 and 247 others)"
   * @param most the largest of their amounts
   */
  readonly many: (who: string, most: number) => string;
  /** E.g. how late it was. */
  readonly amount?: number;
}

interface Fold {
  readonly names: string[];
  line: Foldable;
  most: number;
  readonly timer: Deadline;
}

export class FoldedLines {
  readonly #out: Outbox;
  readonly #deadlines: DeadlineQueue;
  readonly #instances: () => number;
  /** By kind of line. */
  readonly #folds = new Map<string, Fold>();

  /** @param instances how many there are */
  constructor(out: Outbox, deadlines: DeadlineQueue, instances: () => number) {
    this.#out = out;
    this.#deadlines = deadlines;
    this.#instances = instances;
  }

  /** @param kind lines of the same kind are folded */
  say(kind: string, instance: string, line: Foldable, now: MonotonicMs): void {
    if (this.#instances() <= few) {
      this.#out.log(line.level, line.one);
      return;
    }
    const fold = this.#folds.get(kind) ?? this.#begin(kind, line);
    fold.names.push(instance);
    fold.line = line;
    fold.most = Math.max(fold.most, line.amount ?? 0);
    if (!this.#deadlines.isSet(fold.timer)) this.#deadlines.set(fold.timer, now + line.wait);
  }

  #begin(kind: string, line: Foldable): Fold {
    const fold: Fold = { names: [], line, most: 0, timer: this.#deadlines.create(() => this.#end(kind)) };
    this.#folds.set(kind, fold);
    return fold;
  }

  #end(kind: string): void {
    const fold = this.#folds.get(kind);
    if (fold === undefined) return;
    this.#folds.delete(kind);
    const { line, most, names } = fold;
    this.#out.log(line.level, names.length === 1 ? line.one : line.many(`(${together(names)})`, most));
  }
}

/** "VI_1 and VI_2"; "VI_1, VI_2, VI_3 and 247 others". */
function together(names: readonly string[]): string {
  const rest = names.length - few;
  const last = rest > 0 ? `${rest} ${rest === 1 ? 'other' : 'others'}` : names.at(-1);
  return `${names.slice(0, rest > 0 ? few : -1).join(', ')} and ${last}`;
}
