/** `keepalivectl status`. */
import { socketOption } from '../control/options.ts';
import { defaultWatch, parseSpan } from '../status/options.ts';
import { runStatus } from '../status/run.ts';
import type { Subcommand } from '../subcommand.ts';

export const status: Subcommand = (parser, finish) =>
  parser.command(
    'status [names..]',
    'what every instance, service and server is doing, and why',
    (command) =>
      command
        .positional('names', {
          type: 'string',
          array: true,
          default: [],
          describe: 'everything of these instances, groups, services, servers or sessions',
          defaultDescription: 'a line each',
        })
        .option('socket', socketOption)
        .option('json', { type: 'boolean', default: false, describe: 'everything, for programs' })
        .option('verbose', { alias: 'v', type: 'boolean', default: false, describe: 'everything, for people' })
        .option('watch', {
          alias: 'w',
          type: 'string',
          describe: `look again and again, every so many seconds (default: ${defaultWatch})`,
        })
        .option('ready', {
          type: 'boolean',
          default: false,
          describe: 'say only whether all checks have run and all instances have begun: exit 0, or 1 if not',
        })
        .option('wait', {
          type: 'string',
          requiresArg: true,
          describe: 'how long to wait until it is ready, such as 30s (default: not at all)',
        }),
    async ({ json, names, ready, socket, verbose, wait, watch }) => {
      const seconds = watch === undefined ? undefined : watch === '' ? defaultWatch : Number(watch);
      if (seconds !== undefined && !(seconds >= 0.1 && seconds <= 3600))
        throw new Error('--watch takes seconds, 0.1 to 3600');
      const patience = wait === undefined ? 0 : parseSpan(wait);
      if (patience === undefined) throw new Error('--wait takes a time such as 30s');
      const options = { socket, names, json, verbose, ready, wait: patience };
      finish(await runStatus(seconds === undefined ? options : { ...options, watch: seconds }));
    },
  );
