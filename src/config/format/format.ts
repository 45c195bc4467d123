/**
 * Canonical form of a configuration file: one statement a line, four blanks a level, one empty line at most, comments where
 * they were. The result is given out only if it is proven to mean the same: the reader finds the same statements and braces
 * in both texts for every identity that conditionals name, and the same model and the same diagnostics come of them.
 */
import type { Diagnostic, DiagnosticKind } from '../diagnostics.ts';
import { loadConfiguration, type LoadResult } from '../load.ts';
import { indentation } from '../print/text.ts';
import { breakLines, freshIdentity, namedIdentities } from './breaks.ts';
import { lineDepths, readingEvents, withText, type FormatSource } from './reading.ts';

export interface FormatOptions extends FormatSource {
  /** Whose errors refuse the file; all identities that the file names are compared. */
  readonly configId: string;
  /** Also formats files with such errors, as long as reading finds the same in both texts (pieces that others include). */
  readonly despiteErrors?: boolean;
}

export type FormatResult =
  | { readonly outcome: 'formatted'; readonly text: string; readonly changed: boolean }
  /** What the file says is in doubt; nothing is given out. */
  | { readonly outcome: 'refused'; readonly diagnostics: readonly Diagnostic[] }
  /** The two texts do not mean the same: a fault of the formatter, or a file that depends on its own layout. */
  | { readonly outcome: 'not-proven'; readonly reason: string };

/** Mistakes of the text itself. Values that cannot be and contradictions are none: their lines are known for what they are. */
const doubtfulKinds: ReadonlySet<DiagnosticKind> = new Set<DiagnosticKind>([
  'file-not-found',
  'unknown-keyword',
  'unexpected-begin-of-block',
  'missing-begin-of-block',
  'unexpected-end-of-block',
  'missing-end-of-block',
  'unmatched-quote',
  'missing-parameter',
]);
const doubtfulCodes: ReadonlySet<string> = new Set([
  'CFG_LINE_TOO_LONG',
  'CFG_NUL',
  'CFG_REPETITION',
  'CFG_DEFINITION',
  'CFG_EXPANSION',
  'CFG_INCLUDE_LOOP',
]);

function isDoubtful({ class: kind, code }: Diagnostic): boolean {
  return doubtfulKinds.has(kind) || doubtfulCodes.has(code);
}

/** Comparing one identity costs four readings of the file. */
const maximumIdentities = 32;

/** The canonical text, not yet proven. */
export function layOut(source: FormatSource, identities: readonly string[], references: boolean): string {
  const lines = breakLines(source.text, references);
  const unindented = { ...source, text: lines.map(({ text }) => `${text}\n`).join('') };
  const depths = identities.map((id) => lineDepths(unindented, id, lines.length));
  return lines
    .map(({ text, extra }, index) => {
      if (text === '') return '\n';
      // A line for one identity only stands where it is in effect.
      const counted = text.startsWith('@') ? depths.filter(({ active }) => active[index] === 1) : depths;
      const open = (counted.length > 0 ? counted : depths).reduce(
        (most, { before }) => Math.max(most, before[index] ?? 0),
        0,
      );
      const closing = /^}[} \t]*/.exec(text)?.[0].replace(/[^}]/g, '').length ?? 0;
      return `${indentation.repeat(Math.max(0, open - closing) + extra)}${text}\n`;
    })
    .join('');
}

function load(source: FormatSource, configId: string): LoadResult {
  const { path, text, files, environment } = source;
  return loadConfiguration({
    path,
    files: withText(files, path, text),
    configId,
    environment,
    random: () => 0.5,
    // Facts of a machine have no part in what a text means.
    host: {},
    mode: 'test',
  });
}

/** What is said of the very things that formatting mends. */
const ofSpelling: ReadonlySet<string> = new Set(['CFG_BYTE_ORDER_MARK']);

/** Model and messages without places. */
function meaningOf({ configuration, diagnostics, exitCode }: LoadResult): string {
  const withoutLines = (text: string): string => text.replace(/\b(lines?|:) ?\d+/g, '$1');
  const messages = diagnostics
    .filter(({ code }) => !ofSpelling.has(code))
    .map(({ code, class: kind, message, consequences = [] }) =>
      [code, kind, withoutLines(message), ...consequences.map(withoutLines)].join(' '),
    );
  const model = JSON.stringify(configuration, (key, value: unknown) => (key === 'at' ? undefined : value));
  // Messages are in the order of lines, and what shared a line may have one each now.
  return JSON.stringify([model ?? '', messages.toSorted(), exitCode]);
}

/** Why the two texts do not mean the same; undefined if they do. */
function difference(source: FormatSource, text: string, identities: readonly string[]): string | undefined {
  const other = { ...source, text };
  for (const id of identities) {
    const [a, b] = [readingEvents(source, id), readingEvents(other, id)];
    const at = a.findIndex((event, index) => event !== b[index]);
    if (at >= 0 || a.length !== b.length) return `statement ${at < 0 ? a.length : at + 1} would be read differently`;
  }
  const [configId = ''] = identities;
  if (meaningOf(load(source, configId)) !== meaningOf(load(other, configId)))
    return 'the configuration would not be the same';
  return undefined;
}

/** Formats one file. Never throws for what it contains. */
export function formatConfiguration(options: FormatOptions): FormatResult {
  const { configId, despiteErrors = false, ...source } = options;
  const { diagnostics } = load(source, configId);
  if (!despiteErrors && diagnostics.some(isDoubtful)) {
    return { outcome: 'refused', diagnostics: diagnostics.filter(isDoubtful) };
  }
  const named = namedIdentities(breakLines(source.text, true).map(({ text }) => text));
  if (named.length > maximumIdentities) {
    return { outcome: 'not-proven', reason: `its conditionals name more than ${maximumIdentities} identities` };
  }
  // Without conditionals every identity reads the same.
  const identities =
    named.length === 0 ? [configId] : [...new Set([configId, ...named, freshIdentity([configId, ...named])])];
  let reason: string | undefined;
  for (const references of source.text.includes('$') ? [true, false] : [false]) {
    const text = layOut(source, identities, references);
    reason = difference(source, text, identities);
    if (reason === undefined) return { outcome: 'formatted', text, changed: text !== source.text };
  }
  return { outcome: 'not-proven', reason: reason ?? '' };
}
