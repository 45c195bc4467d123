/** Looks at intervals whether somebody else changed what we wrote to IPVS. */
import type { Look } from '../ipvs/reconciler.ts';
import { pauseBetweenLooks } from '../ipvs/undone.ts';
import { now } from '../kernel/clock.ts';

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
    this.#wait(0);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #wait(duration: number): void {
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.#once(), pauseBetweenLooks(duration));
  }

  /** A glance at once, in the place of the next look. */
  async glance(): Promise<void> {
    clearTimeout(this.#timer);
    const started = now();
    await this.#look('glance');
    this.#wait(now() - started);
  }

  async #once(): Promise<void> {
    const started = now();
    await this.#look(++this.#looks % wholeEvery === 0 ? 'whole' : 'glance');
    this.#wait(now() - started);
  }
}
