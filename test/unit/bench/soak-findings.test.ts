import { describe, expect, it } from 'vitest';
import type { CapturedAdvertisement } from '../../../bench/advertisement.ts';
import type { SoakRun } from '../../../bench/soak-findings.ts';
import { judgeSoak } from '../../../bench/soak-findings.ts';

function heard(virtualRouterId: number, source: string, priority: number, ...times: number[]): CapturedAdvertisement[] {
  return times.map((at) => ({ at, source, version: 3, virtualRouterId, priority }));
}

const steady = heard(51, 'master', 255, 0, 100, 200, 300, 400);
const coming = [...heard(52, 'master', 255, 50), ...heard(52, 'master', 0, 150)];
const good: SoakRun = {
  reloads: 2,
  early: { memory: 100, descriptors: 40, processes: [7, 8] },
  late: { memory: 105, descriptors: 40, processes: [7, 8] },
  onTheWay: [104],
  interval: 100,
  advertisements: [...steady, ...coming],
  master: 'master',
  backup: 'backup',
  measuredRouter: 51,
  comingRouter: 52,
};

function unmet(change: Partial<SoakRun>): string[] {
  return judgeSoak({ ...good, ...change })
    .filter(({ met }) => !met)
    .map(({ what }) => what);
}

describe('a soak', () => {
  it('finds nothing in a good run', () => {
    expect(unmet({})).toEqual([]);
  });

  it('sees a missed advertisement', () => {
    const advertisements = [...heard(51, 'master', 255, 0, 100, 251, 351), ...coming];
    expect(unmet({ advertisements })).toEqual(['advertisements missed (of 4)']);
  });

  it('does not take silence for perfection', () => {
    expect(unmet({ advertisements: coming })).toEqual(['advertisements missed (of 0)']);
  });

  it('sees a reload that did nothing', () => {
    expect(unmet({ advertisements: steady })).toEqual(['reloads seen to take effect on the wire']);
  });

  it('sees a good-bye of the instance that was to stay', () => {
    const advertisements = [...steady, ...heard(51, 'master', 0, 500), ...coming];
    expect(unmet({ advertisements })).toEqual(['good-byes of the measured instance']);
  });

  it('sees the backup take over', () => {
    const advertisements = [...steady, ...heard(51, 'backup', 100, 450), ...coming];
    expect(unmet({ advertisements })).toEqual(['advertisements of the backup']);
  });

  it.each([
    ['memory early -> late', { memory: 105.1, descriptors: 40, processes: [7, 8] }],
    ['descriptors early -> late', { memory: 100, descriptors: 41, processes: [7, 8] }],
    ['processes early -> late', { memory: 100, descriptors: 40, processes: [7, 9] }],
  ])('sees growth: %s', (what, late) => {
    expect(unmet({ late })).toEqual([what]);
  });
});
