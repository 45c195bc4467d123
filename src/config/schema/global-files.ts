/** global_defs: files that are written, reloads, where things are looked for. */
import type { GlobalDraft } from '../drafts.ts';
import type { Statement } from '../statement.ts';
import { parseCInteger, readSeconds } from '../values.ts';
import { quote, type Context } from './context.ts';
import { bool, choice, custom, flag, integer, optionalText, ours, text } from './forms.ts';
import type { Keyword } from './keyword.ts';

type G = GlobalDraft;
type Entries = Readonly<Record<string, Keyword<G>>>;

const missingError = { missing: 'error' } as const;

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

function readSocketMode(draft: G, statement: Statement, context: Context): void {
  const word = statement.words[1] ?? '';
  // The owner's bits are root's, whom they do not hinder; nobody executes a socket.
  if (!/^0?6[0246][0246]$/.test(word)) {
    context.error(
      statement,
      1,
      'CFG_INVALID_NUMBER',
      `control_socket_mode: ${quote(word)} is not an octal mode of a socket that root may use`,
      'write a mode such as 0660; 0666 lets everybody on this machine look',
    );
    return;
  }
  draft.controlSocket.mode = Number.parseInt(word, 8);
}

function readSocketGroup(draft: G, statement: Statement, context: Context): void {
  const [, name = '', right = 'read'] = statement.words;
  if (right !== 'read' && right !== 'change') {
    context.error(
      statement,
      2,
      'CFG_INVALID_WORD',
      `control_socket_group: ${quote(right)} is neither read nor change`,
      'write change if members may reload and the like, or nothing if they may only look',
    );
    return;
  }
  draft.controlSocket.group = { name, mayChange: right === 'change', at: statement };
}

export const fileKeywords: Entries = {
  umask: custom('Mask for files that are created; -u wins.', '<octal/hex/dec> or <IRUSR...>{|..}', readUmask, {
    default: '0177',
    missing: 'stops',
  }),
  random_seed: integer(
    'Seed of ${_RANDOM}; without effect in the original, where seeding happens earlier, and so here.',
    { min: 0, max: 4294967295 },
    (draft, value) => (draft.randomSeed = value),
    { default: 'time' },
  ),
  reload_check_config: optionalText(
    'Tests the configuration before a reload; the argument is a file for the messages.',
    (draft, value) => {
      draft.reload.checkConfiguration = true;
      if (value !== undefined) draft.reload.checkLog = value;
    },
    { form: '<log file?>', default: 'off' },
  ),
  reload_time_file: text(
    'File with the time of the next reload by itself.',
    (draft, value, statement) => {
      draft.reload.timeFile = value;
      draft.reload.timeFileAt = statement;
    },
    {
      form: '<path>',
      default: 'none',
      ...missingError,
    },
  ),
  reload_repeat: flag('Repeats reloads daily whose time has no date.', (draft, _value, statement) => {
    draft.reload.repeat = true;
    draft.reload.repeatAt = statement;
  }),
  reload_file: optionalText(
    'File that exists while a reload is going on.',
    (draft, value) => (draft.reload.file = value ?? ''),
    {
      form: '<path?>',
      default: 'keepalived.reload beside the pid file',
    },
  ),
  control_socket_mode: custom(
    'Permissions of the control socket; whoever is not root may connect with write permission, and only look.',
    '<octal 0600..0666>',
    readSocketMode,
    { default: '0600; 0660 with control_socket_group', missing: 'error', ...ours },
  ),
  control_socket_group: custom(
    'Group of the control socket. Its members may look (status, events, plan), with `change` do all that root may.',
    '<group> {read or change}',
    readSocketGroup,
    { default: 'root alone', missing: 'error', ...ours },
  ),
  watch_config: custom(
    'Watches the files of the configuration, includes too, and reloads when they were written and nothing changed for this long. What has errors is reported and not applied.',
    '<secs float? 0.1..3600>',
    (draft, statement, context) => {
      draft.watchConfiguration ??= {};
      if (statement.words.length < 2) return;
      const value = readSeconds(context, statement, 1, { min: 0.1, max: 3600, decimals: 3 });
      if (value !== undefined) draft.watchConfiguration.settleTime = value;
    },
    { default: 'off; 2 where nothing stands behind it', ...ours },
  ),
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
  config_save_dir: text(
    'Directory for dumps of the configuration at every load.',
    (draft, value) => (draft.dumps.configurationDirectory = value),
    {
      form: '<dir>',
      default: 'none',
    },
  ),
  tmp_config_directory: text(
    'Place for the merged copy of the configuration; here there is none, each process gets what was read.',
    (draft, value) => (draft.temporaryDirectory = value),
    {
      form: '<dir>',
      default: 'memory',
      ...missingError,
    },
  ),
  data_use_instance: bool(
    'Puts namespace and instance into the names of dumps.',
    (draft, value) => (draft.dumps.useInstance = value),
    { default: 'false' },
  ),
  json_version: choice(
    'Layout of the JSON dump.',
    ['1', '2'],
    (draft, value) => (draft.dumps.jsonVersion = value === '2' ? 2 : 1),
    {
      default: '1',
      since: '2.2.8',
      form: '<1 or 2>',
    },
  ),
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
  state_dump_file: text('Template for the names of state dumps.', (draft, value) => (draft.dumps.state = value), {
    form: '<path or name>',
    default: '/tmp/keepalived.data',
    since: '2.3.3',
    ...missingError,
  }),
  stats_dump_file: text('File for statistics.', (draft, value) => (draft.dumps.statistics = value), {
    form: '<path>',
    default: '/tmp/keepalived.stats',
    since: '2.3.3',
    ...missingError,
  }),
  json_dump_file: text('File for the JSON dump.', (draft, value) => (draft.dumps.json = value), {
    form: '<path>',
    default: '/tmp/keepalived.json',
    since: '2.3.3',
    ...missingError,
  }),
};
