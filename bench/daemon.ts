/** One running daemon in a namespace. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Contender } from './contenders.ts';
import { BenchError } from './contenders.ts';
import type { Namespace } from './namespace.ts';
import { crash, signal } from './processes.ts';

export class Daemon implements AsyncDisposable {
  readonly pid: number;
  /** Wall clock in milliseconds just before the process was made. */
  readonly startedAt: number;
  readonly #process: ChildProcess;
  readonly #contender: Contender;
  readonly #logFile: string;
  readonly #exit: Promise<unknown>;

  private constructor(contender: Contender, daemon: ChildProcess, startedAt: number, logFile: string) {
    if (daemon.pid === undefined) throw new BenchError(`${contender.binary} could not be started`);
    this.pid = daemon.pid;
    this.#contender = contender;
    this.#exit = once(daemon, 'exit');
    this.#process = daemon;
    this.startedAt = startedAt;
    this.#logFile = logFile;
  }

  /**
   * Starts `contender` in the foreground with its log in `logFile`: a file, so that nobody has to read in time.
   * @param only options that choose the processes; default: VRRP alone
   */
  static start(
    contender: Contender,
    namespace: Namespace,
    configuration: string,
    logFile: string,
    only: readonly string[] = ['-P'],
  ): Daemon {
    const log = openSync(logFile, 'w');
    try {
      const [program, ...rest] = namespace.prefix;
      const words = [contender.binary, '-n', '-l', '-D', '-G', ...only, '-f', configuration];
      const startedAt = performance.timeOrigin + performance.now();
      const daemon = spawn(program ?? '', [...rest, ...words], { stdio: ['ignore', log, log] });
      daemon.once('error', () => undefined);
      return new Daemon(contender, daemon, startedAt, logFile);
    } finally {
      closeSync(log);
    }
  }

  get log(): string {
    return readFileSync(this.#logFile, 'utf8');
  }

  get #ended(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  /**
   * Waits until the log holds `phrase`.
   * @throws BenchError after `limit` milliseconds, or at once when the daemon has ended
   */
  async logged(phrase: string, limit = 15_000): Promise<void> {
    const deadline = performance.now() + limit;
    while (!this.log.includes(phrase)) {
      if (this.#ended) throw new BenchError(`the daemon ended without logging "${phrase}"`);
      if (performance.now() > deadline) throw new BenchError(`the daemon did not log "${phrase}"`);
      await sleep(10);
    }
  }

  /**
   * Waits for something this daemon is to do, and for its end at the same time.
   * @throws BenchError with the end of its log if it ended or did not do it
   */
  async achieves<T>(something: Promise<T>): Promise<T> {
    // The loser of the race may fail later, when nobody listens any more.
    something.catch(() => undefined);
    const gone = this.#exit.then(() => Promise.reject(new BenchError('the daemon ended')));
    gone.catch(() => undefined);
    try {
      return await Promise.race([something, gone]);
    } catch (error) {
      if (!(error instanceof BenchError)) throw error;
      throw new BenchError(`${this.#contender.name}: ${error.message}. End of its log:\n${this.#logEnd()}`, {
        cause: error,
      });
    }
  }

  #logEnd(): string {
    return this.log.trim().split('\n').slice(-12).join('\n');
  }

  signal(name: NodeJS.Signals): void {
    if (!this.#ended) signal(this.pid, name);
  }

  /** Ends all its processes at once; none can say good-bye. */
  async crash(): Promise<void> {
    if (this.#ended) return;
    crash(this.pid);
    await this.#exit;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.crash();
  }
}
