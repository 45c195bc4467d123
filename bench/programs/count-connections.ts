/**
 * Counts a connection table, once, as the thread of the checker process does. Words: the limit, and the table if it is not
 * on standard input.
 */
import { readFileSync } from 'node:fs';
import type { CountedConnections } from '../kernel-connections.ts';
import { ClientCounts } from '../../src/limit/client-counts.ts';
import { readConnectionTable } from '../../src/process/limits/table-reader.ts';

/** Megabytes of the process at this moment, and at most. */
function resident(): { now: number; most: number } {
  const status = readFileSync('/proc/self/status', 'utf8');
  const megabytes = (key: string): number => Number(new RegExp(`${key}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
  return { now: megabytes('VmRSS'), most: megabytes('VmHWM') };
}

const [limitText, table = '/proc/self/fd/0'] = process.argv.slice(2);
const limit = Number(limitText);
const counts = new ClientCounts({ clientPrefix: { inet: 32, inet6: 128 }, keepFrom: limit / 2, seed: 0x5eed });
const before = resident();
const began = process.cpuUsage();
await readConnectionTable([{ counts }], table);
const found = [...counts.result()].filter(({ connections }) => connections > limit).length;
const { user, system } = process.cpuUsage(began);
const memory = resident().most - before.now;
process.stdout.write(
  JSON.stringify({ milliseconds: (user + system) / 1000, memory, found } satisfies CountedConnections),
);
