/** A router with as many instances as one LAN takes, each with one address and an interval of 100 ms. */
import { setTimeout as sleep } from 'node:timers/promises';
import { bars } from '../bars.ts';
import { mostInstances } from '../configurations.ts';
import type { Contender, ContenderName } from '../contenders.ts';
import { Handovers } from '../handovers.ts';
import type { Bench, Measurement, Row } from '../measurement.ts';
import { alternate, wanted } from '../measurement.ts';
import { Pair } from '../pair.ts';
import { processorTime } from '../processes.ts';
import { masterDownTime } from '../protocol-times.ts';

const options = { version: 3, interval: 100, instances: mostInstances } as const;
/** Until the second round of gratuitous ARPs (5 s after the first) is over. */
const settling = 7000;
/** For which processor time is measured. */
const span = 10_000;

const titles = {
  master: 'processor time of the master, % of one',
  backup: 'processor time of the backup, % of one',
  last: 'last of all taken over, later than its deadline',
  median: 'median of all taken over, later than its deadline',
} as const;

interface Figures {
  readonly master: number;
  readonly backup: number;
  readonly last: number;
  readonly median: number;
}

async function observe(bench: Bench, contender: Contender): Promise<Figures> {
  await using pair = await Pair.start(contender, bench.folder, options);
  const { capture, first, second } = pair.lan;
  await sleep(settling);
  const daemons = [pair.master, pair.backup] as const;
  const [masterBefore, backupBefore] = daemons.map(({ pid }) => processorTime(pid)) as [number, number];
  const began = performance.now();
  await sleep(span);
  const [masterAfter, backupAfter] = daemons.map(({ pid }) => processorTime(pid)) as [number, number];
  const share = 100 / (performance.now() - began);
  const handovers = new Handovers(first.address, second.address, mostInstances);
  await pair.master.crash();
  const silences = await pair.backup.achieves(
    capture.until('a takeover of every instance', pair.patience, (seen) => handovers.take(seen)),
  );
  const late = silences.map((silence) => silence - masterDownTime(pair.timing)).sort((a, b) => a - b);
  return {
    master: (masterAfter - masterBefore) * share,
    backup: (backupAfter - backupBefore) * share,
    last: late.at(-1) ?? NaN,
    median: late[late.length >> 1] ?? NaN,
  };
}

export const instances: Measurement = {
  name: 'instances',
  title: `${mostInstances} instances at ${options.interval} ms`,
  runs: 5,
  async measure(bench) {
    const found: Record<ContenderName, Figures[]> = { keepalived: [], 'keepalived-ts': [] };
    await alternate(bench, bench.runs ?? instances.runs, `${mostInstances} instances`, async (contender) => {
      found[contender.name].push(await observe(bench, contender));
      return [];
    });
    const row = (figure: keyof Figures, unit: string, limits: Row['bars']): Row => ({
      title: titles[figure],
      unit,
      samples: {
        keepalived: found.keepalived.map((figures) => figures[figure]),
        'keepalived-ts': found['keepalived-ts'].map((figures) => figures[figure]),
      },
      bars: limits,
      remarks: [],
    });
    return [
      row('master', '%', bars.instancesProcessor),
      row('backup', '%', bars.instancesProcessor),
      row('last', 'ms', bars.instancesTakeover),
      row('median', 'ms', []),
    ].filter(({ title }) => wanted(bench, title));
  },
};
