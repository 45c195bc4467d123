/** The time in a `reload_time_file`: what it says, and when that is next. Pure; local time is that of the process. */

/** When to reload, in milliseconds since the epoch. */
export interface ReloadTime {
  readonly at: number;
  /** A time with a date comes once; one without comes every day. */
  readonly dated: boolean;
}

export type ReloadTimeResult =
  | { readonly ok: true; readonly time: ReloadTime }
  /** Why there is none, for the log. */
  | { readonly ok: false; readonly reason: string };

const form = /^(?:(\d{2}|\d{4})-(\d{2})-(\d{2}) )?(\d{2}):(\d{2}):(\d{2})(Z?)$/;

interface Fields {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** Milliseconds since the epoch; undefined for what no calendar and no clock has (31 February, 25:00:00). */
function instant({ year, month, day, hour, minute, second }: Fields, utc: boolean): number | undefined {
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return utc
    ? Date.UTC(year, month - 1, day, hour, minute, second)
    : new Date(year, month - 1, day, hour, minute, second).getTime();
}

/** The day of a moment, in the zone that counts. */
function today(now: number, utc: boolean): Pick<Fields, 'year' | 'month' | 'day'> {
  const date = new Date(now);
  return utc
    ? { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }
    : { year: date.getFullYear(), month: date.getMonth() + 1, day: date.getDate() };
}

/** The day after, across ends of months and years. */
function tomorrow({
  year,
  month,
  day,
}: Pick<Fields, 'year' | 'month' | 'day'>): Pick<Fields, 'year' | 'month' | 'day'> {
  return today(Date.UTC(year, month - 1, day + 1), true);
}

/**
 * Reads the first line: `HH:MM:SS`, `YY-MM-DD HH:MM:SS` or `YYYY-MM-DD HH:MM:SS`, `Z` behind it for UTC, nothing else.
 * A time of day that has passed is tomorrow's, a date that has passed is none.
 * @param now milliseconds since the epoch
 */
export function parseReloadTime(text: string, now: number): ReloadTimeResult {
  const line = text.split('\n', 1)[0] ?? '';
  const match = form.exec(line);
  if (!match) return { ok: false, reason: `"${line.slice(0, 40)}" is not [[YY]YY-MM-DD ]HH:MM:SS[Z]` };
  const [, yearDigits, month, day, hour, minute, second] = match;
  const utc = match[7] === 'Z';
  const clock = { hour: Number(hour), minute: Number(minute), second: Number(second) };
  const dated = yearDigits !== undefined;
  const written = Number(yearDigits);
  const date = dated
    ? { year: yearDigits.length === 2 ? 2000 + written : written, month: Number(month), day: Number(day) }
    : today(now, utc);
  const at = instant({ ...date, ...clock }, utc);
  if (at === undefined) return { ok: false, reason: `"${line}" is no date or time that exists` };
  if (at > now) return { ok: true, time: { at, dated } };
  if (dated) return { ok: false, reason: `${line} has passed` };
  const next = instant({ ...tomorrow(date), ...clock }, utc);
  return next === undefined
    ? { ok: false, reason: `"${line}" is no time that exists` }
    : { ok: true, time: { at: next, dated } };
}
