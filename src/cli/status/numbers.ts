/** Numbers, spans and moments for people. */
import type { Milliseconds, MonotonicMs } from '../../core/time.ts';
import type { LiveChange } from '../../core/live-change.ts';
import { formatAge } from '../age.ts';

/** "12,345". */
export function count(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** "1 server", "3 servers". */
export function plural(value: number, thing: string): string {
  return `${count(value)} ${thing}${value === 1 ? '' : 's'}`;
}

/** "0.42 ms", "3.4 ms", "120 ms", "2.5 s". */
export function duration(span: Milliseconds): string {
  if (span >= 1000) return `${Number((span / 1000).toFixed(1))} s`;
  return `${Number(span.toFixed(span < 1 ? 2 : span < 10 ? 1 : 0))} ms`;
}

/** A span until something: "0.4 s", "20 s", "5 min". */
export function left(span: Milliseconds): string {
  return span < 10_000 ? `${Number((Math.max(0, span) / 1000).toFixed(1))} s` : formatAge(span);
}

const units = ['', 'k', 'M', 'G', 'T'] as const;

/** "4.1 MB/s", "870 packets/s": thousands are thousands. */
export function rate(value: number, unit: string): string {
  let step = 0;
  let scaled = value;
  while (scaled >= 999.5 && step < units.length - 1) {
    scaled /= 1000;
    step++;
  }
  const digits = step > 0 && scaled < 10 ? scaled.toFixed(1) : scaled.toFixed(0);
  return `${digits} ${units[step] ?? ''}${unit}/s`;
}

/** "2026-01-31 12:00:00" as the clocks of this place have it. */
export function localTime(iso: string): string {
  const date = new Date(iso);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** "since 2026-01-31 12:00:00 (5 min)". */
export function sinceText(since: MonotonicMs, iso: string, now: MonotonicMs): string {
  return `since ${localTime(iso)} (${formatAge(now - since)})`;
}

/** "drain, 3 connections left, ends in 9 min". */
export function overrideText({ connections, until, words }: LiveChange, now: MonotonicMs): string {
  return [
    words,
    ...(connections === undefined ? [] : [`${plural(connections, 'connection')} left`]),
    ...(until === undefined ? [] : [`ends in ${left(until - now)}`]),
  ].join(', ');
}
