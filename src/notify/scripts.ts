/** Which notify scripts an event starts, with which arguments: a pure mapping. */
import type { ScriptCommand, VrrpNotify } from '../config/model.ts';
import type { DaemonEvent } from '../core/events.ts';
import { notifiedBan, notifiedState, tellsChecks, type NotifiedState } from './notified-state.ts';
import type { Subjects } from './subjects.ts';

/** One program to start. */
export interface ScriptCall {
  readonly command: ScriptCommand;
  /** Words behind the configured ones. */
  readonly extraArguments: readonly string[];
  /** For the log: `notify_master of VI_1`. */
  readonly purpose: string;
}

function specificScript(notify: VrrpNotify, state: NotifiedState): [string, ScriptCommand | undefined] {
  switch (state) {
    case 'MASTER':
      return ['notify_master', notify.master];
    case 'BACKUP':
      return ['notify_backup', notify.backup];
    case 'FAULT':
      return ['notify_fault', notify.fault];
    case 'STOP':
      return ['notify_stop', notify.stop];
    case 'DELETED':
      return ['notify_deleted', notify.deleted];
  }
}

function call(
  command: ScriptCommand | undefined,
  purpose: string,
  extraArguments: readonly string[] = [],
): ScriptCall[] {
  return command === undefined ? [] : [{ command, extraArguments, purpose }];
}

/** The scripts of an instance or group for a state: the one for that state first, then the one for all. */
function stateScripts(
  notify: VrrpNotify,
  kind: 'INSTANCE' | 'GROUP',
  name: string,
  state: NotifiedState,
  priority: number,
): ScriptCall[] {
  const [keyword, specific] = specificScript(notify, state);
  return [
    ...call(specific, `${keyword} of ${name}`),
    ...call(notify.generic, `notify of ${name}`, [kind, name, state, String(priority)]),
  ];
}

/** The calls for one event, in the order in which they are started. Empty if the event is not told by scripts. */
export function scriptsForEvent(event: DaemonEvent, subjects: Subjects): readonly ScriptCall[] {
  switch (event.kind) {
    case 'vrrp-instance': {
      const notify = subjects.instance(event.instance)?.configuration.notify;
      if (notify === undefined) return [];
      const state = notifiedState(event.to, notify.notifyDeleted);
      return state === undefined ? [] : stateScripts(notify, 'INSTANCE', event.instance, state, event.priority);
    }
    case 'vrrp-group': {
      const notify = subjects.group(event.group)?.configuration.notify;
      if (notify === undefined) return [];
      const state = notifiedState(event.to, notify.notifyDeleted);
      return state === undefined ? [] : stateScripts(notify, 'GROUP', event.group, state, 0);
    }
    case 'vrrp-lower-priority': {
      const notify = subjects.instance(event.instance)?.configuration.notify;
      return call(notify?.masterRxLowerPriority, `notify_master_rx_lower_pri of ${event.instance}`);
    }
    case 'real-server': {
      if (!tellsChecks(event)) return [];
      const server = subjects.realServer(event.service, event.server)?.realServer;
      const of = `${event.server} of ${event.service}`;
      return event.to === 'UP'
        ? call(server?.notifyUp, `notify_up of ${of}`)
        : call(server?.notifyDown, `notify_down of ${of}`);
    }
    case 'virtual-server': {
      if (!tellsChecks(event)) return [];
      const server = subjects.virtualServer(event.service)?.virtualServer;
      return event.to === 'UP'
        ? call(server?.quorumUp, `quorum_up of ${event.service}`)
        : call(server?.quorumDown, `quorum_down of ${event.service}`);
    }
    case 'ban': {
      if (event.muted) return [];
      const notify = subjects.connectionLimit(event.limit)?.configuration.notify;
      const { client, connections = 0, limit, to } = event;
      return call(notify, `notify of ${limit}`, ['LIMIT', limit, notifiedBan(to), client, String(connections)]);
    }
    case 'vrrp-priority':
    case 'vrrp-unchanged':
    case 'checker':
    case 'bfd-session':
      return [];
  }
}
