/** The notify scripts that instances and sync groups have in common. */
import type { NotifyDraft, ScriptDraft } from '../drafts.ts';
import { script } from './forms.ts';
import type { Keyword } from './keyword.ts';

interface Notified {
  readonly name: string;
  readonly notify: NotifyDraft;
}

type ScriptField = {
  [K in keyof NotifyDraft]-?: NotifyDraft[K] extends ScriptDraft | undefined ? K : never;
}[keyof NotifyDraft];

export function notifyScript<D extends Notified>(owner: string, field: ScriptField, note: string): Keyword<D> {
  return script<D>(
    note,
    (draft) => `${owner} ${draft.name}`,
    (draft) => draft.notify[field],
    (draft, value) => (draft.notify[field] = value),
    { default: 'none' },
  );
}

export function notifyKeywords<D extends Notified>(owner: string): Readonly<Record<string, Keyword<D>>> {
  return {
    notify_backup: notifyScript(owner, 'backup', 'Runs on entering BACKUP.'),
    notify_master: notifyScript(owner, 'master', 'Runs on entering MASTER.'),
    notify_fault: notifyScript(owner, 'fault', 'Runs on entering FAULT.'),
    notify_stop: notifyScript(owner, 'stop', 'Runs at the stop.'),
    notify: notifyScript(owner, 'generic', 'Runs on every change, with kind, name, state and priority as arguments.'),
  };
}
