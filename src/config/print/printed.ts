/** A configuration on its way back to text: one value a line, blocks with their lines inside. */

/** One line as keepalived reads it: keyword, its words, and the lines of the block it opens. */
export interface PrintedLine {
  readonly keyword: string;
  /** Arguments, unquoted; the writer quotes what needs it. */
  readonly words: readonly string[];
  /** Present if the line opens a block. Lines of value blocks (addresses, routes) have their first word as keyword. */
  readonly block?: readonly PrintedLine[];
}

/** A keyword with its words; numbers are written in decimal. */
export function line(keyword: string, ...words: readonly (string | number)[]): PrintedLine {
  return { keyword, words: words.map(String) };
}

/** A keyword that opens a block. */
export function blockLine(
  keyword: string,
  words: readonly (string | number)[],
  block: readonly PrintedLine[],
): PrintedLine {
  return { keyword, words: words.map(String), block };
}

/** Milliseconds as the seconds of the file, without trailing zeros (`1500` is `1.5`). */
export function seconds(milliseconds: number): string {
  return String(Math.round(milliseconds * 1000) / 1_000_000);
}
