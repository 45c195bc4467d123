/** When the daemon says that it is ready, and what it says it waits for until then. */
import { describe, expect, it } from 'vitest';
import { readinessOf } from '../../../src/process/readiness.ts';
import { checkerModel, vrrpModel } from '../../support/status-models.ts';
import { realServerModel, virtualServerModel } from '../../support/models.ts';
import { configuration, tcpCheck } from '../check/builders.ts';
import { Simulation, passes } from '../check/simulation.ts';
import { Bench } from '../vrrp/bench.ts';
import { instance, script, vrrpConfiguration } from '../vrrp/configuration.ts';

const running = [{ kind: 'vrrp', pid: 2, state: 'running', deaths: 0 }] as const;

describe('readiness', () => {
  it('of processes: each has taken its configuration', () => {
    expect(readinessOf({ started: true, processes: running })).toEqual({ ready: true, waitingFor: [] });
    expect(readinessOf({ started: false, processes: running }).waitingFor).toEqual(['the start is not complete']);
    const processes = [
      { kind: 'vrrp', state: 'starting', deaths: 0 },
      { kind: 'checker', state: 'waiting', deaths: 1 },
      { kind: 'bfd', state: 'silent', deaths: 0 },
    ] as const;
    expect(readinessOf({ started: false, processes }).waitingFor).toEqual([
      'process vrrp is starting',
      'process checker has died and is started again soon',
      'process bfd does not answer',
    ]);
  });

  it('of instances: the first results of their scripts, and the start delay', () => {
    const bench = new Bench(
      vrrpConfiguration({
        instances: [instance({ trackScripts: [{ script: 'chk', weight: 0, reverse: false }] })],
        scripts: [script('chk')],
      }),
      { global: { vrrpStartupDelay: 5000 } },
    );
    bench.start();
    const waitingFor = (): readonly string[] =>
      readinessOf({ started: true, processes: running, vrrp: vrrpModel(bench) }).waitingFor;
    expect(waitingFor()).toEqual([
      'instance VI_1: waiting for the first result of chk',
      'the start delay of VRRP, another 5 s',
    ]);
    bench.pass(500);
    bench.script('chk', 0);
    expect(waitingFor()).toEqual(['the start delay of VRRP, another 4.5 s']);
    bench.pass(4500);
    expect(waitingFor()).toEqual([]);
  });

  it('of checks: each has come to a conclusion', () => {
    const service = virtualServerModel({ realServers: [realServerModel({ checkers: [tcpCheck()] })] });
    const simulation = new Simulation(configuration(service), () => passes);
    const readiness = () => readinessOf({ started: true, processes: running, checker: checkerModel(simulation) });
    expect(readiness().waitingFor).toEqual(['1 of 1 checks have not come to a conclusion yet']);
    simulation.run(10_000);
    expect(readiness().ready).toBe(true);
  });
});
