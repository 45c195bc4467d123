/** Comments (reference: configuration grammar, section 3). */
import type { LineText } from './origin.ts';

const BANG = 33;
const QUOTE = 34;
const HASH = 35;
const BACKSLASH = 92;

export interface StrippedLine extends LineText {
  readonly unterminatedQuote: boolean;
}

export function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

/**
 * Cuts a comment and the blanks around, and turns `\#` and `\!` into the bare character. Only double quotes protect. The
 * result is a piece of the same text whenever nothing had to be removed inside.
 * @param scanFrom nothing before this position begins a comment
 */
export function stripComment(text: string, from: number, to: number, scanFrom = from): StrippedLine {
  let start = from;
  while (start < to && isBlank(text.charCodeAt(start))) start++;
  let quoted = false;
  let end = to;
  let pieces: string[] | undefined;
  let copied = start;
  for (let position = Math.max(start, scanFrom); position < to; position++) {
    const code = text.charCodeAt(position);
    if (code === QUOTE) {
      quoted = !quoted;
    } else if (code === BACKSLASH && position + 1 < to) {
      // A pair never toggles quotes nor begins a comment; it loses its backslash only where it protects from that.
      const next = text.charCodeAt(position + 1);
      if (!quoted && (next === HASH || next === BANG)) {
        (pieces ??= []).push(text.slice(copied, position));
        copied = position + 1;
      }
      position++;
    } else if (quoted) {
      continue;
    } else if (code === HASH || code === BANG) {
      end = position;
      break;
    }
  }
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  if (pieces) {
    pieces.push(text.slice(copied, Math.max(copied, end)));
    const joined = pieces.join('');
    return { text: joined, start: 0, end: joined.length, unterminatedQuote: quoted };
  }
  return { text, start, end, unterminatedQuote: quoted };
}
