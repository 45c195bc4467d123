/** `keepalivectl server`: weight, drain, maint and ready of real servers, beside the file. */
import { changeLive, forOption, numberIn, readFor } from '../control/live.ts';
import { jsonOption, socketOption } from '../control/options.ts';
import type { Subcommand } from '../subcommand.ts';

const actions = ['weight', 'drain', 'maint', 'ready'] as const;

export const server: Subcommand = (parser, finish) =>
  parser.command(
    'server',
    'weight, drain, maint and ready of real servers, beside the file',
    (command) =>
      command
        .option('socket', socketOption)
        .option('json', jsonOption)
        .command(
          'list',
          'what is set beside the file',
          (list) => list,
          async ({ json, socket }) => finish(await changeLive(socket, json, { command: 'server', action: 'list' })),
        )
        .command(
          'clear',
          'take everything back: all servers are as the file says',
          (clear) => clear,
          async ({ json, socket }) => finish(await changeLive(socket, json, { command: 'server', action: 'clear' })),
        )
        .command(
          '$0 <service> <server> <action> [weight]',
          'weight N: that weight; drain: no new connections; maint: out, as if it had failed; ready: as the file says',
          (set) =>
            set
              .positional('service', {
                type: 'string',
                demandOption: true,
                describe: 'ADDRESS:PORT[/PROTOCOL], fwmark:N, the name of a group, or all',
              })
              .positional('server', {
                type: 'string',
                demandOption: true,
                describe: 'ADDRESS:PORT, or ADDRESS for all its ports',
              })
              .positional('action', { choices: actions, demandOption: true, describe: 'what to do' })
              .positional('weight', { type: 'string', describe: '0 to 65535' })
              .option('for', forOption),
          async ({ action, for: term, json, server: name, service, socket, weight }) =>
            finish(
              await changeLive(socket, json, {
                command: 'server',
                action,
                service,
                server: name,
                weight: numberIn(weight),
                for: readFor(term),
              }),
            ),
        ),
    () => undefined,
  );
