/**
 * Standard error and log files. Both can block (a pipe whose reader stopped, a network file system), so writing is left
 * to the thread pool, one write at a time, from a bounded queue.
 */
import { close, closeSync, constants, openSync, write } from 'node:fs';
import { LineQueue, lostLinesMessage } from './line-queue.ts';
import type { LogRecord, LogSink } from './sink.ts';
import { consoleDate } from './timestamps.ts';

/** Lines that may wait for a slow reader. */
const queueLimit = 10_000;
/** How long a destination that failed is left alone. */
const retryAfterFailure = 1_000;
const retryWhenFull = 20;

/** Opens a log file for appending: no symbolic link is followed, others than the owner cannot read it. */
export function openLogFile(path: string): number {
  return openSync(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
}

export interface FileSinkOptions {
  readonly structured: boolean;
  /** The descriptor is ours to close. */
  readonly close: boolean;
}

export class FileSink implements LogSink {
  readonly #open: () => number;
  readonly #options: FileSinkOptions;
  readonly #queue = new LineQueue(queueLimit);
  #descriptor: number | undefined;
  #writing = false;
  #closed = false;
  #timer: NodeJS.Timeout | undefined;
  #reopenWanted = false;
  #idle: (() => void) | undefined;

  /** @param open gives a descriptor, or throws; called again after a failure. */
  constructor(open: () => number, options: FileSinkOptions) {
    this.#open = open;
    this.#options = options;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  write(record: LogRecord): void {
    if (this.#closed) return;
    this.#queue.push(this.#options.structured ? record.json : `${consoleDate(record.time)}: ${record.message}\n`);
    this.#start();
  }

  reopen(): void {
    if (!this.#options.close) return;
    this.#reopenWanted = true;
    this.#start();
  }

  async close(timeout: number): Promise<void> {
    if (this.#writing || this.#queue.length > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeout);
        this.#idle = () => {
          clearTimeout(timer);
          resolve();
        };
        // A pause after a failure ends here: this is the last chance.
        if (!this.#writing) this.#endPause();
        this.#start();
      });
    }
    this.#closed = true;
    this.#endPause();
    // With a write still in flight the descriptor stays: closing it now could hand its number to somebody else.
    if (!this.#writing) this.#closeDescriptor();
  }

  #start(): void {
    if (this.#writing || this.#closed || this.#timer !== undefined) return;
    if (this.#reopenWanted) {
      this.#reopenWanted = false;
      this.#closeDescriptor();
    }
    if (this.#queue.length === 0) {
      this.#idle?.();
      return;
    }
    if (this.#descriptor === undefined) {
      try {
        this.#descriptor = this.#open();
      } catch {
        this.#pause(retryAfterFailure);
        this.#idle?.();
        return;
      }
    }
    const lost = this.#queue.takeLost();
    const lines = this.#queue.takeAll();
    if (lost > 0) lines.push(this.#lostLine(lost));
    this.#writing = true;
    this.#writeAll(this.#descriptor, Buffer.from(lines.join('')), lines.length);
  }

  #writeAll(descriptor: number, data: Buffer, lines: number): void {
    write(descriptor, data, 0, data.length, null, (error, written) => {
      if (error?.code === 'EAGAIN') {
        // Somebody made the descriptor non-blocking and the reader is behind.
        this.#timer = setTimeout(() => {
          this.#timer = undefined;
          this.#writeAll(descriptor, data, lines);
        }, retryWhenFull).unref();
        return;
      }
      if (error === null && written < data.length) {
        this.#writeAll(descriptor, data.subarray(written), lines);
        return;
      }
      this.#writing = false;
      if (error !== null) {
        this.#queue.lose(lines);
        this.#closeDescriptor();
        this.#pause(retryAfterFailure);
        // Nothing waits for a destination that fails while we are leaving.
        this.#idle?.();
        return;
      }
      this.#start();
    });
  }

  #lostLine(lost: number): string {
    const message = lostLinesMessage(lost);
    return this.#options.structured
      ? `${JSON.stringify({ level: 'warning', msg: message })}\n`
      : `${consoleDate(Date.now())}: ${message}\n`;
  }

  #pause(milliseconds: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#start();
    }, milliseconds).unref();
  }

  #endPause(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #closeDescriptor(): void {
    const descriptor = this.#descriptor;
    this.#descriptor = undefined;
    if (descriptor === undefined || !this.#options.close) return;
    if (this.#closed) {
      try {
        closeSync(descriptor);
      } catch {
        // It was not usable any more.
      }
    } else close(descriptor, () => undefined);
  }
}
