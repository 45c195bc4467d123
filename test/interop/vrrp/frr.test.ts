// This daemon beside FRR's vrrpd, whichever of the two is preferred.
import { expect } from 'vitest';
import { until } from '../../../lab/lib/clock.ts';
import { patience } from '../process/machine.ts';
import { scenesAtOnce, type Play } from './fair-play.ts';
import { configurationOf, intervalOf, virtualRouterId, type Flavour } from './flavours.ts';
import { frrIsMaster } from './frr.ts';
import { Lan, type Router } from './lan.ts';

const flavours: Readonly<Record<string, Flavour>> = {
  'version 2': { version: 2, family: 4 },
  'version 3': { version: 3, family: 4 },
  'version 3 over IPv6': { version: 3, family: 6 },
};

function handOver(flavour: Flavour, preferred: 'ours' | 'frr'): Play {
  return async (cleanUp) => {
    const lan = await Lan.make(cleanUp);
    const [ours, frr] = lan.pair;
    const { family, version } = flavour;
    const address = family === 4 ? '10.88.0.100' : '2001:db8::100';
    const interval = intervalOf(flavour) * 1000;
    const priorities = preferred === 'ours' ? { ours: 200, frr: 100 } : { ours: 100, frr: 200 };

    const startOurs = (): Promise<void> =>
      ours.keepalived('ours', configurationOf(flavour, { number: 1, priority: priorities.ours }));
    const startFrr = (): Promise<void> =>
      frr.frr({
        version,
        family,
        virtualRouterId,
        priority: priorities.frr,
        interval,
        addresses: family === 4 ? ['10.88.0.100'] : ['fe80::100', '2001:db8::100'],
      });
    const untilMaster = async (router: Router): Promise<void> => {
      try {
        await until(
          `the master is ${router === ours ? 'this daemon' : 'FRR'}`,
          { within: patience, every: 150 },
          async () => {
            const masters = [await ours.has(address), await frrIsMaster(frr.machine, family)];
            return masters[0] === (router === ours) && masters[1] === (router === frr);
          },
        );
      } catch (error) {
        throw new Error(`${(error as Error).message}\n${[...ours.log, ...frr.log].join('\n')}`, { cause: error });
      }
    };

    const [first, second] = preferred === 'ours' ? [ours, frr] : [frr, ours];
    const [startFirst, startSecond] = preferred === 'ours' ? [startOurs, startFrr] : [startFrr, startOurs];
    await startFirst();
    await untilMaster(first);
    await startSecond();
    await untilMaster(first);
    await first.stop();
    await untilMaster(second);
    await startFirst();
    await untilMaster(first);
    await second.stop();
    await first.stop();
    await lan.expectFlawless();

    const heard = lan.heard();
    expect(new Set(heard.map((each) => each.version))).toEqual(new Set([version]));
    expect(new Set(heard.map(({ priority }) => priority))).toEqual(new Set([0, 100, 200]));
    expect(ours.log.filter((line) => /dropped|invalid|mismatch|incorrect|bogus/i.test(line))).toEqual([]);
  };
}

scenesAtOnce(
  Object.fromEntries(
    Object.entries(flavours).flatMap(([name, flavour]) => [
      [`${name}, this daemon preferred`, handOver(flavour, 'ours')],
      [`${name}, FRR preferred`, handOver(flavour, 'frr')],
    ]),
  ),
);
