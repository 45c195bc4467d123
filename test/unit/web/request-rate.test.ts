import { describe, expect, it } from 'vitest';
import { RequestRate } from '../../../src/web/request-rate.ts';

describe('the rate of requests', () => {
  it('lets a burst through, then so many a second', () => {
    const rate = new RequestRate(2, 3, 10);
    const at = (now: number): boolean => rate.allows('a', now);
    expect([at(0), at(0), at(0), at(0)]).toEqual([true, true, true, false]);
    expect([at(499), at(500), at(500)]).toEqual([false, true, false]);
    expect([at(100_000), at(100_000), at(100_000), at(100_000)]).toEqual([true, true, true, false]);
  });

  it('counts each client for itself', () => {
    const rate = new RequestRate(1, 1, 10);
    expect([rate.allows('a', 0), rate.allows('b', 0), rate.allows('a', 0)]).toEqual([true, true, false]);
  });

  it('remembers the clients seen last, and no more', () => {
    const rate = new RequestRate(1, 1, 2);
    for (const client of ['a', 'b', 'a', 'c']) rate.allows(client, 0);
    expect(rate.size).toBe(2);
    // a was seen after b.
    expect(rate.allows('a', 0)).toBe(false);
    expect(rate.allows('b', 0)).toBe(true);
  });
});
