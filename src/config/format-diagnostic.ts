/** Diagnostics as text: for people at a terminal, and one line each for the log. */
import { severityOf, type Diagnostic } from './diagnostics.ts';

export interface FormatOptions {
  /** ANSI colours. */
  readonly colour?: boolean;
  /** Everything on one line, for the log; the source line is left out. */
  readonly oneLine?: boolean;
}

const colours = { bold: '1', error: '1;31', warning: '1;35', note: '1;36', caret: '1;32' } as const;

/** The lines of one text. Diagnostics come in order, so each search goes on where the one before ended. */
export class SourceLines {
  readonly #text: string;
  #line = 1;
  #start = 0;

  constructor(text: string) {
    this.#text = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  }

  /** A line, from 1, without its end; undefined if there is none. */
  at(line: number): string | undefined {
    if (line < this.#line) [this.#line, this.#start] = [1, 0];
    for (; this.#line < line; this.#line++) {
      const next = this.#text.indexOf('\n', this.#start);
      if (next < 0) return undefined;
      this.#start = next + 1;
    }
    const end = this.#text.indexOf('\n', this.#start);
    return this.#text.slice(this.#start, end < 0 ? this.#text.length : end).replace(/\r+$/, '');
  }
}

/** The source line and, below it, carets under the word; tabs are kept so that the two stay in step. */
function excerpt(
  diagnostic: Diagnostic,
  source: SourceLines,
  paint: (text: string, colour: keyof typeof colours) => string,
): string[] {
  const { at, length = 1 } = diagnostic;
  if (!at) return [];
  const line = source.at(at.line);
  if (line === undefined) return [];
  const number = String(at.line).padStart(5);
  const column = Math.min(at.column, line.length + 1);
  const indent = line.slice(0, column - 1).replace(/[^\t]/g, ' ');
  const carets = '^'.repeat(Math.max(1, Math.min(length, line.length - column + 1)));
  return [`${number} | ${line}`, `${' '.repeat(number.length)} | ${indent}${paint(carets, 'caret')}`];
}

/**
 * Writes one diagnostic as `file:line:column: error: message [CODE]`, followed by the source line with carets and the remedy.
 * @param source the whole text of the file, if at hand
 */
export function formatDiagnostic(
  diagnostic: Diagnostic,
  source?: string | SourceLines,
  options: FormatOptions = {},
): string {
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
  if (source !== undefined) {
    const text = typeof source === 'string' ? new SourceLines(source) : source;
    lines.push(...excerpt(diagnostic, text, paint));
  }
  for (const text of consequences) lines.push(`${' '.repeat(5)} = therefore: ${text}`);
  if (remedy !== undefined) lines.push(`${' '.repeat(5)} = help: ${remedy}`);
  return lines.join('\n');
}
