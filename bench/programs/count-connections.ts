/** Counts a connection table on standard input, once, as the thread of the checker process does. Argument: the limit. */
import { readFileSync } from 'node:fs';
import { ClientCounts } from '../../src/limit/client-counts.ts';
import { readConnectionTable } from '../../src/process/limits/table-reader.ts';

/** Megabytes of the process at this moment, and at most. */
function resident(): { now: number; most: number } {
  const status = readFileSync('/proc/self/status', 'utf8');
  const megabytes = (key: string): number => Number(new RegExp(`${key}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
  return { now: megabytes('VmRSS'), most: megabytes('VmHWM') };
}

const limit = Number(process.argv[2]);
const counts = new ClientCounts({ clientPrefix: { inet: 32, inet6: 128 }, keepFrom: limit / 2, seed: 0x5eed });
const before = resident();
const began = process.cpuUsage();
await readConnectionTable([{ counts }], '/proc/self/fd/0');
const found = [...counts.result()].filter(({ connections }) => connections > limit).length;
const { user, system } = process.cpuUsage(began);
const memory = resident().most - before.now;
process.stdout.write(JSON.stringify({ milliseconds: (user + system) / 1000, memory, found }));
