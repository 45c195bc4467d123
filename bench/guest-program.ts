/** Programs of bench/ that run in the guest kernel and leave their figures in a file. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CleanUp } from '../lab/lib/clean-up.ts';
import { runInGuest, type GuestOptions } from '../lab/lib/guest.ts';
import { BenchError } from './contenders.ts';
import type { Bench } from './measurement.ts';

/** Lines of a program that failed which are shown. */
const lastLines = 12;

/** Takes the program's words to src/ as it is, not bundled. */
export const fromSource = path.join(import.meta.dirname, '..', 'test', 'ipvs', 'programs', 'from-source.ts');

/**
 * Runs a program in a guest of its own.
 * @param name of the measurement, for people
 * @returns what it left in result.json
 * @throws BenchError with what it said last if it failed
 */
export async function resultFromGuest<Result>(
  bench: Bench,
  name: string,
  options: Omit<GuestOptions, 'onLine'>,
): Promise<Result> {
  const cleanUp = new CleanUp();
  const said: string[] = [];
  const onLine = (line: string): void => {
    said.push(line);
    bench.progress(line);
  };
  try {
    const { code, folder } = await runInGuest(cleanUp, { ...options, onLine });
    if (code === 0) return JSON.parse(readFileSync(path.join(folder, 'result.json'), 'utf8')) as Result;
    const end = said.slice(-lastLines).join('\n');
    throw new BenchError(`${name}: the program in the guest ended with ${code}. What it said last:\n${end}`);
  } finally {
    await cleanUp.run();
  }
}
