/** Lines of a configuration to text with canonical indentation. */
import type { PrintedLine } from './printed.ts';
import { ordinaryWord, scriptWord } from './words.ts';

/** One step of indentation, here and in `keepalivectl config format`. */
export const indentation = '    ';

/** Where trailing comments begin, unless the line is longer. */
const commentColumn = 48;

export interface TextOptions {
  /** What is written behind a line as a comment. */
  readonly comment?: (line: PrintedLine) => string | undefined;
  /** The line as it is shown; secrets can be hidden here. */
  readonly shown?: (line: PrintedLine) => PrintedLine;
}

/** The statement of one line, without indentation, brace and comment. */
export function statementText({ keyword, words, quoting }: PrintedLine): string {
  const rest = words.map((word) => (quoting === 'script' ? scriptWord(word) : ordinaryWord(word)));
  return [ordinaryWord(keyword, true), ...rest].join(' ');
}

/** A backslash before the closing quote hides that quote from the search for comments: none may follow. */
function takesComment(statement: string): boolean {
  return !/(^|[^\\])(\\\\)*\\"/.test(statement);
}

function writeLine(line: PrintedLine, depth: number, into: string[], options: TextOptions): void {
  const indent = indentation.repeat(depth);
  const statement = statementText(options.shown?.(line) ?? line);
  const text = `${indent}${statement}${line.block ? ' {' : ''}`;
  const comment = options.comment?.(line)?.replace(/[\x00-\x1f\x7f]/g, '?');
  if (comment === undefined) into.push(text);
  else if (takesComment(statement)) into.push(`${text.padEnd(commentColumn)} # ${comment}`);
  else into.push(`${indent}# ${comment}`, text);
  if (!line.block) return;
  for (const inner of line.block) writeLine(inner, depth + 1, into, options);
  into.push(`${indent}}`);
}

/** The text of each line of the top level with its block, which stands apart from the others; each ends with a line feed. */
export function* printPieces(lines: Iterable<PrintedLine>, options: TextOptions = {}): Generator<string> {
  let before: PrintedLine | undefined;
  for (const line of lines) {
    const text: string[] = [];
    if (before !== undefined && (line.block || before.block)) text.push('');
    before = line;
    writeLine(line, 0, text, options);
    text.push('');
    yield text.join('\n');
  }
}

/** The whole text. */
export function printText(lines: Iterable<PrintedLine>, options: TextOptions = {}): string {
  return [...printPieces(lines, options)].join('');
}
