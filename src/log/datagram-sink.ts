/**
 * A log daemon behind a unix datagram socket. The kernel holds few datagrams for a receiver that is behind, so what does
 * not fit waits in a bounded queue; a daemon that is restarted is found again.
 */
import { LineQueue, lostLinesMessage } from './line-queue.ts';
import type { LogRecord, LogSink } from './sink.ts';

/** What this sink needs of a unix datagram socket. */
export interface DatagramSender {
  /** @throws for a datagram that can never be sent. */
  send(data: Uint8Array): 'sent' | 'full' | 'unreachable';
  close(): void;
}

/** What a datagram is made of. */
export type DatagramRecord = Pick<LogRecord, 'level' | 'message' | 'time' | 'fields'>;

const queueLimit = 10_000;
/** The kernel holds as few as ten datagrams: come back soon while it moves, seldom while it stands. */
const shortestRetryWhenFull = 2;
const longestRetryWhenFull = 64;
const retryWhenAbsent = 1_000;

export class DatagramSink implements LogSink {
  readonly #encode: (record: DatagramRecord) => string;
  readonly #open: () => DatagramSender;
  readonly #queue = new LineQueue(queueLimit);
  readonly #encoder = new TextEncoder();
  #socket: DatagramSender | undefined;
  #timer: NodeJS.Timeout | undefined;
  #retryWhenFull = shortestRetryWhenFull;
  #closed = false;
  #idle: (() => void) | undefined;

  /** @param encode makes one datagram. @param open gives a socket, or throws; called again after a failure. */
  constructor(encode: (record: DatagramRecord) => string, open: () => DatagramSender) {
    this.#encode = encode;
    this.#open = open;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  write(record: LogRecord): void {
    if (this.#closed) return;
    this.#queue.push(this.#encode(record));
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
    const line = this.#encode({ level: 'warning', message: lostLinesMessage(lost), time: Date.now() });
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
