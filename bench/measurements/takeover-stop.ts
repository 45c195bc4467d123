/**
 * Takeover after an orderly stop: how much later than skew after the master's priority-0 advertisement the backup's
 * first one is on the wire (RFC 9568 section 6.4.2: priority 0 sets the master-down timer to skew).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { bars } from '../bars.ts';
import type { Contender } from '../contenders.ts';
import { BenchError } from '../contenders.ts';
import type { Bench, Measurement, Row } from '../measurement.ts';
import { alternate, wanted } from '../measurement.ts';
import type { PairOptions } from '../pair.ts';
import { Pair } from '../pair.ts';
import { findHandover, skewTime } from '../protocol-times.ts';

const cases: readonly (PairOptions & { readonly title: string })[] = [
  { title: 'v2 1 s', version: 2, interval: 1000 },
  { title: 'v3 100 ms', version: 3, interval: 100 },
  { title: 'v3 10 ms', version: 3, interval: 10 },
];

async function handOver(bench: Bench, contender: Contender, wish: PairOptions): Promise<number> {
  await using pair = await Pair.start(contender, bench.folder, wish);
  await sleep(Math.random() * Math.min(wish.interval, 300));
  pair.master.signal('SIGTERM');
  const { first, second } = pair.lan;
  const handover = await pair.backup.achieves(
    pair.lan.capture.until('a takeover', pair.patience, (seen) =>
      findHandover(seen, first.address, second.address, pair.timing),
    ),
  );
  if (handover.last.priority !== 0) throw new BenchError(`${contender.name}: the master stopped without priority 0`);
  return handover.silence - skewTime(pair.timing);
}

export const takeoverAfterStop: Measurement = {
  name: 'takeover-stop',
  title: 'takeover after a clean stop, later than skew after priority 0',
  runs: 20,
  async measure(bench) {
    const rows: Row[] = [];
    for (const wish of cases.filter(({ title }) => wanted(bench, title))) {
      const samples = await alternate(bench, bench.runs ?? takeoverAfterStop.runs, wish.title, async (contender) => [
        await handOver(bench, contender, wish),
      ]);
      rows.push({ title: wish.title, unit: 'ms', samples, bars: bars.takeoverAfterStop, remarks: [] });
    }
    return rows;
  },
};
