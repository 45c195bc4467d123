/** Spans of time for people. */
import type { Milliseconds } from './time.ts';

/** "3 s", "5 min", "2 h 10 min", "4 d 3 h": as exact as a person needs. */
export function formatAge(age: Milliseconds): string {
  const seconds = Math.max(0, Math.floor(age / 1000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
