/** `status`: what every part of the daemon is doing, and why (docs/status.md). */
import { defineCommand } from '../command.ts';
import { done } from '../protocol.ts';
import type { StatusQuery } from '../../process/status-types.ts';

/** Names that one request may ask for; its length limits them before that. */
const mostNames = 256;

export const statusCommand = defineCommand({
  name: 'status',
  access: 'read',
  read: (fields): StatusQuery => {
    const names = fields.texts('names', 'a list of names', mostNames);
    const most = fields.number('most', 'a number of services', { least: 0, most: 1_000_000 });
    return {
      detail: fields.choice('detail', ['summary', 'full']) ?? 'full',
      ...(names !== undefined && { names }),
      ...(most !== undefined && { most }),
      traffic: !fields.flag('no_traffic'),
    };
  },
  run: async (query, ports) => done(await ports.status(query)),
});
