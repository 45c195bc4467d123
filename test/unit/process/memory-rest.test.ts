import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MemoryRest } from '../../../src/process/memory-rest.ts';

describe('rest after reloads', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('comes once, when things have been quiet', () => {
    const collect = vi.fn();
    const memory = new MemoryRest(collect);
    for (let reload = 0; reload < 5; reload++) {
      memory.soon();
      vi.advanceTimersByTime(1000);
    }
    expect(collect).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1000);
    expect(collect).toHaveBeenCalledTimes(1);
  });

  it('waits for a moment in which nothing is due, and not for ever', () => {
    const collect = vi.fn();
    let busy = true;
    const memory = new MemoryRest(collect, () => !busy);
    memory.soon();
    vi.advanceTimersByTime(2000);
    expect(collect).not.toHaveBeenCalled();
    busy = false;
    vi.advanceTimersByTime(100);
    expect(collect).toHaveBeenCalledTimes(1);
    busy = true;
    memory.soon();
    vi.advanceTimersByTime(120_000);
    busy = false;
    vi.advanceTimersByTime(120_000);
    expect(collect).toHaveBeenCalledTimes(1);
  });

  it('does not come after the end', () => {
    const collect = vi.fn();
    const memory = new MemoryRest(collect);
    memory.soon();
    memory.stop();
    vi.advanceTimersByTime(10_000);
    expect(collect).not.toHaveBeenCalled();
  });
});

describe('the collector', () => {
  it('gives memory back', () => {
    vi.useFakeTimers();
    let held: unknown[] | undefined = Array.from({ length: 200_000 }, (_, index) => ({ index }));
    const before = process.memoryUsage().heapUsed;
    expect(held).toHaveLength(200_000);
    held = undefined;
    const memory = new MemoryRest();
    memory.soon();
    vi.advanceTimersByTime(2000);
    vi.useRealTimers();
    // 200,000 objects are several megabytes.
    expect(process.memoryUsage().heapUsed).toBeLessThan(before - 2_000_000);
  });
});
