/** After a reload: the states that it left as they were, for FIFOs that want them again (fifo_write_vrrp_states_on_reload). */
import type { VrrpUnchangedEvent } from '../core/events.ts';
import type { MonotonicMs } from '../core/time.ts';
import type { VrrpGroupStatus, VrrpInstanceStatus, VrrpIntent } from './types.ts';

/**
 * @param told what the reload itself has to say: a state that is among it is not repeated
 * @returns members before their groups, as changes are told
 */
export function unchangedStates(
  instances: readonly Pick<VrrpInstanceStatus, 'name' | 'state' | 'effectivePriority'>[],
  groups: readonly Pick<VrrpGroupStatus, 'name' | 'state'>[],
  told: readonly VrrpIntent[],
  now: MonotonicMs,
): readonly VrrpIntent[] {
  const changed = new Set<string>();
  for (const intent of told) {
    if (intent.type !== 'event') continue;
    if (intent.event.kind === 'vrrp-instance') changed.add(`instance ${intent.event.instance}`);
    else if (intent.event.kind === 'vrrp-group') changed.add(`group ${intent.event.group}`);
  }
  const common = { kind: 'vrrp-unchanged', at: now, reason: 'the reload left it as it was' } as const;
  const events: VrrpUnchangedEvent[] = [
    ...instances.map(({ effectivePriority: priority, name, state }) => ({
      ...common,
      subject: 'instance' as const,
      name,
      state,
      priority,
    })),
    ...groups.map(({ name, state }) => ({ ...common, subject: 'group' as const, name, state, priority: 0 })),
  ];
  return events
    .filter(({ name, subject }) => !changed.has(`${subject} ${name}`))
    .map((event) => ({ type: 'event', event }));
}
