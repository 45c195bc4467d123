import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { median, quantile, summarize } from '../../../bench/statistics.ts';

describe('quantile by nearest rank', () => {
  // The worked example of the nearest-rank method in common textbooks.
  const ages = [15, 20, 35, 40, 50];

  it.each([
    [0.05, 15],
    [0.3, 20],
    [0.4, 20],
    [0.5, 35],
    [1, 50],
  ])('of %d is %d', (share, expected) => {
    expect(quantile(ages, share)).toBe(expected);
  });

  it('takes samples in any order', () => {
    expect(quantile([50, 15, 40, 35, 20], 0.3)).toBe(20);
  });

  it('orders numbers as numbers', () => {
    expect(quantile([9, 10, 100], 1)).toBe(100);
  });

  it('refuses to describe nothing', () => {
    expect(() => quantile([], 0.5)).toThrow(RangeError);
    expect(() => quantile([1], 1.5)).toThrow(RangeError);
  });
});

describe('median', () => {
  it('is the middle of an odd number of samples', () => {
    expect(median([3, 1, 2])).toBe(2);
  });

  it('is the mean of the two in the middle of an even number', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it('leaves as many samples below as above', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1 }), (samples) => {
        const middle = median(samples);
        const below = samples.filter((sample) => sample < middle).length;
        const above = samples.filter((sample) => sample > middle).length;
        expect(Math.max(below, above)).toBeLessThanOrEqual(samples.length / 2);
      }),
    );
  });
});

describe('summary', () => {
  it('holds the count and the extremes', () => {
    expect(summarize([2, -1, 7])).toEqual({ count: 3, min: -1, median: 2, p99: 7, max: 7 });
  });

  it('keeps one outlier in a hundred and one out of the p99', () => {
    const samples = [...Array.from({ length: 100 }, () => 1), 50];
    expect(summarize(samples)).toMatchObject({ p99: 1, max: 50 });
  });
});
