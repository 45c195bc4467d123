import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CleanUp } from '../../lab/lib/clean-up.ts';
import { differences } from '../../lab/lib/compare.ts';
import type { Played } from '../../lab/lib/play.ts';
import { failed, playEach, underTest } from '../lab-support.ts';

describe('examples/pair: two balancers by direct routing', () => {
  const cleanUp = new CleanUp();
  let ours: Played;
  let original: Played;

  beforeAll(async () => {
    [ours, original] = (await playEach(cleanUp, 'pair', [underTest, 'debian'])) as [Played, Played];
  }, 480_000);
  afterAll(() => cleanUp.run());

  it('everything expected is seen with this daemon', () => {
    expect(failed(ours.result)).toEqual([]);
    expect(ours.result.expectations.length).toBeGreaterThan(30);
  });

  it('everything expected is seen with the original, so the scene asks for nothing else', () => {
    expect(failed(original.result)).toEqual([]);
  });

  it('kernel state, frames and order of events are the same as the original', () => {
    expect(differences(ours.result, original.result)).toEqual([]);
  });
});
