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

const last = { state: 'DOWN' as HealthState, weight: 0, quorum: 0, hysteresis: 0, text: '' };

/**
 * The decision in the words that log readers know. Virtual servers with the same numbers, of which a start has thousands
 * one after the other, have the same text.
 */
export function quorumReason(state: HealthState, weight: number, quorum: number, hysteresis: number): string {
  if (
    last.text === '' ||
    last.weight !== weight ||
    last.state !== state ||
    last.quorum !== quorum ||
    last.hysteresis !== hysteresis
  ) {
    last.text =
      state === 'UP'
        ? `Gained quorum ${quorum}+${hysteresis}=${quorum + hysteresis} <= ${weight}`
        : `Lost quorum ${quorum}-${hysteresis}=${quorum - hysteresis} > ${weight}`;
    last.state = state;
    last.weight = weight;
    last.quorum = quorum;
    last.hysteresis = hysteresis;
  }
  return last.text;
}
