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

export interface Diagnostic {
  /** Stable code, e.g. `CFG_UNKNOWN_KEYWORD`. */
  readonly code: string;
  /** The original's class: decides exit codes. `note` is ours: shown, never counted. */
  readonly class: DiagnosticClass | 'note';
  /** Absent for what is found after reading and has no single place. */
  readonly at?: SourceLocation;
  /** Number of characters to underline from the column. */
  readonly length?: number;
  /** What is wrong. */
  readonly message: string;
  /** What to write instead. */
  readonly remedy?: string;
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
    if (diagnostic.class !== 'note') worst = Math.max(worst, diagnosticClasses.indexOf(diagnostic.class));
  }
  if (stopCode !== undefined) return stopCode;
  if (worst < 0) return 0;
  if (worst === diagnosticClasses.indexOf('security')) return 6;
  return worst <= diagnosticClasses.indexOf('fatal') ? 4 : 5;
}
