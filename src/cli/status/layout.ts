/** How status is laid out for people: colour where it is wanted, lines folded to the width of the terminal, columns. */

export interface Layout {
  /** Columns of the terminal; Infinity: lines are as long as they are. */
  readonly width: number;
  readonly colour: boolean;
}

/** SGR parameters (ECMA-48). */
const styles = { good: '32', bad: '31', warn: '33', faint: '2', strong: '1' } as const;

export type Style = keyof typeof styles;

const styleOfState: Readonly<Record<string, Style>> = {
  MASTER: 'good',
  UP: 'good',
  Up: 'good',
  good: 'good',
  present: 'good',
  FAULT: 'bad',
  DOWN: 'bad',
  Down: 'bad',
  bad: 'bad',
  duplicate: 'bad',
  INIT: 'warn',
  STOP: 'warn',
  Init: 'warn',
  unknown: 'warn',
  tentative: 'warn',
};

/** A text and how it looks; `text` alone is what counts for widths. */
export interface Cell {
  readonly text: string;
  readonly style?: Style;
}

export function state(name: string): Cell {
  const style = styleOfState[name];
  return style === undefined ? { text: name } : { text: name, style };
}

function painted({ style, text }: Cell, { colour }: Layout): string {
  return colour && style !== undefined ? `\u001b[${styles[style]}m${text}\u001b[0m` : text;
}

export function paint(text: string, style: Style, layout: Layout): string {
  return painted({ text, style }, layout);
}

export type Row = readonly (Cell | string)[];

function cellOf(cell: Cell | string): Cell {
  return typeof cell === 'string' ? { text: cell } : cell;
}

/** What others wrote (stderr of scripts, answers of servers) must not reach the terminal as commands. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}

/**
 * Rows with aligned columns; the last column is folded within the width and goes on below itself.
 * @param indent columns before each row
 */
export function table(rows: readonly Row[], layout: Layout, indent = 0): string[] {
  return tableRows(rows, layout, indent).flat();
}

/** The same, the lines of each row by themselves. */
export function tableRows(rows: readonly Row[], layout: Layout, indent = 0): string[][] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.slice(0, -1).entries())
      widths[column] = Math.max(widths[column] ?? 0, cellOf(cell).text.length);
  }
  return rows.map((row) => {
    const before = row.slice(0, -1).map((cell, column) => {
      const made = cellOf(cell);
      return `${painted(made, layout)}${' '.repeat((widths[column] ?? 0) - made.text.length)}  `;
    });
    const start = indent + row.slice(0, -1).reduce((sum, _cell, column) => sum + (widths[column] ?? 0) + 2, 0);
    const last = cellOf(row.at(-1) ?? '');
    const [first = '', ...more] = folded(last.text, layout.width - start);
    const style = last.style === undefined ? {} : { style: last.style };
    const lines = [
      `${' '.repeat(indent)}${before.join('')}${painted({ text: first, ...style }, layout)}`,
      ...more.map((text) => `${' '.repeat(start)}${painted({ text, ...style }, layout)}`),
    ];
    return lines.map((line) => line.trimEnd());
  });
}

/** Words in lines of at most `width` columns; where there is hardly room, one long line. */
export function folded(text: string, width: number): string[] {
  if (text.length <= width || width < 16) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  return lines;
}
