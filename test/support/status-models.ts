/** Answers of the control command `status` for tests, made from engines as the processes make them. */
import { TotalsCounter, trafficUnknown, virtualServerReport, virtualServerSummary } from '../../src/check/report.ts';
import type { KernelTraffic } from '../../src/check/report.ts';
import { waitingInstances } from '../../src/process/readiness.ts';
import type { CheckerReport, DaemonStatus, VrrpReport } from '../../src/process/status-types.ts';
import type { Simulation } from '../unit/check/simulation.ts';
import type { Bench } from '../unit/vrrp/bench.ts';

/** The virtual clocks begin with 2026. */
export function timeOf(moment: number): string {
  return new Date(Date.UTC(2026, 0, 1) + moment).toISOString();
}

export function statusModel(changes: Partial<DaemonStatus> = {}): DaemonStatus {
  return {
    version: 1,
    time: '2026-01-02T03:04:05.000Z',
    pid: 4711,
    release: '0.1.0',
    startedAt: '2026-01-02T03:00:05.000Z',
    files: ['/etc/keepalived/keepalived.conf'],
    processes: [],
    readiness: { ready: true, waitingFor: [] },
    ...changes,
  };
}

export function vrrpModel({ engine, now }: Bench): VrrpReport {
  const instances = [...engine.instanceReports(now, timeOf)];
  return {
    now,
    time: timeOf(now),
    instances,
    ...engine.commonReport(instances, timeOf),
    files: Object.fromEntries(engine.trackFileValues()),
    hardwareAddresses: {},
    bfd: Object.fromEntries(engine.bfdStates()),
    waitingFor: waitingInstances(instances, now),
  };
}

/** @param most services with a line of their own */
export function checkerModel(
  { engine, now }: Simulation,
  most = Infinity,
  traffic: KernelTraffic = trafficUnknown,
): CheckerReport {
  const counter = new TotalsCounter();
  for (const virtualServer of engine.virtualServers) counter.add(virtualServer);
  const surroundings = { timeOf, traffic };
  return {
    now,
    time: timeOf(now),
    ...engine.reportHead(counter),
    services: engine.virtualServers.slice(0, most).map((each) => virtualServerSummary(each, surroundings)),
    virtualServers: engine.virtualServers.map((each) => virtualServerReport(each, surroundings)),
  };
}
