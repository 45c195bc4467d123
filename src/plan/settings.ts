/** The difference of two printed blocks, statement by statement. */
import { hideSecrets } from '../config/print/secrets.ts';
import type { PrintedLine } from '../config/print/printed.ts';
import { statementText } from '../config/print/text.ts';
import type { SettingChange } from './types.ts';

/** Tells two lines apart: what they say, blocks included, wherever they stand. */
export function lineText({ block, keyword, words }: PrintedLine): string {
  return JSON.stringify([keyword, words, block?.map(lineText)]);
}

function shown(line: PrintedLine): string {
  return statementText(hideSecrets(line));
}

/** Lines by keyword, in order. */
function byKeyword(lines: readonly PrintedLine[]): Map<string, PrintedLine[]> {
  const groups = new Map<string, PrintedLine[]>();
  for (const line of lines) {
    const group = groups.get(line.keyword);
    if (group === undefined) groups.set(line.keyword, [line]);
    else group.push(line);
  }
  return groups;
}

/** What is in `lines` and not in `others`; each line counts once. */
function without(lines: readonly PrintedLine[], others: readonly PrintedLine[]): PrintedLine[] {
  const left = new Map<string, number>();
  for (const other of others) left.set(lineText(other), (left.get(lineText(other)) ?? 0) + 1);
  return lines.filter((line) => {
    const count = left.get(lineText(line)) ?? 0;
    if (count > 0) left.set(lineText(line), count - 1);
    return count === 0;
  });
}

/**
 * What changes from one block to the other. The order of lines is not compared.
 * @param within names of the blocks around them
 */
export function settingChanges(
  before: readonly PrintedLine[],
  after: readonly PrintedLine[],
  within: readonly string[] = [],
): SettingChange[] {
  const befores = byKeyword(before);
  const afters = byKeyword(after);
  const keywords = new Set([...befores.keys(), ...afters.keys()]);
  return [...keywords].flatMap((keyword) => {
    const gone = without(befores.get(keyword) ?? [], afters.get(keyword) ?? []);
    const come = without(afters.get(keyword) ?? [], befores.get(keyword) ?? []);
    return pairs(gone, come).flatMap(([old, next]) => oneChange(old, next, within));
  });
}

/** What stands for each other: blocks of one name, else in their order. */
function pairs(gone: PrintedLine[], come: PrintedLine[]): [PrintedLine | undefined, PrintedLine | undefined][] {
  const matched: [PrintedLine | undefined, PrintedLine | undefined][] = [];
  const rest = [...come];
  for (const old of gone) {
    const at = rest.findIndex((next) => (next.block !== undefined && shown(next) === shown(old)) || gone.length === 1);
    matched.push([old, at < 0 ? undefined : rest.splice(at, 1)[0]]);
  }
  return [...matched, ...rest.map((next): [undefined, PrintedLine] => [undefined, next])];
}

function oneChange(
  before: PrintedLine | undefined,
  after: PrintedLine | undefined,
  within: readonly string[],
): SettingChange[] {
  if (before?.block !== undefined && after?.block !== undefined && shown(before) === shown(after))
    return settingChanges(before.block, after.block, [...within, shown(after)]);
  const line = after ?? before;
  // A value block has no words: its lines are what comes or goes.
  if (line?.block !== undefined && line.words.length === 0)
    return settingChanges(before?.block ?? [], after?.block ?? [], [...within, line.keyword]);
  const text = (one: PrintedLine): string => (one.block === undefined ? shown(one) : `${shown(one)} { ... }`);
  return [
    {
      within: within.join(' '),
      ...(before !== undefined && { before: text(before) }),
      ...(after !== undefined && { after: text(after) }),
    },
  ];
}
