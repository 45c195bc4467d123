import { describe, expect, it } from 'vitest';
import { thisMoment } from '../../../src/kernel/clock.ts';

describe('the time of what runs now', () => {
  it('is one and the same until other code has its turn, and then another one', async () => {
    const before = Date.now();
    const moment = thisMoment();
    expect(thisMoment()).toBe(moment);
    expect(moment.wall).toBeGreaterThanOrEqual(before);
    await Promise.resolve();
    const later = thisMoment();
    expect(later).not.toBe(moment);
    expect(later.monotonic).toBeGreaterThanOrEqual(moment.monotonic);
  });
});
