/** `plan`: what a reload would change, before it does it. */
import type { PlanPart } from '../../process/plan-messages.ts';
import type { PlanRequest } from '../../process/planner.ts';
import { defineCommand } from '../command.ts';
import { done } from '../protocol.ts';
import { RequestError } from '../request-fields.ts';
import type { RequestFields } from '../request-fields.ts';

function read(fields: RequestFields): PlanRequest {
  const file = fields.text('file', 'the absolute name of a file');
  if (file?.startsWith('/') === false) throw new RequestError('file is the absolute name of a file');
  return { verbose: fields.flag('verbose'), ...(file !== undefined && { file }) };
}

export const planCommand = defineCommand<PlanRequest>({
  name: 'plan',
  read,
  // The daemon reads as root, and messages quote what is wrong: not every file for everybody.
  access: ({ file }) => (file === undefined ? 'read' : 'change'),
  run: async (request, ports, caller) => {
    const parts: PlanPart[] = [];
    const outcome = await ports.plan(request, (part) => parts.push(part), caller.gone);
    for (const { changes = [], writes = [] } of parts) {
      caller.part({ changes, writes });
      await caller.ready();
    }
    return done(outcome);
  },
});
