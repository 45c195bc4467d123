/** A checker that comes after one that was killed: what IPVS still holds says how the servers were. */
import { describe, expect, it } from 'vitest';
import { CheckEngine } from '../../../src/check/engine.ts';
import type { Service } from '../../../src/ipvs/types.ts';
import { globalModel, virtualServerModel } from '../../support/models.ts';
import { checkedServer, configuration } from './builders.ts';

/** Servers 2 and 3 are down until they are checked, 4 and 5 are taken for up. */
const virtualServer = virtualServerModel({
  alpha: true,
  realServers: [
    checkedServer(2, {}, { alpha: true }),
    checkedServer(3, {}, { alpha: true }),
    checkedServer(4),
    checkedServer(5),
  ],
});

function fresh(): CheckEngine {
  return new CheckEngine(configuration(virtualServer), globalModel(), { random: () => 0 });
}

/** The table that a checker would have made with all servers in it, with these weights; undefined: not in it. */
function table(weights: readonly (number | undefined)[]): Service[] {
  const engine = new CheckEngine(
    configuration({ ...virtualServer, realServers: [2, 3, 4, 5].map((host) => checkedServer(host)) }),
    globalModel(),
    { random: () => 0 },
  );
  engine.start(0);
  return engine.desiredServices().map((service) => ({
    ...service,
    destinations: service.destinations.flatMap((destination, index) => {
      const weight = weights[index];
      return weight === undefined ? [] : [{ ...destination, weight }];
    }),
  }));
}

function pool(engine: CheckEngine): string[] {
  return engine.desiredServices().flatMap(({ destinations }) => destinations.map(({ address }) => address));
}

describe('a start after a process that was killed', () => {
  it('without anything left takes for up what is not alpha', () => {
    const engine = fresh();
    engine.start(0);
    expect(pool(engine)).toEqual(['172.16.1.4', '172.16.1.5']);
  });

  it('keeps servers in the pool that were in it, and out that were not, whatever is usually taken for granted', () => {
    const engine = fresh();
    const intents = engine.start(0, table([1, undefined, 1, 0]));
    expect(pool(engine)).toEqual(['172.16.1.2', '172.16.1.4']);
    // Their states were told by the process before.
    expect(intents.filter((intent) => intent.type === 'event' && intent.event.kind === 'real-server')).toEqual([]);
    const [status] = engine.status().virtualServers;
    expect(status?.servers.map(({ reason, state }) => [state, reason])).toEqual([
      ['UP', 'in the pool when the process before ended'],
      ['DOWN', 'not in the pool when the process before ended'],
      ['UP', 'in the pool when the process before ended'],
      ['DOWN', 'not in the pool when the process before ended'],
    ]);
  });

  it('lets the first check decide', () => {
    const engine = fresh();
    engine.start(0, table([1, undefined, 1, 1]));
    for (const intent of engine.timeout(2000)) {
      if (intent.type !== 'start-probe') continue;
      engine.probeFinished(intent.request.id, { ok: true, detail: 'connected', duration: 1 }, 2001);
    }
    expect(pool(engine)).toEqual(['172.16.1.2', '172.16.1.3', '172.16.1.4', '172.16.1.5']);
  });

  it('knows nothing of a service that is not there', () => {
    const engine = fresh();
    engine.start(0, []);
    expect(pool(engine)).toEqual(['172.16.1.4', '172.16.1.5']);
  });
});
