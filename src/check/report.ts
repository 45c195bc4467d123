/** Virtual servers as status shows them: plain data, made when it is asked for. */
import type { MonotonicMs } from '../core/time.ts';
import { destinationKeyText, serviceKeyText } from '../ipvs/keys.ts';
import { noTraffic, sumTraffic } from '../ipvs/traffic.ts';
import type { DestinationTraffic, ServiceKey, Traffic } from '../ipvs/types.ts';
import { explainServer, explainService, explainWeight, phasesOf } from './explain.ts';
import { overrideStatus } from '../live/words.ts';
import { serviceKeysOf } from './desired.ts';
import { HealthCheck } from './health-check.ts';
import type { RealServerState, ServerCheck } from './real-server.ts';
import type {
  CheckTotals,
  CheckerReport,
  ConnectionsReport,
  RealServerReport,
  VirtualServerReport,
  VirtualServerSummary,
} from './report-types.ts';
import type { VirtualServerState } from './virtual-server.ts';

/** What the kernel said about some services; undefined: it was not asked, or has no such service. */
export interface KernelTraffic {
  readonly service: (keyText: string) => Traffic | undefined;
  readonly destinations: (keyText: string) => readonly DestinationTraffic[] | undefined;
}

/** A kernel that was not asked. */
export const trafficUnknown: KernelTraffic = { service: () => undefined, destinations: () => undefined };

export interface CheckSurroundings {
  /** The time of day of a moment, ISO 8601. */
  readonly timeOf: (at: MonotonicMs) => string;
  readonly traffic: KernelTraffic;
}

/** The kernel services that stand for a virtual server. */
export function kernelKeysOf({ configuration, group, mark }: VirtualServerState): readonly ServiceKey[] {
  return serviceKeysOf(configuration, group, mark);
}

function serversUp({ servers }: VirtualServerState): number {
  let up = 0;
  for (const { state } of servers) if (state === 'UP') up++;
  return up;
}

function serviceTraffic(virtualServer: VirtualServerState, { service }: KernelTraffic): Traffic | undefined {
  const known = kernelKeysOf(virtualServer).flatMap((key) => service(serviceKeyText(key)) ?? []);
  return known.length <= 1 ? known[0] : sumTraffic(known);
}

export function virtualServerSummary(
  virtualServer: VirtualServerState,
  { timeOf, traffic: kernel }: CheckSurroundings,
): VirtualServerSummary {
  const { configuration, label, liveWeight, quorum, quorumSince, servers, sorryActive, suspended } = virtualServer;
  const up = serversUp(virtualServer);
  const traffic = serviceTraffic(virtualServer, kernel);
  return {
    label,
    identity: configuration.identity,
    ...(configuration.snmpName !== undefined && { name: configuration.snmpName }),
    state: quorum,
    since: quorumSince,
    sinceTime: timeOf(quorumSince),
    explanation: explainService(virtualServer, up),
    servers: { up, total: servers.length },
    weight: liveWeight,
    quorum: configuration.quorum,
    sorryActive,
    suspended,
    trouble: isInTrouble(virtualServer, up),
    ...overridesOf(virtualServer),
    ...(traffic !== undefined && { traffic }),
  };
}

function overridesOf({ servers }: VirtualServerState): Pick<VirtualServerSummary, 'overrides'> {
  const overrides = servers.flatMap(({ connections, label, override }) =>
    override === undefined ? [] : [{ server: label, override: overrideStatus(override, connections) }],
  );
  return overrides.length === 0 ? {} : { overrides };
}

/** No quorum, a server down, or a change by an operator. */
export function isInTrouble(virtualServer: VirtualServerState, up = serversUp(virtualServer)): boolean {
  const { quorum, servers } = virtualServer;
  return quorum === 'DOWN' || up < servers.length || servers.some(({ override }) => override !== undefined);
}

/** @param wanted of its servers; default all */
export function virtualServerReport(
  virtualServer: VirtualServerState,
  surroundings: CheckSurroundings,
  wanted: readonly RealServerState[] = virtualServer.servers,
): VirtualServerReport {
  const { configuration, quorumSince } = virtualServer;
  const { timeOf, traffic: kernel } = surroundings;
  const keys = kernelKeysOf(virtualServer);
  const traffic = serviceTraffic(virtualServer, kernel);
  const servers = wanted.map((server) => serverReport(server, keys, surroundings));
  const connected = servers.flatMap(({ connections }) => connections ?? []);
  return {
    ...virtualServer.ownStatus(),
    explanation: explainService(virtualServer, serversUp(virtualServer)),
    sinceTime: timeOf(quorumSince),
    ...(configuration.snmpName !== undefined && { name: configuration.snmpName }),
    scheduler: configuration.scheduler,
    ...(configuration.persistenceTimeout !== undefined && { persistenceTimeout: configuration.persistenceTimeout }),
    kernelServices: keys.length,
    ...(traffic !== undefined && { traffic }),
    ...(connected.length > 0 && { connections: sumConnections(connected) }),
    servers,
  };
}

function sumConnections(all: readonly ConnectionsReport[]): ConnectionsReport {
  return all.reduce(
    (a, b) => ({
      active: a.active + b.active,
      inactive: a.inactive + b.inactive,
      persistent: a.persistent + b.persistent,
    }),
    { active: 0, inactive: 0, persistent: 0 },
  );
}

function serverReport(
  server: RealServerState,
  keys: readonly ServiceKey[],
  { timeOf, traffic: kernel }: CheckSurroundings,
): RealServerReport {
  const { checks, configuration, since, virtualServer } = server;
  const own = destinationsOf(server, keys, kernel);
  return {
    ...virtualServer.ownStatusOf(server),
    explanation: explainServer(server),
    sinceTime: timeOf(since),
    forwarding: configuration.forwarding.method,
    inhibitOnFailure: configuration.inhibitOnFailure,
    weightExplanation: explainWeight(server),
    ...(own.length > 0 && {
      connections: sumConnections(
        own.map(({ activeConnections, inactiveConnections, persistentConnections }) => ({
          active: activeConnections,
          inactive: inactiveConnections,
          persistent: persistentConnections,
        })),
      ),
      traffic: sumTraffic(own.map(({ traffic = noTraffic }) => traffic)),
    }),
    checkers: checks.map((check) => checkerReport(check, server, timeOf)),
  };
}

/** The server in each kernel service of its virtual server. Port 0 stands for the port of the service. */
function destinationsOf(
  { configuration }: RealServerState,
  keys: readonly ServiceKey[],
  { destinations }: KernelTraffic,
): DestinationTraffic[] {
  return keys.flatMap((key) => {
    const port = configuration.port === 0 && key.kind === 'address' ? key.port : configuration.port;
    const wanted = destinationKeyText({ ...configuration, port });
    return destinations(serviceKeyText(key))?.filter((each) => destinationKeyText(each) === wanted) ?? [];
  });
}

function checkerReport(
  check: ServerCheck,
  server: RealServerState,
  timeOf: CheckSurroundings['timeOf'],
): CheckerReport {
  const status = check.status();
  const { alpha } = check.checker as { readonly alpha?: boolean };
  const acting = check instanceof HealthCheck ? check : undefined;
  const lastRun = acting?.ended;
  return {
    ...status,
    sinceTime: timeOf(check.since),
    phases: phasesOf(status.lastResult),
    ...(lastRun !== undefined && { lastRun, lastRunTime: timeOf(lastRun) }),
    retriesLeft: status.hasRun && status.state === 'UP' ? Math.max(0, status.retry - status.retriesUsed) : 0,
    alpha: alpha === true,
    weightChange: check.weightChange(server.configuration.weight),
    suspended: acting?.suspended === true,
  };
}

/** Counts everything, one virtual server after the other. */
export class TotalsCounter {
  readonly #services = { total: 0, up: 0, down: 0, sorry: 0, suspended: 0, trouble: 0 };
  readonly #servers = { total: 0, up: 0, down: 0 };

  add(virtualServer: VirtualServerState): void {
    const up = serversUp(virtualServer);
    const { quorum, servers, sorryActive, suspended } = virtualServer;
    this.#services.total++;
    if (quorum === 'UP') this.#services.up++;
    else this.#services.down++;
    if (sorryActive) this.#services.sorry++;
    if (suspended) this.#services.suspended++;
    if (isInTrouble(virtualServer, up)) this.#services.trouble++;
    this.#servers.total += servers.length;
    this.#servers.up += up;
    this.#servers.down += servers.length - up;
  }

  /** @param checks all distinct ones */
  totals(checks: Iterable<HealthCheck>): CheckTotals {
    const counted = { total: 0, up: 0, down: 0, pending: 0 };
    for (const check of checks) {
      counted.total++;
      if (check.progress.hasRun) counted[check.state === 'UP' ? 'up' : 'down']++;
      else if (!check.suspended) counted.pending++;
    }
    return { services: this.#services, servers: this.#servers, checks: counted };
  }
}
