/** The second half of `bans`: connections that the guest kernel really has, counted out of /proc/net/ip_vs_conn. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CleanUp } from '../../lab/lib/clean-up.ts';
import { guestObstacle, runInGuest } from '../../lab/lib/guest.ts';
import { bars } from '../bars.ts';
import { BenchError } from '../contenders.ts';
import type { KernelConnections, ReadRun } from '../kernel-connections.ts';
import { greedyClients } from '../kernel-connections.ts';
import type { Bench, Row } from '../measurement.ts';

/** Before Linux 6.14 the kernel walks its table from the beginning for each page: twice as many take it four times as long. */
const connections = 200_000;
/** Buckets of the kernel's table, as a power of two: as many as connections, which a site with so many would set. */
const buckets = 18;
/** Seconds; reading by 1 KB, as ipvsadm does, takes minutes in the guest. */
const limitOfGuest = 900;

const spent = ({ system, user }: ReadRun): number => system + user;

async function countInGuest(bench: Bench, limit: number, by: 'ours' | 'script'): Promise<KernelConnections> {
  const cleanUp = new CleanUp();
  const programs = path.join(import.meta.dirname, '..', 'programs');
  try {
    const { code, folder } = await runInGuest(cleanUp, {
      module: path.join(programs, 'kernel-connections.ts'),
      companions: { count: path.join(programs, 'count-connections.ts') },
      args: [String(connections), String(limit), String(buckets), by],
      memory: 2000,
      limit: limitOfGuest,
      onLine: (line) => bench.progress(line),
    });
    if (code !== 0) throw new BenchError(`bans: the program in the guest ended with ${code}`);
    return JSON.parse(readFileSync(path.join(folder, 'result.json'), 'utf8')) as KernelConnections;
  } finally {
    await cleanUp.run();
  }
}

/** @param limit connections that a client may have */
export async function rowsInKernel(bench: Bench, limit: number): Promise<Row[]> {
  const obstacle = guestObstacle();
  if (obstacle !== undefined) throw new BenchError(`bans: ${obstacle}`);
  const ours = await countInGuest(bench, limit, 'ours');
  const script = bench.contenders.length > 1 ? await countInGuest(bench, limit, 'script') : undefined;
  if (!('ours' in ours) || (script !== undefined && !('script' in script)))
    throw new Error('answers to other questions');
  const found = [ours.ours.found, ours.fromFile.found, ...(script === undefined ? [] : [script.script.found])];
  if (ours.kernel.lines !== connections || found.some((count) => count !== greedyClients))
    throw new BenchError(`bans: counted wrongly in the guest: ${ours.kernel.lines} lines, found ${found.join(', ')}`);
  return [
    {
      title: 'guest kernel, processor time with the kernel',
      unit: 'ms',
      samples: {
        keepalived: script === undefined ? [] : [spent(script.script)],
        'keepalived-ts': [ours.ours.milliseconds],
      },
      bars: bars.bansKernel,
      remarks: [
        `${connections} connections; the column of keepalived is ipvsadm -Lnc and awk`,
        `the kernel's own part, dd by 256 KB: ${spent(ours.kernel).toFixed(0)} ms`,
      ],
    },
    {
      title: 'guest kernel, our part',
      unit: 'ms',
      samples: { keepalived: [], 'keepalived-ts': [ours.fromFile.milliseconds] },
      bars: bars.bansTime,
      remarks: ['the same table out of a file'],
    },
    {
      title: 'guest kernel, memory',
      unit: 'MB',
      samples: { keepalived: [], 'keepalived-ts': [ours.ours.memory] },
      bars: bars.bansMemory,
      remarks: [],
    },
  ];
}
