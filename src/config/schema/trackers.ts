/** Lines of track_interface, track_script, track_file, track_process and track_bfd, for instances and groups alike. */
import type { TrackDraft, TrackersDraft } from '../drafts.ts';
import type { Statement } from '../statement.ts';
import { parseInteger } from '../values.ts';
import { quote, type Context } from './context.ts';
import { lines } from './forms.ts';
import type { Keyword, KeywordFacts, LineWords } from './keyword.ts';

interface TrackKind {
  readonly key: keyof TrackersDraft;
  readonly note: string;
  /** Facts of the first word, by its placeholder. */
  readonly name: readonly [placeholder: string, facts: KeywordFacts];
  readonly weight: number;
  readonly weightDefault: string;
  readonly inheritsReverse: boolean;
}

/** `NAME [weight N] [reverse|noreverse]`. */
function readTrack(kind: TrackKind, into: TrackDraft[], statement: Statement, context: Context): void {
  const { words } = statement;
  const track: TrackDraft = { statement, name: words[0] ?? '' };
  const first = into.find((other) => other.name === track.name);
  if (first) {
    context.duplicate(statement, 0, `${track.name} of this block`, first.statement);
    return;
  }
  let word = 1;
  while (word < words.length) {
    const option = words[word] ?? '';
    if (option === 'weight') {
      const text = words[word + 1];
      if (text === undefined) {
        context.error(
          statement,
          words.length,
          'CFG_MISSING_VALUE',
          `weight of ${track.name} has no number and is ignored`,
          'write "weight <number>"',
        );
        break;
      }
      readWeight(kind, track, statement, word + 1, context);
      word += 2;
    } else if (option === 'reverse' || option === 'noreverse') {
      track.reverse = option === 'reverse';
      word++;
    } else {
      context.error(
        statement,
        word,
        'CFG_UNKNOWN_OPTION',
        `unknown option ${quote(option)} for ${track.name}; it is ignored`,
        'write weight, reverse or noreverse',
      );
      word++;
    }
  }
  into.push(track);
}

function readWeight(kind: TrackKind, track: TrackDraft, statement: Statement, word: number, context: Context): void {
  const text = statement.words[word] ?? '';
  const value = parseInteger(text);
  if (value === undefined || value < -254 || value > 254) {
    context.report(
      'invalid-number',
      statement,
      word,
      'CFG_INVALID_NUMBER',
      `weight of ${track.name}: ${quote(text)} is not in the range -${kind.weight} to ${kind.weight}`,
    );
    return;
  }
  track.weight = Math.min(Math.max(value, -kind.weight), kind.weight);
  if (track.weight !== value) {
    context.report(
      'invalid-number',
      statement,
      word,
      'CFG_CLAMPED',
      `weight of ${track.name}: ${value} is out of range; ${track.weight} is used`,
    );
  }
}

function trackKeyword<D extends { readonly trackers: TrackersDraft }>(kind: TrackKind): Keyword<D> {
  const words: LineWords = {
    [kind.name[0]]: kind.name[1],
    weight: {
      form: `<int -${kind.weight}..${kind.weight}>`,
      note: 'Change of priority; 0 means FAULT.',
      default: kind.weightDefault,
    },
    reverse: { form: 'after weight', note: 'Inverts the meaning.', default: 'off' },
    ...(kind.inheritsReverse && { noreverse: { form: 'after weight', note: 'Cancels an inherited reverse.' } }),
  };
  return lines<D>(
    kind.note,
    'block of lines',
    (draft, statement, context) => readTrack(kind, draft.trackers[kind.key], statement, context),
    { words },
  );
}

const inherited = { weight: 253, inheritsReverse: true } as const;

/** The five track_* blocks. */
export function trackKeywords<D extends { readonly trackers: TrackersDraft }>(
  whose: string,
): Readonly<Record<string, Keyword<D>>> {
  return {
    track_interface: trackKeyword({
      key: 'interfaces',
      note: `Interfaces whose failure counts for ${whose}.`,
      name: ['<ifname>', { form: '<ifname>', note: 'One interface per line.' }],
      weight: 253,
      weightDefault: '0 (FAULT when down)',
      inheritsReverse: false,
    }),
    track_script: trackKeyword({
      ...inherited,
      key: 'scripts',
      note: `Scripts whose results count for ${whose}.`,
      name: ['<script>', { form: '<vrrp_script name>', note: 'A vrrp_script.' }],
      weightDefault: "the script's",
    }),
    track_file: trackKeyword({
      ...inherited,
      key: 'files',
      note: `Files whose numbers count for ${whose}.`,
      name: ['<file>', { form: '<track_file name>', note: 'A track_file.' }],
      weight: 254,
      weightDefault: "the file's",
    }),
    track_process: trackKeyword({
      ...inherited,
      key: 'processes',
      note: `Processes whose presence counts for ${whose}.`,
      name: ['<process>', { form: '<vrrp_track_process name>', note: 'A vrrp_track_process.' }],
      weight: 254,
      weightDefault: "the process's",
    }),
    track_bfd: trackKeyword({
      ...inherited,
      key: 'bfd',
      note: `BFD sessions whose state counts for ${whose}.`,
      name: ['<bfd>', { form: '<bfd_instance name>', note: 'A bfd_instance.' }],
      weightDefault: "the instance's",
    }),
  };
}
