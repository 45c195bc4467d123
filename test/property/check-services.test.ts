/**
 * Two services that share servers, weights by programs, trouble of this machine, checks that never report, few probes at
 * a time, reloads that change everything: what holds all the same. The expected pools are worked out here, from what the
 * engine was told alone.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkIdentity } from '../../src/check/identity.ts';
import type { CheckConfiguration, VirtualServerConfiguration } from '../../src/config/model.ts';
import type { DaemonEvent } from '../../src/core/events.ts';
import type { ProbeRequest, ProbeResult } from '../../src/check/types.ts';
import { realServerModel, virtualServerModel } from '../support/models.ts';
import { configuration, miscCheck, tcpCheck } from '../unit/check/builders.ts';
import { Simulation, type Answer } from '../unit/check/simulation.ts';

const serverCount = 3;
const end = 240_000;

const server = fc.record({
  weight: fc.nat(4),
  inhibit: fc.boolean(),
  alpha: fc.boolean(),
  retry: fc.nat(2),
  /** Beside the connection a program says the weight. */
  program: fc.boolean(),
  own: fc.boolean(),
});
const service = fc.record({
  members: fc.uniqueArray(fc.nat(serverCount - 1), { minLength: 1 }),
  servers: fc.array(server, { minLength: serverCount, maxLength: serverCount }),
  quorum: fc.integer({ min: 1, max: 6 }),
  hysteresis: fc.nat(2),
  sorry: fc.boolean(),
  sorryInhibit: fc.boolean(),
});
type ServicePlan = typeof service extends fc.Arbitrary<infer T> ? T : never;
/** What a server answers in a while of 10 s. */
const answers = fc.constantFrom('good', 'good', 'bad', 'own trouble', 'never', 'slow');
const plan = fc.record({
  /** The configuration at the start and after each reload. */
  lives: fc.array(fc.tuple(service, fc.option(service, { nil: undefined })), { minLength: 1, maxLength: 4 }),
  answers: fc.array(fc.array(answers, { minLength: 4, maxLength: 8 }), {
    minLength: serverCount,
    maxLength: serverCount,
  }),
  weights: fc.array(fc.nat(5), { minLength: 1, maxLength: 6 }),
  atOnce: fc.integer({ min: 1, max: 4 }),
});
type Plan = typeof plan extends fc.Arbitrary<infer T> ? T : never;

const addressOf = (index: number): string => `172.16.1.${index + 2}`;
const indexOf = (address: string): number => Number(address.split('.').at(-1)) - 2;

function serviceOf(input: ServicePlan, port: number): VirtualServerConfiguration {
  return virtualServerModel({
    identity: { kind: 'address', protocol: 'tcp', family: 'inet', address: '192.168.1.54', port },
    quorum: input.quorum,
    hysteresis: Math.min(input.hysteresis, input.quorum - 1),
    sorryServerInhibit: input.sorryInhibit,
    ...(input.sorry && { sorryServer: realServerModel({ address: '172.16.1.99', weight: 9 }) }),
    realServers: input.members.map((index) => {
      const { alpha, inhibit, own, program, retry, weight } = input.servers[index]!;
      const address = addressOf(index);
      const times = { alpha, retry, delayLoop: 6000, warmup: 3000, ...(own && { shareProbe: false as const }) };
      const script = miscCheck({ ...times, command: { argv: ['/weight', address] }, dynamic: true, timeout: 2000 });
      const connection = tcpCheck({ ...times, address, connectTimeout: 2000 });
      return realServerModel({
        address,
        weight,
        inhibitOnFailure: inhibit,
        checkers: program ? [connection, script] : [connection],
      });
    }),
  });
}

const configurationOf = ([first, second]: Plan['lives'][number]): CheckConfiguration =>
  configuration(serviceOf(first, 80), ...(second === undefined ? [] : [serviceOf(second, 443)]));

function answering(input: Plan): (request: ProbeRequest, now: number) => Answer {
  let asked = 0;
  return ({ checker }, now) => {
    const address =
      'address' in checker ? checker.address : checker.type === 'MISC_CHECK' ? checker.command.argv[1]! : '';
    const said = input.answers[indexOf(address)]!;
    const what = said[Math.floor(now / 10_000) % said.length]!;
    const good: ProbeResult = { ok: true, detail: 'good', duration: 1 };
    const weight = input.weights[asked++ % input.weights.length]!;
    const passed = checker.type === 'MISC_CHECK' ? { ...good, weight } : good;
    if (what === 'never') return 'never';
    if (what === 'good') return { after: 5, result: passed };
    if (what === 'slow') return { after: 1900, result: passed };
    const phase = what === 'bad' ? 'connect' : 'setup';
    return { after: 5, result: { ok: false, phase, detail: what, duration: 1 } };
  };
}

function play(input: Plan, afterStep: (simulation: Simulation, life: number) => void = () => undefined): Simulation {
  const [first, ...later] = input.lives.map(configurationOf);
  const simulation = new Simulation(first!, answering(input), { environment: { maximumInFlight: input.atOnce } });
  let life = 0;
  simulation.afterStep = () => afterStep(simulation, life);
  afterStep(simulation, life);
  for (const [index, next] of later.entries()) {
    simulation.run(((index + 1) * end) / input.lives.length);
    life = index + 1;
    simulation.reload(next);
  }
  simulation.run(end);
  return simulation;
}

/** Follows the words about servers and quorums as somebody who counts them would. */
class Listener {
  readonly servers = new Map<string, string>();
  readonly quorums = new Map<string, string>();
  #heard = 0;

  hear(events: readonly DaemonEvent[]): void {
    for (const event of events.slice(this.#heard)) {
      if (event.kind === 'virtual-server') this.#take(this.quorums, event.service, event.from, event.to);
      if (event.kind === 'real-server')
        this.#take(this.servers, `${event.service} ${event.server}`, event.from, event.to);
    }
    this.#heard = events.length;
  }

  #take(known: Map<string, string>, name: string, from: string, to: string): void {
    const before = known.get(name);
    if (before !== undefined) expect(`${name} ${from}`).toBe(`${name} ${before}`);
    known.set(name, to);
  }
}

describe('services that share servers', () => {
  it('hold exactly what follows from who is up, the weights and the quorum, through every reload', () => {
    fc.assert(
      fc.property(plan, (input) => {
        play(input, (simulation, life) => {
          const plans = input.lives[life]!;
          const { virtualServers } = simulation.engine.status();
          for (const [index, told] of virtualServers.entries()) {
            const { quorum, servers, members, ...settings } = plans[index]!;
            const hysteresis = Math.min(settings.hysteresis, quorum - 1);
            const live = told.servers.reduce(
              (sum, { effectiveWeight, state }) => sum + (state === 'UP' ? effectiveWeight : 0),
              0,
            );
            if (live >= quorum + hysteresis) expect(told.quorum.state).toBe('UP');
            if (live === 0 || live < quorum - hysteresis) expect(told.quorum.state).toBe('DOWN');
            const sorry = settings.sorry && told.quorum.state === 'DOWN';
            const expected = new Set<string>();
            for (const { address, checkers, effectiveWeight, state } of told.servers) {
              // Up is who has no failed check; nobody else decides here.
              expect(state).toBe(checkers.some((checker) => checker.state === 'DOWN') ? 'DOWN' : 'UP');
              if (state === 'UP' && !sorry) expected.add(`${address}:80=${effectiveWeight}`);
              else if (servers[indexOf(address)]!.inhibit) expected.add(`${address}:80=0`);
            }
            if (sorry) expected.add('172.16.1.99:80=9');
            else if (settings.sorry && settings.sorryInhibit) expected.add('172.16.1.99:80=0');
            expect(new Set(simulation.pool(index))).toEqual(expected);
            expect(told.servers.map(({ address }) => indexOf(address))).toEqual(members);
          }
        });
      }),
      { numRuns: 60 },
    );
  });

  it('tell of servers and quorums what fits to what they told before, through every reload', () => {
    fc.assert(
      fc.property(plan, (input) => {
        const listener = new Listener();
        let lastLife = 0;
        play(input, (simulation, life) => {
          listener.hear(simulation.events);
          if (life !== lastLife) {
            // What a reload took away begins anew when it comes back.
            const present = simulation.engine.status().virtualServers;
            const services = new Set(present.map(({ label }) => label));
            const servers = new Set(
              present.flatMap(({ label, servers: all }) => all.map((it) => `${label} ${it.label}`)),
            );
            for (const name of listener.quorums.keys()) {
              if (services.has(name)) continue;
              expect(`${name} ${listener.quorums.get(name)}`).toBe(`${name} DOWN`);
              listener.quorums.delete(name);
            }
            for (const name of listener.servers.keys()) {
              if (servers.has(name)) continue;
              expect(`${name} ${listener.servers.get(name)}`).toBe(`${name} DOWN`);
              listener.servers.delete(name);
            }
          }
          lastLife = life;
          for (const { label, quorum, servers } of simulation.engine.status().virtualServers) {
            expect(`${label} ${listener.quorums.get(label) ?? 'DOWN'}`).toBe(`${label} ${quorum.state}`);
            for (const told of servers) {
              const heard = listener.servers.get(`${label} ${told.label}`);
              if (heard !== undefined) expect(`${told.label} ${heard}`).toBe(`${told.label} ${told.state}`);
            }
          }
        });
      }),
      { numRuns: 60 },
    );
  });

  it('are probed once for each question, at most so many at a time', () => {
    fc.assert(
      fc.property(plan, (input) => {
        const simulation = play(input, ({ engine }) => {
          expect(engine.status().probesInFlight).toBeLessThanOrEqual(input.atOnce);
        });
        // No two probes of one question within less than its pauses, however many servers ask it.
        const lastStart = new Map<string, number>();
        for (const { at, request } of simulation.started) {
          const { checker } = request;
          if ('shareProbe' in checker && checker.shareProbe === false) continue;
          const question = checkIdentity(checker, '');
          const before = lastStart.get(question);
          if (before !== undefined) expect(at - before).toBeGreaterThanOrEqual(1000);
          lastStart.set(question, at);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('lose nobody by trouble of this machine alone', () => {
    fc.assert(
      fc.property(plan, (input) => {
        const troubled = { ...input, answers: input.answers.map((said) => said.map(() => 'own trouble' as const)) };
        const simulation = play(troubled);
        const lost = simulation.events.filter(
          (event) => event.kind === 'checker' || (event.kind === 'real-server' && event.phase === 'running'),
        );
        expect(lost).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });
});
