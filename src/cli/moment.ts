/** Moments as people write and read them. */

const spanUnits: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * "10m" ago, or a date and time in local time (or as ISO 8601 says).
 * @param now milliseconds since 1970
 * @returns milliseconds since 1970; undefined for what is neither
 */
export function parseMoment(text: string, now: number): number | undefined {
  const span = /^([0-9]+(?:\.[0-9]+)?)([smhd])$/.exec(text);
  if (span !== null) return Math.max(0, now - Number(span[1]) * (spanUnits[span[2] ?? ''] ?? 0));
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}/.test(text)) return undefined;
  // A date alone would be taken for UTC.
  const moment = Date.parse(text.length === 10 ? `${text}T00:00:00` : text.replace(' ', 'T'));
  return Number.isNaN(moment) || moment < 0 ? undefined : moment;
}

/** "2026-01-31 12:00:00.123", local time. */
export function localTime(moment: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
  const clock = [moment.getHours(), moment.getMinutes(), moment.getSeconds()].map(two).join(':');
  return `${date} ${clock}.${String(moment.getMilliseconds()).padStart(3, '0')}`;
}
