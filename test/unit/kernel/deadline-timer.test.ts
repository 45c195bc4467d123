import { afterEach, describe, expect, it } from 'vitest';
import { addon } from '../../../src/kernel/addon.ts';
import { now } from '../../../src/kernel/clock.ts';
import { DeadlineTimer } from '../../../src/kernel/deadline-timer.ts';

const timers: DeadlineTimer[] = [];
function timer(onDeadline: (at: number) => void): DeadlineTimer {
  const made = new DeadlineTimer(onDeadline);
  timers.push(made);
  return made;
}
afterEach(() => timers.splice(0).forEach((made) => made.close()));

/** Resolves at the deadline with the time that the callback was given. */
const reached = (at: number): Promise<number> =>
  new Promise((resolve) => {
    timer(resolve).arm(at);
  });
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('clock', () => {
  it('is CLOCK_MONOTONIC, the clock of the timers', () => {
    const before = addon().monotonicNow();
    const between = now();
    const after = addon().monotonicNow();
    expect(between).toBeGreaterThanOrEqual(before);
    expect(between).toBeLessThanOrEqual(after);
  });
});

describe('deadline timer', () => {
  it('is never early and loses no deadline', async () => {
    const start = now();
    const deadlines = Array.from({ length: 300 }, (_, index) => start + 5 + index * 0.3137);
    const times = await Promise.all(deadlines.map(reached));
    const early = times.filter((time, index) => time < (deadlines[index] ?? 0));
    expect(early).toEqual([]);
    // The tolerance is the machine's, not the timer's: it only has to tell "late" from "lost until something else happens".
    expect(times.every((time, index) => time - (deadlines[index] ?? 0) < 1_000)).toBe(true);
  });

  it('keeps only the last deadline it was given', async () => {
    let calls = 0;
    const start = now();
    const made = timer(() => calls++);
    made.arm(start + 5);
    made.arm(start + 40);
    await pause(20);
    const before = calls;
    await reached(start + 41);
    await pause(2);
    expect([before, calls]).toEqual([0, 1]);
  });

  it('can be disarmed, and armed again', async () => {
    let calls = 0;
    const made = timer(() => calls++);
    made.arm(now() + 3);
    made.arm(undefined);
    await pause(15);
    expect(calls).toBe(0);
    made.arm(now() + 3);
    await pause(15);
    expect(calls).toBe(1);
  });

  it('calls for a deadline in the past from the event loop, not from inside arm()', async () => {
    let calls = 0;
    const made = timer(() => calls++);
    made.arm(-5);
    expect(calls).toBe(0);
    await pause(5);
    expect(calls).toBe(1);
  });

  it('may be armed anew and closed from inside its own callback', async () => {
    const times: number[] = [];
    await new Promise<void>((resolve) => {
      const made = timer((at) => {
        times.push(at);
        if (times.length < 50) {
          made.arm(at + 0.5);
        } else {
          made.close();
          made.arm(at + 1);
          resolve();
        }
      });
      made.arm(now() + 0.5);
    });
    await pause(5);
    expect(times.length).toBe(50);
    expect(times.slice(1).every((at, index) => at - (times[index] ?? 0) >= 0.5)).toBe(true);
  });

  it('is not called after close, even if it expired in the same turn', async () => {
    const called: number[] = [];
    const at = now() + 5;
    const pair: DeadlineTimer[] = [0, 1].map((index) =>
      timer(() => {
        called.push(index);
        pair[1 - index]?.close();
      }),
    );
    pair.forEach((made) => made.arm(at));
    // Both expire while the loop is held, so one turn finds them together.
    while (now() < at + 5);
    await pause(10);
    expect(called.length).toBe(1);
  });
});
