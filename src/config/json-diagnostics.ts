/** Diagnostics as JSON, for editors and pipelines. The form is an interface: docs/configuration-diagnostics.md. */
import { severityOf, type Diagnostic, type Severity } from './diagnostics.ts';
import type { SourceLocation } from './model.ts';

/** Raised when a field is removed or means something else; new fields do not raise it. */
export const diagnosticsFormatVersion = 1;

/** One diagnostic. Lines and columns count from 1, columns in UTF-16 units; `endColumn` is behind the last character. */
export interface JsonDiagnostic extends Partial<SourceLocation> {
  readonly code: string;
  readonly severity: Severity;
  readonly class: string;
  readonly endColumn?: number;
  readonly message: string;
  readonly remedy?: string;
  readonly consequences?: readonly string[];
  readonly related?: readonly (SourceLocation & { readonly message: string })[];
}

/** What a configuration test prints with `--config-format=json`. */
export interface JsonReport {
  readonly version: typeof diagnosticsFormatVersion;
  readonly exitCode: number;
  readonly errors: number;
  readonly warnings: number;
  readonly notes: number;
  readonly diagnostics: readonly JsonDiagnostic[];
}

/** One diagnostic in the form of the interface. */
export function toJson(diagnostic: Diagnostic): JsonDiagnostic {
  const { code, class: kind, at, length = 1, message, remedy, consequences, related } = diagnostic;
  return {
    code,
    severity: severityOf(diagnostic),
    class: kind,
    ...(at && { file: at.file, line: at.line, column: at.column, endColumn: at.column + length }),
    message,
    ...(remedy !== undefined && { remedy }),
    ...(consequences && consequences.length > 0 && { consequences }),
    ...(related && { related: related.map((place) => ({ ...place.at, message: place.message })) }),
  };
}

/** The report of one test, on one line, so that several appended to a file are lines of JSON. */
export function formatJsonReport(diagnostics: readonly Diagnostic[], exitCode: number): string {
  const of = (severity: Severity): number =>
    diagnostics.filter((diagnostic) => severityOf(diagnostic) === severity).length;
  const report: JsonReport = {
    version: diagnosticsFormatVersion,
    exitCode,
    errors: of('error'),
    warnings: of('warning'),
    notes: of('note'),
    diagnostics: diagnostics.map(toJson),
  };
  return `${JSON.stringify(report)}\n`;
}
