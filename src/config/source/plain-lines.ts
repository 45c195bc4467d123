/**
 * Plain lines: blanks, words, and a brace at the end, which is nearly all of a large configuration. Such a configuration
 * repeats itself: behind `TCP_CHECK {` comes `connect_timeout 3`, ten thousand times. So each line remembers which ones
 * came behind it, and a line that was to be expected is compared, not cut into words again: one call of startsWith() is
 * several times faster than a scan in JavaScript, and equal lines share their words instead of filling the young generation.
 */
import { Statement, type SourceFile } from '../statement.ts';
import { wordAlone } from '../words.ts';
import { isBlank } from './comments.ts';
import { maximumLineOctets } from './origin.ts';
import type { StatementSink } from './sink.ts';

const CARRIAGE_RETURN = 13;
const AT = 64;
const LETTER_I = 105;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const TILDE = 126;

/** Characters that words are made of: not blanks, not ! " # $ \ { } NUL, and nothing beyond ASCII, for its length in octets. */
const ofWords = new Uint8Array(128).fill(1);
for (const char of ' \t!"#$\\{}\0') ofWords[char.charCodeAt(0)] = 0;

/** Kinds of lines that are remembered; a large configuration has some tens. */
const maximumFamiliar = 1000;

/** A line known by its indentation and first word, as it was met the last time. Offsets count from its beginning. */
class FamiliarLine {
  /** Indentation and first word. */
  readonly beginning: string;
  /** With its line feed. */
  text = '';
  words: readonly string[];
  readonly statementStart: number;
  statementEnd = 0;
  /** Where its brace stands, -1 if it has none. */
  brace = -1;
  closes = false;
  /** What came behind it the last time, and what else before that. */
  next: FamiliarLine | undefined = undefined;
  other: FamiliarLine | undefined = undefined;

  constructor(beginning: string, statementStart: number) {
    this.beginning = beginning;
    this.statementStart = statementStart;
    this.words = beginning.length > statementStart ? [beginning.slice(statementStart)] : [];
  }

  /** Whether the line at `start` begins with the same word in the same column. */
  isLike(text: string, start: number): boolean {
    const { beginning } = this;
    return (
      this.words.length > 0 &&
      text.startsWith(beginning, start) &&
      ofWords[text.charCodeAt(start + beginning.length)] !== 1
    );
  }
}

export class PlainLines {
  readonly #sink: StatementSink;
  readonly #wordsAlone: boolean;
  readonly #familiar = new Map<string, FamiliarLine>();
  /** Words of the line that is scanned: a lasting array, so that each line's own has just the size it needs. */
  readonly #found: string[] = [];
  #before = new FamiliarLine('', 0);

  /** @param wordsAlone words do not keep the text of the file in memory */
  constructor(sink: StatementSink, wordsAlone: boolean) {
    this.#sink = sink;
    this.#wordsAlone = wordsAlone;
  }

  /**
   * Reads the line that begins at `start` if it is plain, and hands on what it holds.
   * @param line number in the file, from 1
   * @returns where the next line begins; -1 if this one needs the whole pipeline, nothing has been handed on then
   */
  read(file: SourceFile, line: number, start: number): number {
    const { text } = file;
    const before = this.#before;
    let familiar = before.next;
    if (familiar === undefined || !text.startsWith(familiar.text, start)) {
      familiar = before.other;
      if (familiar === undefined || !text.startsWith(familiar.text, start)) familiar = this.#scan(text, start);
      if (familiar === undefined) return -1;
      if (familiar !== before.next) {
        before.other = before.next;
        before.next = familiar;
      }
    }
    this.#before = familiar;
    const { words, brace } = familiar;
    if (words.length > 0) {
      const from = start + familiar.statementStart;
      this.#sink.statement(new Statement(words, file, line, text, from, start + familiar.statementEnd));
    }
    if (brace >= 0) {
      if (familiar.closes) this.#sink.closeBlock(file, line, text, start + brace);
      else this.#sink.openBlock(file, line, text, start + brace);
    }
    return start + familiar.text.length;
  }

  /** Cuts a line into its words; undefined if it is not plain. */
  #scan(text: string, start: number): FamiliarLine | undefined {
    const lineFeed = text.indexOf('\n', start);
    // Without a line feed at its end, other lines could begin with the same text.
    if (lineFeed < 0) return undefined;
    let end = lineFeed;
    while (end > start && text.charCodeAt(end - 1) === CARRIAGE_RETURN) end--;
    if (end - start > maximumLineOctets) return undefined;
    const familiar = this.#begin(text, start, end);
    if (familiar === undefined) return undefined;
    const found = this.#found;
    found.length = 0;
    // The same string for each keyword: its hash is known then, which the tables of keywords need.
    if (familiar.words[0] !== undefined) found.push(familiar.words[0]);
    let statementEnd = start + familiar.beginning.length;
    let from = skipBlanks(text, statementEnd, end);
    for (let to = endOfWord(text, from, end); to > from; to = endOfWord(text, from, end)) {
      const word = text.slice(from, to);
      found.push(this.#wordsAlone ? wordAlone(word) : word);
      statementEnd = to;
      from = skipBlanks(text, to, end);
    }
    // What stands here is no word: a plain line has a brace and nothing behind it, and no words before a closing one.
    const brace = from < end ? text.charCodeAt(from) : 0;
    if (from < end) {
      if (brace === CLOSE_BRACE ? found.length > 0 : brace !== OPEN_BRACE) return undefined;
      if (skipBlanks(text, from + 1, end) < end) return undefined;
    }
    familiar.text = text.slice(start, lineFeed + 1);
    familiar.words = found.slice();
    familiar.statementEnd = statementEnd - start;
    familiar.brace = from < end ? from - start : -1;
    familiar.closes = brace === CLOSE_BRACE;
    return familiar;
  }

  /** The familiar line of the same beginning, a new one if there is none; undefined if the line cannot be plain. */
  #begin(text: string, start: number, end: number): FamiliarLine | undefined {
    const { next, other } = this.#before;
    if (next !== undefined && next.isLike(text, start)) return next;
    if (other !== undefined && other.isLike(text, start)) return other;
    const first = skipBlanks(text, start, end);
    const code = text.charCodeAt(first);
    // @ and ~ have a meaning only here; "include" must be looked at as a whole.
    if (code === AT || code === TILDE) return undefined;
    if (code === LETTER_I && text.startsWith('include', first)) return undefined;
    const beginning = text.slice(start, endOfWord(text, first, end));
    // Lines without words differ by what stands there instead: a brace, the line feed.
    const key = start + beginning.length > first ? beginning : text.slice(start, first + 1);
    let familiar = this.#familiar.get(key);
    if (familiar === undefined) {
      // Lists of addresses begin with ever new words; nothing of that will be met again.
      if (this.#familiar.size >= maximumFamiliar) this.#familiar.clear();
      familiar = new FamiliarLine(beginning, first - start);
      this.#familiar.set(key, familiar);
    }
    return familiar;
  }
}

function skipBlanks(text: string, from: number, end: number): number {
  let position = from;
  while (position < end && isBlank(text.charCodeAt(position))) position++;
  return position;
}

/** Position behind the characters of a word that begin at `from`; `from` itself if there are none. */
function endOfWord(text: string, from: number, end: number): number {
  let position = from;
  while (position < end && ofWords[text.charCodeAt(position)] === 1) position++;
  return position;
}
