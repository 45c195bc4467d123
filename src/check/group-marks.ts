/** The firewall marks of nftables_ipvs: one service by mark stands for all addresses of a virtual server group. */
import type { CheckConfiguration, VirtualServerConfiguration, VirtualServerGroup } from '../config/model.ts';

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
 * A mark for every virtual server with addresses in a group, in their order: the one that it had, else the next that nobody
 * has.
 * @param firstMark undefined: there are no such marks
 * @param former the mark that the virtual server of this number had before, if any
 * @returns by the numbers of the virtual servers; undefined: none has one
 */
export function giveMarks(
  configuration: CheckConfiguration,
  groupOf: (virtualServer: VirtualServerConfiguration) => VirtualServerGroup | undefined,
  firstMark: number | undefined,
  former: (number: number) => number | undefined,
): readonly (number | undefined)[] | undefined {
  if (firstMark === undefined) return undefined;
  const taken = new Set(namedMarks(configuration));
  const waiting: number[] = [];
  const marks = configuration.virtualServers.map((virtualServer, number) => {
    if (!hasAddresses(groupOf(virtualServer))) return undefined;
    const mark = former(number);
    if (mark === undefined || mark < firstMark || taken.has(mark)) {
      waiting.push(number);
      return undefined;
    }
    taken.add(mark);
    return mark;
  });
  let next = firstMark;
  for (const number of waiting) {
    while (taken.has(next)) next += 1;
    marks[number] = next;
    taken.add(next);
  }
  return marks;
}
