import { describe, expect, it } from 'vitest';
import type { Caller } from '../../../src/control/command.ts';
import { answerTo } from '../../../src/control/registry.ts';
import type { DaemonEvent } from '../../../src/core/events.ts';
import { EventHistory } from '../../../src/events/history.ts';
import { portsWith } from './support.ts';

const wall = Date.parse('2026-01-31T12:00:00.000Z');
const became = (to: 'MASTER' | 'BACKUP', at: number): DaemonEvent => ({
  kind: 'vrrp-instance',
  instance: 'VI_1',
  from: to === 'MASTER' ? 'BACKUP' : 'MASTER',
  to,
  priority: 100,
  reason: 'r',
  at,
});

/** Everything a request brings until its answer, and the way to end one that follows. */
function client(events: EventHistory) {
  const parts: unknown[] = [];
  const gone = new AbortController();
  let waits = 0;
  const caller: Caller = {
    part: (value) => parts.push(value),
    ready: () => Promise.resolve(void waits++),
    gone: gone.signal,
  };
  const ports = portsWith({ events, life: 'life-1' });
  const request = (fields: object): Promise<unknown> =>
    answerTo(JSON.stringify({ version: 1, command: 'events', ...fields }), ports, caller, 'read');
  const sequences = (): number[] =>
    parts.flatMap((part) =>
      'entry' in (part as object) ? [(part as { entry: { sequence: number } }).entry.sequence] : [],
    );
  return { parts, gone, request, sequences, waits: () => waits };
}

function filled(count: number, limits = { entries: 100, size: 1_000_000 }): EventHistory {
  const events = new EventHistory(limits);
  for (let index = 0; index < count; index++)
    events.record(became(index % 2 === 0 ? 'MASTER' : 'BACKUP', 1000 + index), 2000, wall);
  return events;
}

describe('the command events', () => {
  it('tells what is kept, oldest first, with the time of the day', async () => {
    const { parts, request } = client(filled(2));
    expect(await request({})).toEqual({ ok: true, result: { newest: 2 } });
    expect(parts).toEqual([
      { head: { life: 'life-1', oldest: 1, newest: 2, missed: 0 } },
      // Decided a second before it was recorded.
      { entry: { sequence: 1, time: '2026-01-31T11:59:59.000Z', event: became('MASTER', 1000) } },
      { entry: { sequence: 2, time: '2026-01-31T11:59:59.001Z', event: became('BACKUP', 1001) } },
    ]);
  });

  it('goes on after a number, says what is no longer known, and mistrusts the numbers of another life', async () => {
    const events = filled(25, { entries: 10, size: 1_000_000 });
    const known = client(events);
    await known.request({ after: 20 });
    expect(known.sequences()).toEqual([21, 22, 23, 24, 25]);
    const late = client(events);
    await late.request({ after: 3, life: 'life-1' });
    expect(late.parts[0]).toEqual({ head: { life: 'life-1', oldest: 16, newest: 25, missed: 12 } });
    expect(late.sequences()).toEqual([16, 17, 18, 19, 20, 21, 22, 23, 24, 25]);
    const former = client(events);
    await former.request({ after: 24, life: 'life-0' });
    expect(former.sequences()).toHaveLength(10);
  });

  it('leaves out what is older than asked for', async () => {
    const { request, sequences } = client(filled(6));
    await request({ since: Date.parse('2026-01-31T11:59:59.004Z') });
    expect(sequences()).toEqual([5, 6]);
  });

  it('follows until the client is gone, and misses nothing that happens while it reads', async () => {
    const events = filled(500, { entries: 1000, size: 1_000_000 });
    const { gone, request, sequences, waits } = client(events);
    const answer = request({ follow: true });
    events.record(became('MASTER', 1), 2, wall);
    while (sequences().length < 501) await Promise.resolve();
    events.record(became('BACKUP', 2), 2, wall);
    gone.abort();
    expect(await answer).toEqual({ ok: true, result: { newest: 502 } });
    events.record(became('MASTER', 3), 3, wall);
    expect(sequences()).toEqual(Array.from({ length: 502 }, (_, index) => index + 1));
    expect(waits()).toBeGreaterThan(1);
  });
});

describe('the history of events', () => {
  it('is bounded by its number and by its size', () => {
    const few = filled(30, { entries: 7, size: 1_000_000 });
    expect([few.oldest, few.newest, few.after(0).entries.length]).toEqual([24, 30, 7]);
    const size = JSON.stringify(filled(1).after(0).entries[0]).length;
    const small = filled(9, { entries: 100, size: size * 3.5 });
    expect(small.after(0).entries.map(({ sequence }) => sequence)).toEqual([7, 8, 9]);
    // One that is too large alone is kept all the same.
    const tiny = filled(2, { entries: 100, size: 10 });
    expect(tiny.after(0).entries.map(({ sequence }) => sequence)).toEqual([2]);
  });

  it('does not keep what tells nothing new', () => {
    const events = new EventHistory();
    const server = { kind: 'real-server', service: 's', server: 'r', phase: 'start', reason: 'r', at: 0 } as const;
    expect(events.record({ ...server, from: 'UP', to: 'UP' }, 0, wall)).toBeUndefined();
    expect(events.record({ ...server, from: 'UP', to: 'DOWN' }, 0, wall)?.sequence).toBe(1);
    const ban = { kind: 'ban', limit: 'l', client: 'c', from: 'FREE', to: 'BANNED', reason: 'r', at: 0 } as const;
    expect(events.record({ ...ban, muted: true }, 0, wall)).toBeUndefined();
    expect(events.record(ban, 0, wall)?.sequence).toBe(2);
  });
});
