/** `bans`: what an operator asks about connection limits; the checker process answers. */
import type { BanCommand } from '../../process/limits/messages.ts';
import { defineCommand } from '../command.ts';
import { refused } from '../protocol.ts';
import type { RequestFields } from '../request-fields.ts';

/** In seconds; nft and ipset count in milliseconds of 32 bits. */
const longestBan = 2_147_483;
/** Sets of the kernel are looked at, and written when they are due. */
const patience = 10_000;

function read(fields: RequestFields): BanCommand {
  const action = fields.choice('action', ['list', 'add', 'remove']) ?? 'list';
  const limit = fields.text('limit', 'the name of a connection_limit');
  const named = limit === undefined ? {} : { limit };
  if (action === 'list') return { action, ...named };
  const client = fields.requiredText('client', 'an address or a prefix');
  if (action === 'remove') return { action, client, ...named };
  const time = fields.number('time', 'seconds', { least: 0, most: longestBan });
  return { action, client, ...named, ...(time !== undefined && { time: time * 1000 }) };
}

export const bansCommand = defineCommand<BanCommand>({
  name: 'bans',
  access: ({ action }) => (action === 'list' ? 'read' : 'change'),
  read,
  run: async (command, ports) => {
    if ((ports.configuration()?.connectionLimits ?? []).length === 0)
      return refused('the configuration has no connection_limit');
    return ports.ask('checker', 'bans', command, patience);
  },
});
