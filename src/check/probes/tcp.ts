/** TCP_CHECK: the connection comes up within the timeout. */
import { now } from '../../kernel/clock.ts';
import type { TcpCheckerConfiguration } from '../../config/model.ts';
import { TcpConnection, type TcpConnectionListener } from '../../kernel/tcp-connection.ts';
import type { ProbeHandle, ProbePhase, ProbeResult } from '../types.ts';
import { connectFailurePhase, errorText, tcpOptionsOf } from './connection.ts';
import { Patience } from './patience.ts';

/** Starts one attempt; see Probe. */
export function startTcpProbe(checker: TcpCheckerConfiguration, done: (result: ProbeResult) => void): ProbeHandle {
  return new TcpAttempt(checker, done);
}

class TcpAttempt implements TcpConnectionListener, ProbeHandle {
  readonly #checker: TcpCheckerConfiguration;
  readonly #done: (result: ProbeResult) => void;
  readonly #started = now();
  readonly #patience: Patience<TcpAttempt>;
  readonly #connection: TcpConnection | undefined;
  #finished = false;

  constructor(checker: TcpCheckerConfiguration, done: (result: ProbeResult) => void) {
    this.#checker = checker;
    this.#done = done;
    this.#patience = new Patience<TcpAttempt>(checker.connectTimeout, timedOut, this);
    try {
      this.#connection = new TcpConnection(tcpOptionsOf(checker), this);
    } catch (error) {
      // Never within start(): the engine has not finished handing the probe out.
      setImmediate(() => this.#fail('setup', errorText(error)));
    }
  }

  cancel(): void {
    this.#finished = true;
    this.#patience.end();
    this.#connection?.close();
  }

  connected(): void {
    this.#finish({ ok: true, detail: 'connected', duration: now() - this.#started });
  }

  failed(error: Error): void {
    this.#fail(connectFailurePhase(error), errorText(error));
  }

  /** Nothing is asked of the server, and the connection is closed before it could say anything. */
  received(): void {}

  ended(): void {}

  timedOut(): void {
    this.#fail('connect', `no answer within ${this.#checker.connectTimeout / 1000} s`);
  }

  #fail(phase: ProbePhase, detail: string): void {
    this.#finish({ ok: false, phase, detail, duration: now() - this.#started });
  }

  #finish(result: ProbeResult): void {
    if (this.#finished) return;
    this.cancel();
    this.#done(result);
  }
}

function timedOut(attempt: TcpAttempt): void {
  attempt.timedOut();
}
