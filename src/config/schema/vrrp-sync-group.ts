/** vrrp_sync_group: instances that change state together; track_group: instances that static addresses depend on. */
import { newTrackersDraft, type ConfigurationDraft, type SyncGroupDraft } from '../drafts.ts';
import type { Statement } from '../statement.ts';
import type { Context } from './context.ts';
import { block, bool, custom, flag, lines } from './forms.ts';
import { BlockSchema, type Keyword } from './keyword.ts';
import { positional } from './lines.ts';
import { notifyKeywords } from './notify.ts';
import { trackKeywords } from './trackers.ts';

const members: Keyword<SyncGroupDraft> = lines(
  'Members.',
  'block of instance names',
  (draft, statement) => {
    statement.words.forEach((name, word) => draft.members.push({ name, statement, word }));
  },
  { words: positional({ '<instance>': ['<vrrp_instance name>+', 'Names may share a line or use several lines.'] }) },
);

const syncGroupSchema = new BlockSchema<SyncGroupDraft>('vrrp_sync_group', {
  group: { ...members, note: 'Members; an instance joins only one group.' },
  ...trackKeywords<SyncGroupDraft>('all members'),
  ...notifyKeywords<SyncGroupDraft>('vrrp_sync_group'),
  smtp_alert: bool('Mail on changes of the group.', (draft, value) => (draft.notify.smtpAlert = value), {
    default: 'smtp_alert_vrrp, else false',
  }),
  global_tracking: custom('Old spelling of sync_group_tracking_weight.', '(none)', (draft, statement, context) => {
    draft.globalTracking = true;
    context.report(
      'deprecated',
      statement,
      0,
      'CFG_DEPRECATED',
      `global_tracking of vrrp_sync_group ${draft.name} is deprecated`,
      'put track_interface, track_script and track_file into the group itself',
    );
  }),
  sync_group_tracking_weight: flag(
    'Allows weights of members to count inside the group.',
    (draft) => (draft.trackingWeight = true),
  ),
  notify_priority_changes: bool(
    'Priority lines of the members on the FIFO.',
    (draft, value) => (draft.notifyPriorityChanges = value),
    { default: 'the global value' },
  ),
});

const trackGroupSchema = new BlockSchema<SyncGroupDraft>('track_group', {
  group: { ...members, note: 'Members of the tracking group.' },
});

function openGroup(
  groups: readonly SyncGroupDraft[],
  statement: Statement,
  context: Context,
): SyncGroupDraft | undefined {
  const name = statement.words[1];
  if (name === undefined) {
    context.missing(statement, '<name> {');
    return undefined;
  }
  const first = groups.find((group) => group.name === name);
  if (first) {
    context.duplicate(statement, 1, `${statement.keyword} ${name}`, first.statement);
    return undefined;
  }
  return { statement, name, members: [], trackers: newTrackersDraft(), notify: {} };
}

export const vrrpSyncGroup: Keyword<ConfigurationDraft> = block(
  'Instances that change state together.',
  syncGroupSchema,
  (parent: ConfigurationDraft, statement, context) => openGroup(parent.syncGroups, statement, context),
  (group, _statement, context) => context.draft.syncGroups.push(group),
  { form: '<name> block' },
);

export const trackGroup: Keyword<ConfigurationDraft> = block(
  'Instances that depend on the interfaces of static addresses, routes and rules.',
  trackGroupSchema,
  (parent: ConfigurationDraft, statement, context) => openGroup(parent.trackGroups, statement, context),
  (group, _statement, context) => context.draft.trackGroups.push(group),
  { form: '<name> block' },
);
