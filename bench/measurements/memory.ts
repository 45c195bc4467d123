/** Memory of all processes of a daemon that runs VRRP only and has been master for a few seconds. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ContenderName } from '../contenders.ts';
import type { Measurement, Row } from '../measurement.ts';
import { alternate, wanted } from '../measurement.ts';
import { Pair } from '../pair.ts';
import type { Memory } from '../processes.ts';
import { memoryOf } from '../processes.ts';

const views: readonly { readonly title: string; readonly read: (memory: Memory) => number | undefined }[] = [
  { title: 'resident, sum over processes', read: (memory) => memory.resident },
  { title: 'proportional, sum over processes', read: (memory) => memory.proportional },
  { title: 'distinct pages of all processes', read: (memory) => memory.distinct },
];

export const memory: Measurement = {
  name: 'memory',
  title: 'memory after start, pair configuration (VRRP only)',
  runs: 3,
  async measure(bench) {
    const found: Record<ContenderName, Memory[]> = { keepalived: [], 'keepalived-ts': [] };
    await alternate(bench, bench.runs ?? memory.runs, 'memory', async (contender) => {
      await using pair = await Pair.start(contender, bench.folder, { version: 2, interval: 1000 });
      await sleep(2000);
      found[contender.name].push(memoryOf(pair.master.pid), memoryOf(pair.backup.pid));
      return [];
    });
    const remarks = bench.contenders.map(({ name }) => `${name}: ${found[name][0]?.processes ?? 0} processes`);
    return views.flatMap(({ title, read }, index): Row[] => {
      if (!wanted(bench, title)) return [];
      const samples = {
        keepalived: found.keepalived.map(read).filter((value) => value !== undefined),
        'keepalived-ts': found['keepalived-ts'].map(read).filter((value) => value !== undefined),
      };
      return [{ title, unit: 'MB', samples, bars: [], remarks: index === 0 ? remarks : [] }];
    });
  },
};
