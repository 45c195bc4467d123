/**
 * One client of the control socket: lines come in, answers go out in their order. Whatever a client sends or does not read,
 * it costs a bounded amount of memory and nobody else's time.
 */
import type { Socket } from 'node:net';
import type { Caller } from './command.ts';
import { controlProtocolVersion, refused } from './protocol.ts';
import type { Answer, Part } from './protocol.ts';

/** Longest request line in characters; more is a client gone wrong. */
const longestRequest = 4096;
/** Requests that may wait for those before them; the rest stays in the socket. */
const mostWaiting = 64;
/** Octets of parts that a client may leave unread. */
const mostUnread = 4 * 1024 * 1024;
/** A client that says nothing, or takes nothing, for this long is let go, in milliseconds. */
const idleTimeout = 60_000;

export type Respond = (line: string, caller: Caller) => Promise<Answer>;

export class ClientConnection {
  readonly #socket: Socket;
  readonly #respond: Respond;
  readonly #gone = new AbortController();
  /** The beginning of a line whose end has not come yet. */
  #pending = '';
  readonly #waiting: string[] = [];
  #busy = false;
  #ended = false;

  /** @param socket of a server with `allowHalfOpen`: a client that has said all still gets its answers */
  constructor(socket: Socket, respond: Respond) {
    this.#socket = socket;
    this.#respond = respond;
    socket.setEncoding('utf8');
    socket.setTimeout(idleTimeout, () => socket.destroy());
    socket.on('data', (text: string) => this.#received(text));
    socket.on('end', () => {
      this.#ended = true;
      this.#gone.abort();
      if (!this.#busy) socket.end();
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#gone.abort());
  }

  close(): void {
    this.#gone.abort();
    this.#socket.destroy();
  }

  #received(text: string): void {
    const lines = (this.#pending + text).split('\n');
    this.#pending = lines.pop() ?? '';
    if (this.#pending.length > longestRequest) {
      this.#socket.destroy();
      return;
    }
    for (const line of lines) this.#waiting.push(line);
    if (this.#waiting.length > mostWaiting) this.#socket.pause();
    if (!this.#busy) void this.#work();
  }

  async #work(): Promise<void> {
    this.#busy = true;
    for (let line = this.#waiting.shift(); line !== undefined; line = this.#waiting.shift()) {
      // The time of a request is the daemon's, not the client's.
      this.#socket.setTimeout(0);
      const answer =
        line.length > longestRequest ? refused('the request is too long') : await this.#respond(line, this.#caller());
      this.#socket.setTimeout(idleTimeout);
      if (this.#socket.destroyed) break;
      await this.#write(answer);
    }
    this.#busy = false;
    if (this.#socket.destroyed) return;
    if (this.#ended) this.#socket.end();
    else this.#socket.resume();
  }

  #caller(): Caller {
    return {
      gone: this.#gone.signal,
      part: (value) => {
        if (this.#socket.destroyed) return;
        this.#socket.write(lineOf({ ok: true, part: value }));
        if (this.#socket.writableLength > mostUnread) this.close();
      },
      ready: () => this.#read(),
    };
  }

  /** The next request waits until this answer is read: one answer at a time is kept for a client. */
  async #write(answer: Answer): Promise<void> {
    if (!this.#socket.write(lineOf(answer))) await this.#read();
  }

  /** Settles in a later turn, when nothing is left that the client has not taken; or when it is gone. */
  async #read(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.#socket.destroyed || !this.#socket.writableNeedDrain) return;
    await new Promise<void>((resolve) => {
      const go = (): void => {
        this.#socket.off('drain', go).off('close', go);
        resolve();
      };
      this.#socket.on('drain', go).on('close', go);
    });
  }
}

function lineOf(content: Answer | Part): string {
  return `${JSON.stringify({ version: controlProtocolVersion, ...content })}\n`;
}
