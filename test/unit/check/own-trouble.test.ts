// Checks that cannot be made for reasons of this machine: what the log tells of a few, of thousands, and of the end.
import { describe, expect, it } from 'vitest';
import type { ProbeResult } from '../../../src/check/types.ts';
import { realServerModel, virtualServerModel } from '../../support/models.ts';
import { configuration, tcpCheck } from './builders.ts';
import { Simulation } from './simulation.ts';

const none: ProbeResult = { ok: false, phase: 'setup', detail: 'no descriptor left', duration: 0 };
const good: ProbeResult = { ok: true, detail: 'connected', duration: 1 };
const refused: ProbeResult = { ok: false, phase: 'connect', detail: 'connection refused', duration: 1 };

const servers = (count: number) =>
  configuration(
    virtualServerModel({
      realServers: Array.from({ length: count }, (_, index) => {
        const address = `172.16.1.${index + 2}`;
        return realServerModel({ address, checkers: [tcpCheck({ address, retry: 0 })] });
      }),
    }),
  );

/** From the start to 60 s; descriptors are missing from 10 s to 30 s. */
function play(count: number, afterwards: ProbeResult = good): Simulation {
  const simulation = new Simulation(servers(count), (_, now) => ({
    after: 0,
    result: now >= 10_000 && now < 30_000 ? none : now < 30_000 ? good : afterwards,
  }));
  simulation.run(60_000);
  return simulation;
}
const texts = (simulation: Simulation) => simulation.logs.map(({ level, message }) => `${level} ${message}`);

describe('checks that cannot be made', () => {
  it('say so once each and when it is over, with how long it lasted, and no state changes', () => {
    const simulation = play(2);
    expect(texts(simulation).toSorted()).toEqual([
      'notice TCP_CHECK of [172.16.1.2]:tcp:80 can be made again, after 3 attempts in 18 s without: no descriptor left',
      'notice TCP_CHECK of [172.16.1.3]:tcp:80 can be made again, after 3 attempts in 18 s without: no descriptor left',
      'warning TCP_CHECK of [172.16.1.2]:tcp:80 cannot be made: no descriptor left. The state stays UP; next attempt in 6 s',
      'warning TCP_CHECK of [172.16.1.3]:tcp:80 cannot be made: no descriptor left. The state stays UP; next attempt in 6 s',
    ]);
    expect(simulation.story).toEqual(['VS [192.168.1.54]:tcp:80 DOWN>UP']);
  });

  it('come to an end with a failure of the server too, which is told behind it', () => {
    const simulation = play(1, refused);
    expect(texts(simulation)[1]).toContain('can be made again');
    expect(simulation.story).toContain('RS [172.16.1.2]:tcp:80 UP>DOWN');
  });

  it('are named five, however many they are; one line tells of the others, one of the end of all', () => {
    const lines = texts(play(200));
    expect(lines.filter((line) => line.includes('cannot be made: no descriptor left. The state'))).toHaveLength(5);
    expect(
      lines.filter((line) => line.startsWith('warning More checks cannot be made: no descriptor left')),
    ).toHaveLength(1);
    expect(lines.filter((line) => line.includes('of [172.16.1.') && line.includes('can be made again'))).toHaveLength(
      5,
    );
    expect(lines.filter((line) => line.startsWith('notice All checks can be made again: up to 200'))).toHaveLength(1);
    expect(lines).toHaveLength(12);
  });

  it('that a reload takes away are no trouble any more', () => {
    const simulation = new Simulation(servers(7), () => ({ after: 0, result: none }));
    simulation.run(10_000);
    simulation.reload(servers(6));
    simulation.run(20_000);
    const before = simulation.logs.length;
    simulation.reload(servers(0));
    simulation.run(30_000);
    expect(simulation.logs.length).toBe(before);
  });
});
