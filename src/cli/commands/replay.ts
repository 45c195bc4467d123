/** `keepalivectl replay`: needs no daemon. */
import type { Subcommand } from '../subcommand.ts';

export const replay: Subcommand = (parser, finish) =>
  parser.command(
    'replay <file>',
    'step through a recording (keepalived --record FILE) and print each decision with its reason; needs no daemon',
    (command) =>
      command
        .positional('file', { type: 'string', demandOption: true, describe: 'the recording' })
        .option('from', {
          type: 'string',
          requiresArg: true,
          describe: 'print from here on: seconds since the beginning, or "2026-01-31 12:00:00" (UTC)',
        })
        .option('instance', { type: 'string', requiresArg: true, describe: 'print only what is about this instance' })
        .option('all', { type: 'boolean', default: false, describe: 'also steps in which nothing was decided' }),
    async ({ all, file, from, instance }) => {
      const { replay: play } = await import('../replay.ts');
      finish(
        play({
          all,
          file,
          ...(from !== undefined && { from }),
          ...(instance !== undefined && { instance }),
        }),
      );
    },
  );
