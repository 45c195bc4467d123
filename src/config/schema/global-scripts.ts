/** global_defs: scripts, whom they run as, and the pipes for notifications. */
import type { FifoDraft, GlobalDraft } from '../drafts.ts';
import type { Statement } from '../statement.ts';
import { quote, type Context } from './context.ts';
import { bool, custom, flag, integer, readScript, script } from './forms.ts';
import type { Keyword } from './keyword.ts';

type G = GlobalDraft;
type Entries = Readonly<Record<string, Keyword<G>>>;

const globalOwner = () => 'global_defs';
const missingError = { missing: 'error' } as const;

function fifo(prefix: string, what: string, pick: (draft: G) => FifoDraft): Entries {
  return {
    [prefix]: custom<G>(
      what,
      '<path> <user?> <group?>',
      (draft, statement, context) => {
        const into = pick(draft);
        if (into.path !== undefined) {
          context.error(
            statement,
            0,
            'CFG_DUPLICATE',
            `${statement.keyword} is already defined; the second is ignored`,
          );
          return;
        }
        const [, path = '', user, group] = statement.words;
        into.path = path;
        if (user !== undefined) into.user = user;
        if (group !== undefined) into.group = group;
      },
      { missing: 'error' },
    ),
    [`${prefix}_script`]: script<G>(
      `Reader started with the path of ${prefix} as its last argument.`,
      globalOwner,
      (draft) => pick(draft).script,
      (draft, value) => (pick(draft).script = value),
      { missing: 'error' },
    ),
  };
}

function readScriptUser(draft: G, statement: Statement, context: Context): void {
  const [, user = '', group] = statement.words;
  const host = context.host;
  if (host.user && !host.user(user)) {
    context.error(statement, 1, 'CFG_UNKNOWN_USER', `script_user: there is no user ${quote(user)}`);
    return;
  }
  if (group !== undefined && host.group && host.group(group) === undefined) {
    context.error(statement, 2, 'CFG_UNKNOWN_GROUP', `script_user: there is no group ${quote(group)}`);
    return;
  }
  draft.scriptUser = { user, ...(group !== undefined && { group }) };
}

function wholeRunScript(
  note: string,
  present: (draft: G) => unknown,
  set: (draft: G, value: NonNullable<ReturnType<typeof readScript>>) => void,
): Keyword<G> {
  return custom<G>(
    note,
    '<cmd> <user?> <group?>',
    (draft, statement, context) => {
      if (present(draft) !== undefined) {
        context.error(statement, 0, 'CFG_DUPLICATE', `${statement.keyword} is already defined; the second is ignored`);
        return;
      }
      const read = readScript(statement, context, 'global_defs');
      if (!read) return;
      context.draft.scripts.push(read);
      set(draft, read);
    },
    { missing: 'error' },
  );
}

export const scriptKeywords: Entries = {
  script_user: custom("Account for scripts; the group defaults to the user's.", '<user> <group?>', readScriptUser, {
    default: 'keepalived_script if it exists, else the daemon',
    missing: 'error',
  }),
  enable_script_security: flag(
    'Refuses scripts run as root that others than root could change.',
    (draft) => (draft.enableScriptSecurity = true),
  ),
  use_symlink_paths: bool(
    'Runs scripts through symbolic links rather than by their resolved path.',
    (draft, value) => (draft.useSymlinkPaths = value),
    { default: 'false', since: '2.3.0' },
  ),
  set_supplementary_groups: bool(
    "Gives scripts their user's supplementary groups.",
    (draft, value) => (draft.setSupplementaryGroups = value),
    { default: 'false', since: 'after 2.4.3' },
  ),
  startup_script: wholeRunScript(
    'Runs before the children start; only one.',
    (draft) => draft.startupScript,
    (draft, value) => (draft.startupScript = value),
  ),
  startup_script_timeout: integer(
    'SIGTERM on expiry, SIGKILL 2 s later.',
    { min: 1, max: 1000, unit: 'secs' },
    (draft, value) => (draft.startupScriptTimeout = value * 1000),
    { default: '10', ...missingError },
  ),
  shutdown_script: wholeRunScript(
    'Runs after all children have ended.',
    (draft) => draft.shutdownScript,
    (draft, value) => (draft.shutdownScript = value),
  ),
  shutdown_script_timeout: integer(
    'As startup_script_timeout.',
    { min: 1, max: 1000, unit: 'secs' },
    (draft, value) => (draft.shutdownScriptTimeout = value * 1000),
    { default: '10', ...missingError },
  ),
  ...fifo('notify_fifo', 'Pipe for VRRP and LVS notifications.', (draft) => draft.notifyFifo),
  ...fifo('vrrp_notify_fifo', 'Pipe for VRRP notifications only.', (draft) => draft.vrrpNotifyFifo),
  ...fifo('lvs_notify_fifo', 'Pipe for virtual and real server notifications only.', (draft) => draft.lvsNotifyFifo),
  vrrp_notify_priority_changes: bool(
    'Writes changes of priority into the FIFOs too.',
    (draft, value) => (draft.vrrpNotifyPriorityChanges = value),
    { default: 'false' },
  ),
  fifo_write_vrrp_states_on_reload: flag(
    'Repeats unchanged states on the FIFO after a reload.',
    (draft) => (draft.repeatStatesAfterReload = true),
  ),
};
