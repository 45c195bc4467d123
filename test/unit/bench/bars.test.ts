import { describe, expect, it } from 'vitest';
import { judge } from '../../../bench/bars.ts';
import type { Row } from '../../../bench/measurement.ts';
import { figure, table, toJson, verdicts } from '../../../bench/report.ts';
import { summarize } from '../../../bench/statistics.ts';

describe('a bar', () => {
  const ours = summarize([0.5, 1, 4]);

  it('at most: the limit itself is met', () => {
    expect(judge({ kind: 'at-most', statistic: 'median', limit: 1 }, ours, undefined, 'ms')).toEqual({
      met: true,
      text: 'median <= 1 ms',
    });
    expect(judge({ kind: 'at-most', statistic: 'max', limit: 3.9 }, ours, undefined, 'ms').met).toBe(false);
  });

  it('at least: nothing may come earlier', () => {
    expect(judge({ kind: 'at-least', statistic: 'min', limit: 0.5 }, ours, undefined, 'ms').met).toBe(true);
    expect(judge({ kind: 'at-least', statistic: 'min', limit: 0.6 }, ours, undefined, 'ms').met).toBe(false);
  });

  it("of the original: compares with the other daemon's figure of the same run", () => {
    const bar = { kind: 'of-original', statistic: 'p99', factor: 2 } as const;
    expect(judge(bar, ours, summarize([2]), 'ms').met).toBe(true);
    expect(judge(bar, ours, summarize([1.9]), 'ms').met).toBe(false);
    expect(judge(bar, ours, undefined, 'ms').met).toBe(true);
  });
});

const row: Row = {
  title: 'v3 10 ms',
  unit: 'ms',
  samples: { keepalived: [0.2, 0.3], 'keepalived-ts': [1.5, 1.5] },
  bars: [{ kind: 'at-most', statistic: 'median', limit: 1 }],
  remarks: ['one run was repeated'],
};
const measurement = { name: 'takeover', title: 'takeover after a crash' };

describe('the report', () => {
  it('judges this daemon and never the original', () => {
    expect(verdicts(row)).toEqual([{ met: false, text: 'median <= 1 ms' }]);
    const slowOriginal = { ...row, samples: { keepalived: [9], 'keepalived-ts': [0.5] } };
    expect(verdicts(slowOriginal)).toEqual([{ met: true, text: 'median <= 1 ms' }]);
    expect(verdicts({ ...row, samples: { keepalived: [9], 'keepalived-ts': [] } })).toEqual([]);
  });

  it('says when keepalived misses the same bar in the same run', () => {
    const busy = { ...row, samples: { keepalived: [9], 'keepalived-ts': [8] } };
    expect(verdicts(busy)).toEqual([{ met: false, text: 'median <= 1 ms (keepalived misses it too)' }]);
  });

  it('prints one line a daemon, the bar beside ours, the remark below', () => {
    const lines = table({ measurement, rows: [row] }).split('\n');
    expect(lines).toHaveLength(5);
    expect(lines[2]).toMatch(/^ {2}v3 10 ms \(ms\) +keepalived +2 +0\.20 +0\.25 +0\.30 +0\.30 +-$/);
    expect(lines[3]).toMatch(/^ +keepalived-ts +2 +1\.50 +1\.50 +1\.50 +1\.50 +median <= 1 ms: MISSED$/);
    expect(lines[4]).toContain('note: one run was repeated');
  });

  it('gives programs every sample', () => {
    const parsed: unknown = JSON.parse(toJson([{ measurement, rows: [row] }], { machine: 'm' }));
    expect(parsed).toMatchObject({
      machine: 'm',
      measurements: [{ name: 'takeover', rows: [{ daemons: { 'keepalived-ts': { samples: [1.5, 1.5] } } }] }],
    });
  });

  it.each([
    [0.1234, '0.12'],
    [-12.34, '-12.3'],
    [1234.5, '1235'],
  ])('shows %d as %s', (value, text) => {
    expect(figure(value)).toBe(text);
  });
});
