/**
 * One HTTP request over its own connection, read until the server closes: a client small enough to be cheap two thousand
 * times a second, and bounded in time and octets whatever the server does.
 */
import { createHash, type Hash } from 'node:crypto';
import { now } from '../../kernel/clock.ts';
import type { SecureContext } from 'node:tls';
import type { Milliseconds } from '../../core/time.ts';
import { maximumBodyOctets, maximumHeaderOctets } from '../limits.ts';
import type { ProbeHandle, ProbePhase, ProbeStep } from '../types.ts';
import { TcpConnection, type TcpConnectionListener } from '../../kernel/tcp-connection.ts';
import { connectFailurePhase, errorText, tcpOptionsOf, type ConnectionTarget } from './connection.ts';
import { headerLength, parseResponseHeader } from './http-message.ts';
import { keptBodies, type KeptBodies } from './kept-bodies.ts';
import { Patience } from './patience.ts';
import type { TlsConnection } from './tls-connection.ts';

export interface TlsOptions {
  readonly serverName?: string | undefined;
  /** What is shown to the server; undefined: nothing. */
  readonly context?: SecureContext | undefined;
  /** Ends with TLS' own goodbye instead of closing the connection under it. */
  readonly orderly?: boolean;
}

export interface HttpExchangeOptions {
  readonly target: ConnectionTarget;
  /** Present: TLS, with any certificate. */
  readonly tls?: TlsOptions | undefined;
  readonly request: string;
  /** For connection and TLS together, for the first octets, and for each further read. */
  readonly stepTimeout: Milliseconds;
  readonly wholeTimeout: Milliseconds;
  /** MD5 over the body, at most Content-Length octets of it. */
  readonly digest: boolean;
  /** Keep the body for a regular expression. */
  readonly keepBody: boolean;
  /** Where room for it is asked for; default: that of all checks. */
  readonly room?: KeptBodies;
  /** The connection stays open: the body ends with Content-Length. */
  readonly keepAlive?: boolean;
  /** The header as it came, with its empty line. */
  readonly onHeader?: (octets: Buffer) => void;
  /** Each piece of the body that counts for the digest. */
  readonly onBody?: (octets: Buffer) => void;
}

export interface HttpResponse {
  readonly status: number | undefined;
  readonly contentLength: number | undefined;
  /** Octets of body received, beyond Content-Length too. */
  readonly bodyOctets: number;
  /** 32 lower-case hexadecimal digits. */
  readonly digest: string | undefined;
  readonly body: Buffer | undefined;
}

export type HttpExchangeResult =
  | {
      readonly ok: true;
      readonly response: HttpResponse;
      readonly steps: readonly ProbeStep[];
      readonly duration: Milliseconds;
    }
  | {
      readonly ok: false;
      readonly phase: ProbePhase;
      /** `timeout`: a step took too long; `empty`: the server closed before its header was complete. */
      readonly cause: 'error' | 'timeout' | 'whole-timeout' | 'empty' | 'limit';
      readonly detail: string;
      readonly steps: readonly ProbeStep[];
      readonly duration: Milliseconds;
    };

type FailureCause = Extract<HttpExchangeResult, { ok: false }>['cause'];

const requestBuffer = Buffer.allocUnsafeSlow(4096);

/** The octets of a request, in memory that the next one uses again if it is short. */
function latin1Octets(text: string): Buffer {
  if (text.length > requestBuffer.length) return Buffer.from(text, 'latin1');
  return requestBuffer.subarray(0, requestBuffer.write(text, 'latin1'));
}

/** Starts the exchange; `done` is called once, never from within, unless cancel() came first. */
export class HttpExchange implements TcpConnectionListener, ProbeHandle {
  readonly #options: HttpExchangeOptions;
  readonly #done: (result: HttpExchangeResult) => void;
  readonly #started = now();
  readonly #wholePatience: Patience<HttpExchange>;
  readonly #stepPatience: Patience<HttpExchange>;
  readonly #hash: Hash | undefined;
  #keptBody: Buffer[] | undefined;
  #keptOctets = 0;
  #connection: TcpConnection | TlsConnection | undefined;
  #phase: ProbePhase = 'connect';
  /** Milliseconds after the start; 0: not yet. */
  #connectedAfter = 0;
  #securedAfter = 0;
  #answeredAfter = 0;
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
    this.#wholePatience = new Patience<HttpExchange>(options.wholeTimeout, wholeTimeout, this);
    this.#stepPatience = new Patience<HttpExchange>(options.stepTimeout, stepTimeout, this);
    try {
      if (options.tls === undefined) this.#connection = new TcpConnection(tcpOptionsOf(options.target), this);
      else this.#connectTls(options.tls);
    } catch (error) {
      setImmediate(() => this.#fail('setup', 'error', errorText(error)));
    }
  }

  /** Most daemons check nothing over TLS; they need not load it. */
  #connectTls(options: TlsOptions): void {
    import('./tls-connection.ts')
      .then(({ TlsConnection }) => {
        if (!this.#finished) this.#connection = new TlsConnection(this.#options.target, options, this);
      })
      .catch((error: unknown) => this.#fail('setup', 'error', errorText(error)));
  }

  /** Gives up; `done` will not be called. */
  cancel(): void {
    if (!this.#finished) this.#release();
  }

  connected(): void {
    this.#connectedAfter = this.#elapsed();
    if (this.#options.tls === undefined) this.#send();
    else this.#phase = 'tls';
  }

  /** The TLS handshake is over. */
  secured(): void {
    this.#securedAfter = this.#elapsed();
    this.#send();
  }

  #send(): void {
    this.#phase = 'headers';
    this.#stepPatience.restart();
    this.#connection?.send(latin1Octets(this.#options.request));
  }

  received(octets: Buffer): void {
    if (this.#finished) return;
    this.#stepPatience.restart();
    if (this.#answeredAfter === 0) this.#answeredAfter = this.#elapsed();
    if (this.#phase === 'body') this.#receivedBody(octets);
    else this.#receivedHeader(octets);
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
      this.#header = known === 0 ? Buffer.from(buffer) : buffer;
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
    if (this.#options.keepBody && !this.#keep(chunk)) return;
    if (this.#options.keepAlive === true && this.#bodyOctets >= limit) this.ended();
  }

  /** False: the check has failed for lack of room. */
  #keep(chunk: Buffer): boolean {
    if (chunk.length === 0) return true;
    if (!this.#room.take(chunk.length, this.#keptOctets)) {
      this.#fail('body', 'limit', `bodies of all checks with regex together longer than ${this.#room.most} MiB`);
      return false;
    }
    this.#keptOctets += chunk.length;
    (this.#keptBody ??= []).push(Buffer.from(chunk));
    return true;
  }

  get #room(): KeptBodies {
    return this.#options.room ?? keptBodies;
  }

  /** The server closed, with or without TLS' own goodbye. */
  ended(): void {
    if (this.#finished) return;
    if (this.#phase === 'tls') {
      this.#fail('tls', 'error', 'connection closed during the TLS handshake');
      return;
    }
    if (this.#phase !== 'body') {
      const octets = this.#header?.length ?? 0;
      const what = octets === 0 ? 'no data received' : `header not complete after ${octets} octets`;
      this.#fail('headers', 'empty', `${what}, connection closed`);
      return;
    }
    const response: HttpResponse = {
      status: this.#status,
      contentLength: this.#contentLength,
      bodyOctets: this.#bodyOctets,
      digest: this.#hash?.digest('hex'),
      body: this.#options.keepBody ? Buffer.concat(this.#keptBody ?? []) : undefined,
    };
    this.#finish({ ok: true, response, steps: this.#steps(), duration: this.#elapsed() });
  }

  failed(error: Error): void {
    if (this.#phase === 'connect') this.#fail(connectFailurePhase(error), 'error', errorText(error));
    else this.#fail(this.#phase, 'error', errorText(error));
  }

  stepTimeout(): void {
    const waitedFor = {
      setup: 'the connection',
      connect: 'the connection',
      tls: 'the TLS handshake',
      send: 'the request to be taken',
      headers: this.#answeredAfter === 0 ? 'the first octet' : 'the rest of the header',
      body: `more of the body, ${this.#bodyOctets} octets came`,
      verdict: 'a verdict',
    }[this.#phase];
    this.#fail(
      this.#phase,
      'timeout',
      `no answer within ${this.#options.stepTimeout / 1000} s, waiting for ${waitedFor}`,
    );
  }

  wholeTimeout(): void {
    const came = this.#phase === 'body' ? `, ${this.#bodyOctets} octets of body came` : '';
    const limit = this.#options.wholeTimeout / 1000;
    this.#fail(this.#phase, 'whole-timeout', `not finished within ${limit} s (limit of the whole check)${came}`);
  }

  #fail(phase: ProbePhase, cause: FailureCause, detail: string): void {
    this.#finish({ ok: false, phase, cause, detail, steps: this.#steps(), duration: this.#elapsed() });
  }

  #finish(result: HttpExchangeResult): void {
    if (this.#finished) return;
    this.#release();
    this.#done(result);
  }

  #release(): void {
    this.#finished = true;
    this.#wholePatience.end();
    this.#stepPatience.end();
    this.#keptBody = undefined;
    this.#room.giveBack(this.#keptOctets);
    this.#keptOctets = 0;
    this.#connection?.close();
  }

  #steps(): ProbeStep[] {
    const steps = [
      { reached: 'connected', at: this.#connectedAfter },
      { reached: 'TLS', at: this.#securedAfter },
      { reached: 'first octet', at: this.#answeredAfter },
    ];
    return steps.filter(({ at }) => at > 0);
  }

  #elapsed(): Milliseconds {
    return now() - this.#started;
  }
}

function stepTimeout(exchange: HttpExchange): void {
  exchange.stepTimeout();
}

function wholeTimeout(exchange: HttpExchange): void {
  exchange.wholeTimeout();
}
