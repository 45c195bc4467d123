/** The help of a command line, in GNU's form: letter, long name with the word for its value, one sentence. */
import type { OptionDescription } from './long-options.ts';

const helpColumn = 32;

/** The text of `-h` for these options, newline terminated. Options without a help line are left out. */
export function helpText(options: readonly OptionDescription[]): string {
  const lines = ['Usage: keepalived [OPTION...]'];
  for (const option of options) {
    if (option.help === undefined) continue;
    const value = option.valueName ?? 'VALUE';
    const suffix = { none: '', required: `=${value}`, optional: `[=${value}]` }[option.value];
    const head = `  ${option.letter === undefined ? '   ' : `-${option.letter},`} --${option.name}${suffix}`;
    // A head that reaches into the column of the sentences gets a line of its own.
    if (head.length < helpColumn - 1) lines.push(head.padEnd(helpColumn) + option.help);
    else lines.push(head, ' '.repeat(helpColumn) + option.help);
  }
  return `${lines.join('\n')}\n`;
}
