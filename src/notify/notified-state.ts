/**
 * Which events are told to the outside, and under which state: the rules that hold alike for scripts, FIFOs and mail
 * (reference: runtime 6 and 7, behaviour B9).
 */
import type { BanState, DaemonEvent, RealServerEvent, VirtualServerEvent, VrrpState } from '../core/events.ts';
import type { Subjects } from './subjects.ts';

/** States that notifications can name. */
export type NotifiedState = 'MASTER' | 'BACKUP' | 'FAULT' | 'STOP' | 'DELETED';

/** The state a notification names; `undefined` if entering it is not told. A deletion is told as such only if asked for. */
export function notifiedState(state: VrrpState, notifyDeleted: boolean): NotifiedState | undefined {
  if (state === 'INIT') return undefined;
  if (state === 'DELETED' && !notifyDeleted) return 'FAULT';
  return state;
}

/** The state of a client that notifications name. */
export function notifiedBan(state: BanState): 'BANNED' | 'RELEASED' {
  return state === 'BANNED' ? 'BANNED' : 'RELEASED';
}

/** Whether a change of a real server or a quorum is told: the check engine marks those that are not (no `omega`). */
export function tellsChecks(event: RealServerEvent | VirtualServerEvent): boolean {
  return event.quiet !== true;
}

/**
 * Drops what a sync group has said already: an instance that enters the state its group is in is not told again, once
 * it has been told at all.
 */
export class GroupSuppression {
  readonly #groupStates = new Map<string, VrrpState>();
  readonly #told = new Set<string>();

  /** True if the event goes on to the subscribers. Call once for every event, in order. */
  admits(event: DaemonEvent, subjects: Subjects): boolean {
    if (event.kind === 'vrrp-group') {
      this.#groupStates.set(event.group, event.to);
      return true;
    }
    if (event.kind !== 'vrrp-instance') return true;
    const group = subjects.groupOf(event.instance);
    const groupSaysSo = group !== undefined && this.#groupStates.get(group) === event.to;
    if (groupSaysSo && this.#told.has(event.instance)) return false;
    this.#told.add(event.instance);
    if (event.to === 'DELETED') this.#told.delete(event.instance);
    return true;
  }
}
