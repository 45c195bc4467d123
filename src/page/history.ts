/**
 * The last minutes of many figures, in steps that all share: one ring of numbers a subject, all rings in one typed array,
 * so that 10,000 services cost what their numbers cost and nothing more.
 */

export interface HistoryLimits {
  /** Values kept of each subject. */
  readonly steps: number;
  /** Subjects beyond these have no history. */
  readonly mostSubjects: number;
}

export class History {
  readonly #limits: HistoryLimits;
  readonly #slots = new Map<string, number>();
  readonly #free: number[] = [];
  #values = new Float32Array(0);
  /** The step that was written last; all rings stand at the same place. */
  #cursor = -1;
  #written = 0;

  constructor(limits: HistoryLimits) {
    this.#limits = limits;
  }

  /** Octets of the numbers. */
  get octets(): number {
    return this.#values.byteLength;
  }

  get subjects(): number {
    return this.#slots.size;
  }

  /** One step: what each subject has now; `undefined` is a gap. Who is not named any more is forgotten. */
  record(samples: Iterable<readonly [subject: string, value: number | undefined]>): void {
    const { steps } = this.#limits;
    this.#cursor = (this.#cursor + 1) % steps;
    this.#written = Math.min(this.#written + 1, steps);
    const gone = new Set(this.#slots.keys());
    for (const [subject, value] of samples) {
      const slot = this.#slotOf(subject);
      if (slot === undefined) continue;
      gone.delete(subject);
      this.#values[slot * steps + this.#cursor] = value ?? NaN;
    }
    for (const subject of gone) {
      this.#free.push(this.#slots.get(subject) ?? 0);
      this.#slots.delete(subject);
    }
  }

  /** Oldest first, gaps as undefined; empty for whom nothing is known of. */
  of(subject: string): readonly (number | undefined)[] {
    const slot = this.#slots.get(subject);
    if (slot === undefined) return [];
    const { steps } = this.#limits;
    return Array.from({ length: this.#written }, (_, index) => {
      const step = (this.#cursor - this.#written + 1 + index + steps) % steps;
      const value = this.#values[slot * steps + step];
      return value === undefined || Number.isNaN(value) ? undefined : value;
    });
  }

  #slotOf(subject: string): number | undefined {
    const known = this.#slots.get(subject);
    if (known !== undefined) return known;
    if (this.#slots.size >= this.#limits.mostSubjects) return undefined;
    const { steps } = this.#limits;
    const slot = this.#free.pop() ?? this.#slots.size;
    this.#slots.set(subject, slot);
    if ((slot + 1) * steps > this.#values.length) {
      const places = Math.min(Math.max(16, slot * 2), this.#limits.mostSubjects);
      const grown = new Float32Array(places * steps);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values.fill(NaN, slot * steps, (slot + 1) * steps);
    return slot;
  }
}
