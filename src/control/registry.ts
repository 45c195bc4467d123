/** The commands of the control socket, and what becomes of a line that claims to be a request. A command is a file of `commands/` and a line here. */
import type { Access, Caller, ControlCommand, PreparedRequest } from './command.ts';
import { bansCommand } from './commands/bans.ts';
import { eventsCommand } from './commands/events.ts';
import { planCommand } from './commands/plan.ts';
import { reloadCommand } from './commands/reload.ts';
import { serverCommand } from './commands/server.ts';
import { statusCommand } from './commands/status.ts';
import { vrrpCommand } from './commands/vrrp.ts';
import type { ControlPorts } from './ports.ts';
import { controlProtocolVersion, refused } from './protocol.ts';
import type { Answer } from './protocol.ts';
import { RequestError, RequestFields } from './request-fields.ts';

export const controlCommands: readonly ControlCommand[] = [
  statusCommand,
  reloadCommand,
  planCommand,
  eventsCommand,
  bansCommand,
  serverCommand,
  vrrpCommand,
];

/** @throws RequestError what is wrong with the line */
export function understand(line: string, commands: readonly ControlCommand[] = controlCommands): PreparedRequest {
  let request: unknown;
  try {
    request = JSON.parse(line);
  } catch {
    throw new RequestError('a request is one JSON object on one line');
  }
  if (typeof request !== 'object' || request === null || Array.isArray(request))
    throw new RequestError('a request is a JSON object');
  const { command: name, version } = request as { readonly command?: unknown; readonly version?: unknown };
  if (version !== controlProtocolVersion)
    throw new RequestError(`this daemon speaks version ${controlProtocolVersion}`);
  const command = commands.find((known) => known.name === name);
  if (command === undefined)
    throw new RequestError(`unknown command; known: ${commands.map((known) => known.name).join(', ')}`);
  return command.prepare(new RequestFields(request as Readonly<Record<string, unknown>>));
}

/**
 * Carries out a request. Never rejects: whatever goes wrong is the answer.
 * @param access the most that the client may do
 */
export async function answerTo(
  line: string,
  ports: ControlPorts,
  caller: Caller,
  access: Access,
  commands: readonly ControlCommand[] = controlCommands,
): Promise<Answer> {
  try {
    const request = understand(line, commands);
    if (request.access === 'change' && access === 'read')
      return refused('this changes something, and you may only look: run the command as root');
    return await request.run(ports, caller);
  } catch (error) {
    return refused((error as Error).message);
  }
}
