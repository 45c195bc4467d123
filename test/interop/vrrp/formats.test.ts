// Each form of advertisement between this daemon and Debian's keepalived, whichever of the two is preferred.
import { expect } from 'vitest';
import { scenesAtOnce, type Play } from './fair-play.ts';
import { configurationOf, intervalOf, virtualAddress, type Flavour } from './flavours.ts';
import { Lan, type Kind } from './lan.ts';

const flavours: Readonly<Record<string, Flavour>> = {
  'version 2': { version: 2, family: 4 },
  'version 2 with PASS': { version: 2, family: 4, authentication: 'auth_type PASS\n        auth_pass secret12' },
  'version 2 with AH': { version: 2, family: 4, authentication: 'auth_type AH\n        auth_pass secret12' },
  'version 2 unicast': { version: 2, family: 4, unicast: true },
  'version 3': { version: 3, family: 4 },
  'version 3 unicast': { version: 3, family: 4, unicast: true },
  'version 3 over IPv6': { version: 3, family: 6 },
  'version 3 on a VMAC': { version: 3, family: 4, vmac: true },
  'version 3 on a VMAC over IPv6': { version: 3, family: 6, vmac: true },
  'version 3 unicast over IPv6': { version: 3, family: 6, unicast: true },
};

/** Preferred router up, the other one up, preferred one stopped and started again. */
function handOver(flavour: Flavour, preferredKind: Kind): Play {
  return async (cleanUp) => {
    const lan = await Lan.make(cleanUp);
    const [preferred, other] = lan.pair;
    const address = virtualAddress(flavour);
    const interval = intervalOf(flavour) * 1000;
    const start = (): Promise<void> =>
      preferred.keepalived(preferredKind, configurationOf(flavour, { number: 1, priority: 200 }));
    await start();
    await lan.untilMaster(preferred, address);
    const otherKind = preferredKind === 'ours' ? 'debian' : 'ours';
    await other.keepalived(otherKind, configurationOf(flavour, { number: 2, priority: 100 }));
    await lan.staysMaster(preferred, address, 4.5 * interval);
    await preferred.stop();
    await lan.untilMaster(other, address);
    await start();
    await lan.untilMaster(preferred, address);
    await lan.staysMaster(preferred, address, 2 * interval);
    await Promise.all([preferred.stop(), other.stop()]);
    await lan.expectFlawless();

    const heard = lan.heard();
    expect(new Set(heard.map(({ version }) => version))).toEqual(new Set([flavour.version]));
    expect(new Set(heard.map(({ virtualRouterId }) => virtualRouterId))).toEqual(new Set([51]));
    // Priority 0 makes the successor wait for its skew time only, far less than the master-down interval.
    const farewell = heard.findIndex(({ priority }) => priority === 0);
    expect(farewell).toBeGreaterThanOrEqual(0);
    const successor = heard.slice(farewell + 1).find(({ priority }) => priority > 0);
    expect(successor?.priority).toBe(100);
    expect((successor?.time ?? 0) - (heard[farewell]?.time ?? 0)).toBeLessThan(2 * interval);
    // Nobody threw away what the other said.
    const dropped = [...preferred.log, ...other.log].filter((line) =>
      /dropped|invalid|mismatch|incorrect|bogus/i.test(line),
    );
    expect(dropped).toEqual([]);
  };
}

scenesAtOnce(
  Object.fromEntries(
    Object.entries(flavours).flatMap(([name, flavour]) =>
      (['ours', 'debian'] as const).map((kind) => [
        `${name}, ${kind === 'ours' ? 'this daemon' : 'keepalived'} preferred`,
        handOver(flavour, kind),
      ]),
    ),
  ),
);
