/**
 * 10,000 services with 30,000 servers in the guest kernel, from the start to the stop. Each daemon has a guest of its
 * own: the kernel keeps what was deleted for two minutes and searches it with every server that is added, so the second
 * one in a guest would pay for the first.
 */
import { guestObstacle } from '../../lab/lib/guest.ts';
import type { Bar } from '../bars.ts';
import { bars } from '../bars.ts';
import { BenchError } from '../contenders.ts';
import type { Contender, ContenderName } from '../contenders.ts';
import { fromSource, resultFromGuest } from '../guest-program.ts';
import type { Bench, Measurement, Row } from '../measurement.ts';
import { wanted } from '../measurement.ts';
import type { ScaleResult } from '../scale-result.ts';

const services = 10_000;
/** System calls are counted by stopping at each of them, which takes its time. */
const servicesTraced = 1_000;

type Kind = 'plain' | 'checked';

function life(
  bench: Bench,
  { binary }: Contender,
  kind: Kind,
  number: number,
  what: 'calls' | 'time',
): Promise<ScaleResult> {
  return resultFromGuest(bench, 'ipvs-scale', {
    module: fromSource,
    args: ['bench/programs/ipvs-scale.ts', String(number), kind, what, binary],
    memory: 3000,
    onOneProcessor: true,
  });
}

type Lives = Record<ContenderName, ScaleResult[]>;

async function livesOf(bench: Bench, runs: number, kind: Kind, what: 'calls' | 'time'): Promise<Lives> {
  const lives: Lives = { keepalived: [], 'keepalived-ts': [] };
  for (let run = 0; run < runs; run++) {
    const order = run % 2 === 0 ? bench.contenders : bench.contenders.toReversed();
    for (const contender of order) {
      bench.progress(`ipvs-scale, ${kind}: run ${run + 1} of ${runs}, ${contender.name}`);
      lives[contender.name].push(
        await life(bench, contender, kind, what === 'calls' ? servicesTraced : services, what),
      );
    }
  }
  return lives;
}

function row(
  title: string,
  unit: string,
  lives: Lives,
  read: (life: ScaleResult) => number,
  bar: readonly Bar[],
  remarks: readonly string[] = [],
): Row {
  const samples = { keepalived: lives.keepalived.map(read), 'keepalived-ts': lives['keepalived-ts'].map(read) };
  return { title, unit, samples, bars: bar, remarks };
}

function rowsOf(lives: Lives): Row[] {
  return [
    row('start until the table is complete', 'ms', lives, ({ start }) => start, bars.scaleStart),
    row('reload, a third of the servers replaced', 'ms', lives, ({ addresses }) => addresses, bars.scaleReload),
    row('reload, a third with other weights', 'ms', lives, ({ weights }) => weights, bars.scaleReload),
    row('reload without a change, processor time', 'ms', lives, ({ unchanged }) => unchanged, bars.scaleUnchanged),
    row('stop', 'ms', lives, ({ stop }) => stop, bars.scaleStop),
    row('entries left behind', 'entries', lives, ({ left }) => left, bars.scaleLeft),
    row('memory, all processes', 'MB', lives, ({ memory }) => memory, bars.scaleMemory),
    row('memory after the reloads', 'MB', lives, ({ memoryAfter }) => memoryAfter, []),
  ];
}

export const ipvsScale: Measurement = {
  name: 'ipvs-scale',
  title: `${services} services with 3 servers each in the guest kernel`,
  runs: 1,
  async measure(bench) {
    const obstacle = guestObstacle();
    if (obstacle !== undefined) throw new BenchError(`ipvs-scale: ${obstacle}`);
    const rows: Row[] = [];
    const calls = `system calls of a whole life, ${servicesTraced} services`;
    const checked = 'memory with a TCP_CHECK each';
    const plain = rowsOf({ keepalived: [], 'keepalived-ts': [] });
    if (plain.some(({ title }) => wanted(bench, title)))
      rows.push(...rowsOf(await livesOf(bench, bench.runs ?? ipvsScale.runs, 'plain', 'time')));
    if (wanted(bench, calls)) {
      const lives = await livesOf(bench, 1, 'plain', 'calls');
      rows.push(
        row(
          calls,
          'calls',
          lives,
          ({ calls = NaN }) => calls,
          [],
          [
            'strace -f -c, start to stop, without those for the time of day, which a machine answers without a system call',
          ],
        ),
      );
    }
    if (bench.only !== undefined && wanted(bench, checked)) {
      const ours = { ...bench, contenders: bench.contenders.filter(({ name }) => name === 'keepalived-ts') };
      rows.push(row(checked, 'MB', await livesOf(ours, 1, 'checked', 'time'), ({ memory }) => memory, []));
    }
    return rows.filter(({ title }) => wanted(bench, title));
  },
};
