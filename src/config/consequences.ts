/**
 * One mistake, one message: what is only reported because another line was refused is told with that line. Works on what
 * was reported, in the order of the text, so that no keyword needs to know what its absence will cause elsewhere.
 */
import { conflictsIn } from './conflicts.ts';
import { counts, diagnosticClasses, severityOf, type Diagnostic } from './diagnostics.ts';
import { statementsInside } from './find-again.ts';
import { nearestWord } from './nearest.ts';
import type { Statement } from './statement.ts';

/** A diagnostic with the statement it was reported at, if it was one. */
export interface Found {
  readonly diagnostic: Diagnostic;
  readonly statement?: Statement | undefined;
}

interface Entry {
  diagnostic: Diagnostic;
  readonly statement: Statement | undefined;
  dropped: boolean;
}

/** What a message says is not there, by its code: the keywords one of which would have been enough. */
const lacking: Readonly<Record<string, readonly string[]>> = {
  CFG_NO_VRID: ['virtual_router_id'],
  CFG_NO_INTERFACE: ['interface'],
  CFG_NO_ADDRESS: ['virtual_ipaddress'],
  CFG_NO_METHOD: ['lvs_method', 'lb_kind'],
  CFG_NO_SCHEDULER: ['lvs_sched', 'lb_algo'],
  CFG_NO_PROTOCOL: ['protocol'],
  CFG_NO_REAL_SERVER: ['real_server'],
  CFG_EMPTY_GROUP: ['group'],
  CFG_NO_UNICAST_PEER: ['unicast_peer'],
};

/** Codes that explain whatever else is reported on their line. */
const explainTheirLine = new Set([
  'CFG_UNDEFINED_REFERENCE',
  'CFG_UNMATCHED_QUOTE',
  'CFG_INVISIBLE_CHARACTER',
  'CFG_TYPOGRAPHIC_QUOTE',
  'CFG_NOT_UTF8',
]);

/** Codes that explain others about the same thing, which both messages begin with ("vrrp_instance VI_1:"). */
const explainTheirSubject: Readonly<Record<string, readonly string[]>> = {
  CFG_IMPLICIT_OWNER: ['CFG_NOPREEMPT', 'CFG_OWNER_WEIGHT', 'CFG_PREEMPT_DELAY'],
  CFG_NOPREEMPT: ['CFG_OWNER'],
  CFG_OWNER_WEIGHT: ['CFG_OWNER'],
};

/** Of these the first of a file is shown, with the lines of the others: one cause, whatever it is used for. */
const toldOnce: ReadonlyMap<string, 'by code' | 'by cause'> = new Map([
  ['CFG_INVISIBLE_CHARACTER', 'by code'],
  ['CFG_TYPOGRAPHIC_QUOTE', 'by code'],
  ['CFG_NOT_UTF8', 'by code'],
  ['CFG_MISSING_INTERFACE', 'by cause'],
  ['CFG_SCRIPT_DISABLED', 'by cause'],
  ['CFG_NO_DIRECTORY', 'by cause'],
  ['CFG_UNKNOWN_USER', 'by cause'],
  ['CFG_UNDEFINED_REFERENCE', 'by cause'],
]);

/** Lines named in a message before it only counts. */
const maximumLinesNamed = 5;

/** Braces that do not fit are a consequence of a conflict whose sides open different blocks. */
const ofBraces = new Set(['CFG_MISSING_CLOSE', 'CFG_EXTRA_CLOSE', 'CFG_MISSING_OPEN', 'CFG_UNEXPECTED_OPEN']);

function isHistory({ code }: Diagnostic): boolean {
  return code === 'CFG_NO_EFFECT_YET' || code === 'CFG_OLD_KEYWORD';
}

/** The exit code must stay what it would be: `survivor` takes over what counts of a message that is told with it. */
function absorb(survivor: Entry, other: Entry, tell = true): void {
  const { diagnostic } = survivor;
  const { class: kind, stops, message, consequences = [] } = other.diagnostic;
  const harmless = !counts(diagnostic.class) || weight(diagnostic) <= diagnosticClasses.indexOf('fatal');
  const told = tell ? [...(diagnostic.consequences ?? []), message, ...consequences] : diagnostic.consequences;
  const stop = diagnostic.stops?.immediately === true ? diagnostic.stops : (stops ?? diagnostic.stops);
  survivor.diagnostic = {
    ...diagnostic,
    class: harmless && counts(kind) ? kind : diagnostic.class,
    ...(told && { consequences: told }),
    ...(stop && { stops: stop }),
  };
  other.dropped = true;
}

function weight({ class: kind }: Diagnostic): number {
  return counts(kind) ? diagnosticClasses.indexOf(kind) : -1;
}

/** Security decides the exit code of a test by itself and is never told with something else. */
function mayBeTold({ diagnostic, dropped }: Entry): boolean {
  return !dropped && diagnostic.class !== 'security';
}

function placeKey({ at }: Diagnostic): string {
  return at ? `${at.file}\0${at.line}` : '';
}

/** Puts an entry before those of its file that stand behind it in the text. */
function moveUp(entries: Entry[], entry: Entry): void {
  const { file, line = 0 } = entry.diagnostic.at ?? {};
  const behind = entries.findIndex(({ diagnostic: { at } }) => at?.file === file && (at?.line ?? 0) > line);
  const own = entries.indexOf(entry);
  if (behind < 0 || behind > own) return;
  entries.splice(own, 1);
  entries.splice(behind, 0, entry);
}

/** Marks of an unresolved conflict: one message for each, and nothing of what its two sides do to each other. */
function mergeConflicts(entries: Entry[]): void {
  const marks = entries.filter(({ diagnostic, statement }) => diagnostic.code === 'CFG_CONFLICT_MARK' && statement);
  for (const file of new Set(marks.flatMap(({ statement }) => (statement ? [statement.file] : [])))) {
    const own = entries.filter(({ diagnostic }) => diagnostic.at?.file === file.name);
    for (const conflict of conflictsIn(file.text)) {
      const within = own.filter(
        ({ diagnostic, dropped }) =>
          !dropped && (diagnostic.at?.line ?? 0) >= conflict.first && (diagnostic.at?.line ?? 0) <= conflict.last,
      );
      const survivor = within.find(({ diagnostic }) => diagnostic.code === 'CFG_CONFLICT_MARK');
      if (!survivor) continue;
      const { length: _length, ...mark } = survivor.diagnostic;
      survivor.diagnostic = {
        ...mark,
        at: { file: file.name, line: conflict.first, column: 1 },
        length: conflict.markLength,
        message: conflict.message,
        remedy: conflict.remedy,
      };
      for (const entry of within) if (entry !== survivor && mayBeTold(entry)) absorb(survivor, entry, false);
      // The mark that was reported need not have been the first; the message stands at that one.
      moveUp(entries, survivor);
      if (conflict.balanced) continue;
      for (const entry of own)
        if (ofBraces.has(entry.diagnostic.code) && mayBeTold(entry)) absorb(survivor, entry, false);
    }
  }
}

/** What is odd about a line explains the rest of what is said of it. */
function mergeLines(entries: readonly Entry[]): void {
  const odd = new Map<string, Entry>();
  for (const entry of entries) {
    if (!entry.dropped && explainTheirLine.has(entry.diagnostic.code)) odd.set(placeKey(entry.diagnostic), entry);
  }
  for (const entry of entries) {
    const survivor = odd.get(placeKey(entry.diagnostic));
    if (!survivor || survivor === entry || !mayBeTold(entry)) continue;
    if (isHistory(entry.diagnostic)) continue;
    absorb(survivor, entry);
  }
}

/** Two complaints about one statement that are one mistake: a word in the wrong place and the words behind it. */
function mergeStatements(entries: readonly Entry[]): void {
  let previous: Entry | undefined;
  for (const entry of entries) {
    if (entry.dropped || !entry.statement) continue;
    if (previous && previous.statement === entry.statement) {
      const codes = [previous.diagnostic.code, entry.diagnostic.code];
      if (codes[0] === 'CFG_NO_PREFIX_LENGTH' && codes[1] === 'CFG_UNKNOWN_OPTION') {
        // Who writes "netmask" has given the length.
        absorb(entry, previous, false);
        previous = entry;
        continue;
      }
      if (codes[0] === 'CFG_UNKNOWN_OPTION' && codes[1] === 'CFG_UNKNOWN_OPTION') {
        absorb(previous, entry);
        continue;
      }
      if (codes.includes('CFG_EXTRA_PARAMETERS') && codes.includes('CFG_MISSING_OPEN')) {
        const extra = codes[0] === 'CFG_EXTRA_PARAMETERS' ? previous : entry;
        absorb(extra === previous ? entry : previous, extra);
        previous = extra === previous ? entry : previous;
        continue;
      }
    }
    previous = entry;
  }
}

/** Something is not set because the line that was to set it was refused. */
function mergeAbsences(entries: readonly Entry[]): void {
  for (const entry of entries) {
    const { diagnostic, statement } = entry;
    const keywords = lacking[diagnostic.code];
    if (!keywords || !statement || !mayBeTold(entry)) continue;
    const file = diagnostic.at?.file;
    for (const inner of statementsInside(statement)) {
      const keyword = inner.statement.keyword.replace(/^[^A-Za-z]+/, '').replace(/[:=;].*$/, '');
      const meant = keywords.includes(keyword) ? keyword : nearestWord(keyword, keywords);
      if (meant === undefined) continue;
      const cause = entries.find(
        ({ diagnostic: { at, ...other }, dropped }) =>
          !dropped &&
          at?.file === file &&
          at !== undefined &&
          at.line >= inner.statement.line &&
          at.line <= inner.lastLine &&
          (severityOf(other) === 'error' || explainTheirLine.has(other.code)),
      );
      if (!cause || cause === entry) continue;
      absorb(cause, entry);
      break;
    }
  }
}

function subjectOf({ message }: Diagnostic): string {
  return message.slice(0, message.indexOf(':'));
}

/** One wrong idea about a thing contradicts several of its settings. */
function mergeSubjects(entries: readonly Entry[]): void {
  for (const cause of entries) {
    const explained = explainTheirSubject[cause.diagnostic.code];
    if (!explained || cause.dropped) continue;
    const subject = subjectOf(cause.diagnostic);
    for (const entry of entries) {
      if (!explained.includes(entry.diagnostic.code) || !mayBeTold(entry)) continue;
      // What the other one only explains in general needs not be told.
      if (subjectOf(entry.diagnostic) === subject) absorb(cause, entry, entry.diagnostic.code !== 'CFG_OWNER');
    }
  }
}

/** What makes two messages one; undefined: this one stands for itself. */
function sameCause({ code, at, message, class: kind }: Diagnostic): string | undefined {
  const told = toldOnce.get(code);
  if (!told || !at) return undefined;
  // Before the colon, if there is one, stands who uses it.
  const cause = told === 'by code' ? '' : `${kind}${message.slice(message.indexOf(':') + 1)}`;
  return [code, at.file, cause].join('\0');
}

/** A line that a definition, a repetition or an include reads again and again has its mistake once. */
function mergeCopies(entries: readonly Entry[]): void {
  const first = new Map<string, { readonly entry: Entry; copies: number }>();
  for (const entry of entries) {
    const { at, code, message } = entry.diagnostic;
    if (entry.dropped || !at) continue;
    const key = [at.file, at.line, at.column, code, message].join('\0');
    const known = first.get(key);
    if (known) {
      known.copies++;
      absorb(known.entry, entry, false);
    } else first.set(key, { entry, copies: 0 });
  }
  for (const { entry, copies } of first.values()) {
    if (copies === 0) continue;
    const { message } = entry.diagnostic;
    entry.diagnostic = {
      ...entry.diagnostic,
      message: `${message}; the same ${copies} more times, because the line is read again`,
    };
  }
}

/** A habit, an editor, or one thing that is not there makes the same message in many lines. */
function mergeRepetitions(entries: readonly Entry[]): void {
  const first = new Map<string, { readonly entry: Entry; readonly lines: number[] }>();
  for (const entry of entries) {
    const { at } = entry.diagnostic;
    const key = entry.dropped ? undefined : sameCause(entry.diagnostic);
    if (key === undefined || !at) continue;
    const known = first.get(key);
    if (known) {
      known.lines.push(at.line);
      absorb(known.entry, entry, false);
    } else first.set(key, { entry, lines: [] });
  }
  for (const { entry, lines } of first.values()) {
    if (lines.length === 0) continue;
    const named = lines.slice(0, maximumLinesNamed).join(', ');
    const more = lines.length > maximumLinesNamed ? ` and ${lines.length - maximumLinesNamed} more` : '';
    const { message } = entry.diagnostic;
    const where = lines.length === 1 ? 'line' : 'lines';
    entry.diagnostic = { ...entry.diagnostic, message: `${message}; the same in ${where} ${named}${more}` };
  }
}

/** What stands inside a C comment was never meant to be read. */
function mergeForeignComments(entries: readonly Entry[]): void {
  let comment: Entry | undefined;
  for (const entry of entries) {
    const { statement, dropped } = entry;
    if (dropped || !statement) continue;
    if (comment && comment.diagnostic.at?.file === entry.diagnostic.at?.file) {
      if (mayBeTold(entry)) absorb(comment, entry, false);
      if (statement.raw.includes('*/')) comment = undefined;
    } else if (entry.diagnostic.code === 'CFG_FOREIGN_COMMENT' && statement.keyword.startsWith('/*')) {
      comment = statement.raw.includes('*/') ? undefined : entry;
    }
  }
}

/**
 * Tells consequences with their causes. The exit code of a test stays what it was: classes and stops go over.
 * @param found in the order of the text
 */
export function mergeConsequences(found: readonly Found[]): Diagnostic[] {
  const entries = found.map(({ diagnostic, statement }): Entry => ({ diagnostic, statement, dropped: false }));
  mergeConflicts(entries);
  mergeCopies(entries);
  mergeForeignComments(entries);
  mergeLines(entries);
  mergeStatements(entries);
  mergeAbsences(entries);
  mergeSubjects(entries);
  mergeRepetitions(entries);
  return entries.filter(({ dropped }) => !dropped).map(({ diagnostic }) => diagnostic);
}
