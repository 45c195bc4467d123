/** Takeover of many virtual routers at once, worked out while the capture grows. Pure. */
import type { CapturedAdvertisement } from './advertisement.ts';

export class Handovers {
  readonly #master: string;
  readonly #backup: string;
  readonly #routers: number;
  /** When the master's last advertisement was on the wire, by router. */
  readonly #last = new Map<number, number>();
  /** Silence until the backup's first one, by router. */
  readonly #silences = new Map<number, number>();
  #read = 0;

  /** @param routers how many there are */
  constructor(master: string, backup: string, routers: number) {
    this.#master = master;
    this.#backup = backup;
    this.#routers = routers;
  }

  /** Reads what has been added to `seen`. @returns the silence of each router in milliseconds once all were taken over */
  take(seen: readonly CapturedAdvertisement[]): readonly number[] | undefined {
    for (; this.#read < seen.length; this.#read++) {
      const advertisement = seen[this.#read];
      if (advertisement !== undefined) this.#note(advertisement);
    }
    return this.#silences.size < this.#routers ? undefined : [...this.#silences.values()];
  }

  #note({ at, source, virtualRouterId }: CapturedAdvertisement): void {
    if (source === this.#master) {
      this.#last.set(virtualRouterId, at);
      // The backup spoke before the crash: that was none of it.
      this.#silences.delete(virtualRouterId);
    } else if (source === this.#backup && !this.#silences.has(virtualRouterId)) {
      const last = this.#last.get(virtualRouterId);
      if (last !== undefined) this.#silences.set(virtualRouterId, at - last);
    }
  }
}
