/** What the parent counts for metrics, and what the kernel says of its processes. */
import { readFileSync } from 'node:fs';
import { keepalivedLevel, ownVersion } from '../cli/version.ts';
import type { Milliseconds } from '../core/time.ts';
import { now } from '../kernel/clock.ts';
import { Histogram, Histograms, durationBounds, latenessBounds } from '../metrics/histogram.ts';
import type { ParentFigures, ProcessFigures } from '../metrics/figures.ts';
import { readProcessStat } from '../metrics/process-stat.ts';
import type { ScriptResult } from '../notify/script-runner.ts';
import type { ScriptCall } from '../notify/scripts.ts';
import type { ProcessStatus } from './status-types.ts';

/** Those of all machines that this program runs on. */
const pageSize = 4096;

export class ParentMetrics {
  readonly #lateness = new Histogram(latenessBounds);
  readonly #scriptDurations = new Histograms(durationBounds);
  readonly #scriptFailures = new Map<string, number>([
    ['tracked', 0],
    ['notify', 0],
  ]);
  readonly #reloads = { applied: 0, refused: 0 };
  /** Seconds since 1970, taken once: a step of the clock later on is no other start. */
  readonly #bootedAt = (Date.now() - now()) / 1000;
  #lastReload: ParentFigures['lastReload'];

  late(late: Milliseconds): void {
    this.#lateness.observe(late / 1000);
  }

  scriptEnded({ purpose }: ScriptCall, { duration, exit }: ScriptResult): void {
    // TrackedScripts says so.
    const kind = purpose.startsWith('script ') ? 'tracked' : 'notify';
    this.#scriptDurations.observe(kind, duration / 1000);
    if (exit !== 0) this.#scriptFailures.set(kind, (this.#scriptFailures.get(kind) ?? 0) + 1);
  }

  reloaded(outcome: 'applied' | 'refused', took: Milliseconds): void {
    this.#reloads[outcome]++;
    this.#lastReload = { successful: outcome === 'applied', at: Date.now() / 1000, took: took / 1000 };
  }

  /** @param processes all but the parent */
  figures(processes: readonly ProcessStatus[]): ParentFigures {
    return {
      level: keepalivedLevel,
      version: ownVersion,
      runtime: process.version,
      processes: [
        { name: 'parent', up: true, deaths: 0, ...ofKernel(process.pid, this.#bootedAt) },
        ...processes.map(({ deaths, kind, pid, state }) => ({
          name: kind,
          up: state === 'running',
          deaths,
          ...(pid !== undefined && ofKernel(pid, this.#bootedAt)),
        })),
      ],
      reloads: { ...this.#reloads },
      ...(this.#lastReload !== undefined && { lastReload: this.#lastReload }),
      scriptDurations: this.#scriptDurations.figures,
      scriptFailures: Object.fromEntries(this.#scriptFailures),
      lateness: this.#lateness.figures,
    };
  }
}

function ofKernel(pid: number, bootedAt: number): Partial<ProcessFigures> {
  try {
    const stat = readProcessStat(readFileSync(`/proc/${pid}/stat`, 'latin1'), pageSize);
    if (stat === undefined) return {};
    const { processorTime, residentMemory, startedAfterBoot } = stat;
    return { processorTime, residentMemory, startTime: Math.round(100 * (bootedAt + startedAfterBoot)) / 100 };
  } catch {
    // It has just ended.
    return {};
  }
}
