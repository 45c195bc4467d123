/** `events`: the last events with their reasons, and what comes from then on. */
import type { EventHistory, HistoryEntry } from '../../events/history.ts';
import { defineCommand } from '../command.ts';
import type { Caller } from '../command.ts';
import { done } from '../protocol.ts';
import type { RequestFields } from '../request-fields.ts';

/** Between two looks at whether the client keeps up. */
const entriesAtOnce = 200;

export interface EventsRequest {
  readonly follow: boolean;
  /** The client knows everything up to this one of `life`. */
  readonly after: number;
  /** Of which life of the daemon the number is; another one's says nothing. */
  readonly life: string | undefined;
  /** Milliseconds since 1970. */
  readonly since: number | undefined;
}

/** First part of the answer. */
export interface EventsHead {
  /** Changes when the daemon is started again and numbers begin anew. */
  readonly life: string;
  readonly oldest: number;
  readonly newest: number;
  /** Events that were asked for and are no longer known. */
  readonly missed: number;
}

export type EventsPart = { readonly head: EventsHead } | { readonly entry: HistoryEntry };

export const eventsCommand = defineCommand({
  name: 'events',
  read: (fields: RequestFields): EventsRequest => ({
    follow: fields.flag('follow'),
    after: fields.number('after', 'a sequence number', { least: 0, most: Number.MAX_SAFE_INTEGER }) ?? 0,
    life: fields.text('life', 'what the head of a former answer said'),
    since: fields.number('since', 'milliseconds since 1970', { least: 0, most: 8.64e15 }),
  }),
  access: 'read',
  run: async ({ after, follow, life, since }, { events, life: ours }, caller) => {
    const known = life === undefined || life === ours ? Math.floor(after) : 0;
    const { missed } = events.after(known, 0);
    const part = (content: EventsPart): void => caller.part(content);
    part({ head: { life: ours, oldest: events.oldest, newest: events.newest, missed } });
    const tell = (entry: HistoryEntry): void => {
      if (since === undefined || Date.parse(entry.time) >= since) part({ entry });
    };
    await tellAll(events, known, follow, tell, caller);
    return done({ newest: events.newest });
  },
});

async function tellAll(
  events: EventHistory,
  known: number,
  follow: boolean,
  tell: (entry: HistoryEntry) => void,
  caller: Caller,
): Promise<void> {
  const { gone } = caller;
  let last = known;
  while (last < events.newest && !gone.aborted) {
    const { entries } = events.after(last, entriesAtOnce);
    for (const entry of entries) tell(entry);
    last = entries.at(-1)?.sequence ?? events.newest;
    if (last < events.newest) await caller.ready();
  }
  if (!follow || gone.aborted) return;
  // Nothing can happen between the last look and this: no event is missed, and none told twice.
  const stop = events.follow(tell);
  await new Promise<void>((resolve) => gone.addEventListener('abort', () => resolve()));
  stop();
}
