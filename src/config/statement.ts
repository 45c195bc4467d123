/**
 * The syntax tree: statements with their words and, for blocks, the statements inside. A statement keeps the text it
 * stands in rather than computed columns, because places are needed only when something is wrong and there may be
 * hundreds of thousands of statements.
 */
import type { SourceLocation } from './model.ts';
import { isBlank } from './source/comments.ts';
import { scanWords } from './words.ts';

/** One file as it was read. */
export interface SourceFile {
  readonly name: string;
  readonly text: string;
}

export class Statement {
  /** Keyword and arguments, quotes removed; never empty. */
  readonly words: readonly string[];
  readonly file: SourceFile;
  /** Physical line it began on, from 1. */
  readonly line: number;
  /** `file.text` itself, or the text that a substitution made of the line. */
  readonly text: string;
  /** The statement is text[start..end). */
  readonly start: number;
  readonly end: number;
  /** Present if a `{` followed. */
  block: Statement[] | undefined;

  constructor(words: readonly string[], file: SourceFile, line: number, text: string, start: number, end: number) {
    this.words = words;
    this.file = file;
    this.line = line;
    this.text = text;
    this.start = start;
    this.end = end;
    this.block = undefined;
  }

  get keyword(): string {
    return this.words[0] ?? '';
  }

  /** The text of the statement as written, for keywords that read their line with other quoting rules. */
  get raw(): string {
    return this.text.slice(this.start, this.end);
  }
}

/** Where the physical line of `offset` begins. */
export function startOfLine(text: string, offset: number): number {
  // Nearly always only blanks stand before a statement; for those few, lastIndexOf() takes longer than a loop.
  let start = offset;
  while (start > 0 && isBlank(text.charCodeAt(start - 1))) start--;
  return start === 0 ? 0 : text.lastIndexOf('\n', start - 1) + 1;
}

/** The physical line that begins at or before `offset`, without its line end. */
function lineAround(text: string, offset: number): { start: number; end: number } {
  const end = text.indexOf('\n', offset);
  return { start: startOfLine(text, offset), end: end < 0 ? text.length : end };
}

/** Start of the n-th line (from 1) of a text. Slow; only for messages about substituted lines. */
function offsetOfLine(text: string, line: number): number {
  let offset = 0;
  for (let current = 1; current < line; current++) {
    const next = text.indexOf('\n', offset);
    if (next < 0) return text.length;
    offset = next + 1;
  }
  return offset;
}

/** Where a statement begins. */
export function locate(statement: Statement): SourceLocation {
  const { file, line, text, start } = statement;
  if (text === file.text) return { file: file.name, line, column: start - startOfLine(text, start) + 1 };
  return locateWord(statement, 0).at;
}

/**
 * Where a word of a statement stands and how long it is.
 * @param word index into `words`; one that is not there gives the place behind the statement, length 1
 */
export function locateWord(statement: Statement, word: number): { at: SourceLocation; length: number } {
  const { file, line, text, start, end } = statement;
  const spans = scanWords(text, start, end).spans;
  const from = spans[word * 2] ?? end;
  const length = Math.max(1, (spans[word * 2 + 1] ?? end + 1) - from);
  if (text === file.text) {
    return { at: { file: file.name, line, column: from - startOfLine(text, start) + 1 }, length };
  }
  // The line was made by a definition or repetition: point at the word if the file has it, else at the line's first word.
  const origin = lineAround(file.text, offsetOfLine(file.text, line));
  const original = file.text.slice(origin.start, origin.end);
  const wanted = text.slice(from, from + length);
  const found = wanted.trim() === '' ? -1 : original.indexOf(wanted);
  if (found >= 0) return { at: { file: file.name, line, column: found + 1 }, length: wanted.length };
  const column = original.length - original.trimStart().length + 1;
  return { at: { file: file.name, line, column }, length: Math.max(1, original.trim().length) };
}
