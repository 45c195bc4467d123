/** The firewall marks of nftables_ipvs: one service by mark stands for all addresses of a virtual server group. */
import type { CheckConfiguration, VirtualServerGroup } from '../config/model.ts';
import type { VirtualServerState } from './virtual-server.ts';

/** Marks that a configuration names itself. */
function namedMarks({ groups, virtualServers }: CheckConfiguration): number[] {
  return [
    ...virtualServers.flatMap(({ identity }) => (identity.kind === 'fwmark' ? [identity.mark] : [])),
    ...groups.flatMap(({ entries }) => entries.flatMap((entry) => (entry.kind === 'fwmark' ? [entry.mark] : []))),
  ];
}

function hasAddresses(group: VirtualServerGroup | undefined): boolean {
  return group?.entries.some(({ kind }) => kind === 'address') === true;
}

/**
 * Gives every virtual server with addresses in a group its mark, in their order: the one that it had, else the next that
 * nobody has.
 * @param firstMark undefined: there are no such marks
 * @param former the mark that a virtual server had before, if any
 */
export function giveMarks(
  configuration: CheckConfiguration,
  virtualServers: readonly VirtualServerState[],
  firstMark: number | undefined,
  former: (virtualServer: VirtualServerState) => number | undefined,
): void {
  if (firstMark === undefined) return;
  const taken = new Set(namedMarks(configuration));
  const waiting: VirtualServerState[] = [];
  for (const virtualServer of virtualServers) {
    if (!hasAddresses(virtualServer.group)) continue;
    const mark = former(virtualServer);
    if (mark === undefined || mark < firstMark || taken.has(mark)) {
      waiting.push(virtualServer);
      continue;
    }
    virtualServer.mark = mark;
    taken.add(mark);
  }
  let next = firstMark;
  for (const virtualServer of waiting) {
    while (taken.has(next)) next += 1;
    virtualServer.mark = next;
    taken.add(next);
  }
}
