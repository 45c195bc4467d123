/** The section of sync groups. */
import type { VrrpSyncGroupConfiguration } from '../../config/model.ts';
import type { VrrpDumpInput } from './input.ts';
import { textOf, yesNo } from './texts.ts';
import { notifyLines, trackingLines } from './tracking-lines.ts';

/** The block of one group. */
export function syncGroupDataText(group: VrrpSyncGroupConfiguration, input: VrrpDumpInput): string {
  const states = new Map(input.instances.map((instance) => [instance.name, instance.state]));
  const status = input.groups?.find(({ name }) => name === group.name);
  const members = group.members.map((member) => states.get(member));
  const count = (wanted: string): number => members.filter((state) => state === wanted).length;
  return textOf([
    ` VRRP Sync Group = ${group.name}, ${status?.state ?? members[0] ?? 'INIT'}`,
    `   Num member fault ${count('FAULT')}, num member init ${count('INIT')}`,
    '   VRRP member instances :',
    ...group.members.map((member) => `     ${member}`),
    ...(group.trackingWeight ? ['   sync group tracking weight set'] : []),
    `   Using smtp notification = ${yesNo(group.notify.smtpAlert)}`,
    ...trackingLines(group, 'process'),
    ...notifyLines(group.notify, input),
    ...(status === undefined ? [] : [`   Reason = ${status.reason}`]),
  ]);
}
