/**
 * Program of the guest: takes all configurations through their events under Debian's keepalived and under this daemon
 * at the same time, one event of each after the other, and writes down what differed.
 */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Order, Seen } from './messages.ts';
import { places, type Place } from './places.ts';
import { Side } from './side.ts';
import { configurations } from './table.ts';
import { block, fill, goodDigest, goodPage, numberOf, poolOf, textOf, type Configuration } from './text.ts';

/** Nothing takes so long unless it is broken. */
const patience = 45_000;
/** Where something has been missing already, the rest is only to be seen, not waited for. */
const littlePatience = 5_000;
/** Between two looks that have to show the same. */
const pause = 1_000;
/** An event without servers to wait for: time for a check, its retry and their time-outs. */
const quiet = 3_000;

export interface Verdict {
  readonly name: string;
  /** Empty: all the same. */
  readonly differences: readonly string[];
  /** Events that were compared. */
  readonly compared: number;
}

interface Player {
  readonly number: number;
  readonly configuration: Configuration;
  readonly place: Place;
  readonly sides: readonly [Side, Side];
  /** In this order: before the reload, the reload, behind it. */
  readonly events: readonly [readonly string[], readonly string[], readonly string[]];
  differences: string[];
  compared: number;
  reloaded: boolean;
  /** How much of FIFO and scripts belongs to earlier events. */
  heard: [Heard, Heard];
}

interface Heard {
  readonly told: number;
  readonly said: number;
}

function split(events: readonly string[]): Player['events'] {
  const at = events.findIndex((event) => event.startsWith('reload'));
  return at < 0 ? [events, [], []] : [events.slice(0, at), events.slice(at, at + 1), events.slice(at + 1)];
}

function digestOf(page: string): string {
  return createHash('md5').update(page).digest('hex');
}

/** The text of a place with all its configurations. */
function placeText({ global = [] }: Place, players: readonly Player[]): string {
  const lines = [
    'router_id same',
    'script_user root',
    'enable_script_security',
    'lvs_notify_fifo /run/fifo',
    ...global,
  ];
  const head = `${block('global_defs', ...lines)}\n`;
  return (
    head +
    players
      .map(({ configuration, number, reloaded }) => textOf(configuration, number, reloaded))
      .join('\n')
      .replaceAll(goodDigest, digestOf(goodPage)) +
    '\n'
  );
}

/** Orders of an event that is the configuration's own. */
function ordersOf(what: string, { configuration, number }: Player): Order[] {
  const [verb = '', ...words] = what.split(' ');
  const family = (word: string): string => fill(word.startsWith('W') ? `$${word}` : `$R${word}`, number);
  const behaviours = { serve: 'good', refuse: 'refusing', wrong: 'wrong', slow: 'slow' } as const;
  if (verb in behaviours) {
    const behaviour = behaviours[verb as keyof typeof behaviours];
    return words.map((word) => ({ do: 'behave', backend: family(word), behaviour }));
  }
  const rest = fill(words.join(' '), number);
  switch (verb) {
    case 'number':
      return [{ do: 'write', file: `/run/number.${number}`, text: `${rest}\n` }];
    case 'status':
      return [{ do: 'write', file: `/run/status.${number}`, text: `${rest}\n` }];
    case 'address':
      return [{ do: 'run', command: fill(`ip addr ${rest === 'here' ? 'add' : 'del'} $V/32 dev lo`, number) }];
    case 'run':
      return [{ do: 'run', command: rest }];
    case 'wait':
      return [];
    default:
      throw new Error(`${configuration.name}: unknown event ${what}`);
  }
}

const of = (number: number, lines: readonly string[]): string[] => lines.filter((line) => numberOf(line) === number);
const calls = (number: number, lines: readonly string[]): string[] =>
  lines.filter((line) => line.startsWith(`${number} `));

/** What a place shows that belongs to no configuration. */
const others = (lines: readonly string[]): string[] => lines.filter((line) => numberOf(line) === undefined);

function differing(what: string, ours: readonly string[], theirs: readonly string[]): string[] {
  const only = (some: readonly string[], rest: readonly string[]): string[] => {
    const left = [...rest];
    return some.filter((line) => {
      const at = left.indexOf(line);
      if (at >= 0) left.splice(at, 1);
      return at < 0;
    });
  };
  return [
    ...only(ours, theirs).map((line) => `ours:   ${what}${line}`),
    ...only(theirs, ours).map((line) => `debian: ${what}${line}`),
  ];
}

/** Lines of servers that change in one moment have no order; others have. */
function inOrder(ours: readonly string[], theirs: readonly string[]): string[] {
  const servers = ours.filter((line) => line.startsWith('RS ')).length;
  if (servers > 1 || ours.join('\n') === theirs.join('\n')) return [];
  return [`order of the FIFO, ours: ${ours.join(', ')}; debian: ${theirs.join(', ')}`];
}

function compareOne(player: Player, [ours, theirs]: readonly [Seen, Seen]): string[] {
  const { configuration, heard, number } = player;
  const [told, theirTold] = [ours, theirs].map((seen, side) => of(number, seen.told).slice(heard[side]?.told));
  const [said, theirSaid] = [ours, theirs].map((seen, side) => calls(number, seen.said).slice(heard[side]?.said));
  const found = [
    ...differing('', of(number, ours.table), of(number, theirs.table)),
    ...differing('FIFO ', told ?? [], theirTold ?? []),
    ...differing('script ', said ?? [], theirSaid ?? []),
  ];
  const relevant = found.filter((line) => !player.reloaded || configuration.differs?.lines.test(line) !== true);
  return relevant.length > 0 || found.length > 0 ? relevant : inOrder(told ?? [], theirTold ?? []);
}

/** Looks until all of a place have what they wait for and nothing differs, twice in a row, or patience is over. */
async function settle(place: Place, waiting: ReadonlyMap<Player, string>, players: readonly Player[]): Promise<void> {
  const sides = players[0]?.sides;
  if (sides === undefined) return;
  const named = [...waiting.values()].every((event) => event.includes(' > '));
  if (!named) await sleep(quiet);
  const deadline = performance.now() + (place.missed === true ? littlePatience : patience);
  let same = 0;
  for (;;) {
    const seen: [Seen, Seen] = await Promise.all([sides[0].look(), sides[1].look()]);
    const found = new Map(players.map((player) => [player, verdictOn(player, seen, waiting.get(player))]));
    const rest = differing('', others(seen[0].table), others(seen[1].table));
    same = rest.length === 0 && [...found.values()].every(({ length }) => length === 0) ? same + 1 : 0;
    if (same < 2 && performance.now() < deadline) {
      await sleep(pause);
      continue;
    }
    if (same < 2) place.missed = true;
    for (const player of players) {
      const event = waiting.get(player) ?? 'reload of the others';
      const differences = found.get(player) ?? [];
      player.differences.push(...differences.map((line) => `after "${event}": ${line}`));
      if (waiting.has(player)) player.compared += 1;
      player.heard = [heardBy(player, seen[0]), heardBy(player, seen[1])];
    }
    if (rest.length > 0) players[0]?.differences.push(...rest.map((line) => `${place.name}: ${line}`));
    return;
  }
}

function heardBy({ number }: Player, seen: Seen): Heard {
  return { told: of(number, seen.told).length, said: calls(number, seen.said).length };
}

function verdictOn(player: Player, seen: readonly [Seen, Seen], event: string | undefined): string[] {
  const [, wanted] = event?.split(' > ') ?? [];
  const missed =
    wanted === undefined
      ? []
      : seen.flatMap(({ table }, side) => {
          const pool = poolOf(of(player.number, table));
          return pool === wanted ? [] : [`${side === 0 ? 'ours' : 'debian'}: servers "${pool}", not "${wanted}"`];
        });
  return [...missed, ...compareOne(player, seen)];
}

async function playPlace(place: Place, players: readonly Player[]): Promise<void> {
  const sides = players[0]?.sides;
  if (sides === undefined) return;
  const both = (order: Order): Promise<unknown> => Promise.all(sides.map((side) => side.order(order)));
  const round = async (phase: 0 | 1 | 2, index: number): Promise<void> => {
    const waiting = new Map<Player, string>();
    for (const player of players) {
      const event = player.events[phase][index];
      if (event !== undefined) waiting.set(player, event);
    }
    for (const [player, event] of waiting) {
      for (const order of ordersOf(event.split(' > ')[0] ?? '', player)) await both(order);
    }
    await settle(place, waiting, players);
  };
  const longest = (phase: 0 | 1 | 2): number => Math.max(0, ...players.map(({ events }) => events[phase].length));

  const backends = players.flatMap(({ number }) =>
    ['$R1', '$R2', '$R3', '$W1', '$W2'].map((word) => fill(word, number)),
  );
  const files = players.map(({ number }) => `echo 0 >/run/number.${number}; echo 0 >/run/status.${number}`);
  await both({ do: 'prepare', commands: [...files, ...(place.commands ?? [])], backends });
  await Promise.all(sides.map((side) => side.start(placeText(place, players))));
  await settle(place, new Map(players.map((player) => [player, player.events[0][0] ?? 'start'])), players);
  for (let index = 1; index < longest(0); index++) await round(0, index);
  for (const command of place.beforeReload ?? []) await both({ do: 'run', command });
  for (const player of players) player.reloaded = true;
  await both({ do: 'reload', configuration: placeText(place, players) });
  await settle(place, new Map(players.flatMap((player) => player.events[1].map((event) => [player, event]))), players);
  for (let index = 0; index < longest(2); index++) await round(2, index);
  await both({ do: 'stop' });
  await settle(place, new Map(players.map((player) => [player, 'stop > '])), players);
}

const all = configurations.map((configuration, index) => ({ configuration, number: index + 1 }));
const result: Verdict[] = [];
const logs: Record<string, readonly string[]> = {};
await Promise.all(
  places.map(async (place) => {
    const sides: [Side, Side] = [new Side('ours', place.table), new Side('debian', place.table)];
    const players = all
      .filter(({ configuration }) => (configuration.place ?? 'shared') === place.name)
      .map(({ configuration, number }): Player => {
        const events = split(configuration.events);
        const nothing = { told: 0, said: 0 };
        return {
          ...{ number, configuration, place, sides, events, differences: [], compared: 0, reloaded: false },
          heard: [nothing, nothing],
        };
      });
    try {
      await playPlace(place, players);
    } catch (error) {
      players[0]?.differences.push(`${place.name}: ${(error as Error).message}`);
    }
    for (const side of sides) {
      logs[`${place.name} ${side.kind}`] = side.log;
      side.end();
    }
    for (const { compared, configuration, differences } of players)
      result.push({ name: configuration.name, differences, compared });
  }),
);
writeFileSync('/run/out/result.json', JSON.stringify({ result, logs }));
process.exit();
