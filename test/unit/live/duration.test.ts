import { describe, expect, it } from 'vitest';
import { durationText, parseDuration } from '../../../src/live/duration.ts';

const hour = 3_600_000;

describe('spans of time of operators', () => {
  it.each([
    ['30s', 30_000],
    ['10m', 600_000],
    ['2h', 2 * hour],
    ['1d', 24 * hour],
    ['1h30m', 1.5 * hour],
    ['90m', 1.5 * hour],
    ['1d2h3m4s', 24 * hour + 2 * hour + 184_000],
    ['365d', 365 * 24 * hour],
  ])('%s', (text, span) => {
    expect(parseDuration(text)).toBe(span);
  });

  it.each(['', '10', '0s', '-5m', '1.5h', '10 m', '10M', 'm', '30m1h', '366d', '9999999999s', '10min', '1h1h'])(
    'none is "%s"',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );

  it.each([
    [30_000, '30s'],
    [600_000, '10m'],
    [1.5 * hour, '1h30m'],
    [24 * hour + 4000, '1d4s'],
    [1499, '1s'],
    [3_599_700, '1h'],
    [10, '0s'],
  ])('%d ms is %s', (span, text) => {
    expect(durationText(span)).toBe(text);
  });
});
