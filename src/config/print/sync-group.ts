/** Prints vrrp_sync_group. */
import type { VrrpSyncGroupConfiguration } from '../model.ts';
import { printNotify } from './notify.ts';
import { blockLine, boolLine, flagLine, valueBlock, valueLine, type PrintedLine } from './printed.ts';
import { printTracked } from './trackables.ts';

/** vrrp_sync_group. */
export function printSyncGroup(group: VrrpSyncGroupConfiguration): PrintedLine {
  return blockLine(
    'vrrp_sync_group',
    [group.name],
    [
      ...valueBlock(
        'group',
        group.members.map((member) => valueLine([member])),
      ),
      ...flagLine('global_tracking', group.globalTracking),
      ...flagLine('sync_group_tracking_weight', group.trackingWeight),
      ...printTracked(group),
      ...printNotify(group.notify),
      boolLine('notify_priority_changes', group.notifyPriorityChanges),
    ],
    group.at,
  );
}
