import { describe, expect, it } from 'vitest';
import type { CapturedAdvertisement } from '../../../bench/advertisement.ts';
import type { ProtocolTiming } from '../../../bench/protocol-times.ts';
import { findHandover, gaps, masterDownTime, skewTime } from '../../../bench/protocol-times.ts';

const version2: ProtocolTiming = { version: 2, interval: 1000, backupPriority: 100, downTimerAdverts: 3 };
const version3: ProtocolTiming = { version: 3, interval: 100, backupPriority: 100, downTimerAdverts: 3 };

describe('times of the protocol', () => {
  it('version 2: skew is (256 - priority) / 256 seconds, whatever the interval (RFC 3768 section 6.1)', () => {
    expect(skewTime(version2)).toBe(609.375);
    expect(skewTime({ ...version2, interval: 5000 })).toBe(609.375);
    expect(masterDownTime(version2)).toBe(3609.375);
  });

  it('version 3: skew is that share of the interval (RFC 9568 section 6.1)', () => {
    expect(skewTime(version3)).toBe(60.9375);
    expect(masterDownTime(version3)).toBe(360.9375);
  });

  it('down_timer_adverts replaces the three intervals', () => {
    expect(masterDownTime({ ...version3, downTimerAdverts: 5 })).toBe(560.9375);
  });
});

function heard(source: string, ...times: number[]): CapturedAdvertisement[] {
  return times.map((at) => ({ at, source, version: 3, virtualRouterId: 51, priority: 100 }));
}

describe('handover', () => {
  const find = (...seen: CapturedAdvertisement[]): ReturnType<typeof findHandover> =>
    findHandover(
      seen.toSorted((a, b) => a.at - b.at),
      'master',
      'backup',
      version3,
    );

  it('is from the last advertisement of the one to the first of the other', () => {
    expect(find(...heard('master', 0, 100, 200), ...heard('backup', 562, 662))).toMatchObject({
      last: { at: 200 },
      first: { at: 562 },
      silence: 362,
      backupWasQuiet: true,
    });
  });

  it('has not happened before the backup speaks, or without a master', () => {
    expect(find(...heard('master', 0, 100))).toBeUndefined();
    expect(find(...heard('backup', 0, 100))).toBeUndefined();
    expect(find(...heard('backup', 0), ...heard('master', 100))).toBeUndefined();
  });

  it('does not count when the backup had spoken within a master-down time', () => {
    const seen = [...heard('backup', 150), ...heard('master', 0, 100, 200), ...heard('backup', 400)];
    expect(find(...seen)?.backupWasQuiet).toBe(false);
  });

  it('counts when the backup had been master long before', () => {
    const seen = [...heard('backup', 0), ...heard('master', 100, 200, 300, 400), ...heard('backup', 761)];
    expect(find(...seen)).toMatchObject({ silence: 361, backupWasQuiet: true });
  });
});

describe('gaps', () => {
  it('are between the advertisements of one source only', () => {
    expect(gaps([...heard('master', 0, 100), ...heard('backup', 150), ...heard('master', 210)], 'master')).toEqual([
      100, 110,
    ]);
  });

  it('of fewer than two advertisements are none', () => {
    expect(gaps(heard('master', 5), 'master')).toEqual([]);
    expect(gaps([], 'master')).toEqual([]);
  });
});
