/** A command of keepalivectl: a file of `commands/` that adds itself to the parser, and a line in keepalivectl.ts. */
import type { Argv } from 'yargs';

/**
 * Adds the command.
 * @param finish takes the exit status of what was carried out
 */
export type Subcommand = (parser: Argv, finish: (exitCode: number) => void) => Argv;
