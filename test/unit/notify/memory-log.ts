import type { LogLevel } from '../../../src/core/events.ts';
import type { Log } from '../../../src/log/log.ts';

/** A log that keeps its lines: `level message`. */
export class MemoryLog implements Log {
  readonly lines: string[] = [];
  error = (message: string): void => this.write('error', message);
  warning = (message: string): void => this.write('warning', message);
  notice = (message: string): void => this.write('notice', message);
  info = (message: string): void => this.write('info', message);
  debug = (message: string): void => this.write('debug', message);
  write(level: LogLevel, message: string): void {
    this.lines.push(`${level} ${message}`);
  }
  reopen(): void {
    // Nothing to open.
  }
  room(): Promise<void> {
    return Promise.resolve();
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}
