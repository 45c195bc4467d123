/** SMTP_CHECK: the dialogue of check/smtp-dialogue.ts over one connection, each step within the timeout. */
import { now } from '../../kernel/clock.ts';
import type { SmtpCheckerConfiguration } from '../../config/model.ts';
import { TcpConnection, type TcpConnectionListener } from '../../kernel/tcp-connection.ts';
import { SmtpDialogue } from '../smtp-dialogue.ts';
import type { ProbeHandle, ProbePhase, ProbeResult, ProbeStep } from '../types.ts';
import { connectFailurePhase, errorText, tcpOptionsOf } from './connection.ts';
import { Patience } from './patience.ts';

/** Starts one attempt; see Probe. */
export function startSmtpProbe(checker: SmtpCheckerConfiguration, done: (result: ProbeResult) => void): ProbeHandle {
  return new SmtpAttempt(checker, done);
}

class SmtpAttempt implements TcpConnectionListener, ProbeHandle {
  readonly #checker: SmtpCheckerConfiguration;
  readonly #done: (result: ProbeResult) => void;
  readonly #dialogue: SmtpDialogue;
  readonly #started = now();
  readonly #connection: TcpConnection | undefined;
  readonly #patience: Patience<SmtpAttempt>;
  #phase: ProbePhase = 'connect';
  readonly #steps: ProbeStep[] = [];
  #finished = false;

  constructor(checker: SmtpCheckerConfiguration, done: (result: ProbeResult) => void) {
    this.#checker = checker;
    this.#done = done;
    this.#dialogue = new SmtpDialogue(checker.heloName);
    this.#patience = new Patience<SmtpAttempt>(checker.connectTimeout, timedOut, this);
    try {
      this.#connection = new TcpConnection(tcpOptionsOf(checker), this);
    } catch (error) {
      // Never within start(): the engine has not finished handing the probe out.
      setImmediate(() => this.#fail(errorText(error), 'setup'));
    }
  }

  /** Gives up; nothing will be reported. */
  cancel(): void {
    this.#finished = true;
    this.#patience.end();
    this.#connection?.close();
  }

  connected(): void {
    this.#reached('connected');
    this.#phase = 'body';
    this.#patience.restart();
  }

  ended(): void {
    this.#fail(`connection closed before ${this.#dialogue.awaited}`);
  }

  failed(error: Error): void {
    this.#fail(errorText(error), this.#phase === 'connect' ? connectFailurePhase(error) : this.#phase);
  }

  received(octets: Buffer): void {
    if (this.#finished) return;
    const { awaited } = this.#dialogue;
    const reaction = this.#dialogue.receive(octets);
    switch (reaction.type) {
      case 'wait':
        return;
      case 'send':
        // The step is over: a server that is slow octet by octet gets no more time by that.
        this.#reached(awaited);
        this.#patience.restart();
        this.#connection?.send(Buffer.from(reaction.text, 'latin1'));
        return;
      case 'failed':
        this.#fail(reaction.detail, 'verdict');
        return;
      case 'passed':
        this.#finish({ ok: true, detail: 'greeting, HELO and QUIT answered', duration: this.#elapsed() });
    }
  }

  timedOut(): void {
    const awaited = this.#phase === 'connect' ? 'the connection' : this.#dialogue.awaited;
    this.#fail(`no sign of ${awaited} within ${this.#checker.connectTimeout / 1000} s`);
  }

  #fail(detail: string, phase = this.#phase): void {
    this.#finish({ ok: false, phase, detail, duration: this.#elapsed(), steps: this.#steps });
  }

  #finish(result: ProbeResult): void {
    if (this.#finished) return;
    this.cancel();
    this.#done(result);
  }

  #reached(reached: string): void {
    this.#steps.push({ reached, at: this.#elapsed() });
  }

  #elapsed(): number {
    return now() - this.#started;
  }
}

function timedOut(attempt: SmtpAttempt): void {
  attempt.timedOut();
}
