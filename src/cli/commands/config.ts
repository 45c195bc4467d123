/** `keepalivectl config show` and `config format`: need no daemon. */
import { configIdOption } from '../control/options.ts';
import type { Subcommand } from '../subcommand.ts';

export const config: Subcommand = (parser, finish) =>
  parser.command(
    'config',
    'show what a configuration means, or format its files; needs no daemon and no root',
    (command) =>
      command
        .command(
          'show [file]',
          'the effective configuration: every default filled in, and where each value comes from',
          (show) =>
            show
              .positional('file', { type: 'string', describe: 'main file (default: the one the daemon reads)' })
              .option('json', { type: 'boolean', default: false, describe: 'for programs' })
              .option('config-id', configIdOption)
              .option('show-secrets', { type: 'boolean', default: false, describe: 'passwords and keys too' }),
          async (options) => {
            const { configShow } = await import('../config-show.ts');
            finish(configShow(options));
          },
        )
        .command(
          'format <files..>',
          'rewrite files with canonical indentation; their meaning is proven to stay the same',
          (format) =>
            format
              .positional('files', {
                type: 'string',
                array: true,
                demandOption: true,
                describe: 'files to rewrite',
                defaultDescription: 'none',
              })
              .option('check', {
                type: 'boolean',
                default: false,
                describe: 'write nothing; exit 1 if a file would change',
              })
              .option('stdout', {
                type: 'boolean',
                default: false,
                describe: 'print the result instead of writing it',
              })
              .option('despite-errors', {
                type: 'boolean',
                default: false,
                describe: 'also files with errors, such as pieces that another file includes',
              })
              .option('config-id', configIdOption),
          async (options) => {
            const { configFormat } = await import('../config-format.ts');
            finish(configFormat(options));
          },
        )
        .demandCommand(1, 'Name what to do: show or format.'),
    () => undefined,
  );
