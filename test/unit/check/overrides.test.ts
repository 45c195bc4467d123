/** Settings of the operator beside the file: weight, drain, maint. */
import { describe, expect, it } from 'vitest';
import type { ServerChange, ServerSetting } from '../../../src/live/types.ts';
import { realServerModel, virtualServerModel } from '../../support/models.ts';
import { checkedServer, configuration, miscCheck } from './builders.ts';
import { passes, refuses, Simulation } from './simulation.ts';

const service = { kind: 'address', protocol: 'tcp', address: '192.168.1.54', port: 80 } as const;
const check = { delayLoop: 6000, warmup: 0, retry: 0 };

function change(host: number, setting: ServerSetting, term: Partial<ServerChange> = {}): ServerChange {
  return { target: { service, address: `172.16.1.${host}`, port: 80 }, setting, since: 0, ...term };
}

const drain = (host: number, term: Partial<ServerChange> = {}) => change(host, { kind: 'drain' }, term);
const maint = (host: number, term: Partial<ServerChange> = {}) => change(host, { kind: 'maint' }, term);
const weight = (host: number, value: number) => change(host, { kind: 'weight', weight: value });

const checked = (...hosts: number[]) => hosts.map((host) => checkedServer(host, { weight: 3 }, check));
const balanced = (...hosts: number[]) => configuration(virtualServerModel({ realServers: checked(...hosts) }));
const words = (simulation: Simulation): string[] => simulation.logs.map(({ message }) => message);
const serverOf = (simulation: Simulation, index = 0) => simulation.engine.status().virtualServers[0]?.servers[index];

describe('a weight set by the operator', () => {
  it('is in effect at once, with its reason, and the file is what status still shows as configured', () => {
    const simulation = new Simulation(balanced(2, 3), () => passes);
    simulation.run(5000);
    simulation.override(weight(2, 65_535));
    expect(simulation.pool()).toEqual(['172.16.1.2:80=65535', '172.16.1.3:80=3']);
    expect(words(simulation)).toEqual([
      'Changing weight from 3 to 65535 for active service [172.16.1.2]:tcp:80 of VS [192.168.1.54]:tcp:80: weight 65535 set by the operator',
    ]);
    expect(serverOf(simulation)).toMatchObject({
      state: 'UP',
      weight: 3,
      effectiveWeight: 65_535,
      override: { words: 'weight 65535', since: 0 },
    });
    expect(serverOf(simulation, 1)).not.toHaveProperty('override');
  });

  it('leaves health to the checks', () => {
    const simulation = new Simulation(balanced(2, 3), ({ checker }) =>
      'address' in checker && checker.address === '172.16.1.2' ? refuses : passes,
    );
    simulation.override(weight(2, 9));
    expect(simulation.pool()).toEqual(['172.16.1.2:80=9', '172.16.1.3:80=3']);
    simulation.run(5000);
    expect(simulation.pool()).toEqual(['172.16.1.3:80=3']);
    simulation.answerWith(() => passes);
    simulation.run(10_000);
    expect(simulation.pool()).toEqual(['172.16.1.2:80=9', '172.16.1.3:80=3']);
  });

  it('counts towards the quorum', () => {
    const service = virtualServerModel({ quorum: 4, realServers: checked(2, 3) });
    const simulation = new Simulation(configuration(service), () => passes);
    simulation.override(weight(2, 0), weight(3, 3));
    expect(simulation.story).toEqual(['VS [192.168.1.54]:tcp:80 DOWN>UP', 'VS [192.168.1.54]:tcp:80 UP>DOWN']);
    simulation.override(weight(2, 1), weight(3, 3));
    expect(simulation.story.at(-1)).toBe('VS [192.168.1.54]:tcp:80 DOWN>UP');
  });

  it('stands above what a check asks for (misc_dynamic), which counts again behind it', () => {
    const server = realServerModel({
      address: '172.16.1.2',
      weight: 3,
      checkers: [miscCheck({ ...check, dynamic: true })],
    });
    const simulation = new Simulation(configuration(virtualServerModel({ realServers: [server] })), () => ({
      after: 1,
      result: { ok: true, detail: 'exit 22', duration: 1, weight: 20 },
    }));
    simulation.run(5000);
    expect(simulation.pool()).toEqual(['172.16.1.2:80=20']);
    simulation.override(weight(2, 5));
    simulation.run(30_000);
    expect(simulation.pool()).toEqual(['172.16.1.2:80=5']);
    simulation.override();
    expect(simulation.pool()).toEqual(['172.16.1.2:80=20']);
  });

  it('is written for its service alone, and nothing when nothing is new', () => {
    const simulation = new Simulation(balanced(2, 3), () => passes);
    simulation.override(weight(2, 5));
    const before = simulation.reconciled;
    simulation.override({ ...weight(2, 5) });
    expect(simulation.reconciled).toBe(before);
    expect(words(simulation)).toHaveLength(1);
  });

  it('waits for a server that is not there, and is nobody else until it comes', () => {
    const simulation = new Simulation(balanced(2, 3), () => passes);
    simulation.override(weight(4, 7));
    expect(simulation.pool()).toEqual(['172.16.1.2:80=3', '172.16.1.3:80=3']);
    simulation.reload(balanced(4, 2, 3));
    expect(simulation.pool()).toEqual(['172.16.1.4:80=7', '172.16.1.2:80=3', '172.16.1.3:80=3']);
    simulation.reload(balanced(2, 3));
    expect(simulation.pool()).toEqual(['172.16.1.2:80=3', '172.16.1.3:80=3']);
  });
});

describe('a drained server', () => {
  it('has weight 0, is told of when its last connection has ended, and comes back with ready', () => {
    const simulation = new Simulation(balanced(2, 3), () => passes);
    simulation.run(2000);
    simulation.connections = { '172.16.1.2': [2, 1] };
    simulation.override(drain(2, { since: 2000, until: 602_000 }));
    expect(simulation.pool()).toEqual(['172.16.1.2:80=0', '172.16.1.3:80=3']);
    expect(words(simulation)).toEqual([
      'Changing weight from 3 to 0 for active service [172.16.1.2]:tcp:80 of VS [192.168.1.54]:tcp:80: weight 0: drained by the operator for 10m',
    ]);
    simulation.run(6500);
    expect(serverOf(simulation)?.override).toEqual({ words: 'drain', since: 2000, until: 602_000, connections: 3 });
    simulation.connections = {};
    simulation.run(8000);
    expect(words(simulation).at(-1)).toBe(
      'Drained: server [172.16.1.2]:tcp:80 of VS [192.168.1.54]:tcp:80 has no connections left, the last one ended after 5s',
    );
    expect(simulation.pool()).toEqual(['172.16.1.2:80=0', '172.16.1.3:80=3']);
    const before = simulation.asked.length;
    simulation.run(68_000);
    // Every ten seconds now: persistence could bring some back.
    expect(simulation.asked.length - before).toBe(6);
    simulation.override();
    expect(simulation.pool()).toEqual(['172.16.1.2:80=3', '172.16.1.3:80=3']);
    expect(words(simulation).at(-1)).toMatch(/^Changing weight from 0 to 3 .*: drain taken back by the operator$/);
    const asked = simulation.asked.length;
    simulation.run(120_000);
    expect(simulation.asked).toHaveLength(asked);
  });

  it('says that its time is over when it is', () => {
    const simulation = new Simulation(balanced(2), () => passes);
    simulation.override(drain(2, { until: 90_000 }));
    simulation.run(90_000);
    simulation.override();
    expect(words(simulation).at(-1)).toMatch(/: the 1m30s of drain are over$/);
  });

  it('keeps its connections beside a sorry server that stands in for it', () => {
    const simulation = new Simulation(
      configuration(
        virtualServerModel({
          sorryServer: realServerModel({ address: '172.16.1.99', weight: 1 }),
          realServers: checked(2),
        }),
      ),
      () => passes,
    );
    simulation.run(2000);
    simulation.override(drain(2));
    expect(simulation.story.at(-1)).toBe('VS [192.168.1.54]:tcp:80 UP>DOWN');
    expect(simulation.pool()).toEqual(['172.16.1.2:80=0', '172.16.1.99:80=1']);
    simulation.override();
    expect(simulation.pool()).toEqual(['172.16.1.2:80=3']);
  });

  it('is taken away when its checks fail', () => {
    const simulation = new Simulation(balanced(2, 3), ({ checker }) =>
      'address' in checker && checker.address === '172.16.1.2' ? refuses : passes,
    );
    simulation.override(drain(2));
    simulation.run(3000);
    expect(simulation.pool()).toEqual(['172.16.1.3:80=3']);
  });

  it('tells of clients that persistence brings back', () => {
    const simulation = new Simulation(
      configuration(virtualServerModel({ persistenceTimeout: 300_000, realServers: checked(2, 3) })),
      () => passes,
    );
    simulation.override(drain(2));
    simulation.run(1000);
    expect(words(simulation).at(-1)).toMatch(/has no connections left, it had none$/);
    simulation.connections = { '172.16.1.2': [1, 0] };
    simulation.run(11_000);
    expect(words(simulation).at(-1)).toBe(
      '1 new connection on drained server [172.16.1.2]:tcp:80 of VS [192.168.1.54]:tcp:80: its clients of persistence_timeout come back unless sysctl net.ipv4.vs.expire_quiescent_template is 1',
    );
  });

  it('is asked about although a server of a reload drains beside it', () => {
    const gone = realServerModel({ address: '172.16.1.4', drainTimeout: 60_000 });
    const simulation = new Simulation(
      configuration(virtualServerModel({ realServers: [...checked(2), gone] })),
      () => passes,
    );
    simulation.connections = { '172.16.1.2': [4, 0], '172.16.1.4': [5, 0] };
    simulation.override(drain(2));
    simulation.run(500);
    simulation.reload(balanced(2));
    simulation.run(10_000);
    expect(serverOf(simulation)?.override?.connections).toBe(4);
    simulation.connections = { '172.16.1.2': [0, 0], '172.16.1.4': [0, 0] };
    simulation.run(13_000);
    expect(simulation.pool()).toEqual(['172.16.1.2:80=0']);
    expect(serverOf(simulation)?.override?.connections).toBe(0);
  });
});

describe('a server in maintenance', () => {
  it('counts as failed: events, quorum and sorry server follow, and checks neither end it nor are told otherwise', () => {
    const simulation = new Simulation(
      configuration(
        virtualServerModel({
          sorryServer: realServerModel({ address: '172.16.1.99', weight: 1 }),
          realServers: checked(2),
        }),
      ),
      () => passes,
    );
    simulation.run(2000);
    simulation.override(maint(2, { by: 1000 }));
    expect(simulation.story.slice(-2)).toEqual(['RS [172.16.1.2]:tcp:80 UP>DOWN', 'VS [192.168.1.54]:tcp:80 UP>DOWN']);
    expect(simulation.events.at(-2)).toMatchObject({ reason: 'put into maintenance by the operator (uid 1000)' });
    expect(simulation.pool()).toEqual(['172.16.1.99:80=1']);
    simulation.run(60_000);
    expect(simulation.pool()).toEqual(['172.16.1.99:80=1']);
    expect(serverOf(simulation)).toMatchObject({ state: 'DOWN', checkers: [{ state: 'UP' }] });
    simulation.override();
    expect(simulation.pool()).toEqual(['172.16.1.2:80=3']);
    expect(simulation.story.slice(-2)).toEqual(['RS [172.16.1.2]:tcp:80 DOWN>UP', 'VS [192.168.1.54]:tcp:80 DOWN>UP']);
  });

  it('comes back as what its checks know by then', () => {
    const simulation = new Simulation(balanced(2), () => passes);
    simulation.run(2000);
    simulation.override(maint(2));
    simulation.answerWith(() => refuses);
    simulation.run(30_000);
    simulation.override();
    expect(serverOf(simulation)).toMatchObject({
      state: 'DOWN',
      reason: 'TCP_CHECK: connect: connection refused (1.0 ms)',
    });
    expect(simulation.pool()).toEqual([]);
    simulation.answerWith(() => passes);
    simulation.run(60_000);
    expect(simulation.pool()).toEqual(['172.16.1.2:80=3']);
  });

  it('is inhibited instead of removed where failures are', () => {
    const servers = [checkedServer(2, { inhibitOnFailure: true }, check)];
    const simulation = new Simulation(configuration(virtualServerModel({ realServers: servers })), () => passes);
    simulation.override(maint(2));
    expect(simulation.pool()).toEqual(['172.16.1.2:80=0']);
  });

  it('stays out over a reload, also when the reload moves it', () => {
    const simulation = new Simulation(balanced(2, 3), () => passes);
    simulation.run(2000);
    simulation.override(maint(2));
    const before = simulation.events.length;
    simulation.reload(balanced(3, 2));
    simulation.run(20_000);
    expect(simulation.pool()).toEqual(['172.16.1.3:80=3']);
    expect(simulation.events.slice(before)).toEqual([]);
  });

  it('is one in every place in which the same server of the same service stands', () => {
    const other = { kind: 'address', family: 'inet', protocol: 'udp', address: '192.168.1.54', port: 80 } as const;
    const simulation = new Simulation(
      configuration(
        virtualServerModel({ realServers: checked(2) }),
        virtualServerModel({ identity: other, realServers: checked(2) }),
      ),
      () => passes,
    );
    simulation.override(maint(2));
    expect(simulation.pool(0)).toEqual([]);
    expect(simulation.pool(1)).toEqual(['172.16.1.2:80=3']);
  });
});

describe('a checker process that comes after one that died', () => {
  const services = (...destinations: readonly [host: number, weight: number][]) => {
    const simulation = new Simulation(balanced(2, 3), () => passes);
    const [service] = simulation.engine.desiredServices();
    if (service === undefined) throw new Error('no service');
    const [destination] = service.destinations;
    if (destination === undefined) throw new Error('no server');
    return [
      {
        ...service,
        destinations: destinations.map(([host, weight]) => ({ ...destination, address: `172.16.1.${host}`, weight })),
      },
    ];
  };

  it('has the settings before its first write', () => {
    const pools: string[][] = [];
    const simulation = new Simulation(balanced(2, 3), () => passes, { overrides: [drain(2), maint(3)] });
    simulation.afterStep = () => pools.push(simulation.pool());
    expect(simulation.pool()).toEqual(['172.16.1.2:80=0']);
    simulation.run(60_000);
    expect(new Set(pools.flat())).toEqual(new Set(['172.16.1.2:80=0']));
  });

  it('takes a drained server for alive, and one in maintenance for what its checks will say', () => {
    const simulation = new Simulation(balanced(2, 3), () => 'never', {
      overrides: [drain(2), maint(3)],
      left: services([2, 0]),
    });
    expect(serverOf(simulation, 0)?.state).toBe('UP');
    expect(serverOf(simulation, 1)?.state).toBe('DOWN');
    // Both were told by the process before.
    expect(simulation.story.filter((line) => line.startsWith('RS'))).toEqual([]);
    simulation.override();
    expect(simulation.pool()).toEqual(['172.16.1.2:80=3', '172.16.1.3:80=3']);
  });
});
