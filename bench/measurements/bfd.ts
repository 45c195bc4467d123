/**
 * BFD at 10 ms x 3: how late the end of a neighbour is noticed, what VRRP makes of it, and whether neighbours are given
 * up that are well. The neighbour ends by SIGSTOP of its BFD process alone; what the wire shows is the judge, beside
 * what each daemon says itself.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { bars } from '../bars.ts';
import { keepBusy } from '../busy.ts';
import { bfdConfiguration } from '../configurations.ts';
import type { Contender, ContenderName } from '../contenders.ts';
import { BenchError } from '../contenders.ts';
import { Daemon } from '../daemon.ts';
import { Lan, type Machine } from '../lan.ts';
import type { Bench, Measurement, Row } from '../measurement.ts';
import { alternate, wanted } from '../measurement.ts';
import { signal } from '../processes.ts';
import { skewTime } from '../protocol-times.ts';
import { Standstills, type Standstill } from '../standstills.ts';

const interval = 10;
const multiplier = 3;
const detectionTime = interval * multiplier;
const up = 3;
const timing = { version: 3, interval: 100, backupPriority: 100, downTimerAdverts: 3 } as const;
const masterPriority = 200;
/** Both sessions have to be up and quiet for so long, milliseconds. */
const quiet = 700;
/** A run in which something else happened first measures nothing; so many in a row are a fault. */
const attempts = 8;
const realTimePriority = 50;
const busyProcesses = 4;

interface Options {
  readonly realTimePriority?: number;
  readonly vrrp: boolean;
}

class BfdPair implements AsyncDisposable {
  readonly lan: Lan;
  /** The backup, whose BFD process is stopped. */
  readonly neighbour: Daemon;
  /** The master, which follows the session. */
  readonly measured: Daemon;
  readonly #resources: AsyncDisposableStack;

  private constructor(lan: Lan, neighbour: Daemon, measured: Daemon, resources: AsyncDisposableStack) {
    this.lan = lan;
    this.neighbour = neighbour;
    this.measured = measured;
    this.#resources = resources;
  }

  static async start(contender: Contender, bench: Bench, options: Options): Promise<BfdPair> {
    await using resources = new AsyncDisposableStack();
    const lan = resources.use(await Lan.create());
    const launch = (name: string, machine: Machine, neighbor: Machine, priority: number): Daemon => {
      const configuration = bfdConfiguration({
        own: machine.address,
        neighbor: neighbor.address,
        interval,
        multiplier,
        realTimePriority: options.realTimePriority,
        ...(options.vrrp && { instance: { version: 3, interval: timing.interval, priority } }),
      });
      const file = bench.folder.write(`${contender.name}-${name}.conf`, configuration);
      const log = bench.folder.file(`${contender.name}-${name}.log`);
      return resources.use(Daemon.start(contender, machine.namespace, file, log, []));
    };
    const measured = launch('measured', lan.second, lan.first, masterPriority);
    const neighbour = launch('neighbour', lan.first, lan.second, timing.backupPriority);
    const pair = new BfdPair(lan, neighbour, measured, resources.move());
    try {
      await measured.achieves(pair.#settled(options.vrrp));
    } catch (error) {
      await pair[Symbol.asyncDispose]();
      throw error;
    }
    return pair;
  }

  /** Both sessions have been up for a while, and the master is the one that it should be. */
  async #settled(vrrp: boolean): Promise<void> {
    await this.lan.capture.until('two sessions that are up', 30_000, (advertisements) => {
      const { bfdPackets } = this.lan.capture;
      const end = bfdPackets.at(-1)?.at ?? 0;
      const recent = bfdPackets.filter(({ at }) => at > end - quiet);
      const isUp = [this.lan.first, this.lan.second].every(({ address }) => {
        const packets = recent.filter(({ source }) => source === address);
        return packets.length > quiet / interval / 2 && packets.every(({ state }) => state === up);
      });
      if (!isUp || !vrrp) return isUp ? true : undefined;
      const said = advertisements.filter(({ at }) => at > end - quiet);
      return said.length > 3 && said.every(({ priority }) => priority === masterPriority) ? true : undefined;
    });
  }

  /** Ends the neighbour's BFD and nothing else of it. */
  stopNeighbour(): void {
    const { pid } = this.lan.first.namespace;
    signal(Number(readFileSync(`/proc/${pid}/root/run/bfd.pid`, 'utf8')), 'SIGSTOP');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }
}

interface Detection {
  /** Beyond the detection time, milliseconds: as the daemon says, the priority 0 on the wire, the backup's first word. */
  readonly said: number;
  readonly acted: number;
  readonly takenOver: number;
}

async function detect(bench: Bench, contender: Contender): Promise<Detection> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    await using pair = await BfdPair.start(contender, bench, { realTimePriority, vrrp: true });
    const { capture, first, second } = pair.lan;
    await sleep(Math.random() * 100);
    const flaps = pair.measured.log.split('Entering Down state').length;
    const from = capture.bfdPackets.at(-1)?.at ?? 0;
    pair.stopNeighbour();
    const found = await pair.measured.achieves(
      capture.until('the end of the mastership', 10_000, (advertisements) => {
        const farewell = advertisements.find(({ at, priority }) => at > from && priority === 0);
        if (farewell === undefined) return undefined;
        const successor = advertisements.find(({ at, source }) => at > farewell.at && source === first.address);
        return successor === undefined ? undefined : { farewell, successor };
      }),
    );
    // The order between the two processes is that of their capture, so the last packet is there now.
    const last = capture.bfdPackets.findLast(({ source }) => source === first.address);
    const { log } = pair.measured;
    const overdue = [...log.matchAll(/Expired after 30 ms \((\d+) usec overdue\)/g)].at(-1)?.[1];
    const isFirst = log.split('Entering Down state').length === flaps + 1;
    if (last === undefined || overdue === undefined || !isFirst || found.farewell.source !== second.address) continue;
    return {
      said: Number(overdue) / 1000,
      acted: found.farewell.at - last.at - detectionTime,
      takenOver: found.successor.at - last.at - detectionTime - skewTime(timing),
    };
  }
  throw new BenchError(`${contender.name}: no detection could be measured, the sessions do not stay up`);
}

interface GivenUp {
  /** Milliseconds since 1970, to some hundredths of a second. */
  readonly at: number;
  readonly daemon: ContenderName;
}

/** How often the logs are looked at, milliseconds. */
const glance = 20;
/** A processor that stands still for so long, milliseconds, leaves a neighbour that is heard every 10 ms no time. */
const shortestStandstill = 15;
/** A session that was given up at a glance was given up so long before it at most, milliseconds, its detection included. */
const justBefore = 150;

/**
 * The sessions that both daemons give up within the same minutes, in which nothing happens. One end that gives up tells
 * the other one, so that most count twice.
 */
async function falseDetections(bench: Bench, busy: boolean): Promise<{ given: GivenUp[]; standstills: Standstill[] }> {
  await using resources = new AsyncDisposableStack();
  const options = { vrrp: false, ...(busy && { realTimePriority }) };
  const pairs: { readonly pair: BfdPair; readonly name: ContenderName }[] = [];
  for (const contender of bench.contenders)
    pairs.push({ name: contender.name, pair: resources.use(await BfdPair.start(contender, bench, options)) });
  if (busy) resources.use(keepBusy(busyProcesses));
  const watch = resources.use(Standstills.watch(bench, shortestStandstill));
  const count = ({ measured, neighbour }: BfdPair): number =>
    [measured, neighbour].reduce((sum, { log }) => sum + log.split('Entering Down state').length - 1, 0);
  const known = new Map(pairs.map(({ name, pair }) => [name, count(pair)]));
  const given: GivenUp[] = [];
  for (const end = performance.now() + bench.minutes * 60_000; performance.now() < end;) {
    await Promise.all(pairs.map(({ pair }) => pair.measured.achieves(sleep(glance))));
    for (const { name, pair } of pairs) {
      const counted = count(pair);
      for (let more = counted - (known.get(name) ?? 0); more > 0; more--) given.push({ at: Date.now(), daemon: name });
      known.set(name, counted);
    }
  }
  return { given, standstills: watch.all };
}

function falseDetectionRows(
  name: string,
  { given, standstills }: { readonly given: readonly GivenUp[]; readonly standstills: readonly Standstill[] },
  contenders: readonly Contender[],
): Row[] {
  const during = ({ at }: GivenUp): boolean => standstills.some(({ ended }) => ended > at - justBefore && ended <= at);
  const counted = (wantedOnes: readonly GivenUp[]): Row['samples'] => {
    const of = (daemon: ContenderName): number[] =>
      contenders.some((each) => each.name === daemon)
        ? [wantedOnes.filter((each) => each.daemon === daemon).length]
        : [];
    return { keepalived: of('keepalived'), 'keepalived-ts': of('keepalived-ts') };
  };
  const longest = Math.max(0, ...standstills.map(({ length }) => length));
  return [
    {
      title: name,
      unit: 'count',
      samples: counted(given),
      bars: bars.bfdFalseDetection,
      remarks: [
        `a processor of this machine stood still for ${shortestStandstill} ms or more ${standstills.length} times, ` +
          `at most for ${longest.toFixed(1)} ms`,
      ],
    },
    {
      title: `${name}, while no processor stood still`,
      unit: 'count',
      samples: counted(given.filter((each) => !during(each))),
      bars: bars.bfdFalseDetection,
      remarks: [],
    },
  ];
}

export const bfd: Measurement = {
  name: 'bfd',
  title: 'BFD at 10 ms x 3: beyond the detection time; sessions given up without a reason',
  runs: 10,
  async measure(bench) {
    const rows: Row[] = [];
    const runs = bench.runs ?? bfd.runs;
    const title = 'detection';
    if (wanted(bench, title)) {
      const said: Detection[] = [];
      const owner: string[] = [];
      await alternate(bench, runs, title, async (contender) => {
        said.push(await detect(bench, contender));
        owner.push(contender.name);
        return [];
      });
      const samples = (pick: (detection: Detection) => number): Row['samples'] => ({
        keepalived: said.filter((_, index) => owner[index] === 'keepalived').map(pick),
        'keepalived-ts': said.filter((_, index) => owner[index] === 'keepalived-ts').map(pick),
      });
      const row = (what: string, pick: (detection: Detection) => number): Row => ({
        title: what,
        unit: 'ms',
        samples: samples(pick),
        bars: bars.bfdDetection,
        remarks: [],
      });
      rows.push(
        row('detection, as the daemon says', ({ said: itself }) => itself),
        row('detection, priority 0 of VRRP on the wire', ({ acted }) => acted),
        row('takeover by the backup, beyond skew', ({ takenOver }) => takenOver),
      );
    }
    for (const busy of [false, true]) {
      const name = busy
        ? `given up without a reason, real-time 50, ${busyProcesses} busy processes`
        : 'given up without a reason, idle';
      if (!wanted(bench, name)) continue;
      const minutes = `${name}, ${bench.minutes} min`;
      bench.progress(minutes);
      rows.push(...falseDetectionRows(minutes, await falseDetections(bench, busy), bench.contenders));
    }
    return rows;
  },
};
