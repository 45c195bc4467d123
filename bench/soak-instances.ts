/**
 * `npm run soak -- instances`: a master of 250 virtual routers is reloaded again and again, one of them going and coming;
 * no advertisement of any of them may be late by more than half of its interval, and the backup must never speak.
 */
import { renameSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { wholeNumber } from './command.ts';
import { manyConfiguration, mostInstances } from './configurations.ts';
import type { Contender } from './contenders.ts';
import { BenchError, defaultBinaries } from './contenders.ts';
import { LatenessWatch } from './lateness.ts';
import { WorkFolder } from './measurement.ts';
import { masterPriority, Pair } from './pair.ts';
import { family } from './processes.ts';
import { contenderOptions, soakContenders } from './soak-contenders.ts';
import type { Finding } from './soak-findings.ts';

const help = `npm run soak -- instances [options]

Runs ${mostInstances} instances, reloads them evenly spread over the time (SIGHUP; one instance goes and comes), and looks at
every advertisement. Ends with 1 if one was late by more than half of its interval, or the backup spoke.

Options
  --minutes N        how long (10)
  --reloads N        how many in that time (60)
  --instances N      at most ${mostInstances} (${mostInstances})
  --interval MS      of the advertisements (100)
  --real-time N      vrrp_rt_priority of both daemons (none)
  --ours PATH        the daemon to judge (${defaultBinaries['keepalived-ts']})
  --with-original    the same for keepalived afterwards, shown and not judged
  --original PATH    where that is (${defaultBinaries.keepalived})
  --keep             leave configurations and logs behind
  --help             this text
`;

interface Plan {
  readonly minutes: number;
  readonly reloads: number;
  readonly instances: number;
  readonly interval: number;
  readonly realTimePriority: number | undefined;
  readonly keep: boolean;
}

/** The share of an interval by which an advertisement may be late. */
const tolerance = 0.5;
/** Milliseconds until everything that comes with the start is over. */
const settling = 7000;

async function soak(contender: Contender, plan: Plan, show: (line: string) => void): Promise<Finding[]> {
  using folder = new WorkFolder(plan.keep);
  if (plan.keep) process.stdout.write(`${contender.name}: logs stay in ${folder.path}\n`);
  const { instances, interval, realTimePriority } = plan;
  const base = { version: 3, interval, realTimePriority } as const;
  await using pair = await Pair.start(contender, folder, { ...base, instances });
  const { capture, first } = pair.lan;
  await sleep(settling);
  const watch = new LatenessWatch(first.address, interval, tolerance * interval, instances);
  const take = (): void => {
    watch.take(capture.advertisements);
    capture.forget();
  };
  capture.forget();
  const processes = family(pair.master.pid).join(' ');
  const pause = (plan.minutes * 60_000) / plan.reloads;
  for (let count = 1; count <= plan.reloads; count++) {
    const words = `${watch.count} advertisements, ${watch.late} late, the latest by ${watch.latest.toFixed(1)} ms`;
    show(`${contender.name}: reload ${count} of ${plan.reloads}; ${words}`);
    // Renamed into place, as careful administrators and configuration management do.
    const text = manyConfiguration(instances - (count % 2), { ...base, priority: masterPriority });
    renameSync(folder.write('next.conf', text), folder.file('first.conf'));
    pair.master.signal('SIGHUP');
    await pair.master.achieves(sleep(pause));
    take();
  }
  const examples = watch.examples
    .slice(0, 3)
    .map(({ due, late, virtualRouterId }) => {
      return `router ${virtualRouterId} ${late.toFixed(1)} ms at ${new Date(due).toISOString()}`;
    })
    .join(', ');
  const after = family(pair.master.pid).join(' ');
  return [
    {
      what: `advertisements late by more than ${tolerance * 100} % (of ${watch.count})`,
      seen: `${watch.late}, the latest by ${watch.latest.toFixed(1)} ms${examples === '' ? '' : `: ${examples}`}`,
      wanted: `0 beyond ${tolerance * interval} ms`,
      met: watch.late === 0 && watch.count > 0,
    },
    {
      what: 'reloads seen to take effect on the wire',
      seen: `${watch.goodbyes} removals`,
      wanted: `${Math.ceil(plan.reloads / 2)}`,
      met: watch.goodbyes === Math.ceil(plan.reloads / 2),
    },
    { what: 'advertisements of the backup', seen: `${watch.others}`, wanted: '0', met: watch.others === 0 },
    { what: 'processes early -> late', seen: `${processes} -> ${after}`, wanted: 'the same', met: processes === after },
  ];
}

/** @returns the exit code */
export async function instancesMain(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      minutes: { type: 'string' },
      reloads: { type: 'string' },
      instances: { type: 'string' },
      interval: { type: 'string' },
      'real-time': { type: 'string' },
      ...contenderOptions,
    },
  });
  if (values.help === true) {
    process.stdout.write(help);
    return 0;
  }
  const realTime = values['real-time'];
  const plan: Plan = {
    minutes: wholeNumber('minutes', values.minutes, 10),
    reloads: wholeNumber('reloads', values.reloads, 60),
    instances: wholeNumber('instances', values.instances, mostInstances),
    interval: wholeNumber('interval', values.interval, 100),
    realTimePriority: realTime === undefined ? undefined : wholeNumber('real-time', realTime, 1),
    keep: values.keep ?? false,
  };
  if (plan.instances < 2 || plan.instances > mostInstances)
    throw new BenchError(`--instances wants a number from 2 to ${mostInstances}`);
  return soakContenders(values, (contender, tell) => soak(contender, plan, tell));
}
