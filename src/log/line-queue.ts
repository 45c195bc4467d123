/** A bounded queue of lines for a destination that may be behind: full means the newest line is lost and counted. */
export class LineQueue {
  readonly #limit: number;
  #lines: string[] = [];
  #lost = 0;

  /** @param limit most lines that wait. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get length(): number {
    return this.#lines.length;
  }

  push(line: string): void {
    if (this.#lines.length >= this.#limit) this.#lost++;
    else this.#lines.push(line);
  }

  /** The oldest line, left in place. */
  first(): string | undefined {
    return this.#lines[0];
  }

  removeFirst(): void {
    this.#lines.shift();
  }

  /** Takes all lines out. */
  takeAll(): string[] {
    const lines = this.#lines;
    this.#lines = [];
    return lines;
  }

  /** Counts lines that were taken out and could not be written. */
  lose(count: number): void {
    this.#lost += count;
  }

  /** The number of lines lost since the last call. */
  takeLost(): number {
    const lost = this.#lost;
    this.#lost = 0;
    return lost;
  }
}

/** The line that stands where lines are missing. */
export function lostLinesMessage(count: number): string {
  return `${count} log ${count === 1 ? 'line was' : 'lines were'} lost here: the destination of the log did not take them`;
}
