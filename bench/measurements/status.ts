/**
 * `keepalivectl status`, from its start to its end, Node's own start included: of a small site, and beside 10,000 services
 * with 30,000 checked servers; and how long the checker's event loop is busy without a turn while it tells everything.
 */
import { execFile } from 'node:child_process';
import { createWriteStream, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { bars } from '../bars.ts';
import { compile, serve, withIpvs } from '../checked-servers.ts';
import { manyConfiguration, manyServers } from '../configurations.ts';
import type { Contender } from '../contenders.ts';
import { Daemon } from '../daemon.ts';
import type { Bench, Measurement, Row } from '../measurement.ts';
import { wanted } from '../measurement.ts';
import { Namespace } from '../namespace.ts';

const run = promisify(execFile);
const port = 8080;
const large = { services: 10_000, servers: 30_000 } as const;
/** Every server was checked by then, those that nobody answers for too. */
const patience = '120s';
const mostOutput = 256 * 1024 * 1024;

/** One question; how long it took, in milliseconds. */
type Ask = (words: readonly string[]) => Promise<number>;

interface Site {
  readonly services: number;
  readonly servers: number;
  readonly instances: number;
}

/** Runs a daemon for a site and lets `measure` ask it; `blocks` is the file of its checker's loop. */
async function within(
  bench: Bench,
  contender: Contender,
  site: Site,
  measure: (ask: Ask, blocks: string) => Promise<void>,
): Promise<void> {
  const standIn = compile(bench, 'ipvs-stand-in', ['-shared', '-fPIC', '-ldl']);
  const web = compile(bench, 'web-server', []);
  const blocks = bench.folder.write('blocks', '');
  const hook = path.join(import.meta.dirname, '..', 'programs', 'loop-blocks.mjs');
  const environment = `NODE_OPTIONS="--import=${hook}" LOOP_BLOCKS=${blocks} LOOP_BLOCKS_OF=@checker`;
  const subject = withIpvs(bench, contender, standIn);
  const script = `#!/bin/sh\n${environment} exec ${subject.binary} "$@"\n`;
  const observed = { ...subject, binary: bench.folder.program('observed.sh', script) };
  const configuration = bench.folder.file('site.conf');
  const instances = manyConfiguration(site.instances, { version: 3, interval: 1000, priority: 100 });
  const services = manyServers(site.services, site.servers, port, 1);
  await pipeline(Readable.from([instances, ...services]), createWriteStream(configuration));
  await using world = await Namespace.create();
  await world.ip('link add eth0 type veth peer name eth1', 'addr add 10.89.0.1/16 dev eth0');
  await world.ip('link set eth1 up', 'link set eth0 up');
  const server = await serve(world, web, port);
  await using daemon = Daemon.start(observed, world, configuration, bench.folder.file('status.log'), [
    ...['-p', '/run/bench.pid', '-r', '/run/bench-vrrp.pid', '-c', '/run/bench-checkers.pid'],
  ]);
  const control = path.join(path.dirname(contender.binary), 'keepalivectl');
  const socket = `/proc/${world.pid}/root/run/bench.sock`;
  const ask: Ask = async (words) => {
    const begun = performance.now();
    await run(control, ['status', '--socket', socket, ...words], { maxBuffer: mostOutput });
    return performance.now() - begun;
  };
  try {
    await ask(['--ready', '--wait', patience]);
    await measure(ask, blocks);
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${daemon.log.slice(-2000)}`, { cause: error });
  } finally {
    server.kill('SIGKILL');
  }
}

export const status: Measurement = {
  name: 'status',
  title: 'keepalivectl status, from exec to exit',
  runs: 20,
  async measure(bench) {
    const contender = bench.contenders.find(({ name }) => name === 'keepalived-ts');
    if (contender === undefined) return [];
    const rows: Row[] = [];
    const runs = bench.runs ?? status.runs;
    const row = (title: string, samples: readonly number[], bar: Row['bars']): void => {
      if (wanted(bench, title))
        rows.push({ title, unit: 'ms', samples: { keepalived: [], 'keepalived-ts': samples }, bars: bar, remarks: [] });
    };
    const repeat = async (title: string, ask: Ask, words: readonly string[], times = runs): Promise<number[]> => {
      const samples: number[] = [];
      for (let each = 0; each < times; each++) {
        bench.progress(`${title}: run ${each + 1} of ${times}`);
        samples.push(await ask(words));
      }
      return samples;
    };
    await within(bench, contender, { services: 3, servers: 9, instances: 3 }, async (ask) => {
      row('small site', await repeat('small site', ask, []), bars.status);
    });
    await within(bench, contender, { ...large, instances: 3 }, async (ask, blocks) => {
      row('10,000 x 3', await repeat('10,000 x 3', ask, []), bars.status);
      row('one service of 10,000', await repeat('one service', ask, ['10.0.1.1']), bars.status);
      writeFileSync(blocks, '');
      row('everything of 10,000 x 3 as JSON', await repeat('everything', ask, ['--json'], 3), []);
      // The observer writes twice a second.
      await new Promise((resolve) => setTimeout(resolve, 600));
      const longest = Math.max(...readFileSync(blocks, 'utf8').trim().split('\n').map(Number));
      row('longest block of the checker meanwhile', [longest], bars.statusBlock);
    });
    return rows;
  },
};
