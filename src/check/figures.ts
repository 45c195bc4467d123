/** Virtual and real servers in numbers, for metrics. */
import { serverNumbers, serviceNumbers } from '../metrics/figures.ts';
import type { DestinationTraffic, ServiceKey } from '../ipvs/types.ts';
import { HealthCheck } from './health-check.ts';
import type { RealServerState } from './real-server.ts';
import type { VirtualServerState } from './virtual-server.ts';

/** Its name, then those of its servers. */
export function namesOf({ label, servers }: VirtualServerState): readonly string[] {
  return [label, ...servers.map((server) => server.label)];
}

/** The numbers of a virtual server and of its servers (figures.ts has their order), separated by commas. */
export function numbersText(virtualServer: VirtualServerState, known: KnownTraffic | undefined): string {
  const { configuration, liveWeight, quorum, servers, sorryActive, suspended } = virtualServer;
  let up = 0;
  for (const { state } of servers) if (state === 'UP') up++;
  const isUp = quorum === 'UP' ? 1 : 0;
  let text = `${isUp},${liveWeight},${configuration.quorum},${servers.length},${up},${sorryActive ? 1 : 0},${suspended ? 1 : 0}`;
  for (const [index, server] of servers.entries())
    text += `,${ownNumbers(server)},${trafficText(server, known, index)}`;
  return text;
}

function ownNumbers(server: RealServerState): string {
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
  return `${server.state === 'UP' ? 1 : 0},${server.effectiveWeight},${duration},${runs},${failures}`;
}

/** What IPVS said of the servers of a virtual server, in their order, each as the numbers that stand for it. */
export type KnownTraffic = readonly ServerTraffic[];

interface ServerTraffic {
  readonly address: string;
  readonly port: number;
  /** Seven numbers, separated by commas. */
  readonly text: string;
}

const unknownTraffic = '-1,-1,-1,-1,-1,-1,-1';

/** A reload may have put others in their places. */
function trafficText({ configuration }: RealServerState, known: KnownTraffic | undefined, index: number): string {
  const isMeant = (one: ServerTraffic | undefined): boolean =>
    one?.address === configuration.address && one.port === configuration.port;
  const inPlace = known?.[index];
  return (isMeant(inPlace) ? inPlace : known?.find(isMeant))?.text ?? unknownTraffic;
}

/**
 * Puts what IPVS said into the form in which it is told, once for all scrapes until it is read again.
 * @param destinations of each kernel service of the virtual server, in the order of kernelKeysOf(); undefined: it is gone
 */
export function knownTraffic(
  { servers }: VirtualServerState,
  keys: readonly ServiceKey[],
  destinations: readonly (readonly DestinationTraffic[] | undefined)[],
): KnownTraffic {
  return servers.map(({ configuration }) => {
    const { address, port } = configuration;
    let sums: number[] | undefined;
    for (const [index, key] of keys.entries()) {
      const own = destinations[index]?.find((each) => isServer(each, configuration, key));
      if (own === undefined) continue;
      const numbers = trafficNumbers(own);
      sums = sums?.map((sum, place) => sum + (numbers[place] ?? 0)) ?? numbers;
    }
    return { address, port, text: sums?.join() ?? unknownTraffic };
  });
}

/** Port 0 stands for the port of the service. */
function isServer(
  { address, port }: DestinationTraffic,
  wanted: RealServerState['configuration'],
  key: ServiceKey,
): boolean {
  return address === wanted.address && port === (wanted.port === 0 && key.kind === 'address' ? key.port : wanted.port);
}

function trafficNumbers({ activeConnections, inactiveConnections, traffic }: DestinationTraffic): number[] {
  const { connections, incomingBytes, incomingPackets, outgoingBytes, outgoingPackets } = traffic;
  return [
    activeConnections,
    inactiveConnections,
    connections,
    incomingPackets,
    outgoingPackets,
    incomingBytes,
    outgoingBytes,
  ];
}

/** How many numbers numbersText() has. */
export function numbersOf(servers: number): number {
  return serviceNumbers + servers * serverNumbers;
}
