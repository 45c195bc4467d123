import { describe, expect, it } from 'vitest';
import { suspendedTime } from '../../../src/kernel/clock.ts';
import { Suspension } from '../../../src/process/suspension.ts';

describe('a sleep of the machine', () => {
  it('is noticed once, with its length, whatever was slept before', () => {
    let slept = 90_000;
    const suspension = new Suspension(() => slept);
    expect(suspension.look()).toBe(0);
    slept += 3000;
    expect(suspension.look()).toBe(3000);
    expect(suspension.look()).toBe(0);
  });

  it('is none when two clocks are read a little apart', () => {
    let slept = 5;
    const suspension = new Suspension(() => slept);
    for (const error of [0.2, -3, 4, 0]) {
      slept = 5 + error;
      expect(suspension.look()).toBe(0);
    }
  });

  it('is read from the kernel: /proc/uptime counts it, the monotonic clock does not', () => {
    const first = suspendedTime();
    expect(first).toBeGreaterThanOrEqual(-1000);
    expect(suspendedTime()).toBeGreaterThanOrEqual(first - 1000);
  });
});
