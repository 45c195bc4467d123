/** `keepalivectl reload`: waits for the outcome. */
import type { ReloadAnswer } from '../../control/commands/reload.ts';
import { ask } from '../control/client.ts';
import { exitCodes, refuse } from '../control/exit-codes.ts';
import { socketOption } from '../control/options.ts';
import { formatKept } from '../live-text.ts';
import type { Subcommand } from '../subcommand.ts';

export const reload: Subcommand = (parser, finish) =>
  parser.command(
    'reload',
    'read the configuration again and say whether it was applied',
    (command) => command.option('socket', socketOption),
    async ({ socket }) => finish(await reloadNow(socket)),
  );

async function reloadNow(socketPath: string): Promise<number> {
  const answer = await ask(socketPath, { command: 'reload' });
  if (!answer.ok) return refuse(answer.error);
  const outcome = answer.result as ReloadAnswer;
  if (outcome.outcome === 'applied') {
    process.stdout.write(
      `reloaded: ${outcome.summary === '' ? 'nothing changed' : outcome.summary}\n${formatKept(outcome.live)}`,
    );
    return exitCodes.done;
  }
  return refuse(
    `reload refused, the running configuration stays:\n${outcome.errors.map((line) => `  ${line}`).join('\n')}`,
  );
}
