/** `keepalivectl doctor`. */
import { topicNames } from '../../doctor/examine.ts';
import { configIdOption, fileOption } from '../control/options.ts';
import type { Subcommand } from '../subcommand.ts';

export const doctor: Subcommand = (parser, finish) =>
  parser.command(
    'doctor',
    'what makes this machine fail without a word, and what mends it; works with and without a running daemon',
    (command) =>
      command
        .option('file', fileOption)
        .option('config-id', configIdOption)
        .option('json', { type: 'boolean', default: false, describe: 'for programs' })
        .option('listen', {
          type: 'number',
          requiresArg: true,
          describe:
            'seconds to listen for other routers; 0: not at all (default: longer than a master is given up after)',
        })
        .option('only', {
          type: 'string',
          array: true,
          default: [],
          requiresArg: true,
          defaultDescription: 'all',
          describe: `only these topics: ${topicNames.join(', ')}`,
        })
        .option('verbose', { type: 'boolean', default: false, describe: 'what is well, too' })
        .option('fix', { type: 'boolean', default: false, describe: 'set settings of the kernel, asking before each' })
        .option('yes', { type: 'boolean', default: false, describe: 'with --fix: without asking' })
        .option('socket', {
          type: 'string',
          requiresArg: true,
          describe: 'control socket of the daemon (default: as the configuration says)',
        }),
    async (options) => {
      const { doctor: examine } = await import('../doctor.ts');
      finish(await examine(options));
    },
  );
