import { describe, expect, it } from 'vitest';
import type { CapturedAdvertisement } from '../../../bench/advertisement.ts';
import { Handovers } from '../../../bench/handovers.ts';
import { LatenessWatch } from '../../../bench/lateness.ts';

function heard(virtualRouterId: number, source: string, priority: number, ...times: number[]): CapturedAdvertisement[] {
  return times.map((at) => ({ at, source, version: 3, virtualRouterId, priority }));
}

describe('the watch over late advertisements', () => {
  const watch = (): LatenessWatch => new LatenessWatch('master', 100, 50, 9);

  it('counts what came later than the tolerance, router by router', () => {
    const seen = watch();
    seen.take([...heard(1, 'master', 255, 0), ...heard(2, 'master', 255, 60), ...heard(1, 'master', 255, 100)]);
    seen.take([...heard(2, 'master', 255, 211), ...heard(1, 'master', 255, 250)]);
    expect([seen.count, seen.late, seen.latest]).toEqual([5, 1, 51]);
    expect(seen.examples).toEqual([{ virtualRouterId: 2, due: 160, late: 51 }]);
  });

  it('lets a router go with priority 0 and come back', () => {
    const seen = watch();
    seen.take([...heard(9, 'master', 255, 0), ...heard(9, 'master', 0, 50), ...heard(9, 'master', 255, 5000)]);
    expect([seen.late, seen.goodbyes]).toEqual([0, 1]);
  });

  it('sees others speak, but for the router that goes', () => {
    const seen = watch();
    seen.take([...heard(9, 'backup', 100, 0), ...heard(1, 'backup', 100, 0)]);
    expect(seen.others).toBe(1);
  });
});

describe('handovers of many routers', () => {
  it('are complete when the backup has spoken for each, and count from the last word of the master', () => {
    const handovers = new Handovers('master', 'backup', 2);
    const seen = [...heard(1, 'master', 255, 0, 100), ...heard(2, 'master', 255, 1, 101)];
    expect(handovers.take(seen)).toBeUndefined();
    seen.push(...heard(2, 'backup', 100, 462, 562), ...heard(1, 'backup', 100, 470));
    expect(handovers.take(seen)).toEqual([361, 370]);
  });

  it('do not count what the backup said before', () => {
    const handovers = new Handovers('master', 'backup', 1);
    const seen = [...heard(1, 'master', 255, 0), ...heard(1, 'backup', 100, 10), ...heard(1, 'master', 255, 20)];
    expect(handovers.take(seen)).toBeUndefined();
    expect(handovers.take([...seen, ...heard(1, 'backup', 100, 400)])).toEqual([380]);
  });
});
