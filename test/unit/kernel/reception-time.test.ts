/** From the kernel's timestamps of packets, which are of the clock of dates, to the clock of deadlines. */
import { describe, expect, it } from 'vitest';
import { ReceptionTimes, type Clocks } from '../../../src/kernel/reception-time.ts';

/** At the same moment the one clock shows so much more than the other. */
const epoch = 1_700_000_000_000;

/** Clocks that go on by what each look takes, in milliseconds. */
function clocksWith(looks: readonly number[], usual = 0.001): Clocks & { readonly looked: () => number } {
  let at = 1_000;
  let looked = 0;
  const look = (): number => (at += looks[looked++] ?? usual);
  return { monotonic: look, dates: () => epoch + look(), looked: () => looked };
}

describe('when the kernel received a packet', () => {
  it('is its timestamp on the other clock', () => {
    const times = new ReceptionTimes(clocksWith([]));
    expect(times.of(epoch + 990)).toBeCloseTo(990, 2);
    expect(times.of(epoch + 995)).toBeCloseTo(995, 2);
  });

  it('is now where the kernel says nothing, or nothing that can be believed', () => {
    const times = new ReceptionTimes(clocksWith([]));
    expect(times.of(undefined)).toBeCloseTo(1_000, 2);
    expect(times.of(epoch - 10_000)).toBeCloseTo(1_000, 1);
    expect(times.of(epoch + 999_999)).toBeCloseTo(1_000, 1);
  });

  it.each([
    ['before the dates are read', [0, 0.3]],
    ['behind them', [0, 0, 0.3]],
    ['before the second look, too', [0, 0.3, 0, 0.3]],
  ])('is not earlier when the process was interrupted %s', (_when, looks) => {
    const times = new ReceptionTimes(clocksWith(looks));
    expect(times.of(epoch + 999.5)).toBeGreaterThanOrEqual(999.5);
    expect(times.of(epoch + 999.5)).toBeCloseTo(999.5, 2);
  });

  it('is late rather than early when every look is interrupted', () => {
    const times = new ReceptionTimes(clocksWith([], 0.3));
    const moment = times.of(epoch + 999.5);
    expect(moment).toBeGreaterThanOrEqual(999.5);
    expect(moment).toBeLessThan(999.5 + 0.61);
  });

  it('asks the clocks once for packets that are taken together', () => {
    const clocks = clocksWith([]);
    const times = new ReceptionTimes(clocks);
    times.of(epoch + 990);
    const looked = clocks.looked();
    times.of(epoch + 991);
    expect(clocks.looked()).toBe(looked);
    times.forget();
    times.of(epoch + 991);
    expect(clocks.looked()).toBe(2 * looked);
  });
});
