/** drain_timeout: what a reload takes away keeps its connections for a while, with weight 0. */
import { describe, expect, it } from 'vitest';
import { serviceKeyText } from '../../../src/ipvs/keys.ts';
import { realServerModel, virtualServerModel } from '../../support/models.ts';
import { checkedServer, configuration, tcpCheck } from './builders.ts';
import { passes, Simulation } from './simulation.ts';

const server = (host: number, drainTimeout?: number) =>
  realServerModel({ address: `172.16.1.${host}`, ...(drainTimeout !== undefined && { drainTimeout }) });
const balanced = (...servers: ReturnType<typeof server>[]) =>
  configuration(virtualServerModel({ realServers: servers }));

const words = (simulation: Simulation): string[] => simulation.logs.map(({ message }) => message);

describe('a server that a reload takes away', () => {
  it('goes at once without drain_timeout, and with 0', () => {
    const simulation = new Simulation(balanced(server(2), server(3), server(4, 0)), () => passes);
    simulation.reload(balanced(server(2)));
    expect(simulation.pool()).toEqual(['172.16.1.2:80=1']);
    expect(simulation.engine.nextTimeout()).toBeUndefined();
  });

  it('has weight 0 until its last connection has ended', () => {
    const simulation = new Simulation(balanced(server(2), server(3, 30_000)), () => passes);
    simulation.connections = { '172.16.1.3': [2, 1] };
    simulation.reload(balanced(server(2)));
    expect(simulation.pool()).toEqual(['172.16.1.2:80=1', '172.16.1.3:80=0']);
    // Nobody has asked the kernel so far: that is not 0.
    expect(simulation.engine.status().draining?.[0]).not.toHaveProperty('connections');
    simulation.run(5500);
    expect(simulation.engine.status().draining).toMatchObject([{ connections: 3, until: 30_000 }]);
    // Active ones are gone, but the last packets may still be under way.
    simulation.connections = { '172.16.1.3': [0, 1] };
    simulation.run(7500);
    expect(simulation.pool()).toHaveLength(2);
    const before = simulation.reconciled;
    simulation.connections = {};
    simulation.run(8000);
    expect(simulation.pool()).toEqual(['172.16.1.2:80=1']);
    expect(simulation.reconciled).toBe(before + 1);
    expect(simulation.engine.nextTimeout()).toBeUndefined();
    expect(words(simulation)).toEqual([
      'Draining server [172.16.1.3]:tcp:80 of VS [192.168.1.54]:tcp:80: no new connections, removed with its last one or in 30 s',
      'Removing drained server [172.16.1.3]:tcp:80 of VS [192.168.1.54]:tcp:80: its last connection has ended, after 8 s',
    ]);
  });

  it('goes when the time is over, whatever it still has', () => {
    const simulation = new Simulation(balanced(server(2), server(3, 2500)), () => passes);
    simulation.connections = { '172.16.1.3': [7, 0] };
    simulation.reload(balanced(server(2)));
    simulation.run(2499);
    expect(simulation.pool()).toHaveLength(2);
    simulation.run(2500);
    expect(simulation.pool()).toEqual(['172.16.1.2:80=1']);
    expect(words(simulation).at(-1)).toBe(
      'Removing drained server [172.16.1.3]:tcp:80 of VS [192.168.1.54]:tcp:80: drain_timeout of 2.5 s is over, 7 connections left',
    );
  });

  it('is asked about once a second, and only while it drains', () => {
    const simulation = new Simulation(balanced(server(2), server(3, 3500)), () => passes);
    simulation.connections = { '172.16.1.3': [7, 0] };
    simulation.reload(balanced(server(2)));
    simulation.run(60_000);
    expect(simulation.asked.map(serviceKeyText)).toEqual(Array(3).fill('tcp 192.168.1.54:80'));
  });

  it('is a server like any other again when a reload brings it back', () => {
    const simulation = new Simulation(balanced(server(2), server(3, 30_000)), () => passes);
    simulation.connections = { '172.16.1.3': [7, 0] };
    simulation.reload(balanced(server(2)));
    simulation.run(2000);
    simulation.reload(balanced(server(2), server(3, 30_000)));
    expect(simulation.pool()).toEqual(['172.16.1.2:80=1', '172.16.1.3:80=1']);
    expect(simulation.engine.status().draining).toBeUndefined();
    simulation.run(60_000);
    expect(simulation.pool()).toEqual(['172.16.1.2:80=1', '172.16.1.3:80=1']);
  });

  it('goes on draining over a reload that changes nothing about it', () => {
    const simulation = new Simulation(balanced(server(2), server(3, 30_000)), () => passes);
    simulation.connections = { '172.16.1.3': [7, 0] };
    simulation.reload(balanced(server(2)));
    simulation.run(2000);
    simulation.reload(balanced(server(2), server(4)));
    expect(simulation.pool()).toEqual(['172.16.1.2:80=1', '172.16.1.4:80=1', '172.16.1.3:80=0']);
    simulation.run(30_000);
    expect(simulation.pool()).toEqual(['172.16.1.2:80=1', '172.16.1.4:80=1']);
  });

  it('takes its service with it only when it is drained', () => {
    const other = { kind: 'address', family: 'inet', protocol: 'tcp', address: '192.168.1.55', port: 80 } as const;
    const gone = virtualServerModel({ identity: other, scheduler: 'wlc', realServers: [server(3, 30_000), server(4)] });
    const stays = virtualServerModel({ realServers: [server(2)] });
    const simulation = new Simulation(configuration(stays, gone), () => passes);
    simulation.connections = { '172.16.1.3': [1, 0] };
    simulation.reload(configuration(stays));
    expect(simulation.engine.desiredServices()[1]).toMatchObject({ key: other, scheduler: 'wlc' });
    expect(simulation.pool(1)).toEqual(['172.16.1.3:80=0']);
    simulation.connections = {};
    simulation.run(2000);
    expect(simulation.engine.desiredServices()).toHaveLength(1);
  });

  it('does not drain while its checks hold it down, and a server that fails does not drain', () => {
    const down = checkedServer(3, { drainTimeout: 30_000 }, { alpha: true });
    const simulation = new Simulation(balanced(server(2), down), () => 'never');
    expect(simulation.pool()).toEqual(['172.16.1.2:80=1']);
    simulation.reload(balanced(server(2)));
    expect(simulation.pool()).toEqual(['172.16.1.2:80=1']);
    simulation.reload(balanced(server(2), checkedServer(4, { drainTimeout: 30_000 })));
    simulation.reload(balanced(server(2), checkedServer(4, { drainTimeout: 30_000, checkers: [] })));
    expect(simulation.engine.status().draining).toBeUndefined();
  });

  it('does not keep a stop waiting', () => {
    const simulation = new Simulation(balanced(server(2), server(3, 30_000)), () => passes);
    simulation.reload(balanced(server(2)));
    simulation.stop();
    expect(simulation.engine.desiredServices()).toEqual([]);
  });
});

describe('share_probe off', () => {
  it('gives a check a probe of its own; the others share one', () => {
    const address = '172.16.1.2';
    const identities = [1, 2, 3, 4].map((port) => ({
      kind: 'address' as const,
      family: 'inet' as const,
      protocol: 'tcp' as const,
      address: '192.168.1.54',
      port,
    }));
    const servers = identities.map((identity, index) =>
      virtualServerModel({
        identity,
        realServers: [
          realServerModel({
            checkers: [
              tcpCheck({ address, warmup: 0, delayLoop: 6000, ...(index > 1 && { shareProbe: false as const }) }),
            ],
          }),
        ],
      }),
    );
    const simulation = new Simulation(configuration(...servers), () => passes);
    simulation.run(1500);
    expect(simulation.started).toHaveLength(3);
    expect(simulation.engine.status().checks).toBe(3);
    simulation.reload(configuration(...servers));
    expect(
      simulation.engine.status().virtualServers.map(({ servers: [first] }) => first?.checkers[0]?.sharedBy),
    ).toEqual([2, 2, 1, 1]);
  });
});
