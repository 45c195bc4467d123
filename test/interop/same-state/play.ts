/** Takes one configuration through its events under both daemons, and compares them after each. */
import type { CleanUp } from '../../../lab/lib/clean-up.ts';
import { happens, sleep } from '../../../lab/lib/clock.ts';
import { patience } from '../process/machine.ts';
import { configurationOf, peerOf, type Settings } from './configuration.ts';
import { differing, kernelState } from './kernel-state.ts';
import { distinctlySent } from './sent.ts';
import { Side } from './side.ts';

/**
 * What happens, and behind ` > ` the last state that the FIFO tells then, of VI_1 unless another is named:
 * `start`, `stop`, `reload`, `peer` (priority 200), `no peer`, `crash of peer`, `down eth0`, `up eth0`, `unplug eth0`,
 * `plug eth0`, `fail`, `recover`, `file 5`, `ip ...`, `sysctl ...`.
 */
export type Event = string;

export interface Configuration extends Settings {
  readonly name: string;
  readonly events: readonly Event[];
  /** What is different after the event `reload`. */
  readonly changed?: Settings;
  /** Announcements are compared by their number too. */
  readonly counts?: boolean;
  /** Differences that match, with the words of docs/differences.md that explain them. */
  readonly differs?: { readonly lines: RegExp; readonly explained: string };
}

/** Milliseconds that an event without a state to wait for is given. */
const quiet = 700;

export class Different extends Error {}

async function happen(side: Side, what: string, configuration: Configuration, reloaded: boolean): Promise<void> {
  const changed = { ...configuration, ...configuration.changed };
  const [verb = '', ...words] = what.split(' ');
  const rest = words.join(' ');
  const doings: Readonly<Record<string, () => Promise<unknown> | void>> = {
    start: () => side.start(configurationOf(configuration)),
    reload: () => side.reload(configurationOf(changed)),
    stop: () => side.stop(),
    peer: () => side.startPeer(peerOf(reloaded ? changed : configuration)),
    no: () => side.stopPeer('stop'),
    crash: () => side.stopPeer('crash'),
    down: () => side.machine.ip(`link set ${rest} down`),
    up: () => side.machine.ip(`link set ${rest} up`),
    unplug: () => side.cable(rest, false),
    plug: () => side.cable(rest, true),
    fail: () => side.machine.write('/tmp/failed', ''),
    recover: () => side.machine.run(['rm', '-f', '/tmp/failed']),
    file: () => side.machine.write('/tmp/number', `${rest}\n`),
    ip: () => side.machine.ip(rest),
    sysctl: () => side.machine.run(['sysctl', '-q', '-w', rest]),
  };
  const doing = doings[verb];
  if (doing === undefined) throw new Error(`unknown event: ${what}`);
  await doing();
}

/** Last state of an instance or group that the FIFO told. */
function stateOf(side: Side, name: string): string | undefined {
  const line = side.told.findLast((told) => told.includes(`"${name}"`) && !told.includes('_PRIORITY'));
  return line?.split(' ')[2];
}

/** Members of a group change in one moment: who of them is first depends on whose timer is first. */
function inOrder(told: readonly string[]): string[] {
  const runs: string[][] = [];
  let before: string | undefined;
  for (const line of told) {
    const [kind = '', , state = ''] = line.split(' ');
    if (`${kind} ${state}` === before) runs.at(-1)?.push(line);
    else runs.push([line]);
    before = `${kind} ${state}`;
  }
  return runs.flatMap((run) => run.toSorted());
}

async function reaches(side: Side, state: string): Promise<boolean> {
  const [last = '', name = 'VI_1'] = state.split(' ').reverse();
  return happens({ within: patience, every: 30 }, () => stateOf(side, name) === last);
}

/** @throws Different naming the event and each difference */
export async function compare(cleanUp: CleanUp, configuration: Configuration): Promise<void> {
  const ours = await Side.make(cleanUp, 'ours');
  const theirs = await Side.make(cleanUp, 'debian');
  const sides = [ours, theirs];
  const relevant = (line: string): boolean => configuration.differs?.lines.test(line) !== true;
  const fail = (event: string, differences: readonly string[]): never => {
    throw new Different(
      `${configuration.name}, after "${event}":\n${differences.join('\n')}\n\nours:\n${ours.log.join('\n')}\n\ndebian:\n${theirs.log.join('\n')}`,
    );
  };
  const look = async (): Promise<string[]> => {
    const [mine, original] = await Promise.all(sides.map((side) => kernelState(side.machine)));
    const told = sides.map((side) =>
      inOrder(side.told.filter((line) => relevant(`FIFO ${line}`))).map((line, index) => `FIFO ${index}: ${line}`),
    );
    return [...differing(told[0] ?? [], told[1] ?? []), ...differing(mine ?? [], original ?? []).filter(relevant)];
  };
  for (const [index, event] of configuration.events.entries()) {
    const [what = '', state] = event.split(' > ');
    const reloaded = configuration.events.slice(0, index).some((earlier) => earlier.startsWith('reload'));
    await Promise.all(sides.map((side) => happen(side, what, configuration, reloaded)));
    if (state === undefined) await sleep(quiet);
    else {
      const reached = await Promise.all(sides.map((side) => reaches(side, state)));
      if (reached.includes(false)) {
        fail(
          event,
          sides.map((side) => `${side.kind}: ${side.told.join(' | ')}`),
        );
      }
    }
    // What is the same at once may differ a moment later: look twice.
    let differences: string[] = [];
    let same = 0;
    await happens({ within: patience / 4, every: 250 }, async () => {
      differences = await look();
      same = differences.length === 0 ? same + 1 : 0;
      return same === 2;
    });
    if (differences.length > 0) fail(event, differences);
  }
  const [sentByUs = [], sentByThem = []] = await Promise.all(
    sides.map(async (side) => distinctlySent(await side.frames(), configuration.counts === true)),
  );
  const differences = [
    ...differing(ours.said, theirs.said).map((line) => `script ${line}`),
    ...differing(sentByUs, sentByThem).filter(relevant),
  ];
  if (differences.length > 0) fail('all', differences);
}
