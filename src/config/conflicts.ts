/** Unresolved conflicts that git (or another merge) left in a file. */

const marks = { begin: '<<<<<<<', base: '|||||||', middle: '=======', end: '>>>>>>>' } as const;

export interface Conflict {
  /** Lines of the first and the last mark. */
  readonly first: number;
  readonly last: number;
  readonly markLength: number;
  readonly message: string;
  readonly remedy: string;
  /** Both sides open and close equally many blocks. */
  readonly balanced: boolean;
}

/** Whether a word is one of the four marks. */
export function isConflictMark(word: string): boolean {
  return Object.values(marks).some((mark) => word === mark);
}

function markOf(line: string): keyof typeof marks | undefined {
  const mark = line.slice(0, 7);
  const behind = line.charAt(7);
  if (behind !== '' && behind !== ' ' && behind !== '\r') return undefined;
  return (['begin', 'base', 'middle', 'end'] as const).find((name) => marks[name] === mark);
}

function rangeOf(from: number, to: number): string {
  if (to < from) return 'nothing';
  return from === to ? `line ${from}` : `lines ${from} to ${to}`;
}

function braces(lines: readonly string[]): number {
  const text = lines.join('\n');
  return text.split('{').length - text.split('}').length;
}

/** Every conflict whose marks are all there, in order. */
export function conflictsIn(text: string): Conflict[] {
  const conflicts: Conflict[] = [];
  const lines = text.split('\n');
  let begin = 0;
  let firstEnd = 0;
  let middle = 0;
  for (const [index, line] of lines.entries()) {
    const number = index + 1;
    const mark = markOf(line);
    if (mark === undefined) continue;
    if (mark === 'begin') [begin, firstEnd, middle] = [number, 0, 0];
    else if (begin === 0) continue;
    else if (mark === 'base') firstEnd = number;
    else if (mark === 'middle') {
      middle = number;
      firstEnd ||= number;
    } else if (middle > 0) {
      const name = (at: number): string => (lines[at - 1] ?? '').slice(8).trim();
      const side = (from: number, to: number, label: string): string =>
        `${rangeOf(from, to)}${label === '' ? '' : ` (${label})`}`;
      conflicts.push({
        first: begin,
        last: number,
        markLength: (lines[begin - 1] ?? '').trimEnd().length,
        message: `an unresolved conflict of two versions of this file: one side is ${side(begin + 1, firstEnd - 1, name(begin))}, the other ${side(middle + 1, number - 1, name(number))}; all of it is read`,
        remedy: `keep one side, and delete the other with the marks in lines ${[...new Set([begin, firstEnd, middle, number])].join(', ')}`,
        balanced:
          braces(lines.slice(begin, firstEnd - 1)) === braces(lines.slice(middle, number - 1)) &&
          braces(lines.slice(begin, firstEnd - 1)) === 0,
      });
      begin = 0;
    }
  }
  return conflicts;
}
