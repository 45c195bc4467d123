/** global_defs: processes, scripts, files, mail, monitoring. */
import type { GlobalDraft, SchedulingDraft, FifoDraft } from '../drafts.ts';
import { parseCInteger } from '../values.ts';
import { readInteger } from '../values.ts';
import type { Statement } from '../statement.ts';
import { quote, type Context } from './context.ts';
import {
  bool,
  choice,
  custom,
  flag,
  integer,
  lines,
  noEffectYet,
  optionalText,
  readScript,
  script,
  seconds,
  text,
} from './forms.ts';
import type { Keyword } from './keyword.ts';

type G = GlobalDraft;
type Entries = Readonly<Record<string, Keyword<G>>>;

/** Linux: TASK_COMM_LEN less the end mark. */
const longestProcessName = 15;
const secondsMaximum = 4294;
const globalOwner = () => 'global_defs';

function processName(
  note: string,
  set: (names: G['processNames'], name: string) => void,
  extra?: { replacement: string },
): Keyword<G> {
  return text(
    note,
    (draft: G, name, statement, context) => {
      if (name.length > longestProcessName) {
        context.error(
          statement,
          1,
          'CFG_TOO_LONG',
          `${statement.keyword}: more than ${longestProcessName} characters; the rest is cut off`,
        );
      }
      set(draft.processNames, name.slice(0, longestProcessName));
    },
    { form: '<string max 15>', ...extra },
  );
}

/** Linux: CPU_SETSIZE. */
const maximumCpu = 1023;

function schedulingKeywords(prefix: string, who: string, pick: ((draft: G) => SchedulingDraft) | undefined): Entries {
  const into = <V>(set: (scheduling: SchedulingDraft, value: V) => void) =>
    pick && ((draft: G, value: V) => set(pick(draft), value));
  const limit = integer<G>(
    `RLIMIT_RTTIME of the ${who} when it has real-time priority.`,
    { min: 1, max: 4294967295, unit: 'usec' },
    into((scheduling, value: number) => (scheduling.realTimeLimitUs = value)),
    { default: '10000' },
  );
  return {
    [`${prefix}_priority`]: integer(
      `Nice value of the ${who}.`,
      { min: -20, max: 19 },
      into((s, value: number) => (s.priority = value)),
      { missing: 'error' },
    ),
    [`${prefix}_no_swap`]: flag(
      `Locks the ${who} in memory.`,
      into<true>((s) => (s.noSwap = true)),
    ),
    [`${prefix}_rt_priority`]: integer(
      `SCHED_RR priority of the ${who}; out of range values are clamped.`,
      { min: 1, max: 99, clamp: true },
      into((s, value: number) => (s.realTimePriority = value)),
      { missing: 'error' },
    ),
    [`${prefix}_cpu_affinity`]: {
      ...custom<G>(
        `CPUs the ${who} may run on.`,
        '<cpu id>+',
        (draft, statement, context) => {
          const cpus: number[] = [];
          for (let word = 1; word < statement.words.length; word++) {
            const cpu = readInteger(context, statement, word, { min: 0, max: maximumCpu });
            if (cpu !== undefined) cpus.push(cpu);
          }
          if (pick) pick(draft).cpuAffinity = cpus;
        },
        { missing: 'error' },
      ),
      ...(!pick && { effect: 'none-yet' as const }),
    },
    [`${prefix}_rlimit_rttime`]: limit,
    [`${prefix}_rlimit_rtime`]: {
      ...limit,
      note: `Old spelling of ${prefix}_rlimit_rttime.`,
      replacement: `${prefix}_rlimit_rttime`,
    },
  };
}

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

function readSmtpServer(draft: G, statement: Statement, context: Context): void {
  const [, host = '', portWord] = statement.words;
  let port = 25;
  if (portWord !== undefined) {
    const read = readInteger(context, statement, 2, { min: 1, max: 65535 });
    if (read === undefined) return;
    port = read;
  }
  if (!/^[A-Za-z0-9][A-Za-z0-9.:_-]*$/.test(host)) {
    context.error(
      statement,
      1,
      'CFG_INVALID_ADDRESS',
      `smtp_server: ${quote(host)} is neither an address nor a host name`,
    );
    return;
  }
  draft.mailServer = { host, port };
}

const modeBits: Readonly<Record<string, number>> = {
  IRUSR: 0o400, IWUSR: 0o200, IXUSR: 0o100, IRGRP: 0o040, IWGRP: 0o020, IXGRP: 0o010, IROTH: 0o004, IWOTH: 0o002, IXOTH: 0o001,
}; // prettier-ignore

function readUmask(draft: G, statement: Statement, context: Context): void {
  const word = statement.words[1] ?? '';
  if (/^[0-9]/.test(word)) {
    const value = parseCInteger(word);
    if (value === undefined || value > 0o777) {
      context.report(
        'invalid-number',
        statement,
        1,
        'CFG_INVALID_NUMBER',
        `umask: ${quote(word)} is not a mask from 0 to 0777`,
      );
      return;
    }
    draft.umask = value;
    return;
  }
  let mask = 0;
  for (const name of statement.words.slice(1).join('').split('|')) {
    const bits = modeBits[name.trim()];
    if (bits === undefined) {
      context.error(
        statement,
        1,
        'CFG_INVALID_WORD',
        `umask: ${quote(name)} is no permission`,
        'write a number or names such as IRGRP|IROTH',
      );
      return;
    }
    mask |= bits;
  }
  draft.umask = mask;
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

const bytes = { min: 0, max: 4294967295, unit: 'bytes' } as const;
const missingError = { missing: 'error' } as const;
const since = (version: string) => ({ since: version });

function bufferKeywords(name: string, what: string): Entries {
  return {
    [name]: integer(`Receive buffer of the ${what}.`, bytes, noEffectYet, { default: "the kernel's", ...missingError }),
    [`${name}_force`]: bool(`Allows the ${what} more than the system's limit.`, noEffectYet, { default: 'false' }),
  };
}

export const processKeywords: Entries = {
  process_names: flag('Gives the children the names keepalived_vrrp, keepalived_lvs and keepalived_bfd.', (draft) => {
    draft.processNames.vrrp ??= 'keepalived_vrrp';
    draft.processNames.checker ??= 'keepalived_lvs';
    draft.processNames.bfd ??= 'keepalived_bfd';
  }),
  process_name: processName('Name of the parent process (comm).', (names, name) => (names.parent = name)),
  vrrp_process_name: processName('Name of the VRRP child.', (names, name) => (names.vrrp = name)),
  checker_process_name: processName('Name of the checker child.', (names, name) => (names.checker = name)),
  lvs_process_name: processName('Old spelling of checker_process_name.', (names, name) => (names.checker = name), {
    replacement: 'checker_process_name',
  }),
  bfd_process_name: processName('Name of the BFD child.', (names, name) => (names.bfd = name)),
  use_symlink_paths: bool(
    'Runs scripts through symbolic links rather than by their resolved path.',
    (draft, value) => (draft.useSymlinkPaths = value),
    since('2.3.0'),
  ),
  set_supplementary_groups: bool("Gives scripts their user's supplementary groups.", noEffectYet, since('after 2.4.3')),
  router_id: text(
    'Name of this machine in mail subjects, SNMP and traps.',
    (draft, value) => (draft.routerId = value),
    { default: 'local host name', ...missingError },
  ),
  notification_email_from: text('Sender of the mails.', (draft, value) => (draft.mailFrom = value), {
    form: '<email>',
    default: 'user@hostname',
    ...missingError,
  }),
  smtp_server: custom(
    'Mail server; mail is sent only if there are recipients too.',
    '<ip or host> <port?>',
    readSmtpServer,
    { default: 'unset (port 25)', missing: 'stops' },
  ),
  smtp_helo_name: optionalText(
    'HELO name of the mails.',
    (draft, value) => {
      if (value !== undefined) draft.mailHelo = value;
    },
    { form: '<string>', default: 'local host name' },
  ),
  smtp_connect_timeout: integer(
    'Limit for connecting and for each reply of the mail server.',
    { min: 1, max: secondsMaximum, unit: 'secs' },
    (draft, value) => (draft.mailTimeout = value * 1000),
    { default: '30' },
  ),
  notification_email: lines(
    'Recipients, any number of words on any number of lines.',
    'block of addresses',
    (draft, statement) => draft.mailRecipients.push(...statement.words),
    {
      words: { '<email>': { form: '<address>+', note: 'Any number of words per line, each a recipient.' } },
      begin: (_draft, statement, context) => {
        if ((statement.block ?? []).length > 0) return;
        context.error(statement, 0, 'CFG_EMPTY_BLOCK', 'notification_email lists no address');
      },
    },
  ),
  smtp_alert: bool('Default of all smtp_alert settings.', (draft, value) => (draft.smtpAlert = value)),
  smtp_alert_vrrp: bool('Default for VRRP instances and groups.', (draft, value) => (draft.smtpAlertVrrp = value)),
  smtp_alert_checker: bool('Default for virtual and real servers.', (draft, value) => (draft.smtpAlertChecker = value)),
  no_email_faults: flag('No mail for transitions to FAULT.', (draft) => (draft.noFaultMail = true)),
  no_checker_emails: bool('No mail written by single checkers.', (draft, value) => (draft.noCheckerMail = value)),
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
  max_auto_priority: integer(
    'Raises the real-time priority by itself when scheduled late; no value means the maximum.',
    { min: -1, max: 99, absent: 99 },
    noEffectYet,
    { default: '0 (off)' },
  ),
  min_auto_priority_delay: integer(
    'Lateness that raises the priority.',
    { min: 1, max: 10_000_000, unit: 'usec' },
    noEffectYet,
    { default: '1000000', ...missingError },
  ),
  checker_log_all_failures: bool(
    'Logs every failed check; default of the checkers.',
    (draft, value) => (draft.checkerLogAllFailures = value),
    { default: 'false' },
  ),
  ...schedulingKeywords('vrrp', 'VRRP process', (draft) => draft.vrrpScheduling),
  ...schedulingKeywords('checker', 'checker process', (draft) => draft.checkerScheduling),
  ...schedulingKeywords('bfd', 'BFD process', noEffectYet),
  ...fifo('notify_fifo', 'Pipe for VRRP and LVS notifications.', (draft) => draft.notifyFifo),
  ...fifo('vrrp_notify_fifo', 'Pipe for VRRP notifications only.', (draft) => draft.vrrpNotifyFifo),
  ...fifo('lvs_notify_fifo', 'Pipe for virtual and real server notifications only.', (draft) => draft.lvsNotifyFifo),
  snmp_socket: text('Socket of the SNMP master agent; same as -A.', noEffectYet, {
    form: '<agentx address>',
    default: "net-snmp's",
    ...missingError,
  }),
  enable_traps: flag('Sends SNMP notifications.', noEffectYet),
  enable_snmp_vrrp: flag('VRRP part of KEEPALIVED-MIB.', noEffectYet),
  enable_snmp_keepalived: flag('Old spelling of enable_snmp_vrrp.', noEffectYet, { replacement: 'enable_snmp_vrrp' }),
  enable_snmp_rfc: flag('Both RFC MIBs.', noEffectYet),
  enable_snmp_rfcv2: flag('VRRP-MIB of RFC 2787.', noEffectYet),
  enable_snmp_rfcv3: flag('VRRPV3-MIB of RFC 6527.', noEffectYet),
  enable_snmp_checker: flag('Checker part of KEEPALIVED-MIB.', noEffectYet),
  snmp_vs_stats_update_interval: seconds(
    'How long virtual server statistics are cached.',
    { min: 0.001, max: 30, decimals: 6 },
    noEffectYet,
    { default: '5', since: '2.3.0' },
  ),
  snmp_rs_stats_update_interval: seconds(
    'How long real server statistics are cached.',
    { min: 0.001, max: 30, decimals: 6 },
    noEffectYet,
    { default: 'as for virtual servers', since: '2.3.0' },
  ),
  enable_dbus: flag('Starts the D-Bus service.', noEffectYet),
  dbus_service_name: text('Name to own on the bus.', noEffectYet, {
    form: '<name>',
    default: 'org.keepalived.Vrrp1',
    ...missingError,
  }),
  dbus_no_interface_name: text('Part of the object path for an instance without interface.', noEffectYet, {
    default: 'none',
    since: '2.3.0',
    ...missingError,
  }),
  script_user: custom("Account for scripts; the group defaults to the user's.", '<user> <group?>', readScriptUser, {
    default: 'keepalived_script if it exists, else the daemon',
    missing: 'error',
  }),
  enable_script_security: flag(
    'Refuses scripts run as root that others than root could change.',
    (draft) => (draft.enableScriptSecurity = true),
  ),
  ...bufferKeywords('vrrp_netlink_cmd_rcv_bufs', "VRRP process's netlink command socket"),
  ...bufferKeywords('vrrp_netlink_monitor_rcv_bufs', "VRRP process's netlink monitor socket"),
  ...bufferKeywords('process_monitor_rcv_bufs', 'process event connector'),
  ...bufferKeywords('lvs_netlink_cmd_rcv_bufs', "checker process's netlink command socket"),
  ...bufferKeywords('lvs_netlink_monitor_rcv_bufs', "checker process's netlink monitor socket"),
  rs_init_notifies: bool(
    'Notifies UP for real servers when they are first added.',
    (draft, value) => (draft.rsInitNotifies = value),
    { default: 'false' },
  ),
  umask: custom('Mask for files that are created; -u wins.', '<octal/hex/dec> or <IRUSR...>{|..}', readUmask, {
    default: '0177',
    missing: 'stops',
  }),
  random_seed: integer(
    'Seed of ${_RANDOM}; without effect in the original, where seeding happens earlier.',
    { min: 0, max: 4294967295 },
    noEffectYet,
    { default: 'time' },
  ),
  reload_check_config: optionalText(
    'Tests the configuration before a reload; the argument is a file for the messages.',
    (draft) => (draft.reloadCheckConfig = true),
    { form: '<log file?>', default: 'off' },
  ),
  reload_time_file: text('File with the time of the next reload by itself.', noEffectYet, {
    form: '<path>',
    default: 'none',
    ...missingError,
  }),
  reload_repeat: flag('Repeats reloads daily whose time has no date.', noEffectYet),
  reload_file: optionalText('File that exists while a reload is going on.', noEffectYet, {
    form: '<path?>',
    default: 'keepalived.reload beside the pid file',
  }),
  include_check: custom(
    'What makes a plain include fatal.',
    '{+ or -}{read match wildcard_match brace_match}*',
    (_draft, statement, context) => {
      // It acts while files are read (source/reader.ts); here only its words are checked.
      for (let word = 1; word < statement.words.length; word++) {
        const name = (statement.words[word] ?? '').replace(/^[+-]/, '');
        if (name === 'readable' || ['read', 'match', 'wildcard_match', 'brace_match'].includes(name)) continue;
        context.error(
          statement,
          word,
          'CFG_INVALID_WORD',
          `include_check: ${quote(statement.words[word] ?? '')} is not one of read, match, wildcard_match, brace_match`,
        );
      }
    },
    { default: 'off' },
  ),
  config_save_dir: text('Directory for dumps of the configuration at every load.', noEffectYet, {
    form: '<dir>',
    default: 'none',
  }),
  tmp_config_directory: text('Place for the merged copy of the configuration.', noEffectYet, {
    form: '<dir>',
    default: 'memory',
    ...missingError,
  }),
  data_use_instance: bool('Puts namespace and instance into the names of dumps.', noEffectYet, { default: 'false' }),
  json_version: choice('Layout of the JSON dump.', ['1', '2'], noEffectYet, {
    default: '1',
    since: '2.2.8',
    form: '<1 or 2>',
  }),
  iproute_usr_dir: text(
    'Where the name tables of iproute2 are.',
    (draft, value) => (draft.iprouteUserDirectory = value),
    { form: '<dir>', default: '/usr/share/iproute2', since: '2.3.2', ...missingError },
  ),
  iproute_etc_dir: text('Name tables that override those.', (draft, value) => (draft.iprouteEtcDirectory = value), {
    form: '<dir>',
    default: '/etc/iproute2',
    since: '2.3.2',
    ...missingError,
  }),
  state_dump_file: text('Template for the names of state dumps.', noEffectYet, {
    form: '<path or name>',
    default: '/tmp/keepalived.data',
    since: '2.3.3',
    ...missingError,
  }),
  stats_dump_file: text('File for statistics.', noEffectYet, {
    form: '<path>',
    default: '/tmp/keepalived.stats',
    since: '2.3.3',
    ...missingError,
  }),
  json_dump_file: text('File for the JSON dump.', noEffectYet, {
    form: '<path>',
    default: '/tmp/keepalived.json',
    since: '2.3.3',
    ...missingError,
  }),
};
