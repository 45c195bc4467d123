/** Diagnostics as text: for people at a terminal, and one line each for the log. */
import { severityOf, type Diagnostic } from './diagnostics.ts';

export interface FormatOptions {
  /** ANSI colours. */
  readonly colour?: boolean;
  /** Everything on one line, for the log; the source line is left out. */
  readonly oneLine?: boolean;
}

const colours = { bold: '1', error: '1;31', warning: '1;35', note: '1;36', caret: '1;32' } as const;

/** The line of a text, from 1, without its end; undefined if there is none. */
function lineOf(text: string, line: number): string | undefined {
  let start = 0;
  for (let current = 1; current < line; current++) {
    const next = text.indexOf('\n', start);
    if (next < 0) return undefined;
    start = next + 1;
  }
  const end = text.indexOf('\n', start);
  return text.slice(start, end < 0 ? text.length : end).replace(/\r+$/, '');
}

/** The source line and, below it, carets under the word; tabs are kept so that the two stay in step. */
function excerpt(
  diagnostic: Diagnostic,
  sourceText: string,
  paint: (text: string, colour: keyof typeof colours) => string,
): string[] {
  const { at, length = 1 } = diagnostic;
  if (!at) return [];
  const source = sourceText.charCodeAt(0) === 0xfeff ? sourceText.slice(1) : sourceText;
  const line = lineOf(source, at.line);
  if (line === undefined) return [];
  const number = String(at.line).padStart(5);
  const column = Math.min(at.column, line.length + 1);
  const indent = line.slice(0, column - 1).replace(/[^\t]/g, ' ');
  const carets = '^'.repeat(Math.max(1, Math.min(length, line.length - column + 1)));
  return [`${number} | ${line}`, `${' '.repeat(number.length)} | ${indent}${paint(carets, 'caret')}`];
}

/**
 * Writes one diagnostic as `file:line:column: error: message [CODE]`, followed by the source line with carets and the remedy.
 * @param sourceText the whole text of the file, if at hand
 */
export function formatDiagnostic(diagnostic: Diagnostic, sourceText?: string, options: FormatOptions = {}): string {
  const paint = (text: string, colour: keyof typeof colours): string =>
    options.colour === true ? `\x1b[${colours[colour]}m${text}\x1b[0m` : text;
  const { at, message, code, remedy, consequences = [] } = diagnostic;
  const severity = severityOf(diagnostic);
  const place = at ? `${at.file}:${at.line}:${at.column}: ` : '';
  const head = `${paint(place, 'bold')}${paint(`${severity}:`, severity)} ${message} [${code}]`;
  if (options.oneLine === true)
    return [head, ...consequences.map((text) => `therefore: ${text}`), ...(remedy === undefined ? [] : [remedy])].join(
      '; ',
    );
  const lines = [head];
  if (sourceText !== undefined) lines.push(...excerpt(diagnostic, sourceText, paint));
  for (const text of consequences) lines.push(`${' '.repeat(5)} = therefore: ${text}`);
  if (remedy !== undefined) lines.push(`${' '.repeat(5)} = help: ${remedy}`);
  return lines.join('\n');
}
