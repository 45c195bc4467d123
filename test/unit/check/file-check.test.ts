/** FILE_CHECK: weights and states were observed with ipvsadm under the original, servers of weight 10, each number in turn. */
import { describe, expect, it } from 'vitest';
import { fileVerdict } from '../../../src/check/file-check.ts';
import type { FileCheckerConfiguration, RealServerConfiguration } from '../../../src/config/model.ts';
import { at, realServerModel, virtualServerModel } from '../../support/models.ts';
import { checkedServer, configuration } from './builders.ts';
import { passes, refuses, Simulation } from './simulation.ts';

const fileCheck = (weight: number, reverse = false): FileCheckerConfiguration => ({
  type: 'FILE_CHECK',
  trackFile: 'tf',
  weight,
  reverse,
  at,
});

const follower = (host: number, ...checkers: readonly FileCheckerConfiguration[]): RealServerConfiguration =>
  realServerModel({ address: `127.0.0.${host}`, weight: 10, checkers });

const scene = configuration(
  virtualServerModel({
    realServers: [
      follower(1, fileCheck(1)),
      follower(2, fileCheck(-1)),
      follower(3, fileCheck(1, true)),
      follower(4, fileCheck(0)),
      follower(6, fileCheck(2)),
      follower(7, fileCheck(1), fileCheck(2)),
    ],
  }),
);

/** What `ipvsadm -Sn` showed: weights of hosts 1, 2, 3, 4, 6 and 7; none: not there. */
const observed: readonly (readonly [number, ...(number | undefined)[]])[] = [
  [0, 10, 10, 10, 10, 10, 10],
  [3, 13, 7, 7, undefined, 16, 19],
  [-1, 9, 11, 11, undefined, 8, 7],
  [-5, 5, 15, 15, undefined, 0, 0],
  [-11, 0, 21, 21, undefined, 0, 0],
  [-254, 0, 264, 264, undefined, 0, 0],
  [254, 264, 0, 0, undefined, 518, 772],
  [2147483647, 2147483647, 0, 0, undefined, 2147483647, 2147483647],
  [-2147483647, 0, 2147483647, 2147483647, undefined, undefined, undefined],
  [-2147483648, undefined, 2147483647, 2147483647, undefined, undefined, undefined],
  [16, 26, 0, 0, undefined, 42, 58],
  [0, 10, 10, 10, 10, 10, 10],
];

function weights(simulation: Simulation): Map<string, string> {
  return new Map(simulation.pool().map((entry) => entry.split('=') as [string, string]));
}

describe('servers that follow a file', () => {
  it('have the weights that they have under the original', () => {
    const simulation = new Simulation(scene, () => passes);
    for (const [value, ...expected] of observed) {
      simulation.trackFile('tf', value);
      const pool = weights(simulation);
      const shown = [1, 2, 3, 4, 6, 7].map((host) => pool.get(`127.0.0.${host}:80`));
      expect(shown, `file ${value}`).toEqual(expected.map((weight) => weight?.toString()));
    }
  });

  it('are a function of the number alone, whatever it was before', () => {
    const direct = new Simulation(scene, () => passes);
    const roundabout = new Simulation(scene, () => passes);
    for (const [value] of observed) {
      roundabout.trackFile('tf', value);
      roundabout.trackFile('tf', 7);
      roundabout.trackFile('tf', value);
      direct.trackFile('tf', value);
      expect(roundabout.pool()).toEqual(direct.pool());
    }
  });

  it('say what happened', () => {
    const simulation = new Simulation(scene, () => passes);
    simulation.trackFile('other', 5);
    expect([simulation.events.length, simulation.logs.length]).toEqual([1, 0]);
    simulation.trackFile('tf', 3);
    expect(simulation.story.slice(1)).toEqual(['RS [127.0.0.4]:tcp:80 UP>DOWN']);
    expect(simulation.events.at(-1)).toMatchObject({ reason: 'FILE_CHECK: track_file tf is 3' });
    expect(simulation.logs.map(({ message }) => message)).toContain(
      'Changing weight from 10 to 13 for active service [127.0.0.1]:tcp:80 of VS [192.168.1.54]:tcp:80',
    );
    simulation.trackFile('tf', undefined);
    expect(simulation.story.at(-1)).toBe('RS [127.0.0.4]:tcp:80 DOWN>UP');
  });

  it('start as the file says that was read before', () => {
    const service = configuration(
      virtualServerModel({ realServers: [follower(1, fileCheck(1)), follower(4, fileCheck(0))] }),
    );
    const simulation = new Simulation(service, () => passes, { trackFiles: { tf: 5 } });
    expect(simulation.pool()).toEqual(['127.0.0.1:80=15']);
  });

  it('keep their states over a reload, and follow a new weight at once', () => {
    const service = (weight: number) =>
      configuration(virtualServerModel({ realServers: [follower(1, fileCheck(weight)), follower(4, fileCheck(0))] }));
    const simulation = new Simulation(service(1), () => passes);
    simulation.trackFile('tf', 5);
    const told = simulation.events.length;
    simulation.reload(service(2));
    expect(simulation.pool()).toEqual(['127.0.0.1:80=20']);
    expect(simulation.events.length).toBe(told);
    simulation.trackFile('tf', 0);
    expect(simulation.pool()).toEqual(['127.0.0.1:80=10', '127.0.0.4:80=10']);
  });

  it('are up only if their other checks are', () => {
    const server = checkedServer(2);
    const both = { ...server, checkers: [...server.checkers, fileCheck(0)] };
    const simulation = new Simulation(configuration(virtualServerModel({ realServers: [both] })), () => refuses);
    simulation.trackFile('tf', 1);
    simulation.run(5000);
    simulation.trackFile('tf', 0);
    expect(simulation.pool()).toEqual([]);
    simulation.answerWith(() => passes);
    simulation.run(30_000);
    expect(simulation.pool()).toEqual(['172.16.1.2:80=1']);
  });
});

describe('a weight of 0', () => {
  it('makes the file a switch', () => {
    expect(fileVerdict(fileCheck(0), 0).state).toBe('UP');
    expect(fileVerdict(fileCheck(0), -3).state).toBe('DOWN');
    expect(fileVerdict(fileCheck(0, true), 0).state).toBe('DOWN');
    expect(fileVerdict(fileCheck(0, true), 3).state).toBe('UP');
  });
});
