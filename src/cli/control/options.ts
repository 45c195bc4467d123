/** Options that commands of keepalivectl share. */

import { defaultSocket } from './default-socket.ts';

export const socketOption = {
  type: 'string',
  default: defaultSocket,
  requiresArg: true,
  describe: 'control socket of the daemon',
} as const;

export const jsonOption = { type: 'boolean', default: false, describe: 'for programs' } as const;

/** Of commands that read the configuration themselves. */
export const fileOption = {
  alias: 'f',
  type: 'string',
  requiresArg: true,
  describe: 'main file of the configuration (default: the one the daemon reads)',
} as const;

export const configIdOption = {
  alias: 'i',
  type: 'string',
  requiresArg: true,
  describe: 'what @ID lines are compared with (default: host name up to the first dot)',
} as const;
