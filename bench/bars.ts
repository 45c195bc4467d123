/** The bars a figure of this daemon must meet, and the judgement. Pure. */
import type { Statistic, Summary } from './statistics.ts';

export type Bar =
  /** At most `limit`, in the unit of the row. */
  | { readonly kind: 'at-most'; readonly statistic: Statistic; readonly limit: number }
  /** At least `limit`: nobody may be earlier than the protocol allows. */
  | { readonly kind: 'at-least'; readonly statistic: Statistic; readonly limit: number }
  /** At most `limit` more, in the unit of the row, than keepalived showed in the same run. */
  | { readonly kind: 'beyond-original'; readonly statistic: Statistic; readonly limit: number }
  /** At most `factor` times what keepalived showed in the same run. */
  | { readonly kind: 'of-original'; readonly statistic: Statistic; readonly factor: number };

export interface Judgement {
  readonly met: boolean;
  /** The bar in words, with the unit, for the table. */
  readonly text: string;
}

/** Milliseconds that a takeover may seem early: the capture stamps a frame before the backup has received it. */
const takeoverEarliest = -0.1;

/** One place for every limit. A measurement without a bar here only shows its figures. */
export const bars = {
  takeover: [
    { kind: 'at-most', statistic: 'median', limit: 0.3 },
    { kind: 'at-most', statistic: 'max', limit: 2 },
    { kind: 'at-least', statistic: 'min', limit: takeoverEarliest },
  ],
  takeoverAfterStop: [
    { kind: 'at-most', statistic: 'median', limit: 0.3 },
    { kind: 'at-least', statistic: 'min', limit: takeoverEarliest },
  ],
  jitter: [{ kind: 'of-original', statistic: 'p99', factor: 1 }],
  instancesProcessor: [{ kind: 'of-original', statistic: 'median', factor: 2 }],
  instancesTakeover: [{ kind: 'at-most', statistic: 'max', limit: 50 }],
  bfdDetection: [
    { kind: 'beyond-original', statistic: 'median', limit: 1 },
    { kind: 'at-least', statistic: 'min', limit: takeoverEarliest },
  ],
  bfdFalseDetection: [{ kind: 'at-most', statistic: 'max', limit: 0 }],
  checkCost: [{ kind: 'of-original', statistic: 'median', factor: 1.5 }],
  checkDeath: [{ kind: 'at-most', statistic: 'max', limit: 3.25 }],
  reloadBlock: [{ kind: 'at-most', statistic: 'max', limit: 50 }],
  reloadStates: [{ kind: 'at-most', statistic: 'max', limit: 0 }],
  status: [{ kind: 'at-most', statistic: 'median', limit: 100 }],
  statusBlock: [{ kind: 'at-most', statistic: 'max', limit: 50 }],
  configTest: [{ kind: 'of-original', statistic: 'median', factor: 1 }],
  scrapeTime: [{ kind: 'at-most', statistic: 'median', limit: 300 }],
  scrapeDelay: [{ kind: 'at-most', statistic: 'median', limit: 1 }],
  bansTime: [{ kind: 'at-most', statistic: 'median', limit: 1500 }],
  bansKernel: [{ kind: 'of-original', statistic: 'median', factor: 1 }],
  bansMemory: [{ kind: 'at-most', statistic: 'max', limit: 64 }],
  scaleStart: [{ kind: 'of-original', statistic: 'median', factor: 0.8 }],
  scaleReload: [{ kind: 'of-original', statistic: 'median', factor: 0.5 }],
  scaleUnchanged: [{ kind: 'of-original', statistic: 'median', factor: 1 }],
  scaleStop: [{ kind: 'of-original', statistic: 'median', factor: 0.5 }],
  scaleLeft: [{ kind: 'at-most', statistic: 'max', limit: 0 }],
  scaleMemory: [{ kind: 'at-most', statistic: 'max', limit: 150 }],
  configTestMemory: [{ kind: 'at-most', statistic: 'max', limit: 300 }],
} as const satisfies Record<string, readonly Bar[]>;

/**
 * Judges one bar. `original` is keepalived's summary of the same row, absent when only this daemon was measured; a
 * relative bar is then met, because there is nothing to miss.
 */
export function judge(bar: Bar, ours: Summary, original: Summary | undefined, unit: string): Judgement {
  const value = ours[bar.statistic];
  switch (bar.kind) {
    case 'at-most':
      return { met: value <= bar.limit, text: `${bar.statistic} <= ${bar.limit} ${unit}` };
    case 'at-least':
      return { met: value >= bar.limit, text: `${bar.statistic} >= ${bar.limit} ${unit}` };
    case 'beyond-original': {
      const text = `${bar.statistic} <= keepalived's + ${bar.limit} ${unit}`;
      return { met: original === undefined || value <= original[bar.statistic] + bar.limit, text };
    }
    case 'of-original': {
      const text = `${bar.statistic} <= ${bar.factor} x keepalived's`;
      return { met: original === undefined || value <= bar.factor * original[bar.statistic], text };
    }
  }
}
