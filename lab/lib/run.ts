/** Starting programs: short ones that are waited for, long ones that are watched and ended by their own process id. */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import type { CleanUp } from './clean-up.ts';
import { nowMs } from './clock.ts';
import { LabError } from './errors.ts';

export interface RunOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds; 30 s unless given. */
  readonly timeout?: number;
  /** Exit codes that are no error; 0 alone unless given, 'any' for all. */
  readonly accept?: readonly number[] | 'any';
}

export interface RunResult {
  /** Exit code; 128 + signal number when a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const toolPath = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin:/usr/bin:/bin`;

function shellWords(command: string, args: readonly string[]): string {
  return [command, ...args].join(' ');
}

/**
 * Runs a program to its end and returns what it printed.
 * @throws LabError when it cannot be started, runs too long, or ends with a code that is not accepted.
 */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const { input, env, timeout = 30_000, accept = [0] } = options;
  const child = spawn(command, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, PATH: toolPath, ...env },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  // A program that does not read its input closes the pipe early; its exit code tells the rest.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input ?? '');
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill('SIGKILL');
  }, timeout);
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', (error) => {
      reject(new LabError(`Cannot start ${command}: ${error.message}.`));
    });
    child.on('close', (status, signal) => {
      resolve(exitCode(status, signal));
    });
  }).finally(() => {
    clearTimeout(timer);
  });
  const said = output.stderr.trim() || output.stdout.trim();
  if (late) throw new LabError(`${shellWords(command, args)} ran longer than ${timeout / 1000} s. ${said}`);
  if (accept !== 'any' && !accept.includes(code)) {
    throw new LabError(`${shellWords(command, args)} ended with ${code}: ${said}`);
  }
  return { code, ...output };
}

function exitCode(status: number | null, signal: NodeJS.Signals | null): number {
  if (status !== null) return status;
  return signal === 'SIGKILL' ? 137 : 143;
}

/** One line a program printed, with the time it arrived (epoch milliseconds). */
export interface TimedLine {
  readonly time: number;
  readonly text: string;
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly onLine?: (line: TimedLine) => void;
  /** Lines of standard output only, not of standard error. */
  readonly onOutput?: (text: string) => void;
}

/** A program that keeps running. */
export class Running {
  readonly name: string;
  readonly pid: number;
  readonly lines: TimedLine[] = [];
  /** Resolves with the exit code. */
  readonly ended: Promise<number>;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  #code: number | undefined;

  constructor(name: string, child: ChildProcessByStdio<Writable, Readable, Readable>, options: StartOptions) {
    this.name = name;
    this.#child = child;
    this.pid = child.pid ?? 0;
    child.stdin.on('error', () => undefined);
    const note = (text: string): void => {
      const line = { time: nowMs(), text };
      this.lines.push(line);
      options.onLine?.(line);
    };
    onLines(child.stdout, (text) => {
      note(text);
      options.onOutput?.(text);
    });
    onLines(child.stderr, note);
    this.ended = new Promise((resolve) => {
      child.on('error', (error) => {
        note(`cannot start: ${error.message}`);
        resolve(127);
      });
      child.on('close', (status, signal) => {
        resolve(exitCode(status, signal));
      });
    }).then((code) => (this.#code = code as number));
  }

  /** Exit code, or undefined while it runs. */
  get code(): number | undefined {
    return this.#code;
  }

  write(text: string): void {
    this.#child.stdin.write(text);
  }

  closeInput(): void {
    this.#child.stdin.end();
  }

  signal(signal: NodeJS.Signals | number): void {
    if (this.#code === undefined && this.pid > 0) killQuietly(this.pid, signal);
  }

  /** Asks it to end with `signal`; after `grace` milliseconds kills it and all that descend from it. */
  async stop(signal: NodeJS.Signals = 'SIGTERM', grace = 8_000): Promise<number> {
    this.signal(signal);
    if (await this.endsWithin(grace)) return this.ended;
    this.kill();
    return this.ended;
  }

  async endsWithin(ms: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => {
        resolve(this.#code !== undefined);
      }, ms);
    });
    return Promise.race([this.ended.then(() => true), late]).finally(() => {
      clearTimeout(timer);
    });
  }

  /** Ends it and all that descend from it at once, as a power failure does: none of them runs another instruction of its own. */
  kill(): void {
    if (this.#code !== undefined || this.pid === 0) return;
    killQuietly(this.pid, 'SIGSTOP');
    for (const pid of descendants(this.pid).reverse()) killQuietly(pid, 'SIGKILL');
    killQuietly(this.pid, 'SIGKILL');
  }
}

function onLines(stream: Readable, take: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) take(part.replace(/\r$/, ''));
  });
  stream.on('end', () => {
    if (rest !== '') take(rest);
  });
}

function killQuietly(pid: number, signal: NodeJS.Signals | number): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone already.
  }
}

/** Process ids of all that descend from `pid`, parents before children. */
export function descendants(pid: number): number[] {
  let children: number[];
  try {
    children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
  return children.flatMap((child) => [child, ...descendants(child)]);
}

/** Starts a program that keeps running; the clean-up ends it. */
export function start(
  cleanUp: CleanUp,
  name: string,
  command: string,
  args: readonly string[],
  options: StartOptions = {},
): Running {
  const child = spawn(command, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, PATH: toolPath, ...options.env },
  });
  const running = new Running(name, child, options);
  cleanUp.add(`stop ${name}`, async () => {
    running.signal('SIGCONT');
    await running.stop('SIGTERM', 3_000);
  });
  return running;
}
