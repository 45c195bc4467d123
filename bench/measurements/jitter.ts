/** Advertisement jitter of an idle pair: how far each gap between two advertisements is from the interval. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Measurement, Row } from '../measurement.ts';
import { alternate, wanted } from '../measurement.ts';
import type { PairOptions } from '../pair.ts';
import { Pair } from '../pair.ts';
import { gaps } from '../protocol-times.ts';

const cases: readonly (PairOptions & { readonly title: string; readonly seconds: number })[] = [
  { title: '100 ms', version: 3, interval: 100, seconds: 10 },
  { title: '10 ms', version: 3, interval: 10, seconds: 5 },
  { title: '10 ms, real-time 50', version: 3, interval: 10, seconds: 5, realTimePriority: 50 },
];

export const jitter: Measurement = {
  name: 'jitter',
  title: 'advertisement jitter, |gap - interval|, idle',
  runs: 2,
  async measure(bench) {
    const rows: Row[] = [];
    for (const wish of cases.filter(({ title }) => wanted(bench, title))) {
      const samples = await alternate(bench, bench.runs ?? jitter.runs, wish.title, async (contender) => {
        await using pair = await Pair.start(contender, bench.folder, wish);
        const from = pair.lan.capture.advertisements.length;
        await sleep(wish.seconds * 1000);
        const quiet = pair.lan.capture.advertisements.slice(from);
        return gaps(quiet, pair.lan.first.address).map((gap) => Math.abs(gap - wish.interval));
      });
      rows.push({ title: wish.title, unit: 'ms', samples, bars: [], remarks: [] });
    }
    return rows;
  },
};
