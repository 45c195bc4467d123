/** When a virtual server has enough live weight. */
import type { HealthState } from '../core/events.ts';

/**
 * The quorum after a change of live weight. Gained at quorum + hysteresis, lost at 0 or below quorum - hysteresis; in
 * between it stays what it was.
 */
export function quorumState(before: HealthState, weight: number, quorum: number, hysteresis: number): HealthState {
  if (before === 'DOWN') return weight >= quorum + hysteresis ? 'UP' : 'DOWN';
  return weight === 0 || weight < quorum - hysteresis ? 'DOWN' : 'UP';
}

/** The decision in the words that log readers know. */
export function quorumReason(state: HealthState, weight: number, quorum: number, hysteresis: number): string {
  return state === 'UP'
    ? `Gained quorum ${quorum}+${hysteresis}=${quorum + hysteresis} <= ${weight}`
    : `Lost quorum ${quorum}-${hysteresis}=${quorum - hysteresis} > ${weight}`;
}
