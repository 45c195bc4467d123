/** Advertisement jitter: how far each gap between two advertisements is from the interval. */
import { setTimeout as sleep } from 'node:timers/promises';
import { bars } from '../bars.ts';
import { keepBusy } from '../busy.ts';
import type { Measurement, Row } from '../measurement.ts';
import { alternate, wanted } from '../measurement.ts';
import type { PairOptions } from '../pair.ts';
import { Pair } from '../pair.ts';
import { gaps } from '../protocol-times.ts';

interface JitterCase extends PairOptions {
  readonly title: string;
  readonly seconds: number;
  /** Processes that want all the processor time they can get. */
  readonly busy: number;
}

const busy = 4;
const cases: readonly JitterCase[] = [
  { title: '100 ms', version: 3, interval: 100, seconds: 10, busy: 0 },
  { title: '10 ms', version: 3, interval: 10, seconds: 5, busy: 0 },
  { title: '10 ms, real-time 50', version: 3, interval: 10, seconds: 5, realTimePriority: 50, busy: 0 },
  { title: '100 ms, real-time 50, busy', version: 3, interval: 100, seconds: 10, realTimePriority: 50, busy },
  { title: '10 ms, real-time 50, busy', version: 3, interval: 10, seconds: 5, realTimePriority: 50, busy },
  { title: '100 ms, busy', version: 3, interval: 100, seconds: 10, busy },
];

export const jitter: Measurement = {
  name: 'jitter',
  title: `advertisement jitter, |gap - interval|; busy: beside ${busy} processes that never rest`,
  runs: 4,
  async measure(bench) {
    const rows: Row[] = [];
    for (const wish of cases.filter(({ title }) => wanted(bench, title))) {
      const samples = await alternate(bench, bench.runs ?? jitter.runs, wish.title, async (contender) => {
        await using pair = await Pair.start(contender, bench.folder, wish);
        await using load = keepBusy(wish.busy);
        const from = pair.lan.capture.advertisements.length;
        await sleep(wish.seconds * 1000);
        const measured = pair.lan.capture.advertisements.slice(from);
        await load[Symbol.asyncDispose]();
        return gaps(measured, pair.lan.first.address).map((gap) => Math.abs(gap - wish.interval));
      });
      rows.push({ title: wish.title, unit: 'ms', samples, bars: bars.jitter, remarks: [] });
    }
    return rows;
  },
};
