/** One running daemon in a namespace. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Contender } from './contenders.ts';
import type { Namespace } from './namespace.ts';
import { crash, family, signal } from './processes.ts';

export class Daemon implements AsyncDisposable {
  readonly pid: number;
  /** Wall clock in milliseconds just before the process was made. */
  readonly startedAt: number;
  readonly #process: ChildProcess;
  readonly #logFile: string;

  private constructor(daemon: ChildProcess, startedAt: number, logFile: string) {
    if (daemon.pid === undefined) throw new Error('the daemon could not be started');
    this.pid = daemon.pid;
    this.#process = daemon;
    this.startedAt = startedAt;
    this.#logFile = logFile;
  }

  /** Starts `contender` in the foreground with its log in `logFile`: a file, so that nobody has to read in time. */
  static start(contender: Contender, namespace: Namespace, configuration: string, logFile: string): Daemon {
    const log = openSync(logFile, 'w');
    try {
      const [program, ...rest] = namespace.prefix;
      const words = [contender.binary, '-n', '-l', '-D', '-G', '-P', '-f', configuration];
      const startedAt = performance.timeOrigin + performance.now();
      const daemon = spawn(program ?? '', [...rest, ...words], { stdio: ['ignore', log, log] });
      daemon.once('error', () => undefined);
      return new Daemon(daemon, startedAt, logFile);
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
   * @throws Error with the end of the log after `limit` milliseconds, or at once when the daemon has ended
   */
  async logged(phrase: string, limit = 15_000): Promise<void> {
    const deadline = performance.now() + limit;
    while (!this.log.includes(phrase)) {
      const reason = this.#ended ? 'ended' : performance.now() > deadline ? 'went on' : undefined;
      if (reason !== undefined) throw new Error(`the daemon ${reason} without logging "${phrase}":\n${this.logEnd()}`);
      await sleep(10);
    }
  }

  logEnd(): string {
    return this.log.trim().split('\n').slice(-12).join('\n');
  }

  signal(name: NodeJS.Signals): void {
    if (!this.#ended) signal(this.pid, name);
  }

  /** Ends all its processes at once; none can say good-bye. */
  async crash(): Promise<void> {
    if (this.#ended) return;
    const ended = once(this.#process, 'exit');
    crash(this.pid);
    await ended;
  }

  /** Stops it in good order; crashes it after `limit` milliseconds. */
  async stop(limit = 10_000): Promise<void> {
    if (this.#ended) return;
    const members = family(this.pid);
    const ended = once(this.#process, 'exit');
    this.signal('SIGTERM');
    const timer = setTimeout(() => crash(this.pid), limit);
    await ended;
    clearTimeout(timer);
    // A child that outlived its parent would disturb the next run. All have the same ancestor, so these are ours.
    for (const pid of members.slice(1)) signal(pid, 'SIGKILL');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.crash();
  }
}
