/** Prints the notify scripts that instances and sync groups have in common. */
import type { VrrpNotify } from '../model.ts';
import { boolLine, line, scriptLine, type PrintedLine } from './printed.ts';

/** The notify keywords, without those that only instances have. */
export function printNotify(notify: VrrpNotify): PrintedLine[] {
  return [
    ...scriptLine('notify_master', notify.master),
    ...scriptLine('notify_backup', notify.backup),
    ...scriptLine('notify_fault', notify.fault),
    ...scriptLine('notify_stop', notify.stop),
    ...scriptLine('notify', notify.generic),
    boolLine('smtp_alert', notify.smtpAlert),
  ];
}

/** The notify keywords of an instance. */
export function printInstanceNotify(notify: VrrpNotify): PrintedLine[] {
  const deleted = scriptLine('notify_deleted', notify.deleted);
  return [
    ...printNotify(notify),
    ...scriptLine('notify_master_rx_lower_pri', notify.masterRxLowerPriority),
    ...(notify.notifyDeleted && deleted.length === 0 ? [line('notify_deleted')] : deleted),
  ];
}
