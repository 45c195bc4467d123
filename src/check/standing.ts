/** What a server or a quorum is, since when and why. */
import type { HealthState } from '../core/events.ts';
import type { MonotonicMs } from '../core/time.ts';

export interface Standing {
  readonly state: HealthState;
  readonly since: MonotonicMs;
  readonly reason: string;
}

let last: Standing | undefined;

/** What thousands come to at one moment and for one reason is one value, not one for each of them. */
export function standing(state: HealthState, since: MonotonicMs, reason: string): Standing {
  if (last?.since === since && last.state === state && last.reason === reason) return last;
  last = { state, since, reason };
  return last;
}
