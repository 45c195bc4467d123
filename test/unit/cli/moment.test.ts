import { describe, expect, it } from 'vitest';
import { localTime, parseMoment } from '../../../src/cli/moment.ts';
import { eventText } from '../../../src/events/event-text.ts';

const now = new Date(2026, 0, 31, 12, 0, 0, 5).getTime();

describe('moments', () => {
  it.each([
    ['10m', now - 600_000],
    ['1.5h', now - 5_400_000],
    ['30s', now - 30_000],
    ['1d', now - 86_400_000],
    ['99999999d', 0],
    ['2026-01-31 11:00:00', new Date(2026, 0, 31, 11).getTime()],
    ['2026-01-31', new Date(2026, 0, 31).getTime()],
    ['2026-01-31T11:00:00Z', Date.UTC(2026, 0, 31, 11)],
  ])('%s is read', (text, moment) => {
    expect(parseMoment(text, now)).toBe(moment);
  });

  it.each(['', '10', 'yesterday', '2026', '2026-13-01', '2026-01-31 25:00', '-5m'])('%s is none', (text) => {
    expect(parseMoment(text, now)).toBeUndefined();
  });

  it('are shown with milliseconds, in local time', () => {
    expect(localTime(new Date(now))).toBe('2026-01-31 12:00:00.005');
  });
});

describe('an event for people', () => {
  it('says who, what and why', () => {
    const base = { at: 0, reason: 'no advertisement for 3.609 s' };
    expect(
      eventText({ ...base, kind: 'vrrp-instance', instance: 'VI_1', from: 'BACKUP', to: 'MASTER', priority: 150 }),
    ).toBe('instance VI_1: BACKUP -> MASTER, priority 150 (no advertisement for 3.609 s)');
    expect(eventText({ at: 0, reason: 'SIGHUP', kind: 'reload', outcome: 'refused', errors: ['a:1: wrong'] })).toBe(
      'reload: refused, a:1: wrong (SIGHUP)',
    );
    expect(eventText({ at: 0, reason: 'SIGHUP', kind: 'reload', outcome: 'applied', errors: [] })).toBe(
      'reload: applied (SIGHUP)',
    );
    expect(
      eventText({ at: 0, reason: 'it was ended by SIGKILL', kind: 'process', process: 'vrrp', pid: 7, to: 'DIED' }),
    ).toBe('process vrrp, pid 7: DIED (it was ended by SIGKILL)');
  });
});
