/** A program whose output is wanted, run to its end. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Milliseconds } from '../core/time.ts';

/** @throws Error with the exit status, when it failed or took longer than `timeout` */
export async function runProgram(file: string, words: readonly string[], timeout: Milliseconds): Promise<string> {
  // Not made once for all: few starts run one, and what it takes is loaded with the first (precompiled.ts).
  const { stdout } = await promisify(execFile)(file, words, { timeout });
  return stdout;
}
