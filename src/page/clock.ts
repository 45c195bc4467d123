/** Moments on a page. They are wall-clock milliseconds since 1970 (UTC); the page says so, the reader's browser makes them local. */

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number;

const day = 86_400_000;

/** Year, month and day of a number of days since 1970-01-01, by the proleptic Gregorian calendar (days of eras of 400 years). */
function civil(days: number): readonly [year: number, month: number, day: number] {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return [
    yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
  ];
}

const two = (value: number): string => String(value).padStart(2, '0');

/** "14:03:22", in UTC. */
export function utcClock(at: EpochMs): string {
  const seconds = Math.floor((((at % day) + day) % day) / 1000);
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** "2026-01-02", in UTC. */
export function utcDate(at: EpochMs): string {
  const [year, month, dayOfMonth] = civil(Math.floor(at / day));
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(dayOfMonth)}`;
}

/** "2026-01-02T14:03:22Z" */
export function utcMoment(at: EpochMs): string {
  return `${utcDate(at)}T${utcClock(at)}Z`;
}
