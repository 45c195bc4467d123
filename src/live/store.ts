/** The live changes in force: one for each target, ended by time or by hand. Knows no configuration; pure. */
import type { MonotonicMs } from '../core/time.ts';
import { targetKey } from './targets.ts';
import type { AnyChange, LiveChanges, ServerChange, VrrpChange } from './types.ts';

export class LiveStore {
  /** By targetKey(), oldest first. */
  readonly #changes = new Map<string, AnyChange>();

  get size(): number {
    return this.#changes.size;
  }

  /** Puts a change in force. @returns the one of the same target whose place it takes */
  set(change: AnyChange): AnyChange | undefined {
    const key = targetKey(change);
    const before = this.#changes.get(key);
    this.#changes.delete(key);
    this.#changes.set(key, change);
    return before;
  }

  /** By targetKey(). */
  get(key: string): AnyChange | undefined {
    return this.#changes.get(key);
  }

  /** Takes a change back. @param key targetKey() @returns what was in force, if anything */
  clear(key: string): AnyChange | undefined {
    const change = this.#changes.get(key);
    this.#changes.delete(key);
    return change;
  }

  /** Ends what is over at `now`. @returns it, the first to end first */
  expire(now: MonotonicMs): AnyChange[] {
    const over = this.all.filter(({ until }) => until !== undefined && until <= now);
    for (const change of over) this.#changes.delete(targetKey(change));
    return over.toSorted((a, b) => (a.until ?? 0) - (b.until ?? 0));
  }

  /** When the next one ends; undefined: none does by itself. */
  nextExpiry(): MonotonicMs | undefined {
    const ends = this.all.flatMap(({ until }) => until ?? []);
    return ends.length === 0 ? undefined : ends.reduce((a, b) => Math.min(a, b));
  }

  /** Oldest first. */
  get all(): AnyChange[] {
    return [...this.#changes.values()];
  }

  /** What the children get. */
  get changes(): LiveChanges {
    const { all } = this;
    return { servers: all.filter(isServerChange), vrrp: all.filter(isVrrpChange) };
  }
}

export function isServerChange(change: AnyChange): change is ServerChange {
  return 'service' in change.target;
}

export function isVrrpChange(change: AnyChange): change is VrrpChange {
  return !isServerChange(change);
}
