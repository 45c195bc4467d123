/** `reload`: the same as SIGHUP, answered when it is applied or refused. */
import { defineCommand } from '../command.ts';
import { done } from '../protocol.ts';

export const reloadCommand = defineCommand({
  name: 'reload',
  access: 'change',
  read: () => undefined,
  run: async (_parameters, ports) => done(await ports.reload('keepalivectl reload')),
});
