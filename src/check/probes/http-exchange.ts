/**
 * One HTTP request over its own connection, read until the server closes: a client small enough to be cheap two thousand
 * times a second, and bounded in time and octets whatever the server does.
 */
import { createHash, type Hash } from 'node:crypto';
import type net from 'node:net';
import { performance } from 'node:perf_hooks';
import tls from 'node:tls';
import type { Milliseconds } from '../../core/time.ts';
import { maximumBodyOctets, maximumHeaderOctets } from '../limits.ts';
import type { ProbePhase } from '../types.ts';
import { connectFailurePhase, connectTo, errorText, type ConnectionTarget } from './connection.ts';
import { headerLength, parseResponseHeader } from './http-message.ts';
import { checkCiphers } from './tls-client.ts';

export interface TlsOptions {
  readonly serverName?: string;
  /** What is shown to the server; absent: nothing. */
  readonly context?: tls.SecureContext;
  /** Ends with TLS' own goodbye instead of closing the connection under it. */
  readonly orderly?: boolean;
}

export interface HttpExchangeOptions {
  readonly target: ConnectionTarget;
  /** Present: TLS, with any certificate. */
  readonly tls?: TlsOptions;
  readonly request: string;
  /** For connection and TLS together, for the first octets, and for each further read. */
  readonly stepTimeout: Milliseconds;
  readonly wholeTimeout: Milliseconds;
  /** MD5 over the body, at most Content-Length octets of it. */
  readonly digest: boolean;
  /** Keep the body for a regular expression. */
  readonly keepBody: boolean;
  /** The connection stays open: the body ends with Content-Length. */
  readonly keepAlive?: boolean;
  /** The header as it came, with its empty line. */
  readonly onHeader?: (octets: Buffer) => void;
  /** Each piece of the body that counts for the digest. */
  readonly onBody?: (octets: Buffer) => void;
}

/** When what was reached, from the start. */
export interface ExchangeTimes {
  readonly connected?: Milliseconds;
  readonly secured?: Milliseconds;
  readonly firstOctet?: Milliseconds;
}

export interface HttpResponse {
  readonly status?: number;
  readonly contentLength?: number;
  /** Octets of body received, beyond Content-Length too. */
  readonly bodyOctets: number;
  /** 32 lower-case hexadecimal digits. */
  readonly digest?: string;
  readonly body?: Buffer;
}

export type HttpExchangeResult =
  | {
      readonly ok: true;
      readonly response: HttpResponse;
      readonly times: ExchangeTimes;
      readonly duration: Milliseconds;
    }
  | {
      readonly ok: false;
      readonly phase: ProbePhase;
      /** `timeout`: a step took too long; `empty`: the server closed before its header was complete. */
      readonly cause: 'error' | 'timeout' | 'whole-timeout' | 'empty' | 'limit';
      readonly detail: string;
      readonly times: ExchangeTimes;
      readonly duration: Milliseconds;
    };

type FailureCause = Extract<HttpExchangeResult, { ok: false }>['cause'];

/** setTimeout() takes no more; longer ones would fire at once. */
const longestTimer = 2 ** 31 - 1;

/** A server that does not take the goodbye is left after this time. */
const longestLeave: Milliseconds = 1000;

/** Says goodbye and closes when that has gone out. */
function takeLeave(socket: net.Socket | undefined): void {
  if (socket === undefined || socket.destroyed) return;
  const timer = setTimeout(() => socket.destroy(), longestLeave);
  socket.once('close', () => clearTimeout(timer));
  socket.end(() => socket.destroy());
}

/** Starts the exchange; `done` is called once, never from within, unless abort() came first. */
export class HttpExchange {
  readonly #options: HttpExchangeOptions;
  readonly #done: (result: HttpExchangeResult) => void;
  readonly #started = performance.now();
  readonly #wholeTimer: NodeJS.Timeout;
  readonly #stepTimer: NodeJS.Timeout;
  readonly #hash: Hash | undefined;
  readonly #keptBody: Buffer[] = [];
  #socket: net.Socket | undefined;
  #phase: ProbePhase = 'connect';
  #times: ExchangeTimes = {};
  /** Octets of a header that is not complete yet. */
  #header: Buffer | undefined;
  #status: number | undefined;
  #contentLength: number | undefined;
  #bodyOctets = 0;
  #finished = false;

  constructor(options: HttpExchangeOptions, done: (result: HttpExchangeResult) => void) {
    this.#options = options;
    this.#done = done;
    this.#hash = options.digest ? createHash('md5') : undefined;
    this.#wholeTimer = setTimeout(() => this.#wholeTimeout(), Math.min(options.wholeTimeout, longestTimer));
    this.#stepTimer = setTimeout(() => this.#stepTimeout(), Math.min(options.stepTimeout, longestTimer));
    try {
      this.#connect(connectTo(options.target));
    } catch (error) {
      setImmediate(() => this.#fail('setup', 'error', errorText(error)));
    }
  }

  /** Gives up; `done` will not be called. */
  abort(): void {
    if (!this.#finished) this.#release();
  }

  #connect(socket: net.Socket): void {
    this.#socket = socket;
    socket.on('error', (error) => this.#socketError(error));
    socket.once('connect', () => {
      this.#times = { connected: this.#elapsed() };
      if (this.#options.tls === undefined) this.#send(socket);
      else this.#secure(socket, this.#options.tls);
    });
  }

  /** TLS over the connection. What is checked is the service, not its certificate: any is good. */
  #secure(socket: net.Socket, { serverName, context }: TlsOptions): void {
    this.#phase = 'tls';
    const secured = tls.connect({
      socket,
      rejectUnauthorized: false,
      ...(context === undefined ? { ciphers: checkCiphers } : { secureContext: context }),
      ...(serverName === undefined ? {} : { servername: serverName }),
    });
    this.#socket = secured;
    secured.on('error', (error: Error) => this.#socketError(error));
    secured.once('close', () => {
      if (this.#phase === 'tls') this.#fail('tls', 'error', 'connection closed during the TLS handshake');
    });
    secured.once('secureConnect', () => {
      this.#times = { ...this.#times, secured: this.#elapsed() };
      this.#send(secured);
    });
  }

  #send(socket: net.Socket): void {
    this.#phase = 'headers';
    this.#stepTimer.refresh();
    socket.on('data', (chunk: Buffer) => this.#received(chunk));
    socket.once('end', () => this.#ended());
    socket.once('close', () => this.#ended());
    socket.write(this.#options.request, 'latin1');
  }

  #received(chunk: Buffer): void {
    if (this.#finished) return;
    this.#stepTimer.refresh();
    if (this.#times.firstOctet === undefined) this.#times = { ...this.#times, firstOctet: this.#elapsed() };
    if (this.#phase === 'body') this.#receivedBody(chunk);
    else this.#receivedHeader(chunk);
  }

  #receivedHeader(chunk: Buffer): void {
    const known = this.#header?.length ?? 0;
    const buffer = this.#header === undefined ? chunk : Buffer.concat([this.#header, chunk]);
    const length = headerLength(buffer, known);
    if ((length ?? buffer.length) > maximumHeaderOctets) {
      this.#fail('headers', 'limit', `header longer than ${maximumHeaderOctets / 1024} KiB`);
      return;
    }
    if (length === undefined) {
      this.#header = buffer;
      return;
    }
    this.#header = undefined;
    const header = buffer.subarray(0, length);
    const { status, contentLength } = parseResponseHeader(header);
    this.#status = status;
    this.#contentLength = contentLength;
    this.#phase = 'body';
    this.#options.onHeader?.(header);
    this.#receivedBody(buffer.subarray(length));
  }

  #receivedBody(chunk: Buffer): void {
    const limit = this.#contentLength ?? Number.POSITIVE_INFINITY;
    const counted = chunk.subarray(0, Math.max(0, Math.min(chunk.length, limit - this.#bodyOctets)));
    this.#bodyOctets += chunk.length;
    if (this.#bodyOctets > maximumBodyOctets) {
      this.#fail('body', 'limit', `body longer than ${maximumBodyOctets / 1024 / 1024} MiB`);
      return;
    }
    if (counted.length > 0) {
      this.#hash?.update(counted);
      this.#options.onBody?.(counted);
    }
    if (this.#options.keepBody && chunk.length > 0) this.#keptBody.push(chunk);
    if (this.#options.keepAlive === true && this.#bodyOctets >= limit) this.#ended();
  }

  /** The server closed, with or without TLS' own goodbye. */
  #ended(): void {
    if (this.#finished) return;
    if (this.#phase !== 'body') {
      const octets = this.#header?.length ?? 0;
      const what = octets === 0 ? 'no data received' : `header not complete after ${octets} octets`;
      this.#fail('headers', 'empty', `${what}, connection closed`);
      return;
    }
    const response: HttpResponse = {
      bodyOctets: this.#bodyOctets,
      ...(this.#status === undefined ? {} : { status: this.#status }),
      ...(this.#contentLength === undefined ? {} : { contentLength: this.#contentLength }),
      ...(this.#hash === undefined ? {} : { digest: this.#hash.digest('hex') }),
      ...(this.#options.keepBody ? { body: Buffer.concat(this.#keptBody) } : {}),
    };
    this.#finish({ ok: true, response, times: this.#times, duration: this.#elapsed() });
  }

  #socketError(error: Error): void {
    if (this.#phase === 'connect') this.#fail(connectFailurePhase(error), 'error', errorText(error));
    else this.#fail(this.#phase, 'error', errorText(error));
  }

  #stepTimeout(): void {
    const waitedFor = {
      setup: 'the connection',
      connect: 'the connection',
      tls: 'the TLS handshake',
      send: 'the request to be taken',
      headers: this.#times.firstOctet === undefined ? 'the first octet' : 'the rest of the header',
      body: `more of the body, ${this.#bodyOctets} octets came`,
      verdict: 'a verdict',
    }[this.#phase];
    this.#fail(
      this.#phase,
      'timeout',
      `no answer within ${this.#options.stepTimeout / 1000} s, waiting for ${waitedFor}`,
    );
  }

  #wholeTimeout(): void {
    const came = this.#phase === 'body' ? `, ${this.#bodyOctets} octets of body came` : '';
    const limit = this.#options.wholeTimeout / 1000;
    this.#fail(this.#phase, 'whole-timeout', `not finished within ${limit} s (limit of the whole check)${came}`);
  }

  #fail(phase: ProbePhase, cause: FailureCause, detail: string): void {
    this.#finish({ ok: false, phase, cause, detail, times: this.#times, duration: this.#elapsed() });
  }

  #finish(result: HttpExchangeResult): void {
    if (this.#finished) return;
    this.#release();
    this.#done(result);
  }

  #release(): void {
    this.#finished = true;
    clearTimeout(this.#wholeTimer);
    clearTimeout(this.#stepTimer);
    this.#keptBody.length = 0;
    const socket = this.#socket;
    if (this.#options.tls?.orderly === true && this.#times.secured !== undefined) takeLeave(socket);
    else socket?.destroy();
  }

  #elapsed(): Milliseconds {
    return performance.now() - this.#started;
  }
}
