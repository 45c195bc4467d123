/** Reads the connection table of the kernel, in slices, so that the thread can answer in between. */
import { closeSync, openSync, readSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Milliseconds } from '../../core/time.ts';
import { ConnectionTableParser } from '../../limit/connection-table.ts';
import type { TableSummary, Tally } from '../../limit/connection-table.ts';
import { now } from '../../kernel/clock.ts';

/** Of the namespace of the calling thread. */
export const connectionTable = '/proc/thread-self/net/ip_vs_conn';
/** The kernel fills a page a call, whatever it is offered; a pipe or file takes more. */
const chunkSize = 256 * 1024;
const slice: Milliseconds = 20;

/**
 * Counts everything in the table.
 * @throws Error of the file system: ENOENT where the kernel has no IPVS
 */
export async function readConnectionTable(tallies: readonly Tally[], file = connectionTable): Promise<TableSummary> {
  const parser = new ConnectionTableParser(tallies);
  const chunk = new Uint8Array(chunkSize);
  const descriptor = openSync(file, 'r');
  try {
    for (let began = now(); ;) {
      const length = readSync(descriptor, chunk, 0, chunkSize, null);
      if (length === 0) return parser.finish();
      parser.feed(chunk, length);
      if (now() - began < slice) continue;
      await nextTurn();
      began = now();
    }
  } finally {
    closeSync(descriptor);
  }
}
