/**
 * `npm run soak`: a master is reloaded a thousand times, an instance coming and going, while its advertisements,
 * memory and descriptors are watched.
 */
import { renameSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { afternoonMain } from '../test/interop/afternoon/run.ts';
import { faultsMain } from '../test/interop/faults/run.ts';
import { simulationMain } from '../test/simulation/run.ts';
import { runCommand, wholeNumber } from './command.ts';
import { measuredRouter, pairConfiguration } from './configurations.ts';
import type { Contender } from './contenders.ts';
import { BenchError, defaultBinaries } from './contenders.ts';
import { WorkFolder } from './measurement.ts';
import { masterPriority, Pair } from './pair.ts';
import { family, memoryOf, openDescriptors } from './processes.ts';
import { contenderOptions, soakContenders } from './soak-contenders.ts';
import type { Finding, SoakReading } from './soak-findings.ts';
import { instancesMain } from './soak-instances.ts';
import { judgeSoak } from './soak-findings.ts';

const help = `npm run soak -- [options]

Reloads a running master again and again (SIGHUP; each odd reload adds an instance, each even one removes it) and
compares memory and descriptors early and late; no advertisement may be missed and the backup must never speak.
Ends with 1 if something did not hold. About 6 minutes.

"npm run soak -- instances --help": ten minutes of 250 instances instead, reloaded 60 times.
"npm run soak -- simulation --help": thousands of simulated networks instead.
"npm run soak -- faults --help": two balancers and what can happen to them.
"npm run soak -- afternoon --help": what an operator does, with keepalived and with this daemon, under systemd.

Options
  --reloads N      how many (1000)
  --early N        reloads before the first reading (10)
  --pace MS        from a reload seen on the wire to the next (50)
  --interval MS    of the advertisements (100)
  --ours PATH      the daemon to judge (${defaultBinaries['keepalived-ts']})
  --with-original  the same for keepalived afterwards, shown and not judged
  --original PATH  where that is (${defaultBinaries.keepalived})
  --keep           leave configurations and logs behind
  --help           this text
`;

interface Plan {
  readonly reloads: number;
  readonly early: number;
  readonly pace: number;
  readonly interval: number;
  readonly keep: boolean;
}

/** Milliseconds a reload may take to show on the wire; after that the next one is sent all the same. */
const reloadLimit = 10_000;

/** The router of the instance that comes and goes. */
const comingRouter = measuredRouter + 1;

/** Milliseconds of rest before a reading. */
const rest = 3000;

async function read(pid: number): Promise<SoakReading> {
  await sleep(rest);
  const memory = memoryOf(pid);
  return {
    memory: memory.distinct ?? memory.proportional,
    descriptors: openDescriptors(pid),
    processes: family(pid),
  };
}

async function soak(contender: Contender, plan: Plan, show: (line: string) => void): Promise<Finding[]> {
  using folder = new WorkFolder(plan.keep);
  if (plan.keep) process.stdout.write(`${contender.name}: logs stay in ${folder.path}\n`);
  const base = { version: 3, interval: plan.interval } as const;
  await using pair = await Pair.start(contender, folder, base);
  const { capture, first, second } = pair.lan;
  const reload = async (extraInstances: number): Promise<void> => {
    const text = pairConfiguration({ ...base, priority: masterPriority, extraInstances });
    // Renamed into place, as careful administrators and configuration management do.
    renameSync(folder.write('next.conf', text), folder.file('first.conf'));
    const since = performance.timeOrigin + performance.now();
    pair.master.signal('SIGHUP');
    // The coming router speaks as soon as it exists and says priority 0 as it goes. Two reloads in one would prove less.
    const effect = capture.until('the effect of a reload', reloadLimit, (seen) =>
      seen.findLast(
        ({ virtualRouterId, priority, at }) =>
          at > since && virtualRouterId === comingRouter && (priority === 0) === (extraInstances === 0),
      ),
    );
    await effect.catch((error: unknown) => {
      if (!(error instanceof BenchError)) throw error;
    });
    await sleep(plan.pace);
  };
  const from = capture.advertisements.length;
  const quarters = [1, 2, 3].map((quarter) => Math.floor((plan.reloads * quarter) / 4));
  const onTheWay: number[] = [];
  let early: SoakReading | undefined;
  for (let count = 1; count <= plan.reloads; count++) {
    show(`${contender.name}: reload ${count} of ${plan.reloads}`);
    await reload(count % 2);
    if (count === plan.early) early = await read(pair.master.pid);
    else if (count > plan.early && quarters.includes(count)) onTheWay.push((await read(pair.master.pid)).memory);
  }
  const late = await read(pair.master.pid);
  return judgeSoak({
    reloads: plan.reloads,
    early: early ?? late,
    late,
    onTheWay,
    interval: plan.interval,
    advertisements: capture.advertisements.slice(from),
    master: first.address,
    backup: second.address,
    measuredRouter,
    comingRouter,
  });
}

async function main(): Promise<number> {
  if (process.argv[2] === 'simulation') return simulationMain(process.argv.slice(3));
  if (process.argv[2] === 'afternoon') return afternoonMain(process.argv.slice(3));
  if (process.argv[2] === 'faults') return faultsMain(process.argv.slice(3));
  if (process.argv[2] === 'instances') return instancesMain(process.argv.slice(3));
  const { values } = parseArgs({
    options: {
      reloads: { type: 'string' },
      early: { type: 'string' },
      pace: { type: 'string' },
      interval: { type: 'string' },
      ...contenderOptions,
    },
  });
  if (values.help === true) {
    process.stdout.write(help);
    return 0;
  }
  const plan: Plan = {
    reloads: wholeNumber('reloads', values.reloads, 1000),
    early: wholeNumber('early', values.early, 10),
    pace: wholeNumber('pace', values.pace, 50),
    interval: wholeNumber('interval', values.interval, 100),
    keep: values.keep ?? false,
  };
  if (plan.early >= plan.reloads) throw new BenchError('--early must be smaller than --reloads');
  return soakContenders(values, (contender, tell) => soak(contender, plan, tell));
}

await runCommand('soak', main);
