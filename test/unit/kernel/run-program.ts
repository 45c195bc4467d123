/** Runs a program of the tests in a process of its own and talks to it. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

export interface RunningProgram {
  readonly child: ChildProcess;
  /** Waits for a line of standard output that starts with `text`. */
  line(text: string): Promise<string>;
  /** All lines so far. */
  readonly lines: string[];
  /** Waits for the end. */
  ended(): Promise<{ readonly code: number | null; readonly signal: string | null; readonly errors: string }>;
}

/** @param file path of the program; @param nodeOptions options before it */
export function runProgram(
  file: string,
  args: readonly string[] = [],
  nodeOptions: readonly string[] = [],
): RunningProgram {
  const child = spawn(process.execPath, [...nodeOptions, path.resolve(file), ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  let errors = '';
  let rest = '';
  child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
  child.stdout.on('data', (data: Buffer) => {
    const parts = (rest + data.toString()).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
    for (const check of waiting) check();
  });
  const closed = once(child, 'close') as Promise<[number | null, string | null]>;
  return {
    child,
    lines,
    line: (text) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          const found = lines.find((line) => line.startsWith(text));
          if (found === undefined) return;
          waiting.delete(check);
          resolve(found);
        };
        waiting.add(check);
        check();
        void closed.then(([code, signal]) => {
          check();
          reject(new Error(`ended (${code ?? signal}) without saying "${text}": ${lines.join(' | ')} ${errors}`));
        });
      }),
    ended: async () => {
      const [code, signal] = await closed;
      return { code, signal, errors };
    },
  };
}
