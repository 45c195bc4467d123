/** Servers without checks, of which the engine knows nothing until somebody asks; and services that a reload touches. */
import { describe, expect, it } from 'vitest';
import { CheckEngine } from '../../../src/check/engine.ts';
import type { CheckIntent } from '../../../src/check/types.ts';
import type { CheckConfiguration } from '../../../src/config/model.ts';
import type { ServiceKey } from '../../../src/ipvs/types.ts';
import { globalModel, realServerModel, virtualServerModel } from '../../support/models.ts';
import { configuration, tcpCheck } from './builders.ts';

const services = 1100;
const address = (service: number): string => `192.168.${service >> 8}.${service & 255}`;

/** Services with two servers; the second has this weight. */
function many(weight: number, changes: Partial<Parameters<typeof realServerModel>[0]> = {}): CheckConfiguration {
  const virtualServers = Array.from({ length: services }, (_, service) =>
    virtualServerModel({
      identity: { kind: 'address', family: 'inet', protocol: 'tcp', address: address(service), port: 80 },
      realServers: [
        realServerModel({ address: '172.16.1.1', weight: 1 }),
        realServerModel({ address: '172.16.1.2', weight, ...changes }),
      ],
    }),
  );
  return configuration(...virtualServers);
}

function started(check = many(1)): CheckEngine {
  const engine = new CheckEngine(check, globalModel(), { random: () => 0 });
  engine.start(0);
  return engine;
}

const linesOf = (intents: readonly CheckIntent[]): string[] =>
  intents.flatMap((intent) => (intent.type === 'log' ? [intent.line.message] : []));
const touchedBy = (intents: readonly CheckIntent[]): readonly ServiceKey[] =>
  intents.flatMap((intent) => (intent.type === 'reconcile-services' ? (intent.touched ?? []) : []));
const poolsOf = (engine: CheckEngine, keys?: readonly ServiceKey[]): string[] =>
  engine
    .desiredServices(keys)
    .map(
      ({ destinations, key }) =>
        `${key.kind === 'address' && key.address} ${destinations.map(({ weight }) => weight).join()}`,
    );

describe('servers that nobody asked for', () => {
  it('are up since the beginning when somebody does', () => {
    const engine = started();
    engine.reload(many(2), globalModel(), 5000);
    expect(engine.status().virtualServers[3]?.servers[1]).toMatchObject({
      state: 'UP',
      since: 0,
      reason: 'assumed up until checked',
      weight: 2,
      effectiveWeight: 2,
      inPool: true,
    });
  });

  it('take a weight of the operator that is set while a reload is under way', () => {
    const engine = started();
    const slices = engine.reloading(many(2), globalModel(), 1000);
    slices.next(1000);
    const service = { kind: 'address', address: address(5), protocol: 'tcp', port: 80 } as const;
    engine.serversOverridden(
      [{ target: { service, address: '172.16.1.2', port: 80 }, setting: { kind: 'weight', weight: 9 }, since: 1001 }],
      1001,
    );
    let slice = slices.next(1002);
    while (slice.done !== true) slice = slices.next(1002);
    expect(poolsOf(engine).slice(4, 7)).toEqual(['192.168.0.4 1,2', '192.168.0.5 1,9', '192.168.0.6 1,2']);
    // Nothing is told of the one whose weight stays the operator's.
    expect(linesOf(slice.value)).toHaveLength(services - 1);
  });

  it('go with their virtual server, the pool getting smaller with each', () => {
    const engine = started(configuration(...many(1).virtualServers.slice(0, 2)));
    const intents = engine.reload(configuration(...many(1).virtualServers.slice(0, 1)), globalModel(), 1000);
    expect(intents.flatMap((intent) => (intent.type === 'event' ? [intent.event] : []))).toMatchObject([
      { kind: 'real-server', server: '[172.16.1.1]:tcp:80', to: 'DOWN', phase: 'reload', servers: { up: 1, total: 2 } },
      { kind: 'real-server', server: '[172.16.1.2]:tcp:80', to: 'DOWN', phase: 'reload', servers: { up: 0, total: 2 } },
      { kind: 'virtual-server', from: 'UP', to: 'DOWN', weight: 0, servers: { up: 0, total: 2 }, reason: 'Removing' },
    ]);
  });

  it.each([false, true])('are replaced, and each is there since it came (known: %s)', (isKnown) => {
    const replaced = (...hosts: readonly number[]): CheckConfiguration =>
      configuration(
        virtualServerModel({
          realServers: hosts.map((host) => realServerModel({ address: `172.16.1.${host}`, weight: host })),
        }),
      );
    const engine = started(replaced(1, 2, 3));
    if (isKnown) engine.status();
    const global = globalModel({ rsInitNotifies: true });
    const intents = engine.reload(replaced(4, 3, 1), global, 1000);
    expect(intents.flatMap((intent) => (intent.type === 'event' ? [intent.event] : []))).toMatchObject([
      { server: '[172.16.1.2]:tcp:80', from: 'UP', to: 'DOWN', reason: 'Removing', servers: { up: 2, total: 3 } },
      { server: '[172.16.1.4]:tcp:80', from: 'UP', to: 'UP', reason: 'installed', servers: { up: 3, total: 3 } },
    ]);
    engine.reload(replaced(1, 4, 3, 5), globalModel(), 2000);
    expect(engine.status().virtualServers[0]?.servers.map(({ since, weight }) => [weight, since])).toEqual([
      [1, 0],
      [4, 1000],
      [3, 0],
      [5, 2000],
    ]);
  });

  it('are replaced while the operator sets one of them', () => {
    const engine = started();
    const other = many(1).virtualServers.map((service) => ({
      ...service,
      realServers: [realServerModel({ address: '172.16.1.2' }), realServerModel({ address: '172.16.1.3' })],
    }));
    const slices = engine.reloading(configuration(...other), globalModel(), 1000);
    let slice = slices.next(1000);
    for (let step = 0; slice.done !== true; step++) {
      if (step === 1) {
        const service = { kind: 'address', address: address(5), protocol: 'tcp', port: 80 } as const;
        const setting = { kind: 'weight', weight: 9 } as const;
        engine.serversOverridden(
          [{ target: { service, address: '172.16.1.2', port: 80 }, setting, since: 1001 }],
          1001,
        );
      }
      slice = slices.next(1002);
    }
    expect(poolsOf(engine).slice(4, 7)).toEqual(['192.168.0.4 1,1', '192.168.0.5 9,1', '192.168.0.6 1,1']);
    const { servers } = engine.status().virtualServers[5]!;
    expect(servers.map(({ address: server, since }) => [server, since])).toEqual([
      ['172.16.1.2', 0],
      ['172.16.1.3', 1002],
    ]);
  });

  it('are checked when a reload says so', () => {
    const engine = started();
    engine.reload(many(1, { checkers: [tcpCheck({ address: '172.16.1.2', alpha: true })] }), globalModel(), 1000);
    const [first] = engine.status().virtualServers;
    expect(first?.servers.map(({ checkers }) => checkers.length)).toEqual([0, 1]);
    expect(engine.nextTimeout()).toBe(2000);
  });
});

describe('words that are made late', () => {
  it('are those of the moment at which the weight changed', () => {
    const engine = started();
    const intents = engine.reload(many(2), globalModel(), 1000);
    engine.reload(many(3), globalModel(), 2000);
    expect(linesOf(intents)[4]).toBe(
      'Changing weight from 1 to 2 for active service [172.16.1.2]:tcp:80 of VS [192.168.0.4]:tcp:80',
    );
  });
});

describe('services that a reload touches', () => {
  const reloaded = (): { engine: CheckEngine; touched: readonly ServiceKey[] } => {
    const engine = started();
    return { engine, touched: touchedBy(engine.reload(many(2), globalModel(), 1000)) };
  };
  const all = Array.from({ length: services }, (_, service) => `${address(service)} 1,2`);

  it('are the same in slices and at once, asked once and again', () => {
    const { engine, touched } = reloaded();
    const slices = [...engine.serviceSlices(touched)];
    expect(slices.length).toBeGreaterThan(1);
    expect(slices.flat()).toEqual(touched);
    expect(slices.flatMap((keys) => poolsOf(engine, keys))).toEqual(all);
    expect(poolsOf(engine, touched.slice(300, 302))).toEqual(all.slice(300, 302));
  });

  it('may be asked for in any order, as copies, with others among them', () => {
    const { engine, touched } = reloaded();
    const stranger: ServiceKey = { kind: 'fwmark', family: 'inet', mark: 1 };
    const asked = [...touched.slice(5, 8).toReversed(), stranger, { ...touched[9]! }];
    expect([...engine.serviceSlices(asked)].flat()).toEqual(asked);
    expect(poolsOf(engine, asked)).toEqual([all[7], all[6], all[5], all[9]]);
  });

  it('that one virtual server gave up may be wanted by another', () => {
    const [service] = many(1).virtualServers;
    const engine = started(
      configuration(service!, { ...service!, realServers: [realServerModel({ address: '172.16.1.7' })] }),
    );
    const touched = touchedBy(engine.reload(configuration(service!), globalModel(), 1000));
    expect(touched).toHaveLength(1);
    expect(poolsOf(engine, touched)).toEqual([`${address(0)} 1,1`]);
  });
});
