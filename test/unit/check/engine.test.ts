/** Servers, quorums, sorry servers and the wanted table over time (behaviour B4, B6, B9). */
import { describe, expect, it } from 'vitest';
import { realServerModel, virtualServerModel } from '../../support/models.ts';
import { checkedServer, configuration, miscCheck, targetOf, tcpCheck } from './builders.ts';
import { passes, refuses, Simulation, slowly, type Answer } from './simulation.ts';
import type { ProbeRequest } from '../../../src/check/types.ts';

/** Answers by the last number of the address; servers not named pass. */
const answers =
  (states: Readonly<Record<number, Answer>>) =>
  ({ checker }: ProbeRequest): Answer =>
    states[Number(targetOf(checker).address.split('.').at(-1))] ?? passes;

const VS = '[192.168.1.54]:tcp:80';
const RS = (host: number) => `[172.16.1.${host}]:tcp:80`;

describe('the start', () => {
  it('installs servers as up and gains the quorum, with no word about servers', () => {
    const simulation = new Simulation(
      configuration(virtualServerModel({ realServers: [checkedServer(2), checkedServer(3)] })),
      () => passes,
    );
    expect(simulation.pool()).toEqual(['172.16.1.2:80=1', '172.16.1.3:80=1']);
    expect(simulation.events).toMatchObject([
      { kind: 'virtual-server', from: 'DOWN', to: 'UP', phase: 'start', reason: 'Gained quorum 1+0=1 <= 2', weight: 2 },
    ]);
    simulation.run(60_000);
    expect(simulation.story).toEqual([`VS ${VS} DOWN>UP`]);
    expect(simulation.reconciled).toBe(1);
  });

  it('tells servers too with rs_init_notifies', () => {
    const simulation = new Simulation(
      configuration(virtualServerModel({ realServers: [checkedServer(2)] })),
      () => passes,
      {
        global: { rsInitNotifies: true },
      },
    );
    expect(simulation.story).toEqual([`RS ${RS(2)} UP>UP`, `VS ${VS} DOWN>UP`]);
  });

  it('leaves alpha servers out until they are checked, and says nothing of the missing quorum', () => {
    const simulation = new Simulation(
      configuration(virtualServerModel({ alpha: true, realServers: [checkedServer(2, {}, { alpha: true })] })),
      () => passes,
    );
    expect(simulation.pool()).toEqual([]);
    expect(simulation.story).toEqual([]);
    simulation.run(1001);
    expect(simulation.pool()).toEqual(['172.16.1.2:80=1']);
    expect(simulation.story).toEqual([`RS ${RS(2)} DOWN>UP`, `VS ${VS} DOWN>UP`]);
  });

  it('tells an alpha server that fails its first check once, although nothing changes', () => {
    const simulation = new Simulation(
      configuration(virtualServerModel({ realServers: [checkedServer(2, {}, { alpha: true })] })),
      () => refuses,
    );
    simulation.run(60_000);
    expect(simulation.story).toEqual([`RS ${RS(2)} DOWN>DOWN`]);
  });

  it('puts the sorry server in, and says so, when alpha leaves nobody', () => {
    const simulation = new Simulation(
      configuration(
        virtualServerModel({
          sorryServer: realServerModel({ address: '172.16.1.9' }),
          realServers: [checkedServer(2, {}, { alpha: true })],
        }),
      ),
      () => passes,
    );
    expect(simulation.pool()).toEqual(['172.16.1.9:80=1']);
    expect(simulation.events).toMatchObject([{ kind: 'virtual-server', from: 'DOWN', to: 'DOWN', phase: 'start' }]);
    simulation.run(1001);
    expect(simulation.pool()).toEqual(['172.16.1.2:80=1']);
  });

  it('has servers without checks up for ever', () => {
    const simulation = new Simulation(
      configuration(virtualServerModel({ realServers: [realServerModel()] })),
      () => passes,
    );
    expect(simulation.pool()).toEqual(['172.16.1.2:80=1']);
    expect(simulation.engine.nextTimeout()).toBeUndefined();
  });
});

describe('a server that fails', () => {
  it('is removed, and given back', () => {
    const simulation = new Simulation(
      configuration(virtualServerModel({ realServers: [checkedServer(2), checkedServer(3)] })),
      answers({ 3: refuses }),
    );
    simulation.run(10_000);
    expect(simulation.pool()).toEqual(['172.16.1.2:80=1']);
    simulation.answerWith(() => passes);
    simulation.run(20_000);
    expect(simulation.pool()).toEqual(['172.16.1.2:80=1', '172.16.1.3:80=1']);
    expect(simulation.story).toEqual([`VS ${VS} DOWN>UP`, `RS ${RS(3)} UP>DOWN`, `RS ${RS(3)} DOWN>UP`]);
  });

  it('has weight 0 instead with inhibit_on_failure, also before alpha lets it in', () => {
    const simulation = new Simulation(
      configuration(
        virtualServerModel({
          realServers: [
            checkedServer(2, { inhibitOnFailure: true, weight: 10 }),
            checkedServer(3, { inhibitOnFailure: true, weight: 10 }, { alpha: true }),
          ],
        }),
      ),
      answers({ 2: refuses }),
    );
    expect(simulation.pool()).toEqual(['172.16.1.2:80=10', '172.16.1.3:80=0']);
    simulation.run(2000);
    expect(simulation.pool()).toEqual(['172.16.1.2:80=0', '172.16.1.3:80=10']);
  });

  it('is up only while none of its checks fails', () => {
    const server = realServerModel({ checkers: [tcpCheck({ port: 80 }), tcpCheck({ port: 81 })] });
    const simulation = new Simulation(
      configuration(virtualServerModel({ realServers: [server] })),
      ({ checker }, now) =>
        (targetOf(checker).port === 81 && now < 20_000) ||
        (targetOf(checker).port === 80 && now > 10_000 && now < 30_000)
          ? refuses
          : passes,
    );
    simulation.run(60_000);
    expect(simulation.story.filter((line) => line.startsWith('RS'))).toEqual([
      `RS ${RS(2)} UP>DOWN`,
      `RS ${RS(2)} DOWN>UP`,
    ]);
    const up = simulation.events.findLast(({ kind }) => kind === 'real-server');
    expect(up?.at).toBeGreaterThan(30_000);
    const changes = simulation.events.filter(({ kind }) => kind === 'checker');
    expect(changes).toHaveLength(4);
  });

  it('reconciles before it notifies, and only what it touches', () => {
    const simulation = new Simulation(
      configuration(virtualServerModel({ realServers: [checkedServer(2)] })),
      () => refuses,
    );
    simulation.run(1000);
    const id = simulation.started[0]?.request.id ?? 0;
    const intents = simulation.engine.probeFinished(
      id,
      { ok: false, phase: 'connect', detail: 'x', duration: 1 },
      1001,
    );
    expect(intents.map((intent) => (intent.type === 'event' ? intent.event.kind : intent.type))).toEqual([
      'reconcile-services',
      'checker',
      'real-server',
      'virtual-server',
    ]);
    expect(intents[0]).toEqual({
      type: 'reconcile-services',
      touched: [{ kind: 'address', family: 'inet', protocol: 'tcp', address: '192.168.1.54', port: 80 }],
    });
    expect(simulation.engine.probeFinished(id, { ok: true, detail: '', duration: 1 }, 1002)).toEqual([]);
  });
});

describe('the quorum', () => {
  /** Five servers of weight 2, quorum 5, hysteresis 2: gained at 7, lost below 3. */
  const five = (changes: Parameters<typeof virtualServerModel>[0] = {}) =>
    configuration(
      virtualServerModel({
        quorum: 5,
        hysteresis: 2,
        realServers: [2, 3, 4, 5, 6].map((host) => checkedServer(host, { weight: 2 }, { retry: 0 })),
        ...changes,
      }),
    );
  const quorums = (simulation: Simulation) => simulation.story.filter((line) => line.startsWith('VS'));
  const down = (...hosts: number[]) => answers(Object.fromEntries(hosts.map((host) => [host, refuses])));

  it('is lost below quorum - hysteresis and gained at quorum + hysteresis', () => {
    const simulation = new Simulation(five(), () => passes);
    simulation.run(5000);
    simulation.answerWith(down(2, 3, 4)); // weight 4: not below 3
    simulation.run(15_000);
    expect(quorums(simulation)).toEqual([`VS ${VS} DOWN>UP`]);
    simulation.answerWith(down(2, 3, 4, 5)); // weight 2
    simulation.run(25_000);
    expect(quorums(simulation)).toEqual([`VS ${VS} DOWN>UP`, `VS ${VS} UP>DOWN`]);
    expect(simulation.events.at(-1)).toMatchObject({ reason: 'Lost quorum 5-2=3 > 2', weight: 2 });
    simulation.answerWith(down(2, 3)); // weight 6: not yet 7
    simulation.run(35_000);
    expect(quorums(simulation)).toHaveLength(2);
    simulation.answerWith(down(2)); // weight 8
    simulation.run(45_000);
    expect(quorums(simulation)).toHaveLength(3);
  });

  it('without a sorry server leaves the remaining servers in the pool', () => {
    const simulation = new Simulation(five(), down(2, 3, 4, 5));
    simulation.run(5000);
    expect(simulation.pool()).toEqual(['172.16.1.6:80=2']);
  });

  it('with a sorry server takes the remaining ones out, and server changes touch nothing meanwhile', () => {
    const simulation = new Simulation(
      five({ sorryServer: realServerModel({ address: '172.16.1.99', weight: 7 }) }),
      down(2, 3, 4, 5),
    );
    simulation.run(5000);
    expect(simulation.pool()).toEqual(['172.16.1.99:80=7']);
    simulation.answerWith(down(2, 3));
    simulation.run(15_000);
    expect(simulation.pool()).toEqual(['172.16.1.99:80=7']);
    simulation.answerWith(() => passes);
    simulation.run(25_000);
    expect(simulation.pool()).toEqual([2, 3, 4, 5, 6].map((host) => `172.16.1.${host}:80=2`));
  });

  it('keeps inhibited servers at weight 0 beside the sorry server, and an inhibited sorry server at 0 otherwise', () => {
    const simulation = new Simulation(
      configuration(
        virtualServerModel({
          quorum: 2,
          sorryServer: realServerModel({ address: '172.16.1.99' }),
          sorryServerInhibit: true,
          realServers: [checkedServer(2, { inhibitOnFailure: true }), checkedServer(3, { inhibitOnFailure: true })],
        }),
      ),
      answers({ 3: refuses }),
    );
    expect(simulation.pool()).toEqual(['172.16.1.2:80=1', '172.16.1.3:80=1', '172.16.1.99:80=0']);
    simulation.run(5000);
    expect(simulation.pool()).toEqual(['172.16.1.2:80=0', '172.16.1.3:80=0', '172.16.1.99:80=1']);
  });

  it('lists a sorry server that is also a real server once', () => {
    const simulation = new Simulation(
      configuration(
        virtualServerModel({
          sorryServer: realServerModel({ address: '172.16.1.2' }),
          realServers: [checkedServer(2), checkedServer(3)],
        }),
      ),
      answers({ 2: refuses, 3: refuses }),
    );
    expect(simulation.pool()).toEqual(['172.16.1.2:80=1', '172.16.1.3:80=1']);
    simulation.run(5000);
    expect(simulation.pool()).toEqual(['172.16.1.2:80=1']);
  });

  it('does not count servers of weight 0, which are alive all the same', () => {
    const simulation = new Simulation(
      configuration(virtualServerModel({ realServers: [checkedServer(2, { weight: 0 }), checkedServer(3)] })),
      answers({ 3: refuses }),
    );
    simulation.run(5000);
    expect(simulation.pool()).toEqual(['172.16.1.2:80=0']);
    expect(quorums(simulation)).toEqual([`VS ${VS} DOWN>UP`, `VS ${VS} UP>DOWN`]);
  });
});

describe('the stop', () => {
  const stopped = (omega: boolean) => {
    const simulation = new Simulation(
      configuration(virtualServerModel({ omega, realServers: [checkedServer(2), checkedServer(3)] })),
      answers({ 3: refuses }),
    );
    simulation.run(7002);
    const before = simulation.events.length;
    simulation.answerWith(() => 'never');
    simulation.run(14_000);
    simulation.stop();
    return { simulation, last: simulation.events.slice(before) };
  };

  it('cancels probes, empties the table and reports everything down, quietly', () => {
    const { simulation, last } = stopped(false);
    expect(simulation.cancelled).toHaveLength(2);
    expect(simulation.engine.desiredServices()).toEqual([]);
    expect(simulation.engine.nextTimeout()).toBeUndefined();
    expect(last).toMatchObject([
      {
        kind: 'real-server',
        server: RS(2),
        from: 'UP',
        to: 'DOWN',
        phase: 'stop',
        quiet: true,
        reason: 'Shutting down',
      },
      { kind: 'virtual-server', from: 'UP', to: 'DOWN', phase: 'stop', quiet: true, reason: 'Shutting down' },
    ]);
  });

  it('is not quiet with omega', () => {
    expect(stopped(true).last.map((event) => 'quiet' in event)).toEqual([false, false]);
  });
});

describe('identical checks', () => {
  const manyServices = (count: number) =>
    configuration(
      ...Array.from({ length: count }, (_, index) =>
        virtualServerModel({
          identity: { kind: 'address', family: 'inet', protocol: 'tcp', address: `192.168.1.${index + 1}`, port: 80 },
          realServers: [checkedServer(2), checkedServer(3)],
        }),
      ),
    );

  it('are made once and tell every service', () => {
    const simulation = new Simulation(manyServices(50), answers({ 3: refuses }));
    simulation.run(1010);
    expect(simulation.started).toHaveLength(2);
    expect(simulation.engine.desiredServices().every(({ destinations }) => destinations.length === 1)).toBe(true);
    expect(simulation.story.filter((line) => line.startsWith('RS'))).toHaveLength(50);
    expect(simulation.reconciled).toBe(2);
    expect(simulation.engine.status().virtualServers[7]?.servers[1]?.checkers[0]?.sharedBy).toBe(50);
  });
});

describe('pacing', () => {
  const crowd = (count: number) =>
    configuration(
      virtualServerModel({
        realServers: Array.from({ length: count }, (_, index) =>
          realServerModel({
            address: `10.0.${index >> 8}.${index & 255}`,
            checkers: [tcpCheck({ address: `10.0.${index >> 8}.${index & 255}` })],
          }),
        ),
      }),
    );

  it('never starts a crowd in one turn', () => {
    const simulation = new Simulation(crowd(1000), () => passes);
    simulation.run(2000);
    expect(simulation.started).toHaveLength(1000);
    const perTurn = Map.groupBy(simulation.started, ({ at }) => at);
    expect(Math.max(...[...perTurn.values()].map(({ length }) => length))).toBeLessThanOrEqual(32);
    // 1000 in turns of 32, 5 ms apart.
    expect(simulation.started.at(-1)?.at).toBeLessThanOrEqual(1000 + 32 * 5);
  });

  it('keeps to the limit of probes in flight', () => {
    const simulation = new Simulation(crowd(100), () => slowly(100), {
      environment: { maximumInFlight: 10 },
    });
    let most = 0;
    simulation.afterStep = () => {
      most = Math.max(most, simulation.engine.status().probesInFlight);
    };
    simulation.run(3000);
    expect(most).toBe(10);
    expect(simulation.started).toHaveLength(100);
  });
});

describe('a check that says the weight', () => {
  /** Passes with the weight of its time; undefined: the configured one; false: fails. */
  const weights =
    (weight: (now: number) => number | undefined | false) =>
    (_request: ProbeRequest, now: number): Answer => {
      const wanted = weight(now);
      if (wanted === false) return refuses;
      return {
        after: 1,
        result: { ok: true, detail: '', duration: 1, ...(wanted !== undefined && { weight: wanted }) },
      };
    };
  const dynamic = (server: Partial<Parameters<typeof realServerModel>[0]> = {}, service = {}) =>
    configuration(
      virtualServerModel({
        realServers: [realServerModel({ weight: 4, checkers: [miscCheck({ dynamic: true })], ...server })],
        ...service,
      }),
    );

  it('changes that of the kernel, and says so once', () => {
    const simulation = new Simulation(
      dynamic(),
      weights((now) => (now < 10_000 ? 7 : undefined)),
    );
    expect(simulation.pool()).toEqual(['172.16.1.2:80=4']);
    simulation.run(9000);
    expect(simulation.pool()).toEqual(['172.16.1.2:80=7']);
    simulation.run(30_000);
    expect(simulation.pool()).toEqual(['172.16.1.2:80=4']);
    expect(simulation.logs.map(({ message }) => message)).toEqual([
      `Changing weight from 4 to 7 for active service ${RS(2)} of VS ${VS}`,
      `Changing weight from 7 to 4 for active service ${RS(2)} of VS ${VS}`,
    ]);
  });

  it('counts for the quorum', () => {
    const simulation = new Simulation(
      dynamic({}, { quorum: 3 }),
      weights((now) => (now < 10_000 ? 2 : 3)),
    );
    simulation.run(30_000);
    expect(simulation.story).toEqual([`VS ${VS} DOWN>UP`, `VS ${VS} UP>DOWN`, `VS ${VS} DOWN>UP`]);
  });

  it('is forgotten when it fails, kept while it retries', () => {
    const simulation = new Simulation(
      dynamic({ inhibitOnFailure: true }),
      weights((now) => (now < 10_000 ? 7 : false)),
    );
    simulation.run(13_100);
    expect(simulation.pool()).toEqual(['172.16.1.2:80=7']);
    simulation.run(30_000);
    expect(simulation.pool()).toEqual(['172.16.1.2:80=0']);
    expect(simulation.engine.status().virtualServers[0]?.servers[0]).toMatchObject({ weight: 4, effectiveWeight: 4 });
  });

  it('is added to another one that does', () => {
    const checkers = [miscCheck({ dynamic: true }), miscCheck({ dynamic: true, command: { argv: ['/other'] } })];
    const simulation = new Simulation(
      dynamic({ checkers }),
      weights(() => 7),
    );
    simulation.run(9000);
    expect(simulation.pool()).toEqual(['172.16.1.2:80=10']);
  });

  it('keeps it over a reload that changes the configured weight', () => {
    const simulation = new Simulation(
      dynamic(),
      weights(() => 7),
    );
    simulation.run(9000);
    simulation.reload(dynamic({ weight: 5 }));
    expect(simulation.pool()).toEqual(['172.16.1.2:80=7']);
    simulation.reload(dynamic({ weight: 5, checkers: [miscCheck({ dynamic: true, retry: 3 })] }));
    expect(simulation.pool()).toEqual(['172.16.1.2:80=7']);
    simulation.reload(dynamic({ weight: 5, checkers: [] }));
    expect(simulation.pool()).toEqual(['172.16.1.2:80=5']);
  });
});

describe('a program as a check', () => {
  it('runs from start to start of delay_loop, and at once when the last one took longer', () => {
    const service = configuration(
      virtualServerModel({ realServers: [realServerModel({ checkers: [miscCheck({ delayLoop: 3000 })] })] }),
    );
    let run = 0;
    const simulation = new Simulation(service, () => slowly([1000, 5000, 10][run++] ?? 10));
    simulation.run(13_500);
    expect(simulation.started.map(({ at }) => at)).toEqual([1000, 4000, 9000, 12_000]);
  });
});
