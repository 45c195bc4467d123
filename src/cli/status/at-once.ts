/** `keepalivectl status` without a command-line library, where its words are plain. */
import { Unreachable } from '../control/client.ts';
import { exitCodes } from '../control/exit-codes.ts';
import { plainStatus } from './plain-arguments.ts';
import { runStatus } from './run.ts';

/** @returns exit status; undefined: the words are for the library */
export async function statusAtOnce(argv: readonly string[]): Promise<number | undefined> {
  const options = plainStatus(argv);
  if (options === undefined) return undefined;
  try {
    return await runStatus(options);
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    process.stderr.write(`keepalivectl: ${error.message}\n`);
    return exitCodes.unreachable;
  }
}
