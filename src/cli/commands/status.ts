/** `keepalivectl status`. */
import { ask } from '../control/client.ts';
import { exitCodes, refuse } from '../control/exit-codes.ts';
import { socketOption } from '../control/options.ts';
import { formatStatus } from '../status-text.ts';
import type { DaemonStatus } from '../status-text.ts';
import type { Subcommand } from '../subcommand.ts';

export const status: Subcommand = (parser, finish) =>
  parser.command(
    'status',
    'what every instance, service and server is doing, and why',
    (command) =>
      command
        .option('socket', socketOption)
        .option('json', { type: 'boolean', default: false, describe: 'everything, for programs' }),
    async ({ json, socket }) => finish(await show(socket, json)),
  );

async function show(socketPath: string, json: boolean): Promise<number> {
  const answer = await ask(socketPath, { command: 'status' });
  if (!answer.ok) return refuse(answer.error);
  process.stdout.write(
    json ? `${JSON.stringify(answer.result, undefined, 2)}\n` : formatStatus(answer.result as DaemonStatus),
  );
  return exitCodes.done;
}
