/** When probes run, by behaviour of the original: retries, urls one by one, recovery. */
import { describe, expect, it } from 'vitest';
import { realServerModel, virtualServerModel } from '../../support/models.ts';
import { checkedServer, configuration, httpCheck, url } from './builders.ts';
import { passes, refuses, Simulation } from './simulation.ts';

const oneServer = (check: Parameters<typeof checkedServer>[2]) =>
  configuration(virtualServerModel({ realServers: [checkedServer(2, {}, check)] }));

const startTimes = (simulation: Simulation) => simulation.started.map(({ at }) => at);

describe('the first probe', () => {
  it('runs 1 s plus the random part of warmup after the start', () => {
    const simulation = new Simulation(oneServer({ warmup: 6000 }), () => passes, {
      environment: { random: () => 0.5 },
    });
    simulation.run(10_001);
    expect(startTimes(simulation)).toEqual([4000, 10_000 + 1]);
  });

  it('counts as final when it fails: the retry counter starts full', () => {
    const simulation = new Simulation(oneServer({ retry: 5 }), () => refuses);
    simulation.run(1001);
    expect(simulation.story).toEqual([
      'VS [192.168.1.54]:tcp:80 DOWN>UP',
      'RS [172.16.1.2]:tcp:80 UP>DOWN',
      'VS [192.168.1.54]:tcp:80 UP>DOWN',
    ]);
  });
});

describe('a TCP check', () => {
  it('runs delay_loop after the end of the last run', () => {
    const simulation = new Simulation(oneServer({ delayLoop: 6000 }), () => ({
      after: 250,
      result: { ok: true, detail: 'connected', duration: 250 },
    }));
    simulation.run(14_000);
    expect(startTimes(simulation)).toEqual([1000, 7250, 13_500]);
  });

  it('is retried after delay_before_retry until the retries are used up, then down', () => {
    const simulation = new Simulation(oneServer({ retry: 3, delayBeforeRetry: 2000 }), () => passes);
    simulation.run(2000);
    simulation.answerWith(() => refuses);
    simulation.run(13_003);
    // Good at 1000; delay_loop later the first failure, then three retries 2 s apart (and 1 ms each probe).
    expect(startTimes(simulation)).toEqual([1000, 7001, 9002, 11_003]);
    expect(simulation.engine.status().virtualServers[0]?.servers[0]?.state).toBe('UP');
    simulation.run(13_005);
    expect(startTimes(simulation).at(-1)).toBe(13_004);
    expect(simulation.engine.status().virtualServers[0]?.servers[0]).toMatchObject({
      state: 'DOWN',
      since: 13_005,
      reason: 'TCP_CHECK: connect: connection refused (1.0 ms), failed after 3 retries',
    });
  });

  it('forgets earlier failures after one success', () => {
    let failures = 0;
    let probes = 0;
    const simulation = new Simulation(oneServer({ retry: 1 }), () => {
      // Every second probe fails: never two in a row.
      if (++probes % 2 === 1) return passes;
      failures += 1;
      return refuses;
    });
    simulation.run(120_000);
    expect(failures).toBeGreaterThan(10);
    expect(simulation.story).toEqual(['VS [192.168.1.54]:tcp:80 DOWN>UP']);
  });

  it('counts a single retry as one', () => {
    let probes = 0;
    const simulation = new Simulation(oneServer({ retry: 1 }), () => (++probes === 1 ? passes : refuses));
    simulation.run(9000);
    expect(simulation.events.map(({ reason }) => reason)).toContain(
      'TCP_CHECK: connect: connection refused (1.0 ms), failed after 1 retry',
    );
  });

  it('has no retries while down, and one success is enough', () => {
    const simulation = new Simulation(oneServer({ retry: 3, delayLoop: 6000 }), () => refuses);
    simulation.run(20_000);
    expect(startTimes(simulation)).toEqual([1000, 7001, 13_002, 19_003]);
    simulation.answerWith(() => passes);
    simulation.run(25_005);
    expect(simulation.story.slice(-2)).toEqual(['RS [172.16.1.2]:tcp:80 DOWN>UP', 'VS [192.168.1.54]:tcp:80 DOWN>UP']);
  });

  it('changes no state for trouble of this machine, and tells it once', () => {
    const simulation = new Simulation(oneServer({}), () => ({
      after: 0,
      result: { ok: false, phase: 'setup', detail: 'no descriptor left', duration: 0 },
    }));
    simulation.run(60_000);
    expect(simulation.story).toEqual(['VS [192.168.1.54]:tcp:80 DOWN>UP']);
    expect(startTimes(simulation).slice(0, 3)).toEqual([1000, 7000, 13_000]);
    expect(simulation.logs).toHaveLength(1);
  });

  it('goes on when a probe never reports', () => {
    const simulation = new Simulation(oneServer({ connectTimeout: 5000, retry: 0 }), () => 'never');
    simulation.run(30_000);
    expect(simulation.cancelled.length).toBeGreaterThanOrEqual(1);
    expect(simulation.started.length).toBeGreaterThanOrEqual(2);
    expect(simulation.engine.status().virtualServers[0]?.servers[0]?.state).toBe('DOWN');
  });

  it('logs failures that change nothing only with log_all_failures', () => {
    const play = (logAllFailures: boolean) => {
      let probes = 0;
      const simulation = new Simulation(oneServer({ retry: 2, logAllFailures }), () =>
        ++probes === 2 ? refuses : passes,
      );
      simulation.run(20_000);
      return simulation.logs.map(({ message }) => message);
    };
    expect(play(false)).toEqual([]);
    expect(play(true)).toEqual([
      'TCP_CHECK of [172.16.1.2]:tcp:80 failed: connect: connection refused (1.0 ms); retry 1 of 2 in 1 s',
    ]);
  });
});

describe('an HTTP check', () => {
  const paths = (simulation: Simulation) => simulation.started.map(({ at, request }) => `${at} ${request.url?.path}`);
  const twoUrls = (changes: Parameters<typeof httpCheck>[0] = {}) =>
    configuration(
      virtualServerModel({
        realServers: [
          realServerModel({
            checkers: [
              httpCheck({ urls: [url({ path: '/a' }), url({ path: '/b' })], delayBeforeRetry: 3000, ...changes }),
            ],
          }),
        ],
      }),
    );

  it('asks one url a cycle, delay_loop apart', () => {
    const simulation = new Simulation(twoUrls(), () => passes);
    simulation.run(20_000);
    expect(paths(simulation)).toEqual(['1000 /a', '7001 /b', '13002 /a', '19003 /b']);
  });

  it('is up only after all urls have passed', () => {
    const simulation = new Simulation(twoUrls({ alpha: true }), () => passes);
    simulation.run(7001);
    expect(simulation.story).toEqual([]);
    simulation.run(7002);
    expect(simulation.story).toEqual(['RS [172.16.1.2]:tcp:80 DOWN>UP', 'VS [192.168.1.54]:tcp:80 DOWN>UP']);
  });

  it('retries the failed url alone, stays with it while down, then asks all again', () => {
    const simulation = new Simulation(twoUrls({ retry: 1 }), ({ url: asked }, now) =>
      asked?.path === '/b' && now >= 15_000 && now < 40_000 ? refuses : passes,
    );
    simulation.run(70_000);
    expect(paths(simulation)).toEqual([
      '1000 /a',
      '7001 /b',
      '13002 /a',
      '19003 /b', // fails
      '22004 /b', // the retry, delay_before_retry later, fails: down
      '28005 /b', // while down every max(delay_before_retry, delay_loop)
      '34006 /b',
      '40007 /b', // passes: all are asked again
      '46008 /a',
      '52009 /b', // passes: up
      '58010 /a',
      '64011 /b',
    ]);
    expect(simulation.story).toEqual([
      'VS [192.168.1.54]:tcp:80 DOWN>UP',
      'RS [172.16.1.2]:tcp:80 UP>DOWN',
      'VS [192.168.1.54]:tcp:80 UP>DOWN',
      'RS [172.16.1.2]:tcp:80 DOWN>UP',
      'VS [192.168.1.54]:tcp:80 DOWN>UP',
    ]);
  });

  it('waits delay_before_retry while down if that is longer than delay_loop', () => {
    const simulation = new Simulation(twoUrls({ delayBeforeRetry: 9000, delayLoop: 6000 }), () => refuses);
    simulation.run(20_000);
    expect(paths(simulation)).toEqual(['1000 /a', '10001 /a', '19002 /a']);
  });

  it('comes up without the pauses with fast_recovery', () => {
    const simulation = new Simulation(twoUrls({ fastRecovery: true }), (_request, now) =>
      now >= 15_000 && now < 30_000 ? refuses : passes,
    );
    simulation.run(1010);
    // The probe takes 1 ms, and the next turn of starts is 5 ms after the last.
    expect(paths(simulation)).toEqual(['1000 /a', '1005 /b']);
    simulation.run(60_000);
    const recovery = paths(simulation).slice(-6);
    expect(recovery[0]).toMatch(/\/a$/);
    const up = simulation.events.find(({ kind, at }) => kind === 'real-server' && at > 30_000);
    const firstPass = simulation.started.find(({ at }) => at >= 30_000);
    // The failed url, then both urls: three probes of 1 ms in turns of 5 ms.
    expect(up?.at).toBe((firstPass?.at ?? 0) + 11);
  });
});

/**
 * The moments at which HTTP_GET of keepalived 2.2.7 (Debian 1:2.2.7-1, guest kernel) asked a server, in seconds from its
 * start: delay_loop 3, retry 1, delay_before_retry 1, warmup 0; the server answered 500 from 12.5 s to 28.5 s.
 */
describe('beside the original', () => {
  const recorded = {
    oneUrl: '1.0/a 4.0/a 7.0/a 10.0/a 13.0/a 14.0/a 17.0/a 20.0/a 23.0/a 26.0/a 29.0/a 32.0/a 35.0/a 38.0/a',
    twoUrls: '1.0/1 4.0/2 7.0/1 10.0/2 13.0/1 14.0/1 17.0/1 20.0/1 23.0/1 26.0/1 29.0/1 32.0/1 35.0/2 38.0/1',
  };

  it.each([
    ['one url', ['/a'], false, recorded.oneUrl, [14, 32]],
    ['two urls and alpha', ['/1', '/2'], true, recorded.twoUrls, [4, 14, 35]],
  ] as const)('HTTP_GET asks and decides at the same moments: %s', (_name, paths, alpha, requests, decisions) => {
    const checker = httpCheck({
      urls: paths.map((path) => url({ path })),
      ...{ delayLoop: 3000, retry: 1, delayBeforeRetry: 1000, warmup: 0, alpha },
    });
    const simulation = new Simulation(
      configuration(virtualServerModel({ realServers: [realServerModel({ checkers: [checker] })] })),
      (_request, now) => (now > 12_500 && now < 28_500 ? refuses : passes),
    );
    simulation.run(40_000);
    const seconds = (at: number) => Math.floor(at / 100) / 10;
    const asked = simulation.started.map(({ at, request }) => `${seconds(at).toFixed(1)}${request.url?.path}`);
    expect(asked.join(' ')).toBe(requests);
    const decided = simulation.events.filter(({ kind }) => kind === 'real-server').map(({ at }) => seconds(at));
    expect(decided).toEqual(decisions);
  });
});
