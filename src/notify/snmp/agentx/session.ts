/** One session with a master agent: from the connection to its end. Who has it opens the next one. */
import net from 'node:net';
import type { Milliseconds } from '../../../core/time.ts';
import type { Oid } from '../oid.ts';
import type { Variable } from '../value.ts';
import type { Subtree } from '../view.ts';
import type { MasterAddress } from './address.ts';
import {
  decodeMessage,
  encodeClose,
  encodeNotify,
  encodeOpen,
  encodePing,
  encodeRegister,
  encodeResponse,
  messageLength,
  type Header,
  type Received,
} from './codec.ts';
import { ERROR } from './constants.ts';
import { answerRequest } from './requests.ts';
import { SetTransactions, type SetTest } from './set-transactions.ts';

/** The master must answer within this time. */
const patience: Milliseconds = 10_000;
/** So long the master waits for an answer, in seconds: its own second is short when ten thousand services are read. */
const answerWithin = 5;
/** A master that hangs is noticed by the silence after a ping. */
const pingInterval: Milliseconds = 60_000;
/** A master that reads nothing for so long that this much waits is as good as lost. Octets. */
const largestBacklog = 4 << 20;

export interface SessionOptions {
  readonly master: MasterAddress;
  /** Of the agent, for the master's own table of agents. */
  readonly description: string;
  readonly subtrees: readonly Oid[];
  /** Reads what there is to know now. It may take a while; the master waits. */
  readonly answer: <T>(read: (view: Subtree) => T) => Promise<T>;
  /** Tests what somebody wants to set. */
  readonly testSet: SetTest;
  /** All subtrees are registered. */
  readonly ready: () => void;
  /** It is over, once, for this reason; undefined: close() was asked for. */
  readonly lost: (reason: string | undefined) => void;
}

export class AgentxSession {
  readonly #options: SessionOptions;
  readonly #socket: net.Socket;
  readonly #answers = new Map<number, (error: number) => void>();
  readonly #sets: SetTransactions;
  #waiting: Uint8Array = new Uint8Array();
  #sessionId = 0;
  #packetId = 0;
  #patience: NodeJS.Timeout | undefined;
  #pings: NodeJS.Timeout | undefined;
  #over = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#sets = new SetTransactions(options.testSet);
    this.#expectAnswer();
    this.#socket = net.connect({ ...options.master });
    this.#socket.on('connect', () => this.#begin());
    this.#socket.on('data', (octets: Uint8Array) => this.#received(octets));
    this.#socket.on('error', (error) => this.#end(error.message));
    this.#socket.on('close', () => this.#end('the master agent has closed the connection'));
  }

  /** Sends a notification; nobody hears it without a session. */
  notify(variables: readonly Variable[]): void {
    if (this.#sessionId !== 0) this.#ask((header) => encodeNotify(header, variables));
  }

  close(): void {
    if (this.#sessionId !== 0) this.#send(encodeClose(this.#header()));
    this.#end(undefined);
  }

  #begin(): void {
    // RFC 2741 section 7.1.1: the session's identifier is in the head of the answer.
    this.#ask(
      (header) => encodeOpen(header, this.#options.description, answerWithin),
      () => {
        let open = this.#options.subtrees.length;
        for (const subtree of this.#options.subtrees)
          this.#ask(
            (header) => encodeRegister(header, subtree),
            () => {
              if (--open === 0) this.#options.ready();
            },
          );
        this.#pings = setInterval(() => this.#ask(encodePing), pingInterval);
      },
    );
  }

  #header(): Header {
    this.#packetId = (this.#packetId + 1) >>> 0;
    return { sessionId: this.#sessionId, transactionId: 0, packetId: this.#packetId };
  }

  #ask(encode: (header: Header) => Uint8Array, then: () => void = () => undefined): void {
    const header = this.#header();
    this.#answers.set(header.packetId, (error) => {
      if (error === ERROR.none) then();
      else this.#end(`the master agent refuses with error ${error}`);
    });
    this.#expectAnswer();
    this.#send(encode(header));
  }

  #expectAnswer(): void {
    this.#patience ??= setTimeout(() => this.#end('the master agent does not answer'), patience);
  }

  #send(octets: Uint8Array): void {
    if (this.#over) return;
    this.#socket.write(octets);
    if (this.#socket.writableLength > largestBacklog) this.#end('the master agent reads nothing');
  }

  /** Messages come in a stream: several at once, or one in parts. */
  #received(octets: Uint8Array): void {
    this.#waiting = this.#waiting.length === 0 ? octets : Buffer.concat([this.#waiting, octets]);
    try {
      for (;;) {
        const length = messageLength(this.#waiting);
        if (this.#over || length === undefined || this.#waiting.length < length) return;
        const message = decodeMessage(this.#waiting.subarray(0, length));
        this.#waiting = this.#waiting.subarray(length);
        this.#handle(message);
      }
    } catch (error) {
      this.#end((error as Error).message);
    }
  }

  #handle(message: Received): void {
    switch (message.type) {
      case 'response': {
        if (this.#sessionId === 0) this.#sessionId = message.sessionId;
        const answered = this.#answers.get(message.packetId);
        this.#answers.delete(message.packetId);
        clearTimeout(this.#patience);
        this.#patience = undefined;
        // Where something is always under way, what counts is that answers come.
        if (this.#answers.size > 0) this.#expectAnswer();
        answered?.(message.error);
        return;
      }
      case 'get':
      case 'get-next':
      case 'get-bulk':
        void this.#answer(message);
        return;
      case 'test-set':
        this.#send(encodeResponse(message, this.#sets.test(message)));
        return;
      case 'commit-set':
        this.#send(encodeResponse(message, this.#sets.commit(message.transactionId)));
        return;
      case 'undo-set':
        this.#send(encodeResponse(message, this.#sets.undo(message.transactionId)));
        return;
      case 'cleanup-set':
        this.#sets.cleanUp(message.transactionId);
        return;
      case 'other-context':
        this.#send(encodeResponse(message, { error: ERROR.unsupportedContext }));
        return;
      case 'close':
        this.#end('the master agent has closed the session');
        return;
      case 'unknown':
        this.#send(encodeResponse(message, { error: ERROR.generic }));
    }
  }

  async #answer(message: Extract<Received, { type: 'get' | 'get-next' | 'get-bulk' }>): Promise<void> {
    try {
      const variables = await this.#options.answer((view) => answerRequest(message, view));
      this.#send(encodeResponse(message, { variables }));
    } catch {
      // What it is about is not known now: a process is being started again.
      this.#send(encodeResponse(message, { error: ERROR.generic, index: 1 }));
    }
  }

  #end(reason: string | undefined): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#patience);
    clearInterval(this.#pings);
    this.#answers.clear();
    if (reason === undefined) this.#socket.end();
    else this.#socket.destroy();
    this.#options.lost(reason);
  }
}
