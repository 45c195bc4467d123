/**
 * The system log over its datagram socket (RFC 3164 as syslog(3) writes it). The kernel holds few datagrams for a
 * receiver that is behind, so what does not fit waits in a bounded queue; a daemon that is restarted is found again.
 */
import type { LogLevel } from '../core/events.ts';
import { LineQueue, lostLinesMessage } from './line-queue.ts';
import type { LogRecord, LogSink } from './sink.ts';
import { syslogDate } from './timestamps.ts';

export type SyslogFacility = 'daemon' | 'user' | `local${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7}`;

/** What this sink needs of a unix datagram socket. */
export interface DatagramSender {
  /** @throws for a datagram that can never be sent. */
  send(data: Uint8Array): 'sent' | 'full' | 'unreachable';
  close(): void;
}

export interface SyslogIdentity {
  readonly ident: string;
  readonly pid: number;
  readonly facility: SyslogFacility;
}

/** Severities of syslog(3). */
const severities: Readonly<Record<LogLevel, number>> = { error: 3, warning: 4, notice: 5, info: 6, debug: 7 };
const queueLimit = 10_000;
/** The kernel holds as few as ten datagrams: come back soon while it moves, seldom while it stands. */
const shortestRetryWhenFull = 2;
const longestRetryWhenFull = 64;
const retryWhenAbsent = 1_000;
/** Receivers cut at 8 KiB or earlier; a configuration error that quotes a long line must not vanish for its length. */
const longestMessage = 4_096;

/** Code of a facility in its place of the priority (facility * 8). */
export function facilityCode(facility: SyslogFacility): number {
  if (facility === 'user') return 1 << 3;
  if (facility === 'daemon') return 3 << 3;
  return (16 + Number(facility.slice(5))) << 3;
}

/** One datagram: `<PRI>Mon dd hh:mm:ss ident[pid]: text`. */
export function syslogDatagram(identity: SyslogIdentity, level: LogLevel, message: string, time: number): string {
  const text = message.length > longestMessage ? `${message.slice(0, longestMessage - 3)}...` : message;
  return `<${facilityCode(identity.facility) + severities[level]}>${syslogDate(time)} ${identity.ident}[${identity.pid}]: ${text}`;
}

export class SyslogSink implements LogSink {
  readonly #identity: SyslogIdentity;
  readonly #open: () => DatagramSender;
  readonly #queue = new LineQueue(queueLimit);
  readonly #encoder = new TextEncoder();
  #socket: DatagramSender | undefined;
  #timer: NodeJS.Timeout | undefined;
  #retryWhenFull = shortestRetryWhenFull;
  #closed = false;
  #idle: (() => void) | undefined;

  constructor(identity: SyslogIdentity, open: () => DatagramSender) {
    this.#identity = identity;
    this.#open = open;
  }

  write(record: LogRecord): void {
    if (this.#closed) return;
    this.#queue.push(syslogDatagram(this.#identity, record.level, record.message, record.time));
    if (this.#timer === undefined) this.#drain();
  }

  reopen(): void {
    this.#closeSocket();
  }

  async close(timeout: number): Promise<void> {
    if (this.#queue.length > 0 && !this.#closed) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeout);
        this.#idle = () => {
          clearTimeout(timer);
          resolve();
        };
        this.#drain();
      });
    }
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#closeSocket();
  }

  #drain(): void {
    this.#retryWhenFull = Math.min(this.#retryWhenFull * 2, longestRetryWhenFull);
    for (let line = this.#queue.first(); line !== undefined; line = this.#queue.first()) {
      const outcome = this.#send(line);
      if (outcome === 'full' || outcome === 'unreachable') {
        this.#retryIn(outcome === 'full' ? this.#retryWhenFull : retryWhenAbsent);
        // Without a listener there is nothing to wait for at the end of the process.
        if (outcome === 'unreachable') this.#idle?.();
        return;
      }
      this.#retryWhenFull = shortestRetryWhenFull;
      this.#queue.removeFirst();
      if (outcome === 'impossible') this.#queue.lose(1);
    }
    this.#tellLost();
    this.#idle?.();
  }

  /** Tries once: if this line does not go out either, the next one that does brings the count. */
  #tellLost(): void {
    const lost = this.#queue.takeLost();
    if (lost === 0) return;
    const line = syslogDatagram(this.#identity, 'warning', lostLinesMessage(lost), Date.now());
    if (this.#send(line) !== 'sent') this.#queue.lose(lost);
  }

  #send(line: string): 'sent' | 'full' | 'unreachable' | 'impossible' {
    try {
      this.#socket ??= this.#open();
    } catch {
      return 'unreachable';
    }
    try {
      const outcome = this.#socket.send(this.#encoder.encode(line));
      if (outcome === 'unreachable') this.#closeSocket();
      return outcome;
    } catch {
      return 'impossible';
    }
  }

  #retryIn(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#drain();
    }, milliseconds).unref();
  }

  #closeSocket(): void {
    try {
      this.#socket?.close();
    } catch {
      // A socket that cannot be closed is not usable either.
    }
    this.#socket = undefined;
  }
}
