/** The kernel's text of its IPVS table, read in slices. */
import { closeSync, openSync, readSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { TableGlance } from '../ipvs/glance.ts';
import { TableDigest } from '../ipvs/table-digest.ts';
import type { Service } from '../ipvs/types.ts';
import type { Milliseconds } from '../core/time.ts';
import { now } from './clock.ts';

/** Of the namespace of the calling thread. */
const tableText = '/proc/thread-self/net/ip_vs';
/** The kernel fills a page or two a call. */
const chunkSize = 16_384;
/** Octets between two looks at the clock, which may be as dear as a call that reads. */
const unwatched = 65_536;
/** Longest time without a look at checks. */
const slice: Milliseconds = 5;

/** Digests (TableDigest) of a text: of the whole of it, and of its beginning. */
export interface TextSeen {
  readonly whole: string;
  readonly head: string;
}

export interface Glanced {
  /** Whether the table has the services with their servers; false also when it changes while it is read; undefined: unknown. */
  readonly found: boolean | undefined;
  /** The text in which they were found. */
  readonly seen?: TextSeen;
}

/** Compares the table with these services. */
export async function glanceAtTable(services: Iterable<Service>, file = tableText): Promise<Glanced> {
  const glance = new TableGlance(services);
  const digest = new TableDigest();
  const isWhole = await readInSlices(file, (octets) => {
    digest.feed(octets);
    glance.feed(octets.toString('latin1'));
    return !glance.isDifferent;
  });
  if (isWhole === undefined) return { found: undefined };
  return isWhole && glance.finish() ? { found: true, seen: seenBy(digest) } : { found: false };
}

function seenBy(digest: TableDigest): TextSeen {
  return { whole: digest.value, head: digest.head ?? digest.value };
}

/** Undefined if there is no such text. */
export async function digestOfTable(file = tableText): Promise<string | undefined> {
  const digest = new TableDigest();
  const isWhole = await readInSlices(file, (octets) => {
    digest.feed(octets);
    return true;
  });
  return isWhole === true ? digest.value : undefined;
}

/** TextSeen.head of the table as it is now, without giving way to other code; undefined if there is no such text. */
export function headOfTable(file = tableText): string | undefined {
  const descriptor = opened(file);
  if (descriptor === undefined) return undefined;
  const digest = new TableDigest();
  for (const octets of chunksOf(descriptor)) {
    digest.feed(octets);
    if (digest.head !== undefined) break;
  }
  return seenBy(digest).head;
}

/**
 * @param take gets the octets, for the time of the call; false: enough
 * @returns whether it took all; undefined if the file cannot be opened
 */
async function readInSlices(file: string, take: (octets: Buffer) => boolean): Promise<boolean | undefined> {
  const descriptor = opened(file);
  if (descriptor === undefined) return undefined;
  let taken = 0;
  let began = now();
  for (const octets of chunksOf(descriptor)) {
    if (!take(octets)) return false;
    taken += octets.length;
    if (taken < unwatched) continue;
    taken = 0;
    if (now() - began < slice) continue;
    await nextTurn();
    began = now();
  }
  return true;
}

function opened(file: string): number | undefined {
  try {
    return openSync(file, 'r');
  } catch {
    return undefined;
  }
}

/** What is read of a file, each in the memory of the one before, until its end or until nobody wants more; then it is closed. */
function* chunksOf(descriptor: number): Generator<Buffer> {
  const chunk = Buffer.allocUnsafe(chunkSize);
  try {
    for (;;) {
      const length = readSync(descriptor, chunk, 0, chunkSize, null);
      if (length === 0) return;
      yield chunk.subarray(0, length);
    }
  } finally {
    closeSync(descriptor);
  }
}
