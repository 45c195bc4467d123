/** Tries again, ever more seldom, what needs a service of the machine, and logs each trouble once however often it is met. */
import type { Milliseconds } from '../core/time.ts';
import { RetryTimer } from '../kernel/retry-timer.ts';
import type { Log } from '../log/log.ts';

const firstDelay: Milliseconds = 1_000;
const longestDelay: Milliseconds = 30_000;

export class Reconnection {
  readonly #log: Log;
  readonly #subject: string;
  readonly #retry: RetryTimer;
  /** The trouble that the log knows of. */
  #trouble: string | undefined;
  #closed = false;

  /** @param subject begins every line of the log */
  constructor(subject: string, connect: () => void, log: Log) {
    this.#subject = subject;
    this.#retry = new RetryTimer(connect, firstDelay, longestDelay);
    this.#log = log;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Whether something is wrong that the log knows of. */
  get isTroubled(): boolean {
    return this.#trouble !== undefined;
  }

  /** Once for each trouble. */
  complain(trouble: string): void {
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    this.#log.warning(`${this.#subject}: ${trouble}`);
  }

  /** The other side answers: the next loss is tried again soon. */
  answered(): void {
    this.#retry.reset();
  }

  /** All is well again: the same trouble is told anew. */
  recovered(): void {
    this.answered();
    this.#trouble = undefined;
  }

  /** Complains and connects again after a while. */
  lost(trouble: string): void {
    if (this.#closed) return;
    this.complain(trouble);
    this.#retry.later();
  }

  close(): void {
    this.#closed = true;
    this.#retry.end();
  }
}
