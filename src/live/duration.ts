/** Spans of time as operators write them: `30s`, `10m`, `2h`, `1d`, `1h30m`. */
import type { Milliseconds } from '../core/time.ts';

const units = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 } as const;

/** A year: whoever means longer means for good, which is without a time. */
export const longestDuration: Milliseconds = 365 * units.d;

/** From the longest unit to the shortest, each at most once. */
const pattern = /^(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?$/;

/** @returns undefined if the text is none, or means nothing or more than a year */
export function parseDuration(text: string): Milliseconds | undefined {
  const parts = pattern.exec(text);
  if (parts === null) return undefined;
  const [, d, h, m, s] = parts;
  const span =
    Number(d ?? 0) * units.d + Number(h ?? 0) * units.h + Number(m ?? 0) * units.m + Number(s ?? 0) * units.s;
  return span > 0 && span <= longestDuration ? span : undefined;
}

/** The shortest text with that meaning, to a second; below a second `0s`. */
export function durationText(span: Milliseconds): string {
  let rest = Math.round(span / 1000) * 1000;
  let text = '';
  for (const [unit, length] of Object.entries(units)) {
    const count = Math.floor(rest / length);
    rest -= count * length;
    if (count > 0) text += `${count}${unit}`;
  }
  return text === '' ? '0s' : text;
}
