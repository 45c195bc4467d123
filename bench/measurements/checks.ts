/**
 * What a check costs: 2,000 TCP_CHECK or HTTP_GET a second of servers on loopback, and how soon all are seen dead. Where
 * the machine's kernel has no IPVS, both daemons write their tables to a stand-in.
 */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { bars } from '../bars.ts';
import { compile, connectionsOpened, serve, withIpvs } from '../checked-servers.ts';
import { checkedConfiguration, type CheckKind } from '../configurations.ts';
import type { Contender, ContenderName } from '../contenders.ts';
import { BenchError } from '../contenders.ts';
import { Daemon } from '../daemon.ts';
import type { Bench, Measurement, Row } from '../measurement.ts';
import { alternate, wanted } from '../measurement.ts';
import { Namespace } from '../namespace.ts';
import { memoryOf, processorTime } from '../processes.ts';

const servers = 2000;
const port = 8080;
/** Milliseconds: until everything has run often enough to be compiled, and the time that is measured. */
const warmUp = 4000;
const measured = 6000;
/** Beyond this a server that is dead was not noticed. */
const patience = 30_000;

interface Sample {
  /** Microseconds of processor time a check. */
  readonly cost: number;
  /** Seconds from the end of all servers until the last was taken out. */
  readonly death: number;
  /** Megabytes, proportional. */
  readonly memory: number;
}

const takenOut = (log: string): number => log.split('Removing service').length - 1;

async function sample(bench: Bench, contender: Contender, configuration: string, server: string): Promise<Sample> {
  await using world = await Namespace.create();
  const web = await serve(world, server, port);
  await using daemon = Daemon.start(contender, world, configuration, bench.folder.file('checks.log'), ['-C']);
  const deadline = performance.now() + patience;
  while (connectionsOpened(world) < 2 * servers) {
    if (performance.now() > deadline)
      throw new BenchError(`${contender.name} does not check:\n${daemon.log.slice(-800)}`);
    await sleep(50);
  }
  await sleep(warmUp);
  const before = { time: processorTime(daemon.pid), checks: connectionsOpened(world) };
  await sleep(measured);
  const cost = (1000 * (processorTime(daemon.pid) - before.time)) / (connectionsOpened(world) - before.checks);
  const memory = memoryOf(daemon.pid).proportional;
  if (takenOut(daemon.log) > 0) throw new BenchError(`${contender.name} took out servers that answer`);
  const killed = performance.now();
  web.kill('SIGKILL');
  while (takenOut(daemon.log) < servers) {
    if (performance.now() - killed > patience) {
      throw new BenchError(`${contender.name} saw only ${takenOut(daemon.log)} of ${servers} servers die`);
    }
    await sleep(20);
  }
  return { cost, death: (performance.now() - killed) / 1000, memory };
}

async function rowsOf(bench: Bench, kind: CheckKind, standIn: string, server: string): Promise<Row[]> {
  const title = `${kind}, ${servers} a second`;
  if (!wanted(bench, title)) return [];
  const configuration = bench.folder.file(`${kind}.conf`);
  await pipeline(Readable.from(checkedConfiguration(kind, servers, port)), createWriteStream(configuration));
  const found: Record<ContenderName, Sample[]> = { keepalived: [], 'keepalived-ts': [] };
  await alternate(bench, bench.runs ?? checks.runs, title, async (contender) => {
    found[contender.name].push(await sample(bench, withIpvs(bench, contender, standIn), configuration, server));
    return [];
  });
  const samples = (read: (sample: Sample) => number): Row['samples'] => ({
    keepalived: found.keepalived.map(read),
    'keepalived-ts': found['keepalived-ts'].map(read),
  });
  return [
    {
      title: `${title}: processor time a check`,
      unit: 'us',
      samples: samples(({ cost }) => cost),
      bars: bars.checkCost,
      remarks: [],
    },
    {
      title: `${title}: all seen dead after`,
      unit: 's',
      samples: samples(({ death }) => death),
      bars: bars.checkDeath,
      remarks: [],
    },
    {
      title: `${title}: memory, proportional`,
      unit: 'MB',
      samples: samples(({ memory }) => memory),
      bars: [],
      remarks: [],
    },
  ];
}

export const checks: Measurement = {
  name: 'checks',
  title: 'processor time of checks, delay_loop 1, 2 retries after 1 s each',
  runs: 3,
  async measure(bench) {
    const standIn = compile(bench, 'ipvs-stand-in', ['-shared', '-fPIC', '-ldl']);
    const server = compile(bench, 'web-server', []);
    const rows: Row[] = [];
    for (const kind of ['TCP_CHECK', 'HTTP_GET'] as const) rows.push(...(await rowsOf(bench, kind, standIn, server)));
    return rows;
  },
};
