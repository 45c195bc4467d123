/** `keepalivectl vrrp`: priority, release, preemption and auto of instances and sync groups, beside the file. */
import { changeLive, forOption, numberIn, readFor } from '../control/live.ts';
import { jsonOption, socketOption } from '../control/options.ts';
import type { Subcommand } from '../subcommand.ts';

const actions = ['priority', 'release', 'preempt', 'nopreempt', 'auto'] as const;

export const vrrp: Subcommand = (parser, finish) =>
  parser.command(
    'vrrp',
    'priority, release, preemption and auto of instances and sync groups, beside the file',
    (command) =>
      command
        .option('socket', socketOption)
        .option('json', jsonOption)
        .command(
          'list',
          'what is set beside the file',
          (list) => list,
          async ({ json, socket }) => finish(await changeLive(socket, json, { command: 'vrrp', action: 'list' })),
        )
        .command(
          '$0 <name> <action> [priority]',
          'priority N: that base priority; release: let another router be master; preempt, nopreempt: whether a lower master is taken over from; auto: as the file says',
          (set) =>
            set
              .positional('name', { type: 'string', demandOption: true, describe: 'instance or sync group' })
              .positional('action', { choices: actions, demandOption: true, describe: 'what to do' })
              .positional('priority', { type: 'string', describe: '1 to 254' })
              .option('for', forOption)
              .option('kind', {
                choices: ['instance', 'group'] as const,
                describe: 'what the name means, where it is both',
              }),
          async ({ action, for: term, json, kind, name, priority, socket }) =>
            finish(
              await changeLive(socket, json, {
                command: 'vrrp',
                action,
                name,
                kind,
                priority: numberIn(priority),
                for: readFor(term),
              }),
            ),
        ),
    () => undefined,
  );
