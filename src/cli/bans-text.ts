/** Bans for people: a line a client, with its reason and the time it has left. */
import type { Milliseconds } from '../core/time.ts';
import type { BanList, LimitSummary } from '../process/limits/messages.ts';
import { formatAge } from './age.ts';

/** One limit in the status: how many it has banned, and what the last reading of the table found. */
export function limitLine({
  banned,
  listed,
  name,
  table,
}: Pick<LimitSummary, 'banned' | 'listed' | 'name' | 'table'>): string {
  const file = listed === 0 ? '' : `, and ${listed} by its file`;
  const reading =
    table === undefined
      ? 'connections not counted yet'
      : `${table.established} established connections of ${table.clients} clients, at most ${table.most} of one, ${formatAge(table.age)} ago`;
  return `connection limit ${name}: ${banned} banned${file}; ${reading}`;
}

function left(remaining: Milliseconds | undefined): string {
  return remaining === undefined ? 'until it is removed' : `${formatAge(remaining)} left`;
}

export function formatBans({ limits }: BanList): string {
  const lines = limits.flatMap(({ bans, listed, name, table }) => [
    limitLine({ banned: bans.length, listed, name, ...(table && { table }) }),
    ...bans.map(
      (ban) =>
        `  ${ban.client}: for ${formatAge(ban.for)}, ${left(ban.remaining)} (${ban.reason}${ban.connections === undefined ? '' : `; now ${ban.connections}`})`,
    ),
  ]);
  return `${lines.join('\n')}\n`;
}
