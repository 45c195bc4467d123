/** Looks at intervals whether somebody else changed what we wrote to IPVS. */
import { pauseBetweenLooks } from '../ipvs/undone.ts';
import { now } from '../kernel/clock.ts';

export class TableWatch {
  readonly #look: () => Promise<void>;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /** @param look reads the table and mends it; must not reject */
  constructor(look: () => Promise<void>) {
    this.#look = look;
    this.#wait(0);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #wait(duration: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.#once(), pauseBetweenLooks(duration));
  }

  async #once(): Promise<void> {
    const started = now();
    await this.#look();
    this.#wait(now() - started);
  }
}
