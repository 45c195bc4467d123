/**
 * A reload of 2,277 services with 37,205 checked servers: how long the checker's event loop is busy without a turn, and
 * whether all that was known of the servers is known afterwards. Only this daemon: the original's loop cannot be asked.
 */
import { createWriteStream, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { bars } from '../bars.ts';
import { manyServers } from '../configurations.ts';
import type { Contender } from '../contenders.ts';
import { BenchError } from '../contenders.ts';
import { Daemon } from '../daemon.ts';
import type { Bench, Measurement, Row } from '../measurement.ts';
import { Namespace } from '../namespace.ts';
import { compile, connectionsOpened, serve, withIpvs } from '../checked-servers.ts';

const services = 2277;
const servers = 37_205;
const port = 8080;
/** Every 50th server is one that nobody answers for. */
const dead = Math.floor(servers / 50);
const patience = 120_000;

/** With an observer in the checker. */
function observed(bench: Bench, contender: Contender, blocks: string): Contender {
  const hook = path.join(import.meta.dirname, '..', 'programs', 'loop-blocks.mjs');
  const environment = `NODE_OPTIONS="--import=${hook}" LOOP_BLOCKS=${blocks} LOOP_BLOCKS_OF=@checker`;
  const script = `#!/bin/sh\n${environment} exec ${contender.binary} "$@"\n`;
  return { ...contender, binary: bench.folder.program('observed.sh', script) };
}

const count = (log: string, phrase: string): number => log.split(phrase).length - 1;

const stateChanges = (log: string): number => count(log, 'Removing service') + count(log, 'Adding service');

async function until(what: string, isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + patience;
  while (!isSo()) {
    if (performance.now() > deadline) throw new BenchError(`after ${patience / 1000} s still not: ${what}`);
    await sleep(100);
  }
}

interface Sample {
  /** Milliseconds of processor time. */
  readonly block: number;
  /** Servers whose state was told anew after the reload. */
  readonly changed: number;
}

async function sample(bench: Bench, contender: Contender, standIn: string, web: string, run: number): Promise<Sample> {
  const blocks = bench.folder.write(`blocks-${run}`, '');
  const write = (file: string, weight: number): Promise<void> =>
    pipeline(Readable.from(manyServers(services, servers, port, weight)), createWriteStream(file));
  const configuration = bench.folder.file('many.conf');
  await write(configuration, 1);
  await using world = await Namespace.create();
  const server = await serve(world, web, port);
  const subject = observed(bench, withIpvs(bench, contender, standIn), blocks);
  await using daemon = Daemon.start(subject, world, configuration, bench.folder.file('reload.log'), ['-C']);
  await until('all dead servers are out', () => count(daemon.log, 'Removing service') >= dead);
  const before = connectionsOpened(world);
  await until('every server was checked again', () => connectionsOpened(world) > before + servers);
  const told = stateChanges(daemon.log);
  await write(configuration, 2);
  writeFileSync(blocks, '');
  daemon.signal('SIGHUP');
  await until('the reload is over', () => daemon.log.includes('Reload complete'));
  const after = connectionsOpened(world);
  await until('every server was checked after it', () => connectionsOpened(world) > after + servers);
  server.kill('SIGKILL');
  const longest = Math.max(...readFileSync(blocks, 'utf8').trim().split('\n').map(Number));
  return { block: longest, changed: stateChanges(daemon.log) - told };
}

export const reload: Measurement = {
  name: 'reload',
  title: `reload of ${services} services with ${servers} checked servers, a third with other weights`,
  runs: 3,
  async measure(bench) {
    const standIn = compile(bench, 'ipvs-stand-in', ['-shared', '-fPIC', '-ldl']);
    const web = compile(bench, 'web-server', []);
    const found: Sample[] = [];
    const contender = bench.contenders.find(({ name }) => name === 'keepalived-ts');
    if (contender === undefined) return [];
    for (let run = 0; run < (bench.runs ?? reload.runs); run++) {
      bench.progress(`reload: run ${run + 1}`);
      found.push(await sample(bench, contender, standIn, web, run));
    }
    const row = (title: string, unit: string, read: (sample: Sample) => number, bar: Row['bars']): Row => ({
      title,
      unit,
      samples: { keepalived: [], 'keepalived-ts': found.map(read) },
      bars: bar,
      remarks: [],
    });
    return [
      row('longest block of the event loop', 'ms', ({ block }) => block, bars.reloadBlock),
      row('servers with another state afterwards', 'servers', ({ changed }) => changed, bars.reloadStates),
    ];
  },
};
