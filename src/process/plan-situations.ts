/** What a plan has to know of the running instances, from the answer of the VRRP process. */
import type { InstanceSituation } from '../plan/types.ts';
import type { VrrpInstanceReport } from '../vrrp/report-types.ts';
import type { VrrpInstanceStatus } from '../vrrp/types.ts';

/** The ranking of routers that were heard is not in every answer. */
type Answer = VrrpInstanceStatus & Partial<Pick<VrrpInstanceReport, 'ranking'>>;

export function instanceSituations(answer: unknown): readonly InstanceSituation[] | undefined {
  const instances = (answer as { readonly instances?: readonly Answer[] } | null | undefined)?.instances;
  return instances?.map((instance) => {
    const { basePriority, effectivePriority, name, override, state } = instance;
    const rival = rivalOf(instance);
    const overridden = override === undefined ? {} : { overridden: true as const };
    return { name, state, basePriority, effectivePriority, ...overridden, ...(rival && { rival }) };
  });
}

/** The router that would win, or has won: a ranking is in the order of election. */
function rivalOf({ masterAddress, masterPriority, ranking, state }: Answer): InstanceSituation['rival'] {
  if (ranking !== undefined) {
    const first = ranking.find(({ self }) => !self);
    return first && { address: first.address, priority: first.priority };
  }
  if (masterAddress === undefined || state === 'MASTER') return undefined;
  return { address: masterAddress, priority: masterPriority };
}
