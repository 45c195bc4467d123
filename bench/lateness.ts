/** How late the advertisements of many virtual routers come, worked out while the capture grows. Pure. */
import type { CapturedAdvertisement } from './advertisement.ts';

export interface LateAdvertisement {
  readonly virtualRouterId: number;
  /** Milliseconds since 1970 at which it should have come. */
  readonly due: number;
  /** Milliseconds by which it was later. */
  readonly late: number;
}

/** More are counted, but not kept. */
const mostKept = 20;

export class LatenessWatch {
  readonly #master: string;
  readonly #interval: number;
  readonly #tolerance: number;
  readonly #comingRouter: number;
  readonly #last = new Map<number, number>();
  /** The first ones that were later than the tolerance. */
  readonly examples: LateAdvertisement[] = [];
  count = 0;
  late = 0;
  latest = 0;
  /** Advertisements of priority 0 of the master, and of anybody else for a router that stays. */
  goodbyes = 0;
  others = 0;

  /**
   * @param tolerance milliseconds by which an advertisement may be late
   * @param comingRouter goes and comes: others may speak for it meanwhile
   */
  constructor(master: string, interval: number, tolerance: number, comingRouter: number) {
    this.#comingRouter = comingRouter;
    this.#master = master;
    this.#interval = interval;
    this.#tolerance = tolerance;
  }

  take(advertisements: readonly CapturedAdvertisement[]): void {
    for (const { at, priority, source, virtualRouterId } of advertisements) {
      if (source !== this.#master) {
        if (virtualRouterId !== this.#comingRouter) this.others++;
      } else if (priority === 0) {
        this.goodbyes++;
        this.#last.delete(virtualRouterId);
      } else {
        this.#note(virtualRouterId, at);
      }
    }
  }

  #note(virtualRouterId: number, at: number): void {
    this.count++;
    const before = this.#last.get(virtualRouterId);
    this.#last.set(virtualRouterId, at);
    if (before === undefined) return;
    const due = before + this.#interval;
    const late = at - due;
    this.latest = Math.max(this.latest, late);
    if (late <= this.#tolerance) return;
    this.late++;
    if (this.examples.length < mostKept) this.examples.push({ virtualRouterId, due, late });
  }
}
