/** A reload of many servers in slices, between which the checks go on. */
import { describe, expect, it } from 'vitest';
import { CheckEngine } from '../../../src/check/engine.ts';
import type { CheckIntent, ProbeRequest } from '../../../src/check/types.ts';
import type { CheckConfiguration } from '../../../src/config/model.ts';
import { globalModel, realServerModel, virtualServerModel } from '../../support/models.ts';
import { tcpCheck } from './builders.ts';

const services = 300;
const serversEach = 16;

/** `delayLoop` makes the checks others that ask the same question. */
function many(weight: number, delayLoop = 6000): CheckConfiguration {
  const virtualServers = Array.from({ length: services }, (_, service) =>
    virtualServerModel({
      identity: { kind: 'fwmark', family: 'inet', mark: service + 1 },
      realServers: Array.from({ length: serversEach }, (_value, host) => {
        const address = `10.${service >> 8}.${service & 255}.${host}`;
        const checkers = [tcpCheck({ address, retry: 0, warmup: 0, delayLoop })];
        return realServerModel({ address, weight, checkers });
      }),
    }),
  );
  return { virtualServers, groups: [] };
}

interface Run {
  readonly engine: CheckEngine;
  readonly probes: ProbeRequest[];
}

/** With the first probes under way. */
function running(): Run {
  const engine = new CheckEngine(many(1), globalModel(), { random: () => 0 });
  engine.start(0);
  const probes: ProbeRequest[] = [];
  for (let now = 1000; now < 2000; now += 5) {
    for (const intent of engine.timeout(now)) if (intent.type === 'start-probe') probes.push(intent.request);
  }
  return { engine, probes };
}

const refused = { ok: false, phase: 'connect', detail: 'connection refused', duration: 1 } as const;
const eventsOf = (intents: readonly CheckIntent[]): string[] =>
  intents.flatMap((intent) =>
    intent.type === 'event' && intent.event.kind === 'real-server'
      ? [`${intent.event.server} ${intent.event.from}>${intent.event.to}`]
      : [],
  );

describe('a reload in slices', () => {
  it('has many, and takes effect with the last', () => {
    const { engine } = running();
    const before = engine.desiredServices();
    const slices = engine.reloading(many(2), globalModel(), 3000);
    let count = 0;
    let slice = slices.next(3000);
    for (; slice.done !== true; slice = slices.next(3000)) {
      count++;
      expect(engine.desiredServices()).toEqual(before);
    }
    // 4800 servers, thrice, at most a thousand at a time.
    expect(count).toBeGreaterThanOrEqual(12);
    expect(engine.desiredServices()[0]?.destinations[0]?.weight).toBe(2);
  });

  it.each([
    ['the same checks', 6000],
    ['checks at other times', 7000],
  ])('tells of a server that fails meanwhile once, with %s', (_what, delayLoop) => {
    const { engine, probes } = running();
    const failing = probes.slice(0, 40);
    const slices = engine.reloading(many(1, delayLoop), globalModel(), 3000);
    const told: string[] = [];
    let now = 3000;
    let slice = slices.next(now);
    for (; slice.done !== true; slice = slices.next(now)) {
      now += 3;
      for (const { id } of failing.splice(0, 2)) told.push(...eventsOf(engine.probeFinished(id, refused, now)));
    }
    const meanwhile = told.length;
    expect(meanwhile).toBeGreaterThan(20);
    expect(eventsOf(slice.value)).toEqual([]);
    expect(new Set(told).size).toBe(meanwhile);
    const { virtualServers } = engine.status();
    const down = virtualServers.flatMap(({ servers }) => servers.filter(({ state }) => state === 'DOWN'));
    expect(down).toHaveLength(meanwhile);
    expect(down.every(({ reason }) => reason.includes('connection refused'))).toBe(true);
    const pool = engine.desiredServices().reduce((sum, { destinations }) => sum + destinations.length, 0);
    expect(pool).toBe(services * serversEach - meanwhile);
    // Each is asked again.
    expect(
      virtualServers.every(({ servers }) =>
        servers.every(({ checkers: [check] }) => check?.nextRun !== undefined || check?.inFlight === true),
      ),
    ).toBe(true);
  });
});
