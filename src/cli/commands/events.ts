/** `keepalivectl events`: the last events with their reasons; with --follow what comes from then on. */
import type { EventsPart } from '../../control/commands/events.ts';
import { eventText } from '../../events/event-text.ts';
import type { HistoryEntry } from '../../events/history.ts';
import { ask } from '../control/client.ts';
import { exitCodes, refuse } from '../control/exit-codes.ts';
import { socketOption } from '../control/options.ts';
import { localTime, parseMoment } from '../moment.ts';
import type { Subcommand } from '../subcommand.ts';

export const events: Subcommand = (parser, finish) =>
  parser.command(
    'events',
    'the last events with their reasons, over restarts of the child processes',
    (command) =>
      command
        .option('socket', socketOption)
        .option('follow', { alias: 'f', type: 'boolean', default: false, describe: 'go on with what comes' })
        .option('since', {
          type: 'string',
          requiresArg: true,
          describe: 'no older ones: 10m, 2h, 1d, or a time such as "2026-01-31 12:00:00"',
        })
        .option('after', { type: 'number', requiresArg: true, describe: 'only those behind this sequence number' })
        .option('json', { type: 'boolean', default: false, describe: 'for programs: one object a line' }),
    async ({ after, follow, json, since, socket }) => {
      const from = since === undefined ? undefined : parseMoment(since, Date.now());
      if (since !== undefined && from === undefined) {
        finish(refuse(`--since ${since}: neither a span such as 10m nor a time such as "2026-01-31 12:00:00"`));
        return;
      }
      const fields = { follow, ...(after !== undefined && { after }), ...(from !== undefined && { since: from }) };
      finish(await show(socket, json, fields));
    },
  );

async function show(
  socketPath: string,
  json: boolean,
  fields: { readonly follow: boolean; readonly since?: number; readonly after?: number },
): Promise<number> {
  let expected: number | undefined;
  const line = (text: string): void => void process.stdout.write(`${text}\n`);
  const part = (content: EventsPart): void => {
    if ('head' in content) {
      // Whoever asks for everything knows that there was a time before.
      if (fields.after !== undefined && content.head.missed > 0 && !json)
        line(`(${content.head.missed} events are no longer known)`);
      return;
    }
    const { entry } = content;
    if (expected !== undefined && entry.sequence !== expected && fields.since === undefined && !json)
      line(`(${entry.sequence - expected} events are missing)`);
    expected = entry.sequence + 1;
    line(json ? JSON.stringify(entry) : entryLine(entry));
  };
  const answer = await ask(
    socketPath,
    { command: 'events', ...fields },
    { part: (value) => part(value as EventsPart), follow: fields.follow },
  );
  return answer.ok ? exitCodes.done : refuse(answer.error);
}

function entryLine({ event, sequence, time }: HistoryEntry): string {
  return `${localTime(new Date(time))} #${sequence} ${eventText(event)}`;
}
