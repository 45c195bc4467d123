import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatFor, labelText, labelValue, numberText } from '../../../src/metrics/exposition.ts';
import { Histogram } from '../../../src/metrics/histogram.ts';
import { readProcessStat } from '../../../src/metrics/process-stat.ts';
import { readSample } from './exposition-reader.ts';

describe('values of labels', () => {
  // prometheus.io, text format: backslash, double quote and line feed are escaped.
  it.each([
    ['plain', 'plain'],
    ['a\\b', 'a\\\\b'],
    ['a"b', 'a\\"b'],
    ['a\nb', 'a\\nb'],
    ['\\n', '\\\\n'],
  ])('%j is written %j', (value, written) => {
    expect(labelValue(value)).toBe(written);
  });

  it('are read again as they were, whatever they are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (one, other) => {
        const { labels } = readSample(`x${labelText(['a', 'b'], [one, other])} 1`);
        expect(labels).toEqual({ a: one.toWellFormed(), b: other.toWellFormed() });
      }),
    );
  });
});

describe('numbers', () => {
  it.each([
    [0, '0'],
    [1.5, '1.5'],
    [1e21, '1e+21'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
    [NaN, 'NaN'],
  ])('%d is written %s', (value, written) => {
    expect(numberText(value)).toBe(written);
  });
});

describe('the format', () => {
  it.each([
    [undefined, 'prometheus'],
    ['*/*', 'prometheus'],
    ['text/plain;version=0.0.4', 'prometheus'],
    ['application/openmetrics-text', 'openmetrics'],
    // What Prometheus 2.42 sends.
    [
      'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
      'openmetrics',
    ],
    ['application/openmetrics-textual', 'prometheus'],
  ])('for Accept: %s is %s', (accept, format) => {
    expect(formatFor(accept)).toBe(format);
  });
});

describe('a histogram', () => {
  it('counts a value at a bound below it, and what is negative as nothing', () => {
    const histogram = new Histogram([1, 2]);
    for (const value of [-5, 0, 1, 1.5, 2, 3]) histogram.observe(value);
    expect(histogram.figures).toEqual({ counts: [3, 2, 1], sum: 7.5 });
  });
});

describe('/proc/PID/stat', () => {
  // proc(5): fields 14 and 15 are ticks of processor time, 22 the start in ticks, 24 the resident set in pages.
  const fields = Array.from({ length: 50 }, (_, index) => String(index + 3));

  it('is read by the numbers of its fields, whatever the name of the process', () => {
    const stat = readProcessStat(`4711 (a) b (c) ${fields.join(' ')}`, 4096);
    expect(stat).toEqual({ processorTime: 0.29, startedAfterBoot: 0.22, residentMemory: 24 * 4096 });
  });

  it('that is none is nothing', () => {
    expect(readProcessStat('', 4096)).toBeUndefined();
    expect(readProcessStat('1 (a) S', 4096)).toBeUndefined();
  });
});
