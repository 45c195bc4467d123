/** SMTP_CHECK: the dialogue of check/smtp-dialogue.ts over one connection, each step within the timeout. */
import type net from 'node:net';
import { performance } from 'node:perf_hooks';
import type { SmtpCheckerConfiguration } from '../../config/model.ts';
import { SmtpDialogue } from '../smtp-dialogue.ts';
import type { ProbeHandle, ProbePhase, ProbeResult } from '../types.ts';
import { connectFailurePhase, connectTo, errorText } from './connection.ts';

/** Starts one attempt; see Probe. */
export function startSmtpProbe(checker: SmtpCheckerConfiguration, done: (result: ProbeResult) => void): ProbeHandle {
  const attempt = new SmtpAttempt(checker, done);
  return { cancel: () => attempt.release() };
}

class SmtpAttempt {
  readonly #checker: SmtpCheckerConfiguration;
  readonly #done: (result: ProbeResult) => void;
  readonly #dialogue: SmtpDialogue;
  readonly #started = performance.now();
  #socket: net.Socket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #phase: ProbePhase = 'connect';
  #finished = false;

  constructor(checker: SmtpCheckerConfiguration, done: (result: ProbeResult) => void) {
    this.#checker = checker;
    this.#done = done;
    this.#dialogue = new SmtpDialogue(checker.heloName);
    this.#restartTimer();
    try {
      this.#converse(connectTo(checker));
    } catch (error) {
      // Never within start(): the engine has not finished handing the probe out.
      setImmediate(() => this.#fail(errorText(error), 'setup'));
    }
  }

  /** Gives up; nothing will be reported. */
  release(): void {
    this.#finished = true;
    clearTimeout(this.#timer);
    this.#socket?.destroy();
  }

  #converse(socket: net.Socket): void {
    this.#socket = socket;
    socket.once('connect', () => {
      this.#phase = 'body';
      this.#restartTimer();
    });
    socket.on('data', (octets) => this.#received(octets));
    socket.on('end', () => this.#fail(`connection closed before ${this.#dialogue.awaited}`));
    socket.on('error', (error) => {
      this.#fail(errorText(error), this.#phase === 'connect' ? connectFailurePhase(error) : this.#phase);
    });
  }

  #received(octets: Buffer): void {
    if (this.#finished) return;
    const reaction = this.#dialogue.receive(octets);
    switch (reaction.type) {
      case 'wait':
        return;
      case 'send':
        // The step is over: a server that is slow octet by octet gets no more time by that.
        this.#restartTimer();
        this.#socket?.write(reaction.text, 'latin1');
        return;
      case 'failed':
        this.#fail(reaction.detail, 'verdict');
        return;
      case 'passed':
        this.#finish({ ok: true, detail: 'greeting, HELO and QUIT answered', duration: this.#elapsed() });
    }
  }

  #restartTimer(): void {
    clearTimeout(this.#timer);
    const { connectTimeout } = this.#checker;
    this.#timer = setTimeout(() => {
      const awaited = this.#phase === 'connect' ? 'the connection' : this.#dialogue.awaited;
      this.#fail(`no sign of ${awaited} within ${connectTimeout / 1000} s`);
    }, connectTimeout);
  }

  #fail(detail: string, phase = this.#phase): void {
    this.#finish({ ok: false, phase, detail, duration: this.#elapsed() });
  }

  #finish(result: ProbeResult): void {
    if (this.#finished) return;
    this.release();
    this.#done(result);
  }

  #elapsed(): number {
    return performance.now() - this.#started;
  }
}
