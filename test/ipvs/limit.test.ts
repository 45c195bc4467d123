import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CleanUp } from '../../lab/lib/clean-up.ts';
import type { Played } from '../../lab/lib/play.ts';
import { failed, playEach } from '../lab-support.ts';

// The original has nothing like it: there is no second play to compare with.
describe('examples/limit: a client with 300 connections', () => {
  const cleanUp = new CleanUp();
  let ours: Played;

  beforeAll(async () => {
    [ours] = (await playEach(cleanUp, 'limit', ['ours'])) as [Played];
  }, 480_000);
  afterAll(() => cleanUp.run());

  it('is banned and released, and others notice nothing', () => {
    expect(failed(ours.result)).toEqual([]);
    expect(ours.result.expectations.length).toBeGreaterThan(12);
  });
});
