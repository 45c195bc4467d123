/** keepalivectl: asks the running daemon over its control socket; shows configurations and replays recordings without one. */
import yargs from 'yargs';
import { complaint, helpFor } from './complaint.ts';
import { bans } from './commands/bans.ts';
import { config } from './commands/config.ts';
import { doctor } from './commands/doctor.ts';
import { events } from './commands/events.ts';
import { hashPasswordCommand } from './commands/hash-password.ts';
import { realserver } from './commands/realserver.ts';
import { plan } from './commands/plan.ts';
import { reload } from './commands/reload.ts';
import { replay } from './commands/replay.ts';
import { server } from './commands/server.ts';
import { status } from './commands/status.ts';
import { vrrp } from './commands/vrrp.ts';
import { Unreachable } from './control/client.ts';
import { exitCodes } from './control/exit-codes.ts';
import type { Subcommand } from './subcommand.ts';
import { versionText } from './version.ts';

/** In the order of the help. */
const subcommands: readonly Subcommand[] = [
  status,
  reload,
  plan,
  events,
  server,
  vrrp,
  bans,
  doctor,
  realserver,
  config,
  replay,
  hashPasswordCommand,
];

/**
 * @param argv words behind the program's name
 * @returns exit status
 */
export async function keepalivectlMain(argv: readonly string[]): Promise<number> {
  let exitCode: number = exitCodes.done;
  let parser = yargs([...argv])
    .scriptName('keepalivectl')
    .usage(
      '$0 COMMAND [OPTIONS]\n\nAsks the running keepalived and tells it what to do; shows and formats configurations without it.',
    );
  for (const add of subcommands) parser = add(parser, (code) => (exitCode = code));
  parser = parser
    .command(
      'version',
      'print the version',
      (command) => command,
      () => {
        process.stdout.write(versionText());
      },
    )
    .demandCommand(1, 'Name a command.')
    .strict()
    .version(false)
    .help()
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? new Error(complaint(message, argv));
    });
  try {
    await parser.parseAsync();
  } catch (error) {
    process.stderr.write(`keepalivectl: ${(error as Error).message}\n`);
    if (!(error instanceof Unreachable)) process.stderr.write(`Try 'keepalivectl ${helpFor(argv)}--help'.\n`);
    return error instanceof Unreachable ? exitCodes.unreachable : exitCodes.refused;
  }
  return exitCode;
}
