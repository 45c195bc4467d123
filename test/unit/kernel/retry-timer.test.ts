import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RetryTimer } from '../../../src/kernel/retry-timer.ts';

describe('the next try', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  /** Asks for tries one after the other. @returns the pause before each, in seconds */
  function pauses(retry: RetryTimer, tries: readonly number[], count: number): number[] {
    return Array.from({ length: count }, () => {
      const before = tries.length;
      retry.later();
      let pause = 0;
      for (; tries.length === before && pause < 1000; pause++) vi.advanceTimersByTime(1000);
      return pause;
    });
  }

  function make(): { readonly retry: RetryTimer; readonly tries: number[] } {
    const tries: number[] = [];
    return { tries, retry: new RetryTimer(() => tries.push(Date.now()), 1_000, 10_000) };
  }

  it('comes after a pause that is doubled up to the longest', () => {
    const { retry, tries } = make();
    expect(pauses(retry, tries, 6)).toEqual([1, 2, 4, 8, 10, 10]);
  });

  it('comes once, however often it is asked for', () => {
    const { retry, tries } = make();
    for (let time = 0; time < 5; time++) retry.later();
    expect(retry.isPending).toBe(true);
    vi.advanceTimersByTime(1000);
    expect(retry.isPending).toBe(false);
    vi.advanceTimersByTime(100_000);
    expect(tries.length).toBe(1);
    // Only what was a pause counts as one.
    expect(pauses(retry, tries, 1)).toEqual([2]);
  });

  it('may be asked for by the one before', () => {
    let left = 3;
    const retry: RetryTimer = new RetryTimer(() => --left > 0 && retry.later(), 1_000, 10_000);
    retry.later();
    vi.advanceTimersByTime(1_000 + 2_000 + 4_000);
    expect(left).toBe(0);
    expect(retry.isPending).toBe(false);
  });

  it('comes soon again once it worked, and what was asked for stays', () => {
    const { retry, tries } = make();
    pauses(retry, tries, 3);
    retry.reset();
    expect(pauses(retry, tries, 2)).toEqual([1, 2]);
    retry.later();
    retry.reset();
    vi.advanceTimersByTime(4000);
    expect(tries.length).toBe(6);
  });

  it('does not come behind the end, and comes soon when there is trouble again', () => {
    const { retry, tries } = make();
    pauses(retry, tries, 3);
    retry.later();
    retry.end();
    expect(retry.isPending).toBe(false);
    vi.advanceTimersByTime(100_000);
    expect(tries.length).toBe(3);
    expect(pauses(retry, tries, 2)).toEqual([1, 2]);
  });
});
