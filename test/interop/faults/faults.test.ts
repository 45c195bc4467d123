// Every fault once, in an order that is always the same. `npm run soak -- faults` plays them for as long as one likes.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CleanUp } from '../../../lab/lib/clean-up.ts';
import { faults } from './faults.ts';
import { masterDown } from './site.ts';
import { play } from './story.ts';
import type { Told } from './story.ts';

/** What a shared machine may add to a takeover, in milliseconds. */
const noise = 2000;

describe('a balancer with faults, seen from the other one (Debian’s keepalived)', () => {
  const cleanUp = new CleanUp();
  const told: Told[] = [];

  beforeAll(() =>
    play(cleanUp, { seed: 6, other: 'debian', goOn: (done) => done < faults.length, told: (one) => told.push(one) }),
  );
  afterAll(async () => expect(await cleanUp.run()).toEqual([]));

  it('recovers from each, and its log says so', () => {
    expect(told.map(({ fault }) => fault).sort()).toEqual(faults.map(({ name }) => name).sort());
  });

  it('is never master beside the other one for longer than a master-down interval', () => {
    for (const { bothMasters, fault, pause } of told)
      expect(bothMasters, fault).toBeLessThanOrEqual(masterDown + pause);
  });

  it('leaves nobody without a master for longer than the other one waits', () => {
    for (const { fault, pause, silence } of told)
      expect(silence, fault).toBeLessThanOrEqual(masterDown + noise + pause);
  });

  it('is not missed while other processes than that of VRRP are in trouble', () => {
    const harmless = told.filter(({ fault }) =>
      /parent process stands|BFD|full disk|typing|clock|dev\/log|taken away/.test(fault),
    );
    expect(harmless).toHaveLength(7);
    for (const { fault, log } of harmless)
      expect(
        log.filter((line) => /Entering (BACKUP|FAULT)/.test(line)),
        fault,
      ).toEqual([]);
  });
});
