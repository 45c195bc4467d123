/** Intents of the check engine from what they carry. */
import type { DaemonEvent, LogLine } from '../core/events.ts';
import type { ServiceKey } from '../ipvs/types.ts';
import { serviceKeyText } from './desired.ts';
import type { DrainChange } from './draining.ts';
import type { WeightChange } from './overrides.ts';
import { WeightTold } from './told-later.ts';
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

export function weightIntent({ server, from, reason }: WeightChange): CheckIntent {
  const { configuration, effectiveWeight, state, virtualServer } = server;
  return new WeightTold(virtualServer, configuration, from, effectiveWeight, state === 'UP', reason);
}

/** Each service once. */
export function uniqueKeys(keys: readonly ServiceKey[]): ServiceKey[] {
  return [...new Map(keys.map((key) => [serviceKeyText(key), key])).values()];
}
