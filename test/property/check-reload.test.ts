/**
 * A reload keeps the objects of what did not change, and looks at what did alone. Whatever it had before, the engine must
 * then be as one that was started with the new configuration and has seen the same answers; and it must be the same
 * whether unchanged parts of the configuration come as the objects they were or as copies.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CheckEngine } from '../../src/check/engine.ts';
import type { CheckIntent } from '../../src/check/types.ts';
import type {
  CheckConfiguration,
  CheckerConfiguration,
  RealServerConfiguration,
  VirtualServerConfiguration,
  VirtualServerIdentity,
} from '../../src/config/model.ts';
import { serviceKeyText } from '../../src/ipvs/keys.ts';
import type { Service } from '../../src/ipvs/types.ts';
import { at, globalModel, realServerModel, virtualServerModel } from '../support/models.ts';
import { httpCheck, tcpCheck } from '../unit/check/builders.ts';

const hosts = 4;
const addressOf = (host: number): string => `172.16.1.${host + 1}`;

const identities: readonly VirtualServerIdentity[] = [
  { kind: 'address', family: 'inet', protocol: 'tcp', address: '192.0.2.1', port: 80 },
  { kind: 'address', family: 'inet', protocol: 'tcp', address: '192.0.2.2', port: 80 },
  { kind: 'fwmark', family: 'inet', mark: 1 },
  { kind: 'group', name: 'many', protocol: 'tcp' },
  { kind: 'group', name: 'many', protocol: 'udp' },
];

const server = fc.record({
  host: fc.nat(hosts - 1),
  weight: fc.integer({ min: 1, max: 3 }),
  inhibit: fc.boolean(),
  checkers: fc.subarray(['shared', 'own', 'file'] as const),
});
const service = fc.record({
  identity: fc.nat(identities.length - 1),
  scheduler: fc.constantFrom('rr', 'wlc'),
  quorum: fc.integer({ min: 1, max: 4 }),
  sorry: fc.boolean(),
  // Twice the same server is a mistake that engines live with.
  servers: fc.array(server, { maxLength: 4 }),
});
const life = fc.record({
  services: fc.array(service, { maxLength: 5 }),
  groupMark: fc.integer({ min: 1, max: 2 }),
  groupRange: fc.integer({ min: 1, max: 2 }),
  fileValue: fc.integer({ min: 0, max: 2 }),
  dead: fc.subarray(Array.from({ length: hosts }, (_, host) => addressOf(host))),
});
type Life = typeof life extends fc.Arbitrary<infer T> ? T : never;
type ServerPlan = typeof server extends fc.Arbitrary<infer T> ? T : never;

const times = { retry: 0, warmup: 0, delayLoop: 6000 };

function checkerOf(kind: 'shared' | 'own' | 'file', address: string): CheckerConfiguration {
  if (kind === 'file') return { type: 'FILE_CHECK', trackFile: 'load', weight: 1, reverse: false, at };
  if (kind === 'shared') return tcpCheck({ ...times, address });
  return httpCheck({ ...times, address, shareProbe: false });
}

function serverOf({ checkers, host, inhibit, weight }: ServerPlan): RealServerConfiguration {
  const address = addressOf(host);
  return realServerModel({
    address,
    weight,
    inhibitOnFailure: inhibit,
    checkers: checkers.map((kind) => checkerOf(kind, address)),
  });
}

function configurationOf({ groupMark, groupRange, services }: Life): CheckConfiguration {
  return {
    virtualServers: services.map(({ identity, quorum, scheduler, servers, sorry }) =>
      virtualServerModel({
        identity: identities[identity]!,
        scheduler,
        quorum,
        ...(sorry && { sorryServer: realServerModel({ address: '172.16.1.99' }) }),
        realServers: servers.map(serverOf),
      }),
    ),
    groups: [
      {
        name: 'many',
        at,
        entries: [
          { kind: 'fwmark', family: 'inet', mark: groupMark },
          { kind: 'address', family: 'inet', address: '192.0.2.50', count: groupRange, port: 80 },
        ],
      },
    ],
  };
}

/** The same with the objects of `former` for what did not change. */
function sharing(configuration: CheckConfiguration, former: CheckConfiguration): CheckConfiguration {
  const same = <Part>(part: Part, others: readonly Part[]): Part =>
    others.find((other) => JSON.stringify(other) === JSON.stringify(part)) ?? part;
  const formerServers = former.virtualServers.flatMap(({ realServers }) => realServers);
  const virtualServers = configuration.virtualServers.map((entry): VirtualServerConfiguration => {
    const shared = same(entry, former.virtualServers);
    if (shared !== entry) return shared;
    return { ...entry, realServers: entry.realServers.map((each) => same(each, formerServers)) };
  });
  return { virtualServers, groups: configuration.groups.map((group) => same(group, former.groups)) };
}

const copy = (configuration: CheckConfiguration): CheckConfiguration =>
  JSON.parse(JSON.stringify(configuration)) as CheckConfiguration;

/** An engine with servers that answer, and a table that follows what the engine says is touched. */
class World {
  readonly engine: CheckEngine;
  readonly table = new Map<string, Service>();
  dead: readonly string[] = [];
  now = 0;
  told: string[] = [];

  constructor(first: CheckConfiguration, fileValue: number) {
    this.engine = new CheckEngine(first, globalModel({ rsInitNotifies: true }), { random: () => 0.5 });
    this.#take(this.engine.trackFileChanged('load', fileValue, 0));
    this.#take(this.engine.start(0));
  }

  reload(configuration: CheckConfiguration): void {
    this.#take(this.engine.reload(configuration, globalModel({ rsInitNotifies: true }), this.now));
  }

  file(value: number): void {
    this.#take(this.engine.trackFileChanged('load', value, this.now));
  }

  /** Every check is made at least once. */
  run(duration = 13_000): void {
    const end = this.now + duration;
    for (;;) {
      const next = this.engine.nextTimeout();
      if (next === undefined || next > end) break;
      this.now = Math.max(this.now, next);
      this.#take(this.engine.timeout(this.now));
    }
    this.now = end;
  }

  #take(intents: readonly CheckIntent[]): void {
    for (const intent of intents) {
      if (intent.type === 'event') {
        const { at: _at, ...event } = intent.event;
        this.told.push(JSON.stringify(event));
      } else if (intent.type === 'log') this.told.push(intent.line.message);
      else if (intent.type === 'start-probe') this.#answer(intent.request.id, intent.request.checker);
      else if (intent.type === 'reconcile-services') {
        if (intent.touched === undefined) this.table.clear();
        for (const key of intent.touched ?? []) this.table.delete(serviceKeyText(key));
        for (const wanted of this.engine.desiredServices(intent.touched))
          this.table.set(serviceKeyText(wanted.key), wanted);
      }
    }
  }

  #answer(id: number, checker: CheckerConfiguration): void {
    const isDead = 'address' in checker && this.dead.includes(checker.address);
    const result = isDead
      ? ({ ok: false, phase: 'connect', detail: 'refused', duration: 1 } as const)
      : ({ ok: true, detail: 'connected', duration: 1 } as const);
    this.#take(this.engine.probeFinished(id, result, this.now));
  }

  get wanted(): Map<string, Service> {
    return new Map(this.engine.desiredServices().map((each) => [serviceKeyText(each.key), each]));
  }

  /** States and who shares what, without times and reasons. */
  get states(): unknown {
    return this.engine.status().virtualServers.map(({ label, quorum, servers }) => ({
      label,
      quorum: [quorum.state, quorum.weight, quorum.quorum],
      servers: servers.map(({ checkers, effectiveWeight, inPool, label: name, state, weight }) => ({
        name,
        state,
        weight,
        effectiveWeight,
        inPool,
        checkers: checkers.map((check) => [check.type, check.state, check.sharedBy]),
      })),
    }));
  }

  /** Who hears, in which order, that a host fails. */
  failing(address: string): string[] {
    this.dead = [...this.dead, address];
    this.told = [];
    this.run();
    return this.told.filter((line) => line.includes('"TCP_CHECK"') && line.includes('"kind":"checker"'));
  }
}

const nothing = { services: [], groupMark: 1, groupRange: 1, fileValue: 0, dead: [] } satisfies Life;

describe('a reload', () => {
  it('leaves an engine as one that was started with the configuration', () => {
    fc.assert(
      fc.property(fc.array(life, { minLength: 2, maxLength: 4 }), fc.nat(hosts - 1), (lives, host) => {
        const last = lives.at(-1)!;
        const world = new World(configurationOf(lives[0]!), lives[0]!.fileValue);
        let former = configurationOf(lives[0]!);
        for (const { dead, fileValue, ...rest } of lives) {
          const next = sharing(configurationOf({ ...rest, dead, fileValue }), former);
          former = next;
          world.file(fileValue);
          world.reload(next);
          expect(world.table).toEqual(world.wanted);
          world.dead = dead;
          world.run();
          expect(world.table).toEqual(world.wanted);
        }
        const fresh = new World(configurationOf(last), last.fileValue);
        fresh.dead = last.dead;
        fresh.run();
        expect(world.states).toEqual(fresh.states);
        expect(world.wanted).toEqual(fresh.wanted);
        expect(world.failing(addressOf(host))).toEqual(fresh.failing(addressOf(host)));
      }),
      { numRuns: 300 },
    );
  });

  it('does and tells the same with copies of what did not change', () => {
    fc.assert(
      fc.property(fc.array(life, { minLength: 1, maxLength: 4 }), (lives) => {
        const shared = new World(configurationOf(nothing), 0);
        const copied = new World(configurationOf(nothing), 0);
        let former = configurationOf(nothing);
        for (const each of lives) {
          former = sharing(configurationOf(each), former);
          shared.reload(former);
          copied.reload(copy(configurationOf(each)));
          for (const world of [shared, copied]) {
            world.file(each.fileValue);
            world.dead = each.dead;
            world.run(4000);
          }
          expect(shared.told).toEqual(copied.told);
          expect(shared.states).toEqual(copied.states);
          expect(shared.wanted).toEqual(copied.wanted);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('touches nothing where nothing changed', () => {
    fc.assert(
      fc.property(life, (each) => {
        const world = new World(configurationOf(each), 0);
        world.run();
        const wanted = world.wanted;
        const intents = world.engine.reload(
          copy(configurationOf(each)),
          globalModel({ rsInitNotifies: true }),
          world.now,
        );
        expect(intents).toEqual([{ type: 'reconcile-services', touched: [] }]);
        expect(world.wanted).toEqual(wanted);
      }),
    );
  });
});
