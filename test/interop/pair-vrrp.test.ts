import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CleanUp } from '../../lab/lib/clean-up.ts';
import { differences } from '../../lab/lib/compare.ts';
import type { Played } from '../../lab/lib/play.ts';
import { complaints, failed, playEach, underTest } from '../lab-support.ts';

describe('the failover of examples/pair', () => {
  const cleanUp = new CleanUp();
  afterAll(() => cleanUp.run());

  describe('the same daemon on both balancers', () => {
    let ours: Played;
    let original: Played;

    beforeAll(async () => {
      [ours, original] = (await playEach(cleanUp, 'pair-vrrp', [underTest, 'debian'])) as [Played, Played];
    }, 240_000);

    it('goes as expected with this daemon', () => {
      expect(failed(ours.result)).toEqual([]);
      expect(ours.result.expectations.length).toBeGreaterThan(12);
    });

    it('goes as expected with the original', () => {
      expect(failed(original.result)).toEqual([]);
    });

    it('puts the same octets on the wire, leaves the same addresses and makes the same transitions as the original', () => {
      expect(differences(ours.result, original.result)).toEqual([]);
    });

    it('sends nothing that tshark complains of', async () => {
      expect(ours.captures).toHaveLength(2);
      expect((await Promise.all(ours.captures.map(complaints))).flat()).toEqual([]);
    });
  });

  describe('one balancer under the original', () => {
    let plays: Played[];

    beforeAll(async () => {
      plays = await playEach(cleanUp, 'pair-vrrp', [`${underTest}/debian`, `debian/${underTest}`]);
    }, 240_000);

    it.each([0, 1])('goes as expected, whichever of the two it is (%i)', (index) => {
      expect(failed(plays[index]!.result)).toEqual([]);
    });
  });
});
