/** What the commands of this folder share: numbers among their options, what they found, how they end. */
import type { Contender } from './contenders.ts';
import { BenchError } from './contenders.ts';
import type { Finding } from './soak-findings.ts';

/**
 * Runs a command's body and sets the exit code it returns; 2 if it failed. What the person at the keyboard can mend is
 * one line, anything else comes with its stack.
 */
export async function runCommand(name: string, body: () => Promise<number>): Promise<void> {
  // Ctrl-C reaches the namespaces and daemons as well, and what it does not reach ends with this process.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  try {
    process.exitCode = await body();
  } catch (error) {
    // parseArgs throws TypeErrors with a code.
    const expected = error instanceof BenchError || (error instanceof TypeError && 'code' in error);
    const text = error instanceof Error ? (expected ? error.message : (error.stack ?? error.message)) : String(error);
    process.stderr.write(`${name}: ${text}\n`);
    process.exitCode = 2;
  }
}

/** The value of `--NAME`. @throws BenchError unless it is a number from 1 on */
export function wholeNumber(name: string, text: string | undefined, usual: number): number {
  const value = text === undefined ? usual : Number(text);
  if (!(Number.isInteger(value) && value > 0)) throw new BenchError(`--${name} wants a number from 1 on`);
  return value;
}

/** @param judged false: only shown, as the original's are */
export function printFindings(contender: Contender, findings: readonly Finding[], judged: boolean): void {
  const width = Math.max(...findings.map(({ what }) => what.length));
  process.stdout.write(`\n${contender.name}: ${contender.binary} (${contender.version})\n`);
  for (const { what, seen, wanted, met } of findings) {
    const verdict = judged ? `  ${met ? 'met' : 'MISSED'}` : '';
    process.stdout.write(`  ${what.padEnd(width)}  ${seen}  (${wanted})${verdict}\n`);
  }
}
