/** A destination of log lines. */
import type { LogFields, LogLevel } from '../core/events.ts';

export type { LogFields };

export interface LogRecord {
  readonly level: LogLevel;
  /** One line, secrets masked. */
  readonly message: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Facts for machines, where the message has some. */
  readonly fields?: LogFields;
  /** The whole record as one JSON object with its newline; empty where nobody writes it (LogOptions.structured). */
  readonly json: string;
}

export interface LogSink {
  /** Lines that wait for the destination. */
  readonly waiting: number;
  /** Takes a line. Never waits, never throws. */
  write(record: LogRecord): void;
  /** Opens the destination anew, if that means anything to it. */
  reopen(): void;
  /** Writes what is queued, for at most `timeout` milliseconds. Lines after it are dropped. */
  close(timeout: number): Promise<void>;
}

/** pino's numbers for syslog's words: a higher number is more severe. */
export const pinoLevels = { error: 50, warning: 40, notice: 35, info: 30, debug: 20 } as const;
