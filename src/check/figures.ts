/** Virtual and real servers in numbers, for metrics. */
import { serverNumbers, serviceNumbers } from '../metrics/figures.ts';
import { destinationKeyText, serviceKeyText } from '../ipvs/keys.ts';
import type { DestinationTraffic, ServiceKey } from '../ipvs/types.ts';
import { HealthCheck } from './health-check.ts';
import type { RealServerState } from './real-server.ts';
import { kernelKeysOf } from './report.ts';
import type { VirtualServerState } from './virtual-server.ts';

/** Servers of a kernel service as IPVS has them, by the key text of the service; undefined: not known. */
export type KnownDestinations = (serviceKeyText: string) => readonly DestinationTraffic[] | undefined;

/** Its name, then those of its servers. */
export function namesOf({ label, servers }: VirtualServerState): readonly string[] {
  return [label, ...servers.map((server) => server.label)];
}

/** Appends the numbers of a virtual server and of its servers (figures.ts has their order). */
export function pushNumbers(virtualServer: VirtualServerState, known: KnownDestinations, numbers: number[]): void {
  const { configuration, liveWeight, quorum, servers, sorryActive, suspended } = virtualServer;
  let up = 0;
  for (const { state } of servers) if (state === 'UP') up++;
  numbers.push(
    quorum === 'UP' ? 1 : 0,
    liveWeight,
    configuration.quorum,
    servers.length,
    up,
    sorryActive ? 1 : 0,
    suspended ? 1 : 0,
  );
  const keys = kernelKeysOf(virtualServer);
  for (const server of servers) pushServer(server, keys, known, numbers);
}

function pushServer(
  server: RealServerState,
  keys: readonly ServiceKey[],
  known: KnownDestinations,
  numbers: number[],
): void {
  let duration = -1;
  let runs = 0;
  let failures = 0;
  for (const check of server.checks) {
    if (!(check instanceof HealthCheck)) continue;
    runs += check.runs;
    failures += check.failures;
    const took = check.lastResult?.duration;
    // Microseconds will do, and have fewer digits.
    if (took !== undefined) duration = Math.max(duration, Math.round(1000 * took) / 1e6);
  }
  numbers.push(server.state === 'UP' ? 1 : 0, server.effectiveWeight, duration, runs, failures);
  pushTraffic(server, keys, known, numbers);
}

const unknownTraffic = [-1, -1, -1, -1, -1, -1, -1] as const;

/** Of the server in each kernel service of its virtual server. Port 0 stands for the port of the service. */
function pushTraffic(
  { configuration }: RealServerState,
  keys: readonly ServiceKey[],
  known: KnownDestinations,
  numbers: number[],
): void {
  const sums: number[] = [...unknownTraffic];
  for (const key of keys) {
    const destinations = known(serviceKeyText(key));
    if (destinations === undefined) continue;
    const port = configuration.port === 0 && key.kind === 'address' ? key.port : configuration.port;
    const wanted = destinationKeyText({ ...configuration, port });
    for (const destination of destinations) {
      if (destinationKeyText(destination) !== wanted) continue;
      const { activeConnections, inactiveConnections, traffic } = destination;
      const values = [
        activeConnections,
        inactiveConnections,
        traffic.connections,
        traffic.incomingPackets,
        traffic.outgoingPackets,
        traffic.incomingBytes,
        traffic.outgoingBytes,
      ];
      for (const [place, value] of values.entries()) sums[place] = Math.max(0, sums[place] ?? 0) + value;
    }
  }
  for (const sum of sums) numbers.push(sum);
}

/** How many numbers pushNumbers() appends. */
export function numbersOf(servers: number): number {
  return serviceNumbers + servers * serverNumbers;
}
