/**
 * Every way to look at a daemon with 10,000 services and 30,000 servers: status, metrics with figures of IPVS, page, plan,
 * doctor. On this machine, with a stand-in that answers as IPVS does where its kernel has none; and (`--only guest`) in the
 * guest kernel with IPVS itself, whose one processor and dear system calls make every figure some twenty times larger.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { guestObstacle } from '../../lab/lib/guest.ts';
import type { Bar } from '../bars.ts';
import { bars } from '../bars.ts';
import { compile } from '../checked-servers.ts';
import { BenchError } from '../contenders.ts';
import { fromSource, resultFromGuest } from '../guest-program.ts';
import type { Bench, Measurement, Row } from '../measurement.ts';
import { wanted } from '../measurement.ts';
import { Namespace } from '../namespace.ts';
import type { ViewsResult } from '../views-result.ts';

const services = 10_000;
const root = path.join(import.meta.dirname, '..', '..');
const program = 'bench/programs/views.ts';
const guestPrefix = 'in the guest: ';

/** Of the machine itself: the guest is no measure of time. */
const barsOf: Readonly<Record<string, readonly Bar[]>> = {
  'keepalivectl status': bars.status,
  'keepalivectl status NAME': bars.status,
  scrape: bars.scrapeTime,
};

function controlOf(binary: string): string {
  return path.join(path.dirname(binary), 'keepalivectl');
}

async function here(bench: Bench, binary: string): Promise<ViewsResult> {
  const folder = bench.folder.file('views');
  mkdirSync(folder, { recursive: true });
  const standIn = compile(bench, 'ipvs-stand-in', ['-shared', '-fPIC', '-ldl']);
  const script = `#!/bin/sh\nSTAND_IN_NETLINK=yes STAND_IN_TABLE=yes LD_PRELOAD=${standIn} exec ${binary} "$@"\n`;
  const subject = existsSync('/proc/net/ip_vs') ? binary : bench.folder.program('views.sh', script);
  await using world = await Namespace.create();
  const [command = '', ...prefix] = world.prefix;
  const words = [process.execPath, path.join(root, program), String(services), subject, controlOf(binary), folder];
  const looking = spawn(command, [...prefix, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  looking.stdout.on('data', (piece: Buffer) => bench.progress(piece.toString().trim()));
  const [code] = (await once(looking, 'exit')) as [number | null];
  if (code !== 0) throw new BenchError(`views: the program ended with ${code}`);
  return JSON.parse(readFileSync(path.join(folder, 'result.json'), 'utf8')) as ViewsResult;
}

function inGuest(bench: Bench, binary: string): Promise<ViewsResult> {
  const obstacle = guestObstacle();
  if (obstacle !== undefined) throw new BenchError(`views: ${obstacle}`);
  return resultFromGuest(bench, 'views', {
    module: fromSource,
    args: [program, String(services), binary, controlOf(binary), '/run/out'],
    memory: 3000,
    onOneProcessor: true,
  });
}

function rowsOf({ views }: ViewsResult, prefix: string): Row[] {
  return views.map(({ octets, processor, times, title }) => {
    const spent = Object.entries(processor).map(([name, time]) => `${name} ${Math.round(time)} ms`);
    return {
      title: `${prefix}${title}`,
      unit: 'ms',
      samples: { keepalived: [], 'keepalived-ts': times },
      bars: prefix === '' ? (barsOf[title] ?? []) : [],
      remarks: [`${octets} octets; processor time of a look: ${spent.join(', ')}`],
    };
  });
}

export const views: Measurement = {
  name: 'views',
  title: `every look at ${services} services with 3 servers each`,
  runs: 1,
  async measure(bench) {
    const contender = bench.contenders.find(({ name }) => name === 'keepalived-ts');
    if (contender === undefined) return [];
    if (bench.only?.includes('guest') === true) return rowsOf(await inGuest(bench, contender.binary), guestPrefix);
    return rowsOf(await here(bench, contender.binary), '').filter(({ title }) => wanted(bench, title));
  },
};
