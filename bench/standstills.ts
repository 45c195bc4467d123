/**
 * Moments at which a processor of this machine stood still: a virtual machine's does when its host has no time for it. Who
 * judges a daemon by milliseconds has to know of them; nothing that runs on the machine can do anything about it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { compile } from './checked-servers.ts';
import { BenchError } from './contenders.ts';
import type { Bench } from './measurement.ts';

export interface Standstill {
  /** When it went on, milliseconds since 1970. */
  readonly ended: number;
  readonly processor: number;
  /** Milliseconds. */
  readonly length: number;
}

export class Standstills implements AsyncDisposable {
  readonly all: Standstill[] = [];
  readonly #end: () => Promise<void>;

  private constructor(program: string, shortest: number) {
    const watch = spawn(program, [String(shortest)], { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = createInterface({ input: watch.stdout });
    lines.on('line', (line) => {
      const [ended = NaN, processor = NaN, length = NaN] = line.split(' ').map(Number);
      this.all.push({ ended, processor, length });
    });
    this.#end = async () => {
      if (watch.exitCode !== null || watch.signalCode !== null) return;
      const ended = once(watch, 'exit');
      watch.kill('SIGKILL');
      await ended;
    };
  }

  /**
   * Watches until the end of the scope.
   * @param shortest what is shorter is none, in milliseconds
   * @throws BenchError without a compiler
   */
  static watch(bench: Bench, shortest: number): Standstills {
    try {
      return new Standstills(compile(bench, 'standstills', ['-pthread']), shortest);
    } catch (error) {
      throw new BenchError(`bench/programs/standstills.c cannot be compiled: ${(error as Error).message}`);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#end();
  }
}
