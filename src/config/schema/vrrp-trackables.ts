/** What instances can follow: vrrp_script, track_file, vrrp_track_process and bfd_instance. */
import type {
  BfdInstanceDraft,
  ConfigurationDraft,
  TrackFileDraft,
  TrackProcessDraft,
  VrrpScriptDraft,
} from '../drafts.ts';
import type { Statement } from '../statement.ts';
import { parseInteger, type NumberRange } from '../values.ts';
import { directoryOf } from '../source/patterns.ts';
import { quote, type Context } from './context.ts';
import { address, block, bool, custom, flag, integer, noEffectYet, readScript, seconds, text } from './forms.ts';
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
function weightKeyword<D extends Weighted>(
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

function named<D extends { readonly name: string; readonly statement: Statement }>(
  existing: (draft: ConfigurationDraft) => readonly D[],
  make: (statement: Statement, name: string) => D,
) {
  return (parent: ConfigurationDraft, statement: Statement, context: Context): D | undefined => {
    const name = statement.words[1];
    if (name === undefined) {
      context.missingStops(statement, '<name> {');
      return undefined;
    }
    const first = existing(parent).find((other) => other.name === name);
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
  init_fail: flag('Starts in the failed state.', (draft) => (draft.initFail = true)),
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
  init_file: {
    ...custom<TrackFileDraft>(
      'Creates the file, or overwrites it, with a number at the start.',
      '<int?> <overwrite?>',
      (_draft, statement, context) => {
        for (let word = 1; word < statement.words.length; word++) {
          const text = statement.words[word] ?? '';
          if (text !== 'overwrite' && Math.abs(parseInteger(text) ?? Infinity) > 2147483647) {
            context.error(
              statement,
              word,
              'CFG_INVALID_WORD',
              `init_file: ${quote(text)} is neither a number nor overwrite`,
            );
          }
        }
      },
      { default: 'off' },
    ),
    effect: 'none-yet',
  },
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

const trackProcessSchema = new BlockSchema<TrackProcessDraft>('vrrp_track_process', {
  process: text(
    'Name of the process, and parameters to compare.',
    (draft, value, statement, context) => {
      if (draft.process === undefined) draft.process = value;
      else secondIgnored(statement, context);
    },
    {
      form: '<cmd> <params...>',
      default: 'required',
    },
  ),
  param_match: {
    ...custom<TrackProcessDraft>(
      'How parameters are compared.',
      '<initial or partial?>',
      (_draft, statement, context) => {
        const word = statement.words[1];
        if (word !== undefined && word !== 'initial' && word !== 'partial') {
          context.error(statement, 1, 'CFG_INVALID_WORD', `param_match: ${quote(word)} is neither initial nor partial`);
        }
      },
      { default: 'exact if there are parameters' },
    ),
    effect: 'none-yet',
  },
  weight: weightKeyword('Change of priority; 0: too few processes mean FAULT.', { min: -254, max: 254 }, '0', 'error'),
  quorum: integer('Least number of processes.', { min: 1, max: 65535 }, (draft, value) => (draft.quorum = value), {
    default: '1',
    effect: 'none-yet',
  }),
  quorum_max: integer(
    'Greatest number of processes.',
    { min: 0, max: 65535 },
    (draft, value) => (draft.quorumMax = value),
    { default: 'unlimited', effect: 'none-yet' },
  ),
  delay: seconds('Both of the following delays.', delayRange, noEffectYet, { default: '0' }),
  terminate_delay: seconds('Wait before a lost quorum counts.', delayRange, noEffectYet, { default: '0' }),
  fork_delay: seconds('Wait before a gained quorum counts.', delayRange, noEffectYet, { default: '0' }),
  full_command: flag('Compares the first argument rather than the name of the process.', noEffectYet),
});

export const vrrpTrackProcess: Keyword<ConfigurationDraft> = {
  ...block<ConfigurationDraft, TrackProcessDraft>(
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
  ),
  effect: 'none-yet',
};

const milliseconds = { min: 1, max: 4294967, decimals: 3 } as const;
const neighbor = address<BfdInstanceDraft>('Address of the peer.', (draft, value) => (draft.neighbor = value.address), {
  default: 'required',
  effect: 'none-yet',
});
const ttl = integer<BfdInstanceDraft>('TTL of packets sent.', { min: 1, max: 255 }, noEffectYet, {
  default: '255 (IPv6: 64)',
});

const bfdSchema = new BlockSchema<BfdInstanceDraft>('bfd_instance', {
  source_ip: address('Our address.', (draft, value) => (draft.source = value.address), {
    default: "the kernel's choice",
    effect: 'none-yet',
  }),
  neighbor_ip: neighbor,
  neighbour_ip: { ...neighbor, note: 'Other spelling of neighbor_ip.' },
  min_rx: seconds('Least interval we can receive at.', milliseconds, noEffectYet, {
    form: '<msec float 1..4294967>',
    default: '10',
  }),
  min_tx: seconds('Least interval we want to send at.', milliseconds, noEffectYet, {
    form: '<msec float 1..4294967>',
    default: '10',
  }),
  idle_tx: seconds('Interval of sending while the session is not up.', { ...milliseconds, min: 1000 }, noEffectYet, {
    form: '<msec float 1000..4294967>',
    default: '1000',
  }),
  multiplier: integer('Packets missed before the session is down.', { min: 1, max: 255 }, noEffectYet, {
    default: '5',
  }),
  passive: flag('Waits for the peer to begin.', noEffectYet),
  ttl,
  hoplimit: { ...ttl, note: 'Other spelling of ttl.' },
  max_hops: integer('Hops allowed on receipt; -1: not checked.', { min: -1, max: 255 }, noEffectYet, { default: '0' }),
  multihop: bool('Uses port 4784.', noEffectYet, { default: 'false', since: '2.2.8' }),
  weight: weightKeyword('Default weight for tracking.', { min: -253, max: 253 }, '0'),
  vrrp: flag('Events go to VRRP only, unless checker is given too.', noEffectYet, { default: 'both' }),
  checker: flag('Events go to the checkers only, unless vrrp is given too.', noEffectYet, { default: 'both' }),
});

const longestBfdName = 31;

export const bfdInstance: Keyword<ConfigurationDraft> = {
  ...block<ConfigurationDraft, BfdInstanceDraft>(
    'A BFD session with a neighbour.',
    bfdSchema,
    (parent, statement, context) => {
      const name = statement.words[1] ?? '';
      if (name.length > longestBfdName) {
        context.error(
          statement,
          1,
          'CFG_TOO_LONG',
          `bfd_instance ${quote(name)}: a name has at most ${longestBfdName} characters; it is ignored`,
        );
        return undefined;
      }
      return named<BfdInstanceDraft>(
        (draft) => draft.bfdInstances,
        (at, given) => ({ statement: at, name: given }),
      )(parent, statement, context);
    },
    (bfd, statement, context) => {
      if (bfd.neighbor === undefined) {
        context.error(
          statement,
          0,
          'CFG_INCOMPLETE',
          `bfd_instance ${bfd.name} has no neighbor_ip and is ignored`,
          'add "neighbor_ip <ip>"',
        );
        return;
      }
      context.draft.bfdInstances.push(bfd);
    },
    { form: '<name, max 31 chars> block' },
  ),
  effect: 'none-yet',
};
