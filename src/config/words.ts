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

/** Pieces of a text up to this length are copies of their own in V8; longer ones keep the whole text in memory. */
const longestCopy = 12;

/**
 * A word that keeps nothing else alive. Whoever reads again keeps what has not changed from many readings, and would keep
 * the texts of all of them with it.
 */
export function wordAlone(word: string): string {
  if (word.length <= longestCopy) return word;
  let alone = '';
  for (let from = 0; from < word.length; from += longestCopy) alone += word.slice(from, from + longestCopy);
  return alone;
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
