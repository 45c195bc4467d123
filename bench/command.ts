/** What both commands of this folder share: how they end. */
import { BenchError } from './contenders.ts';

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
