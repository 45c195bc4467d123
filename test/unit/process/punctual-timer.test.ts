import { afterEach, describe, expect, it } from 'vitest';
import { now } from '../../../src/kernel/clock.ts';
import { awakeBefore, PunctualTimer, warmUpBefore } from '../../../src/process/punctual-timer.ts';

const timers: PunctualTimer[] = [];
afterEach(() => timers.splice(0).forEach((timer) => timer.close()));

function timer(onDeadline: () => void, warmUp?: () => void): PunctualTimer {
  const made = new PunctualTimer(onDeadline, warmUp);
  timers.push(made);
  return made;
}
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Waits until a deadline has fired, however late the machine is, and as long again as would show a second time. */
async function settled(fired: { readonly length: number }, count = 1): Promise<void> {
  for (let waited = 0; fired.length < count && waited < 5_000; waited += 5) await pause(5);
  await pause(30);
}

describe('the walk before a deadline', () => {
  it('costs at most a hundredth of the wait, and never more than 0.2 ms', () => {
    expect(awakeBefore(10)).toBeCloseTo(0.1);
    expect(awakeBefore(1000)).toBe(0.2);
    expect(awakeBefore(0)).toBe(0);
    expect(awakeBefore(-5)).toBe(0);
  });

  it('comes behind a warm-up where others wait for the deadline, within the skew of a backup', () => {
    expect(warmUpBefore(3609.375)).toBe(1.5);
    expect(warmUpBefore(10)).toBeCloseTo(0.8);
    expect(warmUpBefore(-5)).toBe(0);
  });
});

describe('punctual timer', () => {
  it.each([0.2, 3, 17.3, 120])('is never early for a deadline %s ms ahead, and fires once', async (wait) => {
    const deadline = now() + wait;
    const fired: number[] = [];
    timer(() => fired.push(now())).arm(deadline);
    await settled(fired);
    expect(fired).toHaveLength(1);
    expect(fired[0]).toBeGreaterThanOrEqual(deadline);
  });

  it('forgets a deadline that was replaced, taken back, or closed', async () => {
    const fired: number[] = [];
    const one = timer(() => fired.push(now()));
    one.arm(now() + 10);
    const later = now() + 40;
    one.arm(later);
    await settled(fired);
    expect(fired).toHaveLength(1);
    expect(fired[0]).toBeGreaterThanOrEqual(later);
    one.arm(now() + 10);
    one.arm(undefined);
    await pause(40);
    one.arm(now() + 10);
    one.close();
    await pause(40);
    expect(fired).toHaveLength(1);
  });

  it('warms up once before an urgent deadline only, and never behind it', async () => {
    const happened: string[] = [];
    const deadlines: number[] = [];
    const one = timer(
      () => {
        happened.push('deadline');
        deadlines.push(now());
      },
      () => happened.push('warm-up'),
    );
    one.arm(now() + 10);
    await settled(deadlines);
    one.arm(now() - 1, 'urgent');
    await settled(deadlines, 2);
    expect(happened).toEqual(['deadline', 'deadline']);
    one.arm(now() + 100, 'urgent');
    await settled(deadlines, 3);
    // A machine that stalls for the whole lead leaves no time to warm up.
    expect(happened.slice(2).filter((what) => what === 'warm-up').length).toBeLessThanOrEqual(1);
    expect(happened.at(-1)).toBe('deadline');
  });

  it('may be moved by what happens during the walk', async () => {
    // The walk of a 60 ms wait lasts 0.2 ms: an immediate in it moves the deadline, as an advertisement would.
    const fired: number[] = [];
    const one = timer(() => fired.push(now()));
    const first = now() + 60;
    const second = first + 50;
    one.arm(first);
    let moved = false;
    const watch = (): void => {
      if (now() < first - 0.15) setImmediate(watch);
      else {
        moved = now() < first;
        one.arm(second);
      }
    };
    setImmediate(watch);
    for (let waited = 0; (fired.at(-1) ?? 0) < second && waited < 5_000; waited += 5) await pause(5);
    await pause(30);
    // On a machine that stalls just then, the move comes too late and the first deadline may have fired too.
    if (moved) expect(fired).toHaveLength(1);
    expect(fired.at(-1)).toBeGreaterThanOrEqual(second);
  });

  it('is due at once for a deadline in the past, but not inside the call', async () => {
    const fired: number[] = [];
    const one = timer(() => fired.push(now()));
    one.arm(now() - 5);
    expect(fired).toHaveLength(0);
    await settled(fired);
    expect(fired).toHaveLength(1);
    one.arm(now() - 4);
    await settled(fired, 2);
    expect(fired).toHaveLength(2);
  });
});
