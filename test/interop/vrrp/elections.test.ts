// Who is master when two think they are, and when one vanishes: priorities, addresses, the owner, a partition, a crash.
import { expect } from 'vitest';
import { scenesAtOnce, type Play } from './fair-play.ts';
import { configurationOf, virtualAddress, type Flavour } from './flavours.ts';
import { Lan, type Kind, type Router } from './lan.ts';

const version3: Flavour = { version: 3, family: 4 };
const over6: Flavour = { version: 3, family: 6 };

const opposite = (kind: Kind): Kind => (kind === 'ours' ? 'debian' : 'ours');
const nameOf = (kind: Kind): string => (kind === 'ours' ? 'this daemon' : 'keepalived');

interface Parted {
  readonly flavour?: Flavour;
  /** Priorities of the first router (the lower address) and of the second. */
  readonly priorities: readonly [number, number];
  /** Seconds between advertisements. */
  readonly interval?: number;
  /** Index of the router that remains master. */
  readonly winner: 0 | 1;
}

/** Both are masters while nothing passes between them; then everything does. The first router runs `first`. */
function partition(first: Kind, parted: Parted): Play {
  return async (cleanUp) => {
    const { flavour = version3, priorities, interval = 0.3 } = parted;
    const address = virtualAddress(flavour);
    const lan = await Lan.make(cleanUp);
    await lan.partition(true);
    const settings = (index: 0 | 1) => ({ number: index + 1, priority: priorities[index], interval });
    const [one, two] = lan.pair;
    await Promise.all([
      one.keepalived(first, configurationOf(flavour, settings(0))),
      two.keepalived(opposite(first), configurationOf(flavour, settings(1))),
    ]);
    await lan.untilAll(address);
    await lan.partition(false);
    const healed = performance.timeOrigin + performance.now();
    const [winner, loser]: [Router, Router] = parted.winner === 0 ? [one, two] : [two, one];
    await lan.untilMaster(winner, address);
    await lan.staysMaster(winner, address, 4 * interval * 1000);
    expect(winner.log.filter((line) => line.includes('Entering BACKUP STATE'))).toHaveLength(1);
    expect(loser.log.filter((line) => line.includes('Entering BACKUP STATE'))).toHaveLength(2);
    await Promise.all([one.stop(), two.stop()]);
    await lan.expectFlawless();
    // The loser was heard at most once more: whoever is higher answers a lower advertisement at once (RFC 9568 6.4.3).
    const loserSource = flavour.family === 4 ? `10.88.0.${loser.number}` : `fe80::${loser.number}`;
    const after = lan
      .heard()
      .filter(({ priority, source, time }) => time > healed && source === loserSource && priority > 0);
    expect(after.length).toBeLessThanOrEqual(2);
  };
}

/** An advertisement of lower priority is answered at once, not when the next one is due (RFC 9568 section 6.4.3). */
function answer(): Play {
  return async (cleanUp) => {
    const lan = await Lan.make(cleanUp);
    const [ours, debian] = lan.pair;
    const address = virtualAddress(version3);
    await lan.partition(true);
    // Rarely heard on its own, so that what follows the other's advertisement is an answer to it.
    await ours.keepalived('ours', configurationOf(version3, { number: 1, priority: 200, interval: 3 }));
    await debian.keepalived('debian', configurationOf(version3, { number: 2, priority: 100, interval: 0.5 }));
    await lan.untilAll(address, 40_000);
    await lan.partition(false);
    await lan.untilMaster(ours, address);
    await Promise.all([ours.stop(), debian.stop()]);
    await lan.expectFlawless();
    const heard = lan.heard();
    const gaps = heard.flatMap(({ priority, time }, index) => {
      const next = heard[index + 1];
      return priority === 100 && next?.priority === 200 ? [next.time - time] : [];
    });
    // The last advertisement of the lower one is the one that was answered.
    expect(gaps.at(-1)).toBeLessThan(250);
  };
}

/** The owner of the address is master from its first moment, whoever else is there (RFC 9568 section 6.4.1). */
function owner(kind: Kind): Play {
  return async (cleanUp) => {
    const lan = await Lan.make(cleanUp);
    const [owning, other] = lan.pair;
    const address = '10.88.0.1';
    const text = (number: number, priority: number, state: string): string =>
      configurationOf(version3, { number, priority, state }).replace('10.88.0.100/24', `${address}/24`);
    await owning.machine.ip(`addr del ${address}/24 dev eth0`, 'addr add 10.88.0.11/24 dev eth0');
    await other.keepalived(opposite(kind), text(2, 254, 'BACKUP'));
    await lan.untilMaster(other, address);
    await owning.keepalived(kind, text(1, 255, 'MASTER'));
    await lan.untilMaster(owning, address);
    await owning.crash();
    // A crashed machine leaves its addresses behind; nobody speaks for them but the successor.
    await owning.machine.ip('link set eth0 down', 'addr flush dev eth0');
    await lan.untilMaster(other, address);
    await other.stop();
    await lan.expectFlawless();
    expect(lan.heard().some(({ priority }) => priority === 255)).toBe(true);
  };
}

const both = (name: string, play: (kind: Kind) => Play): [string, Play][] =>
  (['ours', 'debian'] as const).map((kind) => [`${name} (${nameOf(kind)})`, play(kind)]);

scenesAtOnce(
  Object.fromEntries([
    ...both('after a partition the higher priority stays, the lower address has it', (kind) =>
      partition(kind, { priorities: [150, 100], winner: 0 }),
    ),
    ...both('after a partition the higher priority stays, over IPv6', (kind) =>
      partition(kind, { flavour: over6, priorities: [150, 100], winner: 0 }),
    ),
    ...both('after a partition the higher address stays with equal priorities, the lower one has', (kind) =>
      partition(kind, { priorities: [100, 100], winner: 1 }),
    ),
    ...both('after a partition the higher address stays with equal priorities over IPv6, the lower one has', (kind) =>
      partition(kind, { flavour: over6, priorities: [100, 100], winner: 1 }),
    ),
    ...both('the owner is master at once, its crash is noticed; owner', owner),
    ['a lower priority heard by a master is answered at once', answer()],
  ]),
);
