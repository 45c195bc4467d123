/** Blocks of the top level that have nothing special about them: by keyword and name, with the settings that change. */
import { hideSecrets } from '../config/print/secrets.ts';
import type { PrintedLine } from '../config/print/printed.ts';
import { lineText, settingChanges } from './settings.ts';
import type { ItemChange } from './types.ts';

/** One of each: a statement of the top level is a setting of the whole. */
const topLevel = 'top level';

interface Item {
  readonly kind: string;
  readonly name: string;
  readonly lines: readonly PrintedLine[];
}

/** Items by kind, name and ordinal; blocks with equal names are told apart by their order. */
function itemsOf(lines: readonly PrintedLine[], special: ReadonlySet<string>): Map<string, Item> {
  const items = new Map<string, Item>();
  const loose = lines.filter((line) => line.block === undefined);
  items.set(topLevel, { kind: topLevel, name: '', lines: loose });
  for (const line of lines) {
    if (line.block === undefined || special.has(line.keyword)) continue;
    const name = hideSecrets(line).words.join(' ');
    let key = `${line.keyword} ${name}`;
    while (items.has(key)) key += '+';
    items.set(key, { kind: line.keyword, name, lines: line.block });
  }
  return items;
}

/** @param special keywords of blocks that are looked at elsewhere */
export function* itemChanges(
  before: readonly PrintedLine[],
  after: readonly PrintedLine[],
  special: ReadonlySet<string>,
): Generator<ItemChange> {
  const olds = itemsOf(before, special);
  const news = itemsOf(after, special);
  for (const [key, { kind, lines, name }] of news) {
    const old = olds.get(key);
    if (old === undefined) yield { what: 'added', kind, name, settings: [], consequences: [] };
    else if (lines.map(lineText).join() !== old.lines.map(lineText).join()) {
      const settings = settingChanges(old.lines, lines);
      // Only the order differs: nothing that a setting says.
      if (settings.length > 0) yield { what: 'changed', kind, name, settings, consequences: [] };
    }
  }
  for (const [key, { kind, name }] of olds)
    if (!news.has(key)) yield { what: 'removed', kind, name, settings: [], consequences: [] };
}
