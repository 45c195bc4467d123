// Expected: the forms of keepalived.conf(5) under reload_time_file, and the calendar.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseReloadTime } from '../../../src/process/reload-time.ts';

/** 2026-02-28 12:00:00 UTC, 13:00 in Berlin. */
const noon = Date.UTC(2026, 1, 28, 12, 0, 0);
const hour = 3_600_000;

let zone: string | undefined;
beforeAll(() => {
  zone = process.env['TZ'];
  process.env['TZ'] = 'Europe/Berlin';
});
afterAll(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

describe('the time in a reload_time_file', () => {
  it.each([
    // Later today, in UTC and in local time.
    ['12:30:00Z', noon + hour / 2, false],
    ['13:30:00', noon + hour / 2, false],
    // Past for today: tomorrow, across the end of a month.
    ['11:00:00Z', noon + 23 * hour, false],
    ['12:00:00', noon + 23 * hour, false],
    ['12:00:00Z', noon + 24 * hour, false],
    ['26-03-01 00:00:00Z', noon + 12 * hour, true],
    ['2026-03-01 00:00:00Z', noon + 12 * hour, true],
    ['2026-03-01 00:00:00', noon + 11 * hour, true],
    // Summer time has begun: two hours ahead of UTC.
    ['2026-07-01 12:00:00', Date.UTC(2026, 6, 1, 10), true],
    ['2028-02-29 00:00:00Z', Date.UTC(2028, 1, 29), true],
    ['12:30:00Z\nwhatever follows', noon + hour / 2, false],
  ])('%s', (text, at, dated) => {
    expect(parseReloadTime(text, noon)).toEqual({ ok: true, time: { at, dated } });
  });

  it.each([
    ['2026-02-28 11:59:59Z', 'passed'],
    ['25-12-31 00:00:00', 'passed'],
    ['2027-02-29 00:00:00', 'exists'],
    ['24:00:00', 'exists'],
    ['12:60:00', 'exists'],
    [' 12:30:00', 'is not'],
    ['12:30:00 ', 'is not'],
    ['12:30', 'is not'],
    ['2026-03-01  00:00:00', 'is not'],
    ['12:30:00z', 'is not'],
    ['', 'is not'],
  ])('refuses "%s"', (text, words) => {
    const result = parseReloadTime(text, noon);
    expect(result.ok).toBe(false);
    if (!result.ok) expect(result.reason).toContain(words);
  });
});
