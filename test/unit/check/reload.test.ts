/** What a reload keeps and what it changes (behaviour B7). */
import { describe, expect, it } from 'vitest';
import { realServerModel, virtualServerModel } from '../../support/models.ts';
import { checkedServer, configuration, tcpCheck, targetOf } from './builders.ts';
import { passes, refuses, Simulation, slowly } from './simulation.ts';

const VS = '[192.168.1.54]:tcp:80';
const RS = (host: number) => `[172.16.1.${host}]:tcp:80`;
const service = (...hosts: number[]) =>
  configuration(virtualServerModel({ realServers: hosts.map((host) => checkedServer(host)) }));

/** Two servers, the second down, 10 s after the start. */
function running(): Simulation {
  const simulation = new Simulation(service(2, 3), ({ checker }) =>
    targetOf(checker).address === '172.16.1.3' ? refuses : passes,
  );
  simulation.run(10_000);
  simulation.events.length = 0;
  simulation.started.length = 0;
  return simulation;
}

describe('a reload', () => {
  it('of the same configuration keeps all states, says nothing and reschedules with warm-up', () => {
    const simulation = running();
    const before = simulation.engine.desiredServices();
    simulation.reload(service(2, 3));
    expect(simulation.events).toEqual([]);
    expect(simulation.engine.desiredServices()).toEqual(before);
    simulation.run(11_001);
    expect(simulation.started.map(({ at }) => at)).toEqual([11_000, 11_000]);
    expect(simulation.engine.status().virtualServers[0]?.servers[1]).toMatchObject({ state: 'DOWN', since: 1001 });
  });

  it('puts off no check that is due: reloads one after the other starve none', () => {
    const simulation = new Simulation(
      configuration(
        virtualServerModel({ realServers: [2, 3].map((host) => checkedServer(host, {}, { warmup: 60_000 })) }),
      ),
      () => passes,
      { environment: { random: () => 0.9 } },
    );
    for (let reload = 1; reload <= 60; reload++) {
      simulation.run(reload * 3000);
      simulation.reload(
        configuration(
          virtualServerModel({
            quorum: 1 + (reload % 2),
            realServers: [2, 3].map((host) => checkedServer(host, {}, { warmup: 60_000 })),
          }),
        ),
      );
    }
    const starts = simulation.started.filter(({ request }) => targetOf(request.checker).address === '172.16.1.2');
    expect(starts[0]?.at).toBe(55_000);
    // delay_loop is 6 s.
    expect(starts.length).toBeGreaterThanOrEqual(20);
  });

  it('leaves a probe in flight alone', () => {
    const simulation = running();
    simulation.answerWith(() => slowly(4000));
    simulation.run(14_000);
    expect(simulation.started).toHaveLength(2);
    simulation.reload(service(2, 3));
    simulation.run(17_900);
    expect(simulation.cancelled).toEqual([]);
    expect(simulation.started).toHaveLength(2);
    expect(simulation.story).toEqual([`RS ${RS(3)} DOWN>UP`]);
  });

  it('keeps what a check knows when only its schedule changes', () => {
    const simulation = running();
    simulation.reload(
      configuration(
        virtualServerModel({
          realServers: [2, 3].map((host) => checkedServer(host, {}, { delayLoop: 20_000, retry: 9 })),
        }),
      ),
    );
    expect(simulation.story).toEqual([]);
    expect(simulation.pool()).toEqual(['172.16.1.2:80=1']);
  });

  it('brings a server up at once when its failed check is gone', () => {
    const simulation = running();
    simulation.reload(
      configuration(
        virtualServerModel({ realServers: [checkedServer(2), realServerModel({ address: '172.16.1.3' })] }),
      ),
    );
    expect(simulation.story).toEqual([`RS ${RS(3)} DOWN>UP`]);
    expect(simulation.pool()).toEqual(['172.16.1.2:80=1', '172.16.1.3:80=1']);
  });

  it('reports a removed server down, and adds a new one', () => {
    const simulation = running();
    simulation.reload(service(3, 4));
    expect(simulation.events).toMatchObject([
      { kind: 'real-server', server: RS(2), from: 'UP', to: 'DOWN', phase: 'reload', reason: 'Removing' },
    ]);
    expect(simulation.pool()).toEqual(['172.16.1.4:80=1']);
  });

  it('keeps a new alpha server out until it is checked', () => {
    const simulation = running();
    simulation.reload(
      configuration(virtualServerModel({ realServers: [checkedServer(2), checkedServer(4, {}, { alpha: true })] })),
    );
    expect(simulation.pool()).toEqual(['172.16.1.2:80=1']);
    simulation.run(11_001);
    expect(simulation.pool()).toEqual(['172.16.1.2:80=1', '172.16.1.4:80=1']);
  });

  it('does not take a serving server down because an alpha check is added to it', () => {
    const simulation = running();
    simulation.reload(
      configuration(
        virtualServerModel({
          realServers: [
            checkedServer(2, { checkers: [tcpCheck(), tcpCheck({ port: 81, alpha: true })] }),
            checkedServer(3),
          ],
        }),
      ),
    );
    expect(simulation.pool()).toEqual(['172.16.1.2:80=1']);
    expect(simulation.story).toEqual([]);
  });

  it('tells of a service that goes, with or without omega', () => {
    for (const omega of [false, true]) {
      const simulation = new Simulation(
        configuration(virtualServerModel({ omega, realServers: [checkedServer(2)] })),
        () => passes,
      );
      simulation.run(5000);
      simulation.events.length = 0;
      simulation.reload(configuration());
      expect(simulation.events.map((event) => [event.kind, 'quiet' in event])).toEqual([
        ['real-server', false],
        ['virtual-server', false],
      ]);
      expect(simulation.engine.desiredServices()).toEqual([]);
      expect(simulation.engine.nextTimeout()).toBeUndefined();
    }
  });

  it('re-evaluates the quorum and changes weights', () => {
    const simulation = running();
    simulation.reload(
      configuration(
        virtualServerModel({ quorum: 3, realServers: [checkedServer(2, { weight: 2 }), checkedServer(3)] }),
      ),
    );
    expect(simulation.story).toEqual([`VS ${VS} UP>DOWN`]);
    expect(simulation.pool()).toEqual(['172.16.1.2:80=2']);
    expect(simulation.logs.at(-1)?.message).toBe(`Changing weight from 1 to 2 for active service ${RS(2)} of VS ${VS}`);
  });

  it('gives a new service what is already known of a shared check', () => {
    const simulation = running();
    const other = virtualServerModel({
      identity: { kind: 'fwmark', family: 'inet', mark: 5 },
      realServers: [checkedServer(2), checkedServer(3)],
    });
    simulation.reload(configuration(virtualServerModel({ realServers: [checkedServer(2), checkedServer(3)] }), other));
    expect(simulation.pool(1)).toEqual(['172.16.1.2:80=1']);
    expect(simulation.story).toEqual(['RS [172.16.1.3]:none:80 UP>DOWN', 'VS FWM 5 DOWN>UP']);
  });

  it('knows services by group and ordinal, mark and family, or protocol, address and port', () => {
    const marked = (family: 'inet' | 'inet6') =>
      configuration(
        virtualServerModel({ identity: { kind: 'fwmark', family, mark: 5 }, realServers: [checkedServer(2)] }),
      );
    const simulation = new Simulation(marked('inet'), () => passes);
    simulation.run(5000);
    simulation.events.length = 0;
    simulation.reload(marked('inet'));
    expect(simulation.story).toEqual([]);
    simulation.reload(marked('inet6'));
    expect(simulation.story).toContain('VS FWM 5 UP>DOWN');
    expect(simulation.story).toContain('VS FWM 5 DOWN>UP');
  });
});
