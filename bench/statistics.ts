/** What a row of samples says: the arithmetic of every table of the benches. Pure. */

/** Samples in the unit of their row; `sorted` ascending. */
export interface Summary {
  readonly count: number;
  readonly min: number;
  readonly median: number;
  readonly p99: number;
  readonly max: number;
}

export type Statistic = Exclude<keyof Summary, 'count'>;

/**
 * The value below or at which `share` (0..1) of the samples lie, by nearest rank: always a sample that was seen, so the
 * p99 of ten samples is their maximum.
 * @throws RangeError without samples or with a share outside 0..1
 */
export function quantile(samples: readonly number[], share: number): number {
  if (share < 0 || share > 1) throw new RangeError(`share ${share} is not within 0..1`);
  const sorted = samples.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new RangeError('no samples');
  return value;
}

/** The middle sample; with an even number of samples the mean of the two in the middle. */
export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new RangeError('no samples');
  return (lower + upper) / 2;
}

export function summarize(samples: readonly number[]): Summary {
  return {
    count: samples.length,
    min: quantile(samples, 0),
    median: median(samples),
    p99: quantile(samples, 0.99),
    max: quantile(samples, 1),
  };
}
