/** `reload`: the same as SIGHUP, answered when it is applied or refused. */
import type { ReloadOutcome } from '../../process/parent.ts';
import { defineCommand } from '../command.ts';
import { listOf } from '../live-fields.ts';
import type { LiveChangeAnswer } from '../live-fields.ts';
import { done } from '../protocol.ts';

/** `live`: what is set beside the file and goes on, or waits for its target; absent: nothing. */
export type ReloadAnswer = ReloadOutcome & { readonly live?: readonly LiveChangeAnswer[] };

export const reloadCommand = defineCommand({
  name: 'reload',
  access: 'change',
  read: () => undefined,
  run: async (_parameters, ports) => {
    const outcome = await ports.reload('keepalivectl reload');
    const { changes } = listOf(ports.live.list());
    const answer: ReloadAnswer = { ...outcome, ...(changes.length > 0 && { live: changes }) };
    return done(answer);
  },
});
