// Who takes over from whom when a router with a higher priority comes back: preempt, nopreempt and preempt_delay.
import { expect } from 'vitest';
import { scenesAtOnce, type Play } from './fair-play.ts';
import { configurationOf, virtualAddress, type Flavour } from './flavours.ts';
import { Lan, type Kind } from './lan.ts';

const flavour: Flavour = { version: 3, family: 4 };
const address = virtualAddress(flavour);
const interval = 300;
const masterDown = 4 * interval;
/** Seconds. */
const delay = 4;

const opposite = (kind: Kind): Kind => (kind === 'ours' ? 'debian' : 'ours');

function returning(kind: Kind, more: string, then: (lan: Lan) => Promise<void>): Play {
  return async (cleanUp) => {
    const lan = await Lan.make(cleanUp);
    const [stronger, weaker] = lan.pair;
    await weaker.keepalived(opposite(kind), configurationOf(flavour, { number: 2, priority: 100 }));
    await lan.untilMaster(weaker, address);
    await stronger.keepalived(kind, configurationOf(flavour, { number: 1, priority: 200, more }));
    await then(lan);
    await Promise.all([stronger.stop(), weaker.stop()]);
    await lan.expectFlawless();
  };
}

const plays = (kind: Kind): Readonly<Record<string, Play>> => ({
  preempt: returning(kind, '', async (lan) => {
    const [stronger, weaker] = lan.pair;
    await lan.untilMaster(stronger, address);
    await lan.staysMaster(stronger, address, masterDown);
    expect(weaker.log.filter((line) => line.includes('Entering BACKUP STATE'))).toHaveLength(2);
  }),
  nopreempt: returning(kind, 'nopreempt', async (lan) => {
    const [stronger, weaker] = lan.pair;
    await lan.staysMaster(weaker, address, 3 * masterDown);
    await weaker.stop();
    await lan.untilMaster(stronger, address);
  }),
  preempt_delay: returning(kind, `preempt_delay ${delay}`, async (lan) => {
    const [stronger, weaker] = lan.pair;
    await lan.staysMaster(weaker, address, 2 * masterDown);
    await lan.untilMaster(stronger, address);
    // Not before its time; the very last frames may not be there yet.
    const preempted = lan.heard().find(({ priority }) => priority === 200);
    const begun = lan.heard().find(({ priority }) => priority === 100);
    expect(preempted === undefined || preempted.time - (begun?.time ?? 0) > delay * 1000).toBe(true);
  }),
  'preempt_delay, and the master goes meanwhile': returning(kind, 'preempt_delay 60', async (lan) => {
    const [stronger, weaker] = lan.pair;
    await lan.staysMaster(weaker, address, masterDown);
    await weaker.stop();
    await lan.untilMaster(stronger, address);
  }),
});

scenesAtOnce(
  Object.fromEntries(
    (['ours', 'debian'] as const).flatMap((kind) =>
      Object.entries(plays(kind)).map(([name, play]) => [
        `${name} of ${kind === 'ours' ? 'this daemon' : 'keepalived'}`,
        play,
      ]),
    ),
  ),
);
