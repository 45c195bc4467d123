/** The rules of nftables, as lines that can be compared between two machines. */
import type { Machine } from '../process/machine.ts';

/** @param listed what `nft list ruleset` prints; what newer releases than Debian's have besides is left out */
export function rulesIn(listed: string): string[] {
  const lines = listed
    .replaceAll(/counter packets \d+ bytes \d+/g, 'counter')
    .replaceAll(
      /elements = \{([^}]*)\}/g,
      (_all, list: string) => `elements ${list.trim().split(/,\s*/).toSorted().join()}`,
    )
    .split('\n')
    .filter((line) => !line.includes('mld-listener-report'));
  let place = '';
  return lines.flatMap((line) => {
    if (line.startsWith('table ')) place = line;
    else if (/^\t\S.*\{$/.test(line)) place = `${place.split(' / ', 1)[0] ?? ''} / ${line.trim()}`;
    return line.trim() === '' || line.trim() === '}' ? [] : [`${place}: ${line.trim()}`];
  });
}

/** In no order of tables. */
export async function rulesOf(machine: Machine): Promise<string[]> {
  const { stdout } = await machine.run(['nft', 'list', 'ruleset']);
  return rulesIn(stdout);
}
