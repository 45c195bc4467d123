/** How often something took how long: counts by fixed bounds. Counting costs a few comparisons and no memory. */

/** As it travels between processes. */
export interface HistogramFigures {
  /** Of the values up to each bound and above the one before; the last one counts those above all bounds. */
  readonly counts: readonly number[];
  readonly sum: number;
}

/** Seconds of lateness: a tenth of a millisecond is everyday life, a second is a stand-still. */
export const latenessBounds = [0.0001, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1] as const;

/** Seconds that a check or a script takes. */
export const durationBounds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

export class Histogram {
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;

  /** @param bounds upwards */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Array<number>(bounds.length + 1).fill(0);
  }

  /** Counts a value; what is below 0 (a timer that came early) counts as 0. */
  observe(value: number): void {
    const counted = value > 0 ? value : 0;
    let place = 0;
    while (place < this.#bounds.length && counted > (this.#bounds[place] ?? Infinity)) place++;
    this.#counts[place] = (this.#counts[place] ?? 0) + 1;
    this.#sum += counted;
  }

  get figures(): HistogramFigures {
    return { counts: [...this.#counts], sum: this.#sum };
  }
}

/** Histograms by name, made when they are first needed. */
export class Histograms {
  readonly #bounds: readonly number[];
  readonly #byName = new Map<string, Histogram>();

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
  }

  observe(name: string, value: number): void {
    let histogram = this.#byName.get(name);
    if (histogram === undefined) this.#byName.set(name, (histogram = new Histogram(this.#bounds)));
    histogram.observe(value);
  }

  get figures(): Readonly<Record<string, HistogramFigures>> {
    return Object.fromEntries([...this.#byName].map(([name, { figures }]) => [name, figures]));
  }
}
