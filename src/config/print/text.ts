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

/** The whole text; blocks of the top level stand apart. Ends with a line feed unless there is nothing. */
export function printText(lines: readonly PrintedLine[], options: TextOptions = {}): string {
  const text: string[] = [];
  lines.forEach((line, index) => {
    if (index > 0 && (line.block || lines[index - 1]?.block)) text.push('');
    writeLine(line, 0, text, options);
  });
  return text.length === 0 ? '' : `${text.join('\n')}\n`;
}
