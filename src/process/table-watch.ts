/** Looks at intervals whether somebody else changed what we wrote to IPVS. */
import type { Look } from '../ipvs/reconciler.ts';
import { pauseBetweenLooks } from '../ipvs/undone.ts';
import type { Milliseconds } from '../core/time.ts';
import { now } from '../kernel/clock.ts';

/**
 * After writes of ours a look comes soon, before memory is collected: the next reload then knows the text of the table
 * again.
 */
const settled: Milliseconds = 500;

/** A glance does not see all that somebody could change: one look in so many is a whole one. */
const wholeEvery = 6;

export class TableWatch {
  readonly #look: (look: Look) => Promise<void>;
  #looks = 0;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /** @param look reads the table and mends it; must not reject */
  constructor(look: (look: Look) => Promise<void>) {
    this.#look = look;
    this.#next(pauseBetweenLooks(0));
  }

  /** Much was written: a glance comes soon, instead of the next look. */
  written(): void {
    this.#next(settled, 'glance');
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** @param look the next one in their order unless given */
  #next(pause: Milliseconds, look?: Look): void {
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.#once(look), pause);
  }

  /** A glance at once, in the place of the next look. */
  async glance(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#once('glance');
  }

  async #once(look: Look = ++this.#looks % wholeEvery === 0 ? 'whole' : 'glance'): Promise<void> {
    const started = now();
    await this.#look(look);
    this.#next(pauseBetweenLooks(now() - started));
  }
}
