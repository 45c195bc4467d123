/** A configuration on its way back to text: one value a line, blocks with their lines inside. */
import type { ScriptCommand, SourceLocation } from '../model.ts';
import { joinScriptWords } from './words.ts';

/** One line as keepalived reads it: keyword, its words, and the lines of the block it opens. */
export interface PrintedLine {
  readonly keyword: string;
  /** Arguments, unquoted; the writer quotes what needs it. */
  readonly words: readonly string[];
  /** Present if the line opens a block. Lines of value blocks (addresses, routes) have their first word as keyword. */
  readonly block?: readonly PrintedLine[];
  /** How keepalived reads the words of this keyword; absent: as ordinary words. See scriptLine and scriptWordsLine. */
  readonly quoting?: 'script';
  /** Where the file has what this line says, if the model knows. Blocks should have it: it finds the origins of their lines. */
  readonly at?: SourceLocation;
}

/** A keyword with its words; numbers are written in decimal. */
export function line(keyword: string, ...words: readonly (string | number)[]): PrintedLine {
  return { keyword, words: words.map(String) };
}

/** A boolean keyword, always with its word. */
export function boolLine(keyword: string, value: boolean): PrintedLine {
  return line(keyword, value ? 'true' : 'false');
}

/** A keyword that opens a block. */
export function blockLine(
  keyword: string,
  words: readonly (string | number)[],
  block: readonly PrintedLine[],
  at?: SourceLocation,
): PrintedLine {
  return { keyword, words: words.map(String), block, ...(at && { at }) };
}

/** A value block whose lines are whole statements; nothing if there are none. */
export function valueBlock(keyword: string, lines: readonly PrintedLine[]): PrintedLine[] {
  return lines.length === 0 ? [] : [blockLine(keyword, [], lines)];
}

/** One line of a value block from its words; the first may be anything (an address, a name). */
export function valueLine(words: readonly (string | number)[], at?: SourceLocation): PrintedLine {
  const [first = '', ...rest] = words.map(String);
  return { keyword: first, words: rest, ...(at && { at }) };
}

/** A keyword whose words are read with the quoting of scripts (`regex`), each word as it is. */
export function scriptWordsLine(keyword: string, ...words: readonly string[]): PrintedLine {
  return { keyword, words, quoting: 'script' };
}

/** `USER [GROUP]`; nothing without a user. */
export function accountWords(user: string | undefined, group: string | undefined): string[] {
  return user === undefined ? [] : [user, ...(group === undefined ? [] : [group])];
}

/** `user USER [GROUP]` as a line of its own. */
export function userLine(user: string | undefined, group: string | undefined): PrintedLine[] {
  return user === undefined ? [] : [line('user', ...accountWords(user, group))];
}

/**
 * A keyword with a command: `notify`, `quorum_up`, `script`, `misc_path`. Nothing if there is no command.
 * @param takesUser whether user and group stand behind the command; else they have a keyword `user` of their own
 */
export function scriptLine(keyword: string, command: ScriptCommand | undefined, takesUser = true): PrintedLine[] {
  if (!command) return [];
  const { argv, user, group } = command;
  const account = takesUser ? accountWords(user, group) : [];
  return [scriptWordsLine(keyword, joinScriptWords(argv), ...account)];
}

/** A keyword with a value that may be absent; nothing then. */
export function optional(keyword: string, value: string | number | undefined): PrintedLine[] {
  return value === undefined ? [] : [line(keyword, value)];
}

/** A keyword without argument, if it holds. */
export function flagLine(keyword: string, holds: boolean): PrintedLine[] {
  return holds ? [line(keyword)] : [];
}

/** Milliseconds as the seconds of the file, without trailing zeros (`1500` is `1.5`). */
export function seconds(milliseconds: number): string {
  return decimal(Math.round(milliseconds * 1000) / 1_000_000);
}

/** A number without exponent, at most six decimal places. */
export function decimal(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(6).replace(/\.?0+$/, '') : text;
}
