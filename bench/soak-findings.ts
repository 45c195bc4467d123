/** What a long run of reloads must show, and whether it did. Pure. */
import type { CapturedAdvertisement } from './advertisement.ts';
import { gaps } from './protocol-times.ts';

export interface SoakReading {
  /** Megabytes of distinct pages (or proportional, where the kernel hides the pages), all processes. */
  readonly memory: number;
  readonly descriptors: number;
  /** Process ids: a child that died and was started again is no longer the same. */
  readonly processes: readonly number[];
}

export interface SoakRun {
  readonly reloads: number;
  /** Readings early on and at the end, at rest. */
  readonly early: SoakReading;
  readonly late: SoakReading;
  /** Memory after a quarter, a half and three quarters: growth that ends is no leak. */
  readonly onTheWay: readonly number[];
  /** Milliseconds between two advertisements as configured. */
  readonly interval: number;
  /** All that was on the wire. */
  readonly advertisements: readonly CapturedAdvertisement[];
  readonly master: string;
  readonly backup: string;
  readonly measuredRouter: number;
  /** The router that each odd reload adds and each even one removes. */
  readonly comingRouter: number;
}

export interface Finding {
  readonly what: string;
  readonly seen: string;
  readonly wanted: string;
  readonly met: boolean;
}

/** Growth of memory that is still rest and not a leak. */
const memoryGrowth = 1.05;
/** An advertisement later than this many intervals after the one before counts as missed. */
const missedAfter = 1.5;

/** Judges a run; the order is that of the printed table. */
export function judgeSoak(run: SoakRun): Finding[] {
  const measured = run.advertisements.filter((seen) => seen.virtualRouterId === run.measuredRouter);
  const ofMaster = measured.filter(({ source }) => source === run.master);
  const between = gaps(measured, run.master);
  const missed = between.filter((gap) => gap > missedAfter * run.interval).length;
  const longest = between.reduce((longestYet, gap) => Math.max(longestYet, gap), 0);
  // When it began, for a look into the log.
  const began = ofMaster[between.indexOf(longest)]?.at;
  const longestText = `${longest.toFixed(1)} ms${began === undefined ? '' : ` from ${new Date(began).toISOString()}`}`;
  const ofBackup = measured.filter(({ source }) => source === run.backup).length;
  const goodbyes = measured.filter(({ source, priority }) => source === run.master && priority === 0).length;
  // Removal of an instance says priority 0 once: the wire counts the reloads that had an effect.
  const removals = run.advertisements.filter(
    ({ virtualRouterId, priority }) => virtualRouterId === run.comingRouter && priority === 0,
  ).length;
  const expectedRemovals = Math.floor(run.reloads / 2);
  const memories = [run.early.memory, ...run.onTheWay, run.late.memory].map((memory) => memory.toFixed(1));
  const growth = run.late.memory / run.early.memory;
  return [
    {
      what: 'reloads seen to take effect on the wire',
      seen: `${removals} removals`,
      wanted: `${expectedRemovals}`,
      met: removals === expectedRemovals,
    },
    {
      what: `advertisements missed (of ${measured.length})`,
      seen: `${missed}, longest gap ${longestText}`,
      wanted: `0 beyond ${missedAfter * run.interval} ms`,
      met: missed === 0 && measured.length > 0,
    },
    { what: 'good-byes of the measured instance', seen: `${goodbyes}`, wanted: '0', met: goodbyes === 0 },
    { what: 'advertisements of the backup', seen: `${ofBackup}`, wanted: '0', met: ofBackup === 0 },
    {
      what: 'memory early -> late',
      seen: `${memories.join(' -> ')} MB (x ${growth.toFixed(3)})`,
      wanted: `at most x ${memoryGrowth}`,
      met: growth <= memoryGrowth,
    },
    {
      what: 'descriptors early -> late',
      seen: `${run.early.descriptors} -> ${run.late.descriptors}`,
      wanted: 'no more',
      met: run.late.descriptors <= run.early.descriptors,
    },
    {
      what: 'processes early -> late',
      seen: `${run.early.processes.join(' ')} -> ${run.late.processes.join(' ')}`,
      wanted: 'the same',
      met: run.late.processes.join() === run.early.processes.join(),
    },
  ];
}
