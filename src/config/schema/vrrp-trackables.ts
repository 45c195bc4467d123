/** What instances can follow: vrrp_script, track_file and vrrp_track_process; bfd_instance has a file of its own. */
import type { ConfigurationDraft, TrackFileDraft, TrackProcessDraft, VrrpScriptDraft } from '../drafts.ts';
import type { Statement } from '../statement.ts';
import { parseInteger, type NumberRange } from '../values.ts';
import { directoryOf } from '../source/patterns.ts';
import { firstByName } from './by-name.ts';
import { quote, type Context } from './context.ts';
import { block, custom, flag, integer, readScript, seconds, text } from './forms.ts';
import { BlockSchema, type Keyword } from './keyword.ts';

interface Weighted {
  weight?: number;
  reverse?: boolean;
}

function secondIgnored(statement: Statement, context: Context): void {
  context.error(
    statement,
    0,
    'CFG_DUPLICATE',
    `${statement.keyword} is already given in this block; the second is ignored`,
  );
}

/** `weight N [reverse]` of the things that can be tracked. */
export function weightKeyword<D extends Weighted>(
  note: string,
  range: NumberRange,
  defaultValue: string,
  missing: 'stops' | 'error' = 'stops',
): Keyword<D> {
  return custom<D>(
    note,
    `<int ${range.min}..${range.max}> <reverse?>`,
    (draft, statement, context) => {
      const word = statement.words[1] ?? '';
      const value = parseInteger(word);
      if (value === undefined || value < range.min || value > range.max) {
        context.report(
          'invalid-number',
          statement,
          1,
          'CFG_INVALID_NUMBER',
          `weight: ${quote(word)} is not in the range ${range.min} to ${range.max}`,
        );
        return;
      }
      draft.weight = value;
      const option = statement.words[2];
      if (option === 'reverse') draft.reverse = true;
      else if (option !== undefined) {
        context.error(
          statement,
          2,
          'CFG_UNKNOWN_OPTION',
          `weight: unknown option ${quote(option)}`,
          'write reverse, or nothing',
        );
      }
    },
    { default: defaultValue, missing },
  );
}

export function named<D extends { readonly name: string; readonly statement: Statement }>(
  existing: (draft: ConfigurationDraft) => readonly D[],
  make: (statement: Statement, name: string) => D,
) {
  return (parent: ConfigurationDraft, statement: Statement, context: Context): D | undefined => {
    const name = statement.words[1];
    if (name === undefined) {
      context.missingStops(statement, '<name> {');
      return undefined;
    }
    const first = firstByName(existing(parent), name);
    if (first) {
      context.duplicate(statement, 1, `${statement.keyword} ${name}`, first.statement);
      return undefined;
    }
    return make(statement, name);
  };
}

const vrrpScriptSchema = new BlockSchema<VrrpScriptDraft>('vrrp_script', {
  script: custom(
    'Command; `</path` asks whether a file can be read.',
    '<cmd>',
    (draft, statement, context) => {
      if (draft.script) {
        context.duplicate(statement, 0, `script of vrrp_script ${draft.name}`, draft.script.statement);
        return;
      }
      const read = readScript(statement, context, `vrrp_script ${draft.name}`, false);
      if (read) draft.script = read;
    },
    { default: 'required', missing: 'error' },
  ),
  interval: seconds(
    'Time between two starts; 0 becomes 1 with an error.',
    { min: 0, max: 4294, decimals: 3 },
    (draft, value, statement, context) => {
      if (value <= 0) {
        context.report('invalid-number', statement, 1, 'CFG_CLAMPED', 'interval: 0 is out of range; 1 is used');
        draft.interval = 1000;
      } else draft.interval = value;
    },
    { default: '1', form: '<secs float from 0.001>' },
  ),
  timeout: seconds(
    'Limit of one run; then it counts as failed.',
    { min: 0.001, max: 4294, decimals: 3 },
    (draft, value) => (draft.timeout = value),
    { default: 'interval', form: '<secs float>' },
  ),
  weight: weightKeyword('Change of priority; 0: failure means FAULT.', { min: -253, max: 253 }, '0'),
  rise: integer('Successes needed to be up.', { min: 1, max: 4294967295 }, (draft, value) => (draft.rise = value), {
    default: '1',
  }),
  fall: integer('Failures needed to be down.', { min: 1, max: 4294967295 }, (draft, value) => (draft.fall = value), {
    default: '1',
  }),
  user: custom('Account of the script.', '<user> <group?>', readUser, { default: 'script_user', missing: 'stops' }),
  init_fail: flag(
    'Meant to start as failed; as with keepalived it changes nothing: instances wait for the first result.',
    (draft) => (draft.initFail = true),
  ),
});

/** `user NAME [GROUP]`. */
export function readUser(draft: { user?: string; group?: string }, statement: Statement, context: Context): void {
  const [, user = '', group] = statement.words;
  const { host } = context;
  if (host.user && !host.user(user)) {
    context.error(
      statement,
      1,
      'CFG_UNKNOWN_USER',
      `there is no user ${quote(user)}`,
      'create the account, or name another',
    );
    return;
  }
  if (group !== undefined && host.group && host.group(group) === undefined) {
    context.error(statement, 2, 'CFG_UNKNOWN_GROUP', `there is no group ${quote(group)}`);
    return;
  }
  draft.user = user;
  if (group !== undefined) draft.group = group;
}

export const vrrpScript: Keyword<ConfigurationDraft> = block(
  'A program whose exit code counts for the instances that name it in track_script.',
  vrrpScriptSchema,
  named<VrrpScriptDraft>(
    (draft) => draft.vrrpScripts,
    (statement, name) => ({ statement, name }),
  ),
  (script, statement, context) => {
    if (!script.script) {
      context.error(
        statement,
        0,
        'CFG_INCOMPLETE',
        `vrrp_script ${script.name} has no script and is ignored`,
        'add "script <command>"',
      );
      return;
    }
    if (script.user !== undefined) script.script.user = script.user;
    if (script.group !== undefined) script.script.group = script.group;
    context.draft.vrrpScripts.push(script);
  },
  { form: '<name> block' },
);

function readInitialValue(draft: TrackFileDraft, statement: Statement, context: Context): void {
  let value = 0;
  let overwrite = false;
  for (let word = 1; word < statement.words.length; word++) {
    const text = statement.words[word] ?? '';
    const number = parseInteger(text);
    if (text === 'overwrite') overwrite = true;
    else if (number !== undefined && Math.abs(number) <= 2147483647) value = number;
    else
      context.error(statement, word, 'CFG_INVALID_WORD', `init_file: ${quote(text)} is neither a number nor overwrite`);
  }
  draft.initialize = { value, overwrite };
}

const trackFileSchema = new BlockSchema<TrackFileDraft>('track_file', {
  file: text(
    'File to watch; its directory must exist.',
    (draft, value, statement, context) => {
      if (draft.path === undefined) draft.path = value;
      else secondIgnored(statement, context);
    },
    {
      form: '<path>',
      default: 'required',
      missing: 'error',
    },
  ),
  weight: weightKeyword(
    'Multiplier of the number in the file; 0: not zero means FAULT.',
    { min: -254, max: 254 },
    '1',
    'error',
  ),
  init_file: custom(
    'Creates the file, or overwrites it, with a number at the start.',
    '<int?> <overwrite?>',
    readInitialValue,
    { default: 'off' },
  ),
});

const trackFileBlock = block<ConfigurationDraft, TrackFileDraft>(
  'A file whose number counts for instances and checkers that name it.',
  trackFileSchema,
  named<TrackFileDraft>(
    (draft) => draft.trackFiles,
    (statement, name) => ({ statement, name }),
  ),
  (file, statement, context) => {
    if (file.path === undefined) {
      context.error(
        statement,
        0,
        'CFG_INCOMPLETE',
        `track_file ${file.name} names no file and is ignored`,
        'add "file <path>"',
      );
      return;
    }
    const directory = directoryOf(file.path);
    if (context.host.directoryExists?.(directory) === false) {
      context.error(
        statement,
        0,
        'CFG_NO_DIRECTORY',
        `track_file ${file.name}: there is no directory ${directory}`,
        'create it; files in it can be watched only if it exists',
      );
    }
    context.draft.trackFiles.push(file);
  },
  { form: '<name> block' },
);

export const trackFile: Keyword<ConfigurationDraft> = trackFileBlock;
export const vrrpTrackFile: Keyword<ConfigurationDraft> = {
  ...trackFileBlock,
  note: 'Old name of track_file.',
  replacement: 'track_file',
};

const delayRange = { min: 0.000001, max: 3600, decimals: 6 } as const;

function readProcess(draft: TrackProcessDraft, statement: Statement, context: Context): void {
  if (draft.process !== undefined) {
    secondIgnored(statement, context);
    return;
  }
  const [, process = '', ...parameters] = statement.words;
  draft.process = process;
  draft.parameters = parameters;
}

function readParameterMatch(draft: TrackProcessDraft, statement: Statement, context: Context): void {
  const word = statement.words[1];
  if (word === undefined) draft.parameterMatch = 'exact';
  else if (word === 'initial' || word === 'partial') draft.parameterMatch = word;
  else context.error(statement, 1, 'CFG_INVALID_WORD', `param_match: ${quote(word)} is neither initial nor partial`);
}

const trackProcessSchema = new BlockSchema<TrackProcessDraft>('vrrp_track_process', {
  process: custom('Name of the process, and parameters to compare.', '<cmd> <params...>', readProcess, {
    default: 'required',
    missing: 'stops',
  }),
  param_match: custom(
    'How parameters are compared: the first ones equal (partial), and the last one only its beginning (initial).',
    '<initial or partial?>',
    readParameterMatch,
    { default: 'exact if there are parameters' },
  ),
  weight: weightKeyword('Change of priority; 0: too few processes mean FAULT.', { min: -254, max: 254 }, '0', 'error'),
  quorum: integer('Least number of processes.', { min: 1, max: 65535 }, (draft, value) => (draft.quorum = value), {
    default: '1',
  }),
  quorum_max: integer(
    'Greatest number of processes; 0: none may run.',
    { min: 0, max: 65535 },
    (draft, value, statement) => {
      draft.quorumMax = value;
      draft.quorumMaxAt = statement;
    },
    { default: 'unlimited' },
  ),
  delay: seconds(
    'Both of the following delays.',
    delayRange,
    (draft, value) => {
      draft.terminateDelay = value;
      draft.forkDelay = value;
    },
    { default: '0' },
  ),
  terminate_delay: seconds(
    'Wait before a lost quorum counts.',
    delayRange,
    (draft, value) => (draft.terminateDelay = value),
    { default: '0' },
  ),
  fork_delay: seconds('Wait before a gained quorum counts.', delayRange, (draft, value) => (draft.forkDelay = value), {
    default: '0',
  }),
  full_command: flag(
    'Compares the first argument rather than the name of the process.',
    (draft) => (draft.fullCommand = true),
  ),
});

export const vrrpTrackProcess: Keyword<ConfigurationDraft> = block<ConfigurationDraft, TrackProcessDraft>(
  'Processes whose presence counts for the instances that name it in track_process.',
  trackProcessSchema,
  named<TrackProcessDraft>(
    (draft) => draft.trackProcesses,
    (statement, name) => ({ statement, name }),
  ),
  (process, statement, context) => {
    if (process.process === undefined) {
      context.error(
        statement,
        0,
        'CFG_INCOMPLETE',
        `vrrp_track_process ${process.name} names no process and is ignored`,
        'add "process <name>"',
      );
      return;
    }
    context.draft.trackProcesses.push(process);
  },
  { form: '<name> block' },
);
