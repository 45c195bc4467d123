/** What holds for the check engine whatever the servers do. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RealServerConfiguration, VirtualServerConfiguration } from '../../src/config/model.ts';
import type { ActingChecker } from '../../src/check/acting.ts';
import type { ProbeRequest } from '../../src/check/types.ts';
import type { ServerChange, ServerSetting } from '../../src/live/types.ts';
import { wholeCheckLimit } from '../../src/check/limits.ts';
import { realServerModel, virtualServerModel } from '../support/models.ts';
import { configuration, httpCheck, targetOf, tcpCheck, url } from '../unit/check/builders.ts';
import { Simulation, type Answer } from '../unit/check/simulation.ts';

interface ServerPlan {
  readonly weight: number;
  readonly inhibit: boolean;
  readonly alpha: boolean;
  readonly http: boolean;
  readonly retry: number;
  /** Moments at which the server changes between good and bad; it starts good or bad. */
  readonly startsGood: boolean;
  readonly changes: readonly number[];
  readonly latency: number;
  readonly silentWhenBad: boolean;
}

const serverPlan: fc.Arbitrary<ServerPlan> = fc.record({
  weight: fc.integer({ min: 0, max: 5 }),
  inhibit: fc.boolean(),
  alpha: fc.boolean(),
  http: fc.boolean(),
  retry: fc.integer({ min: 0, max: 3 }),
  startsGood: fc.boolean(),
  changes: fc.array(fc.integer({ min: 0, max: 300_000 }), { maxLength: 6 }),
  latency: fc.integer({ min: 0, max: 4000 }),
  silentWhenBad: fc.boolean(),
});

const plan = fc.record({
  servers: fc.array(serverPlan, { minLength: 1, maxLength: 6 }),
  quorum: fc.integer({ min: 1, max: 8 }),
  hysteresis: fc.integer({ min: 0, max: 3 }),
  sorry: fc.boolean(),
  sorryInhibit: fc.boolean(),
  randoms: fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 8 }),
  reloads: fc.array(fc.record({ at: fc.integer({ min: 0, max: 300_000 }), without: fc.integer({ min: -1, max: 5 }) }), {
    maxLength: 3,
  }),
  /** What the operator sets on a server, beside the file; without a setting: takes it back. */
  overrides: fc.array(
    fc.record({
      at: fc.integer({ min: 0, max: 300_000 }),
      server: fc.nat(5),
      setting: fc.option(
        fc.oneof(
          fc.constant<ServerSetting>({ kind: 'drain' }),
          fc.constant<ServerSetting>({ kind: 'maint' }),
          fc.nat(9).map((weight): ServerSetting => ({ kind: 'weight', weight })),
        ),
        { nil: undefined },
      ),
    }),
    { maxLength: 6 },
  ),
});
type Plan = typeof plan extends fc.Arbitrary<infer T> ? T : never;

const delayLoop = 6000;
const addressOf = (index: number) => `172.16.1.${index + 2}`;

function checkerOf(server: ServerPlan, index: number): ActingChecker {
  const times = { address: addressOf(index), retry: server.retry, alpha: server.alpha, delayLoop, warmup: delayLoop };
  return server.http
    ? httpCheck({ ...times, connectTimeout: 5000, urls: [url({ path: '/a' }), url({ path: '/b' })] })
    : tcpCheck(times);
}

function serverOf(server: ServerPlan, index: number): RealServerConfiguration {
  return realServerModel({
    address: addressOf(index),
    weight: server.weight,
    inhibitOnFailure: server.inhibit,
    checkers: [checkerOf(server, index)],
  });
}

function serviceOf(input: Plan, without = -1): VirtualServerConfiguration {
  return virtualServerModel({
    quorum: input.quorum,
    hysteresis: Math.min(input.hysteresis, input.quorum - 1),
    sorryServerInhibit: input.sorryInhibit,
    ...(input.sorry ? { sorryServer: realServerModel({ address: '172.16.1.99', weight: 9 }) } : {}),
    realServers: input.servers.map(serverOf).filter((_, index) => index !== without),
  });
}

function answer(input: Plan): (request: ProbeRequest, now: number) => Answer {
  return ({ checker }, now) => {
    const server = input.servers[Number(targetOf(checker).address.split('.').at(-1)) - 2]!;
    const changes = server.changes.filter((change) => change <= now).length;
    const good = server.startsGood === (changes % 2 === 0);
    if (good) return { after: server.latency, result: { ok: true, detail: 'good', duration: server.latency } };
    const after = server.silentWhenBad ? wholeCheckLimit(checker) : server.latency;
    return { after, result: { ok: false, phase: 'connect', detail: 'bad', duration: after } };
  };
}

function play(input: Plan, afterStep: (simulation: Simulation) => void = () => undefined): Simulation {
  let drawn = 0;
  const random = () => input.randoms[drawn++ % input.randoms.length] ?? 0;
  const simulation = new Simulation(configuration(serviceOf(input)), answer(input), { environment: { random } });
  simulation.afterStep = () => afterStep(simulation);
  afterStep(simulation);
  const service = { kind: 'address', protocol: 'tcp', address: '192.168.1.54', port: 80 } as const;
  const overrides = new Map<number, ServerChange>();
  const actions = [
    ...input.reloads.map(({ at, without }) => ({
      at,
      act: () => simulation.reload(configuration(serviceOf(input, without))),
    })),
    ...input.overrides.map(({ at, server, setting }) => ({
      at,
      act: () => {
        if (setting === undefined) overrides.delete(server);
        else overrides.set(server, { target: { service, address: addressOf(server), port: 80 }, setting, since: at });
        simulation.override(...overrides.values());
      },
    })),
  ];
  for (const { act, at } of actions.sort((a, b) => a.at - b.at)) {
    simulation.run(at);
    act();
  }
  simulation.run(330_000);
  return simulation;
}

describe('the check engine', () => {
  it('always wants exactly the destinations that follow from the states of the servers and the settings of the operator', () => {
    fc.assert(
      fc.property(plan, (input) => {
        play(input, (simulation) => {
          const service = simulation.engine.status().virtualServers[0]!;
          const sorryActive = input.sorry && service.quorum.state === 'DOWN';
          const expected = new Map<string, number>();
          for (const server of service.servers) {
            const plan = input.servers[Number(server.address.split('.').at(-1)) - 2]!;
            const what = server.override?.words;
            const set = what === 'drain' ? 0 : what?.startsWith('weight ') ? Number(what.slice(7)) : undefined;
            if (what === 'maint') expect(server.state).toBe('DOWN');
            if (server.state === 'UP' && !sorryActive) expected.set(`${server.address}:80`, set ?? plan.weight);
            else if (plan.inhibit || (set === 0 && server.state === 'UP')) expected.set(`${server.address}:80`, 0);
          }
          if (sorryActive) expected.set('172.16.1.99:80', 9);
          else if (input.sorry && input.sorryInhibit) expected.set('172.16.1.99:80', 0);
          expect(new Set(simulation.pool())).toEqual(
            new Set([...expected].map(([name, weight]) => `${name}=${weight}`)),
          );
        });
      }),
      { numRuns: 60 },
    );
  });

  it('reports quorum and server changes that alternate and match the state', () => {
    fc.assert(
      fc.property(plan, (input) => {
        const simulation = play({ ...input, reloads: [] });
        const last = new Map<string, string>();
        for (const event of simulation.events) {
          if (event.kind !== 'virtual-server' && event.kind !== 'real-server') continue;
          const name = event.kind === 'real-server' ? event.server : event.service;
          const before = last.get(name);
          if (before !== undefined) expect(event.from).toBe(before);
          // Only the very first word on a thing may confirm instead of change.
          if (event.from === event.to) expect(before ?? event.to).toBe(event.to);
          last.set(name, event.to);
        }
        const service = simulation.engine.status().virtualServers[0]!;
        expect(last.get(service.label) ?? 'DOWN').toBe(service.quorum.state);
        for (const { label, state } of service.servers) if (last.has(label)) expect(last.get(label)).toBe(state);
      }),
      { numRuns: 100 },
    );
  });

  it('keeps quorum within its thresholds: up at quorum + hysteresis, never up below quorum - hysteresis', () => {
    fc.assert(
      fc.property(plan, (input) => {
        play(input, (simulation) => {
          const { state, weight, quorum, hysteresis } = simulation.engine.status().virtualServers[0]!.quorum;
          if (weight >= quorum + hysteresis) expect(state).toBe('UP');
          if (weight === 0 || weight < quorum - hysteresis) expect(state).toBe('DOWN');
        });
      }),
      { numRuns: 60 },
    );
  });

  it('probes every server within delay_loop and the longest check, whatever the others do, also over reloads', () => {
    fc.assert(
      fc.property(plan, (input) => {
        const simulation = play({ ...input, reloads: input.reloads.map(({ at }) => ({ at, without: -1 })) });
        for (const [index, server] of input.servers.entries()) {
          const starts = simulation.started
            .filter(({ request }) => targetOf(request.checker).address === addressOf(index))
            .map(({ at }) => at);
          const checker = checkerOf(server, index);
          const longest = Math.max(delayLoop, checker.delayBeforeRetry) + wholeCheckLimit(checker);
          expect(starts[0]).toBeLessThanOrEqual(1000 + delayLoop);
          for (const [position, start] of starts.entries()) {
            const next = starts[position + 1] ?? 330_000;
            expect(next - start).toBeLessThanOrEqual(longest + 5);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('finds every server that stays dead or alive long enough', () => {
    fc.assert(
      fc.property(plan, (input) => {
        const simulation = play({
          ...input,
          overrides: input.overrides.filter(({ setting }) => setting?.kind !== 'maint'),
        });
        // No change after 300 s here means 30 s of one answer; play on until retries and urls are through.
        simulation.reload(configuration(serviceOf(input)));
        simulation.run(simulation.now + 200_000);
        for (const server of simulation.engine.status().virtualServers[0]!.servers) {
          const plan = input.servers[Number(server.address.split('.').at(-1)) - 2]!;
          const good = plan.startsGood === (plan.changes.length % 2 === 0);
          expect(server.state).toBe(good ? 'UP' : 'DOWN');
        }
      }),
      { numRuns: 60 },
    );
  });
});
