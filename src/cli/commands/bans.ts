/** `keepalivectl bans`: who is banned by a connection_limit; ban and release clients. */
import type { BanChange, BanList } from '../../process/limits/messages.ts';
import { formatBans } from '../bans-text.ts';
import { ask } from '../control/client.ts';
import { exitCodes, refuse } from '../control/exit-codes.ts';
import { jsonOption, socketOption } from '../control/options.ts';
import type { Subcommand } from '../subcommand.ts';

const limitOption = { type: 'string', requiresArg: true, describe: 'name of a connection_limit' } as const;

/** `time` in seconds. */
interface BanRequest {
  readonly action: 'list' | 'add' | 'remove';
  readonly client?: string;
  readonly limit?: string | undefined;
  readonly time?: number | undefined;
}

export const bans: Subcommand = (parser, finish) =>
  parser.command(
    'bans',
    'who is banned by a connection_limit, and why; ban and release clients',
    (command) =>
      command
        .option('socket', socketOption)
        .option('limit', limitOption)
        .option('json', jsonOption)
        .command(
          ['list', '$0'],
          'every ban with its reason and the time it has left',
          (list) => list,
          async ({ json, limit, socket }) => finish(await request(socket, json, { action: 'list', limit })),
        )
        .command(
          'add <client>',
          'ban an address or prefix',
          (add) =>
            add
              .positional('client', { type: 'string', demandOption: true, describe: 'address or prefix' })
              .option('time', {
                type: 'number',
                requiresArg: true,
                describe: 'seconds; 0: until it is removed (default: ban_time of the limit)',
              }),
          async ({ client, json, limit, socket, time }) =>
            finish(await request(socket, json, { action: 'add', client, limit, time })),
        )
        .command(
          'remove <client>',
          'release an address or prefix',
          (remove) => remove.positional('client', { type: 'string', demandOption: true, describe: 'as it is listed' }),
          async ({ client, json, limit, socket }) =>
            finish(await request(socket, json, { action: 'remove', client, limit })),
        ),
    () => undefined,
  );

async function request(socketPath: string, json: boolean, fields: BanRequest): Promise<number> {
  const answer = await ask(socketPath, { command: 'bans', ...fields });
  if (!answer.ok) return refuse(answer.error);
  if (json) process.stdout.write(`${JSON.stringify(answer.result, undefined, 2)}\n`);
  else if (fields.action === 'list') process.stdout.write(formatBans(answer.result as BanList));
  else {
    const what = fields.action === 'add' ? 'banned' : 'released';
    const { changed } = answer.result as BanChange;
    process.stdout.write(`${fields.client ?? ''} is ${what} (${changed.join(', ')})\n`);
  }
  return exitCodes.done;
}
