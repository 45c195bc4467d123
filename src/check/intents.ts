/** Intents of the check engine from what they carry. */
import type { DaemonEvent, LogLine } from '../core/events.ts';
import type { DrainChange } from './draining.ts';
import type { CheckIntent } from './types.ts';

export function eventIntent(event: DaemonEvent): CheckIntent {
  return { type: 'event', event };
}

export function lineIntent(line: LogLine): CheckIntent {
  return { type: 'log', line };
}

export function drained({ changed, lines }: DrainChange): CheckIntent[] {
  return changed ? [{ type: 'reconcile-services' }, ...lines.map(lineIntent)] : [];
}

export function logIntent(level: 'warning' | 'info', message: string): CheckIntent {
  return { type: 'log', line: { level, message } };
}
