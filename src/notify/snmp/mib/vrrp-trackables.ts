/** KEEPALIVED-MIB, group vrrp: scripts, files, processes and sessions that can be tracked. */
import type { ParameterMatch } from '../../../config/model.ts';
import { gauge, integer, text } from '../value.ts';
import { Table, type Subtree } from '../view.ts';
import type { SnmpSnapshot } from '../snapshot.ts';
import { numbered, oneOrTwo, scriptValue } from './conventions.ts';
import { keepalivedMib } from './roots.ts';

const prefix = [...keepalivedMib, 2];

const scriptResults = { unknown: 1, bad: 2, good: 3 } as const;
const parameterMatches: Record<ParameterMatch, number> = { none: 0, exact: 1, partial: 2, initial: 3 };

export function trackableTables({ configuration, vrrp }: SnmpSnapshot): Subtree[] {
  const { scripts, trackFiles, trackProcesses } = configuration.vrrp;
  const results = new Map(vrrp?.scripts?.map(({ name, result }) => [name, result]));
  const counts = new Map(vrrp?.processes?.map((status) => [status.name, status]));
  return [
    new Table(
      [...prefix, 9, 1],
      {
        2: ({ name }) => text(name),
        3: ({ command }) => scriptValue(command),
        4: ({ interval }) => integer(Math.floor(interval / 1000)),
        5: ({ weight }) => integer(weight),
        6: ({ name }) => integer(scriptResults[results.get(name) ?? 'unknown']),
        7: ({ rise }) => gauge(rise),
        8: ({ fall }) => gauge(fall),
        9: ({ reverse }) => oneOrTwo(reverse),
      },
      numbered(scripts),
    ),
    new Table(
      [...prefix, 13, 1],
      {
        2: ({ name }) => text(name),
        3: ({ path }) => text(path),
        4: ({ name }) => integer(vrrp?.files?.[name] ?? 0),
        5: ({ weight }) => integer(weight),
        6: ({ reverse }) => oneOrTwo(reverse),
      },
      numbered(trackFiles),
    ),
    new Table(
      [...prefix, 18, 1],
      {
        2: ({ name }) => text(name),
        3: ({ name }) => integer(Number(vrrp?.bfd?.[name] ?? false)),
        4: ({ weight }) => integer(weight),
        5: ({ reverse }) => oneOrTwo(reverse),
      },
      numbered(configuration.bfd.instances.filter(({ vrrp: tracked }) => tracked)),
    ),
    new Table(
      [...prefix, 21, 1],
      {
        2: ({ name }) => text(name),
        3: ({ process }) => text(process),
        4: ({ parameters }) => text(parameters.map((parameter) => `'${parameter}'`).join(' ')),
        5: ({ parameterMatch }) => integer(parameterMatches[parameterMatch]),
        6: ({ weight }) => integer(weight),
        7: ({ reverse }) => oneOrTwo(reverse),
        8: ({ quorum }) => gauge(quorum),
        9: ({ quorumMax }) => integer(quorumMax ?? -1),
        10: ({ forkDelay }) => gauge(forkDelay * 1000),
        11: ({ terminateDelay }) => gauge(terminateDelay * 1000),
        12: ({ fullCommand }) => oneOrTwo(fullCommand),
        13: ({ name }) => integer(counts.get(name)?.running ?? 0),
        14: ({ name }) => oneOrTwo(counts.get(name)?.up ?? false),
      },
      numbered(trackProcesses),
    ),
  ];
}
