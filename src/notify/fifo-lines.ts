/** The line an event writes to the notify FIFOs (reference: runtime 7): a pure mapping. */
import type { DaemonEvent } from '../core/events.ts';
import { notifiedBan, notifiedState, tellsChecks } from './notified-state.ts';
import type { Subjects } from './subjects.ts';

export interface FifoLine {
  /** Which of the two special FIFOs gets it; the general one gets all. */
  readonly family: 'vrrp' | 'lvs';
  /** Newline included. */
  readonly text: string;
}

function instanceLine(name: string, word: string, priority: number): FifoLine {
  return { family: 'vrrp', text: `INSTANCE "${name}" ${word} ${priority}\n` };
}

/** The line for one event, or `undefined` if the event is not told. */
export function fifoLineForEvent(event: DaemonEvent, subjects: Subjects): FifoLine | undefined {
  switch (event.kind) {
    case 'vrrp-instance': {
      const notify = subjects.instance(event.instance)?.configuration.notify;
      const state = notifiedState(event.to, notify?.notifyDeleted ?? false);
      return state && instanceLine(event.instance, state, event.priority);
    }
    case 'vrrp-group': {
      const notify = subjects.group(event.group)?.configuration.notify;
      const state = notifiedState(event.to, notify?.notifyDeleted ?? false);
      return state && { family: 'vrrp', text: `GROUP "${event.group}" ${state} 0\n` };
    }
    case 'vrrp-unchanged': {
      const state = notifiedState(event.state, false);
      if (state === undefined) return undefined;
      if (event.subject === 'instance') return instanceLine(event.name, state, event.priority);
      return { family: 'vrrp', text: `GROUP "${event.name}" ${state} 0\n` };
    }
    case 'vrrp-lower-priority':
      return instanceLine(event.instance, 'MASTER_RX_LOWER_PRI', event.priority);
    case 'vrrp-priority':
      if (subjects.instance(event.instance)?.configuration.notifyPriorityChanges !== true) return undefined;
      if (event.state !== 'MASTER' && event.state !== 'BACKUP') return undefined;
      return instanceLine(event.instance, `${event.state}_PRIORITY`, event.to);
    case 'virtual-server':
      if (!tellsChecks(event)) return undefined;
      return { family: 'lvs', text: `VS ${event.service} ${event.to}\n` };
    case 'real-server':
      if (!tellsChecks(event)) return undefined;
      return { family: 'lvs', text: `RS ${event.server} ${event.service} ${event.to}\n` };
    case 'ban':
      return {
        family: 'lvs',
        text: `LIMIT "${event.limit}" ${notifiedBan(event.to)} ${event.client} ${event.connections ?? 0}\n`,
      };
    case 'checker':
    case 'bfd-session':
      return undefined;
  }
}
