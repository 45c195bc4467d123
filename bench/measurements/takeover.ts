/**
 * Takeover after a crash: how much later than the protocol's own deadline (the master's last advertisement + 3
 * intervals + skew) the backup's first advertisement is on the wire.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { bars } from '../bars.ts';
import type { Contender } from '../contenders.ts';
import { BenchError } from '../contenders.ts';
import type { Bench, Measurement, Row } from '../measurement.ts';
import { alternate, wanted } from '../measurement.ts';
import type { PairOptions } from '../pair.ts';
import { Pair } from '../pair.ts';
import { realTimePriorities } from '../processes.ts';
import { findHandover, masterDownTime } from '../protocol-times.ts';

interface TakeoverCase extends PairOptions {
  readonly title: string;
  /** `kill`: SIGKILL to all processes of the master. `cut`: its cable leaves the bridge; it keeps its carrier and runs on. */
  readonly crash: 'kill' | 'cut';
}

const cases: readonly TakeoverCase[] = [
  { title: 'v2 1 s, killed', version: 2, interval: 1000, crash: 'kill' },
  { title: 'v3 100 ms, killed', version: 3, interval: 100, crash: 'kill' },
  { title: 'v3 100 ms, cable cut', version: 3, interval: 100, crash: 'cut' },
  { title: 'v3 10 ms, killed', version: 3, interval: 10, crash: 'kill' },
  { title: 'v3 10 ms, killed, real-time 50', version: 3, interval: 10, crash: 'kill', realTimePriority: 50 },
];

/** A run in which the backup had spoken before the crash measures nothing; so many in a row are a fault. */
const attempts = 5;

async function takeOver(bench: Bench, contender: Contender, wish: TakeoverCase, remarks: string[]): Promise<number> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    await using pair = await Pair.start(contender, bench.folder, wish);
    if (wish.realTimePriority !== undefined) {
      const highest = Math.max(...realTimePriorities(pair.backup.pid));
      if (highest !== wish.realTimePriority) {
        remarks.push(`${contender.name} runs at real-time priority ${highest}, not ${wish.realTimePriority}`);
      }
    }
    // Anywhere within an interval.
    await sleep(Math.random() * Math.min(wish.interval, 300));
    if (wish.crash === 'kill') await pair.master.crash();
    else await pair.lan.cut(pair.lan.first);
    const { first, second } = pair.lan;
    const handover = await pair.backup.achieves(
      pair.lan.capture.until('a takeover', pair.patience, (seen) =>
        findHandover(seen, first.address, second.address, pair.timing),
      ),
    );
    if (handover.last.priority === 0)
      throw new BenchError(`${contender.name}: the master said good-bye, so it did not crash`);
    if (handover.backupWasQuiet) return handover.silence - masterDownTime(pair.timing);
    remarks.push(`${contender.name}: a run was repeated, the backup had been master just before the crash`);
  }
  throw new BenchError(`${contender.name}: "${wish.title}" could not be measured, the backup does not stay quiet`);
}

export const takeover: Measurement = {
  name: 'takeover',
  title: "takeover after a crash, later than the protocol's deadline",
  runs: 20,
  async measure(bench) {
    const rows: Row[] = [];
    for (const wish of cases.filter(({ title }) => wanted(bench, title))) {
      const remarks: string[] = [];
      const samples = await alternate(bench, bench.runs ?? takeover.runs, wish.title, async (contender) => [
        await takeOver(bench, contender, wish, remarks),
      ]);
      rows.push({ title: wish.title, unit: 'ms', samples, bars: bars.takeover, remarks: [...new Set(remarks)] });
    }
    return rows;
  },
};
