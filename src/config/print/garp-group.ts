/** Prints garp_group. */
import type { GarpGroup } from '../model.ts';
import { blockLine, line, seconds, valueBlock, valueLine, type PrintedLine } from './printed.ts';

/** garp_group. */
export function printGarpGroup(group: GarpGroup): PrintedLine {
  return blockLine(
    'garp_group',
    [],
    [
      line('garp_interval', seconds(group.arpInterval)),
      line('gna_interval', seconds(group.naInterval)),
      ...valueBlock(
        'interfaces',
        group.interfaces.map((name) => valueLine([name])),
      ),
    ],
    group.at,
  );
}
