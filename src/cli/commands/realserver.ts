/** `keepalivectl realserver`. */
import { realServerFormats } from '../../realserver/formats.ts';
import { configIdOption, fileOption } from '../control/options.ts';
import type { Subcommand } from '../subcommand.ts';

/** Without a default: two that are given are told from one. */
const flag = (describe: string): { type: 'boolean'; describe: string } => ({ type: 'boolean', describe });

export const realserver: Subcommand = (parser, finish) =>
  parser.command(
    'realserver [addresses..]',
    "prints the real server's side of direct routing and tunnels, for virtual addresses or all of the configuration",
    (command) =>
      command
        .positional('addresses', {
          type: 'string',
          array: true,
          default: [],
          defaultDescription: "all of the configuration's",
          describe: 'virtual addresses',
        })
        .option('file', fileOption)
        .option('config-id', configIdOption)
        .option('method', {
          choices: ['dr', 'tun'] as const,
          requiresArg: true,
          describe: 'direct routing or tunnels (default: as the configuration says, else dr)',
        })
        .option('tunnel', {
          choices: ['ipip', 'gre', 'gue'] as const,
          requiresArg: true,
          describe: 'with --method tun (default: ipip)',
        })
        .option('port', { type: 'number', requiresArg: true, describe: 'UDP port of gue (default: 6080)' })
        .option('script', flag('a shell script: start, stop (the default)'))
        .option('systemd', flag('a unit of systemd'))
        .option('ifupdown', flag('stanzas for /etc/network/interfaces.d'))
        .option('networkd', flag('files for systemd-networkd'))
        .conflicts('script', ['systemd', 'ifupdown', 'networkd'])
        .conflicts('systemd', ['ifupdown', 'networkd'])
        .conflicts('ifupdown', 'networkd'),
    async (options) => {
      const { realServer } = await import('../realserver.ts');
      const format = realServerFormats.find((name) => options[name] === true) ?? 'script';
      finish(realServer({ ...options, format }));
    },
  );
