/** What the configuration reader has to say: one value per mistake, in the order of the text. */
import type { SourceLocation } from './model.ts';

/** Error classes of the original in rising order: the highest seen decides the exit code of `-t` (reference: grammar, 11). */
export const diagnosticClasses = [
  'file-not-found',
  'bad-interface',
  'fatal',
  'multiple-files',
  'unknown-keyword',
  'unexpected-begin-of-block',
  'missing-begin-of-block',
  'unexpected-end-of-block',
  'missing-end-of-block',
  'unmatched-quote',
  'missing-parameter',
  'invalid-number',
  'general',
  'warning',
  'deprecated',
  'security',
] as const;
export type DiagnosticClass = (typeof diagnosticClasses)[number];

/**
 * A class of the original, or one of ours, which never count: `advice` for what is accepted and probably not meant
 * (shown as a warning), `note` for the rest.
 */
export type DiagnosticKind = DiagnosticClass | 'advice' | 'note';

/** A second place that belongs to a diagnostic: the first of two definitions, the other side of a contradiction. */
export interface RelatedPlace {
  readonly at: SourceLocation;
  readonly message: string;
}

/** How bad it is, for people: what keepalived counts as a mistake, what it only warns of, what is good to know. */
export type Severity = 'error' | 'warning' | 'note';

export function severityOf({ class: kind }: Pick<Diagnostic, 'class'>): Severity {
  if (kind === 'note') return 'note';
  return kind === 'advice' || kind === 'warning' || kind === 'deprecated' ? 'warning' : 'error';
}

/** Whether the class decides exit codes; ours do not. */
export function counts(kind: DiagnosticKind): kind is DiagnosticClass {
  return kind !== 'note' && kind !== 'advice';
}

export interface Diagnostic {
  /** Stable code, e.g. `CFG_UNKNOWN_KEYWORD`. */
  readonly code: string;
  /** Decides exit codes. */
  readonly class: DiagnosticKind;
  /** Absent for what is found after reading and has no single place. */
  readonly at?: SourceLocation;
  /** Number of characters to underline from the column. */
  readonly length?: number;
  /** What is wrong. */
  readonly message: string;
  /** What to write instead. */
  readonly remedy?: string;
  /** What follows from the mistake and would not be there without it; each would be a message of its own otherwise. */
  readonly consequences?: readonly string[];
  readonly related?: readonly RelatedPlace[];
  /** The daemon must not start (or must stop) with this exit code: what stops the original stops us. */
  readonly stops?: { readonly exitCode: number; readonly immediately: boolean };
}

/**
 * Exit code of a configuration test (reference: configuration grammar, section 11): what stops the original at once
 * decides first, then the worst class seen; notes of ours never count.
 * @returns 0, 2, 4, 5 or 6
 */
export function exitCodeOfTest(diagnostics: readonly Diagnostic[]): number {
  let worst = -1;
  let stopCode: number | undefined;
  for (const diagnostic of diagnostics) {
    if (diagnostic.stops?.immediately === true) stopCode ??= diagnostic.stops.exitCode;
    if (counts(diagnostic.class)) worst = Math.max(worst, diagnosticClasses.indexOf(diagnostic.class));
  }
  if (stopCode !== undefined) return stopCode;
  if (worst < 0) return 0;
  if (worst === diagnosticClasses.indexOf('security')) return 6;
  return worst <= diagnosticClasses.indexOf('fatal') ? 4 : 5;
}
