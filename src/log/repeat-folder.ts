/** Folds a line that comes again and again into one line with a count, so that a flapping peer cannot flood the log. */
import type { LogLevel } from '../core/events.ts';
import type { LogFields } from './log.ts';

/** How long a repeated line may wait for its count to be written. */
const longestWait = 10_000;

export type LineWriter = (level: LogLevel, message: string, fields?: LogFields) => void;

export class RepeatFolder {
  readonly #write: LineWriter;
  #level: LogLevel = 'info';
  #message: string | undefined;
  #repeats = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(write: LineWriter) {
    this.#write = write;
  }

  /** Writes the line, or counts it if it is the same as the one before. */
  line(level: LogLevel, message: string, fields?: LogFields): void {
    if (message === this.#message && level === this.#level) {
      this.#repeats++;
      this.#timer ??= setTimeout(() => this.flush(), longestWait).unref();
      return;
    }
    this.flush();
    this.#level = level;
    this.#message = message;
    this.#write(level, message, fields);
  }

  /** Writes the count of a line that repeated. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#repeats === 0) return;
    const times = this.#repeats === 1 ? '1 time' : `${this.#repeats} times`;
    this.#repeats = 0;
    this.#write(this.#level, `message repeated ${times}: [${this.#message ?? ''}]`);
  }
}
