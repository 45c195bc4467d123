/** Where a logical line came from, and the limits that keep expansion bounded. */
import type { SourceLocation } from '../model.ts';
import type { SourceFile } from '../statement.ts';

export interface Origin {
  readonly file: SourceFile;
  /** Physical line, from 1. */
  readonly line: number;
}

/** Text of one logical line: text[start..end). While `text` is the file's own, columns are exact. */
export interface LineText {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Longest physical line in octets, without its end; the original reads into 1024 octets. */
export const maximumLineOctets = 1022;
/** Longest result of substitutions, in characters. */
export const maximumExpandedLine = 16_384;
/** Substitutions within one line before it is taken for an endless definition. */
export const maximumSubstitutions = 1000;
/** Lines that definitions and repetitions may produce in all. */
export const maximumProducedLines = 500_000;
/** Characters that definitions and repetitions may produce in all. */
export const maximumProducedText = 64 * 1024 * 1024;
/** Nesting of repetitions and of multi-line definitions. */
export const maximumNesting = 32;
/** Nesting of includes. */
export const maximumIncludeDepth = 64;
/** Files read in all. */
export const maximumFiles = 20_000;

/** The place of a character of a logical line, or of the line's beginning where the line was produced. */
export function placeInLine(origin: Origin, text: string, offset: number): SourceLocation {
  const { file, line } = origin;
  if (text !== file.text) return { file: file.name, line, column: 1 };
  const start = offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
  return { file: file.name, line, column: offset - start + 1 };
}
