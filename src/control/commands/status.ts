/** `status`: what every part of the daemon is doing, and why. */
import { defineCommand } from '../command.ts';
import { done } from '../protocol.ts';

export const statusCommand = defineCommand({
  name: 'status',
  access: 'read',
  read: () => undefined,
  run: async (_parameters, ports) => done(await ports.status()),
});
