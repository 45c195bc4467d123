/** An instance as dumps and status show it. */
import { overrideStatus } from '../live/words.ts';
import type { Instance } from './instance.ts';
import { basePriority } from './priority.ts';
import type { VrrpInstanceStatus } from './types.ts';

export function instanceStatus(instance: Instance): VrrpInstanceStatus {
  const { assessment, ownerYields, masterAddress } = instance;
  return {
    name: instance.name,
    state: instance.state,
    wantedState: instance.wanted,
    since: instance.since,
    ...(instance.operationalSince !== undefined && { operationalSince: instance.operationalSince }),
    reason: instance.reason,
    basePriority: basePriority(instance.configuration, instance.override),
    effectivePriority: instance.effectivePriority,
    priorityExplanation: ownerYields
      ? `${assessment.explanation} (254: another owner was heard)`
      : assessment.explanation,
    masterPriority: instance.masterPriority,
    ...(masterAddress !== undefined && { masterAddress }),
    masterAdvertisementInterval: instance.masterInterval,
    addressesSet: instance.state === 'MASTER' && instance.addresses.length > 0,
    ...(instance.sourceAddress !== undefined && { sourceAddress: instance.sourceAddress }),
    statistics: { ...instance.statistics },
    ...(instance.masterCause && { masterCause: instance.masterCause }),
    heardPeer: instance.heardPeer,
    ...(instance.override && { override: overrideStatus(instance.override) }),
    ...(instance.preemption && { preemptionOverride: overrideStatus(instance.preemption) }),
    nopreempt: instance.nopreempt,
    refusals: instance.refusals.status(),
    ...(Number.isFinite(instance.timerDue) && { nextTimeout: instance.timerDue }),
    ...(instance.listening && { listeningUntil: instance.listening.until }),
  };
}
