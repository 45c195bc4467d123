/** BFD_CHECK: reference, behaviour B3. */
import { describe, expect, it } from 'vitest';
import type { BfdCheckerConfiguration, RealServerConfiguration } from '../../../src/config/model.ts';
import { at, realServerModel, virtualServerModel } from '../../support/models.ts';
import { configuration } from './builders.ts';
import { passes, Simulation } from './simulation.ts';

const bfdCheck = (instance: string, alpha = false): BfdCheckerConfiguration => ({
  type: 'BFD_CHECK',
  instance,
  alpha,
  at,
});

const follower = (host: number, ...checkers: readonly BfdCheckerConfiguration[]): RealServerConfiguration =>
  realServerModel({ address: `127.0.0.${host}`, weight: 10, checkers });

const scene = configuration(
  virtualServerModel({
    realServers: [
      follower(1, bfdCheck('a')),
      follower(2, bfdCheck('b', true)),
      follower(3, bfdCheck('a'), bfdCheck('b')),
    ],
  }),
);

const pool = (simulation: Simulation): string[] => simulation.pool().map((entry) => entry.split(':')[0] ?? '');

describe('servers that follow BFD sessions', () => {
  it('are in while all their sessions are up', () => {
    const simulation = new Simulation(scene, () => passes);
    expect(pool(simulation)).toEqual([]);
    simulation.bfdSession('a', true, '192.0.2.2 hears this machine');
    expect(pool(simulation)).toEqual(['127.0.0.1']);
    simulation.bfdSession('b', true, '192.0.2.3 hears this machine');
    expect(pool(simulation)).toEqual(['127.0.0.1', '127.0.0.2', '127.0.0.3']);
    simulation.bfdSession('a', false, 'no packet from 192.0.2.2 for 30 ms');
    expect(pool(simulation)).toEqual(['127.0.0.2']);
    expect(simulation.events.filter(({ kind }) => kind === 'real-server').at(-1)).toMatchObject({
      from: 'UP',
      to: 'DOWN',
      reason: 'BFD_CHECK: no packet from 192.0.2.2 for 30 ms',
    });
    expect(simulation.events.filter(({ kind }) => kind === 'checker').at(-1)).toMatchObject({
      checker: 'BFD_CHECK',
      session: 'a',
      to: 'DOWN',
    });
  });

  it('begin as down, which is news unless they are alpha', () => {
    const simulation = new Simulation(scene, () => passes);
    const servers = simulation.events.flatMap((event) => (event.kind === 'real-server' ? [event] : []));
    expect(servers.map(({ from, server, to }) => `${server} ${from} ${to}`)).toEqual([
      '[127.0.0.1]:tcp:80 UP DOWN',
      '[127.0.0.3]:tcp:80 UP DOWN',
    ]);
  });

  it('keep their states over a reload, and new ones have that of the session', () => {
    const simulation = new Simulation(scene, () => passes);
    simulation.bfdSession('a', true, 'it is up');
    const before = simulation.events.length;
    simulation.reload(
      configuration(virtualServerModel({ realServers: [follower(1, bfdCheck('a')), follower(4, bfdCheck('a'))] })),
    );
    expect(pool(simulation)).toEqual(['127.0.0.1', '127.0.0.4']);
    const after = simulation.events
      .slice(before)
      .flatMap((event) => (event.kind === 'real-server' ? [event.server] : []));
    expect(after).toEqual([]);
  });

  it('that say the same again for another reason change nothing', () => {
    const simulation = new Simulation(scene, () => passes);
    simulation.bfdSession('a', true, 'it is up');
    const before = simulation.events.length;
    simulation.bfdSession('a', true, 'it is up once more');
    simulation.bfdSession('unknown', true, 'nobody follows it');
    expect(simulation.events).toHaveLength(before);
  });

  it('show what they follow in the status', () => {
    const simulation = new Simulation(scene, () => passes);
    simulation.bfdSession('b', true, 'it is up');
    const [service] = simulation.engine.status().virtualServers;
    expect(
      service?.servers.map(({ checkers }) => checkers.map(({ reason, state, type }) => [type, state, reason])),
    ).toEqual([
      [['BFD_CHECK', 'DOWN', 'the session is not up yet']],
      [['BFD_CHECK', 'UP', 'it is up']],
      [
        ['BFD_CHECK', 'DOWN', 'the session is not up yet'],
        ['BFD_CHECK', 'UP', 'it is up'],
      ],
    ]);
  });
});
