/** The kernel's text of its IPVS table, read in slices. */
import { closeSync, openSync, readSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { TableGlance } from '../ipvs/glance.ts';
import type { Service } from '../ipvs/types.ts';
import type { Milliseconds } from '../core/time.ts';
import { now } from './clock.ts';

/** Of the namespace of the calling thread. */
const tableText = '/proc/thread-self/net/ip_vs';
/** The kernel fills a page or two a call. */
const chunkSize = 16_384;
/** Longest time without a look at checks. */
const slice: Milliseconds = 5;

/**
 * @returns whether the table has these services with these servers; false also when it changes while it is read;
 *   undefined if there is no such text
 */
export async function glanceAtTable(services: Iterable<Service>, file = tableText): Promise<boolean | undefined> {
  const glance = new TableGlance(services);
  const chunk = Buffer.allocUnsafe(chunkSize);
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    return undefined;
  }
  try {
    for (let began = now(); !glance.isDifferent;) {
      const length = readSync(descriptor, chunk, 0, chunkSize, null);
      if (length === 0) return glance.finish();
      glance.feed(chunk.toString('latin1', 0, length));
      if (now() - began < slice) continue;
      await nextTurn();
      began = now();
    }
    return false;
  } finally {
    closeSync(descriptor);
  }
}
