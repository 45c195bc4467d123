/** The second half of `bans`: connections that the guest kernel really has, counted out of /proc/net/ip_vs_conn. */
import path from 'node:path';
import { guestObstacle } from '../../lab/lib/guest.ts';
import { bars } from '../bars.ts';
import { BenchError } from '../contenders.ts';
import { resultFromGuest } from '../guest-program.ts';
import type { KernelConnections, ReadRun } from '../kernel-connections.ts';
import { greedyClients } from '../kernel-connections.ts';
import type { Bench, Row } from '../measurement.ts';

/**
 * Before Linux 6.14 the kernel walks its table from the beginning for each page, so that twice as many connections take it
 * four times as long and more; ipvsadm reads quarters of pages, and would take ten minutes for the larger number.
 */
const sizes = [
  { connections: 100_000, beside: true },
  { connections: 200_000, beside: false },
] as const;
/** Buckets of the kernel's table, as a power of two: as many as connections, which a site with so many would set. */
const buckets = 18;
/** Seconds. */
const limitOfGuest = 600;

const spent = ({ system, user }: ReadRun): number => system + user;

function countInGuest(
  bench: Bench,
  limit: number,
  { beside, connections }: (typeof sizes)[number],
): Promise<KernelConnections> {
  const programs = path.join(import.meta.dirname, '..', 'programs');
  return resultFromGuest(bench, 'bans', {
    module: path.join(programs, 'kernel-connections.ts'),
    companions: { count: path.join(programs, 'count-connections.ts') },
    args: [String(connections), String(limit), String(buckets), ...(beside ? ['beside'] : [])],
    memory: 2000,
    limit: limitOfGuest,
  });
}

function rowsOf(connections: number, { fromFile, kernel, ours, script }: KernelConnections): Row[] {
  const found = [ours, fromFile, ...(script === undefined ? [] : [script])].map((count) => count.found);
  if (kernel.lines !== connections || found.some((count) => count !== greedyClients))
    throw new BenchError(`bans: counted wrongly in the guest: ${kernel.lines} lines, found ${found.join(', ')}`);
  const title = `guest kernel, ${connections} connections`;
  return [
    {
      title: `${title}, with the kernel's part`,
      unit: 'ms',
      samples: {
        keepalived: script === undefined ? [] : [spent(script)],
        'keepalived-ts': [ours.milliseconds],
      },
      bars: bars.bansKernel,
      remarks: [
        ...(script === undefined ? [] : ['the row of keepalived is ipvsadm -Lnc and awk']),
        `the kernel's part alone, dd by 256 KB: ${spent(kernel).toFixed(0)} ms`,
      ],
    },
    {
      title: `${title}, our part alone`,
      unit: 'ms',
      samples: { keepalived: [], 'keepalived-ts': [fromFile.milliseconds] },
      bars: bars.bansTime,
      remarks: ['the same table out of a file'],
    },
    {
      title: `${title}, memory`,
      unit: 'MB',
      samples: { keepalived: [], 'keepalived-ts': [ours.memory] },
      bars: bars.bansMemory,
      remarks: [],
    },
  ];
}

/** @param limit connections that a client may have */
export async function rowsInKernel(bench: Bench, limit: number): Promise<Row[]> {
  const obstacle = guestObstacle();
  if (obstacle !== undefined) throw new BenchError(`bans: ${obstacle}`);
  const rows: Row[] = [];
  for (const size of sizes) rows.push(...rowsOf(size.connections, await countInGuest(bench, limit, size)));
  return rows;
}
