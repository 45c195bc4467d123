/** Ordinary words of a logical line (reference: configuration grammar, sections 4 and 5). */

const TAB = 9;
const BLANK = 32;
const QUOTE = 34;

export interface ScannedWords {
  readonly words: string[];
  /** Start and end of each word in the text, two numbers a word; quotes are part of the span. */
  readonly spans: number[];
  /** A double quote is not closed: the rest of the line is lost. */
  readonly unmatchedQuote: boolean;
}

/**
 * Splits text[start..end) into words. A word that begins with a double quote runs to the next one, without escapes; a
 * quote in the middle ends a word and begins another.
 */
export function scanWords(text: string, start: number, end: number): ScannedWords {
  const words: string[] = [];
  const spans: number[] = [];
  let position = start;
  while (position < end) {
    const code = text.charCodeAt(position);
    if (code === BLANK || code === TAB) {
      position++;
      continue;
    }
    if (code === QUOTE) {
      const close = text.indexOf('"', position + 1);
      if (close < 0 || close >= end) return { words, spans, unmatchedQuote: true };
      words.push(text.slice(position + 1, close));
      spans.push(position, close + 1);
      position = close + 1;
      continue;
    }
    const from = position;
    position++;
    while (position < end) {
      const next = text.charCodeAt(position);
      if (next === BLANK || next === TAB || next === QUOTE) break;
      position++;
    }
    words.push(text.slice(from, position));
    spans.push(from, position);
  }
  return { words, spans, unmatchedQuote: false };
}
