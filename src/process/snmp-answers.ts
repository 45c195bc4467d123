/** What the checker process answers when SNMP asks: states of servers, and what IPVS says that they carry. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CheckEngine } from '../check/engine.ts';
import { kernelKeysOf } from '../check/report.ts';
import type { VirtualServerState } from '../check/virtual-server.ts';
import type { RealServerConfiguration, VirtualServerConfiguration } from '../config/model.ts';
import { destinationOf } from '../check/desired.ts';
import { destinationKeyText, serviceKeyText } from '../ipvs/keys.ts';
import { noTraffic } from '../ipvs/traffic.ts';
import type { DestinationTraffic, ServiceKey, ServiceTraffic, Traffic } from '../ipvs/types.ts';
import { poolFingerprint, type PoolReport } from '../notify/snmp/pool-report.ts';
import { serverTrafficNumbers, type TrafficNumbers } from '../notify/snmp/traffic-cache.ts';

/** Where traffic is read. */
export interface TrafficTable {
  dumpServiceTraffic(): Promise<readonly ServiceTraffic[]>;
  dumpDestinationTraffic(key: ServiceKey): Promise<readonly DestinationTraffic[] | undefined>;
}

/** Virtual servers, or kernel services, worked on in one go. */
const sliceSize = 500;

const fingerprints = new WeakMap<VirtualServerConfiguration, number>();

function fingerprintOf(configuration: VirtualServerConfiguration): number {
  const fingerprint = fingerprints.get(configuration) ?? poolFingerprint(configuration);
  fingerprints.set(configuration, fingerprint);
  return fingerprint;
}

/** Checks go on between the slices. */
async function inSlices<From, To>(all: readonly From[], make: (each: From) => To): Promise<To[]> {
  const made: To[] = [];
  for (let first = 0; first < all.length; first += sliceSize) {
    if (first > 0) await nextTurn();
    for (const each of all.slice(first, first + sliceSize)) made.push(make(each));
  }
  return made;
}

/** The states of all virtual servers. */
export function poolReports(engine: CheckEngine | undefined): Promise<readonly PoolReport[]> {
  return inSlices(engine?.virtualServers ?? [], poolReport);
}

function poolReport({ configuration, quorum, servers }: VirtualServerState): PoolReport {
  const numbers: number[] = [];
  for (const { checks, effectiveWeight, state } of servers) {
    let failed = 0;
    for (const check of checks) if (check.state === 'DOWN') failed++;
    numbers.push(state === 'UP' ? 1 : 0, effectiveWeight, failed);
  }
  return { pool: fingerprintOf(configuration), quorum: quorum === 'UP', servers: numbers };
}

function numbersOf(traffic: Traffic): number[] {
  return [
    traffic.connections,
    traffic.incomingPackets,
    traffic.outgoingPackets,
    traffic.incomingBytes,
    traffic.outgoingBytes,
    traffic.connectionsPerSecond,
    traffic.incomingPacketsPerSecond,
    traffic.outgoingPacketsPerSecond,
    traffic.incomingBytesPerSecond,
    traffic.outgoingBytesPerSecond,
  ];
}

function sum(into: number[] | undefined, numbers: readonly number[]): number[] {
  return into === undefined ? [...numbers] : into.map((number, at) => number + (numbers[at] ?? 0));
}

const nothing = numbersOf(noTraffic);
const nobody = new Array<number>(serverTrafficNumbers).fill(0);

/** What the virtual servers carry, each the sum of its kernel services. */
export async function serviceTraffic(
  engine: CheckEngine | undefined,
  table: TrafficTable | undefined,
): Promise<readonly TrafficNumbers[]> {
  if (engine === undefined || table === undefined) return [];
  const services = await table.dumpServiceTraffic();
  const byKey = new Map<string, Traffic>();
  await inSlices(services, ({ key, traffic }) => byKey.set(serviceKeyText(key), traffic));
  return inSlices(engine.virtualServers, (virtualServer) => {
    let numbers: number[] | undefined;
    for (const key of kernelKeysOf(virtualServer)) {
      const traffic = byKey.get(serviceKeyText(key));
      if (traffic !== undefined) numbers = sum(numbers, numbersOf(traffic));
    }
    return { pool: fingerprintOf(virtualServer.configuration), numbers: numbers ?? nothing };
  });
}

/** What the servers of `count` virtual servers from number `first` on carry: the sorry server before the others. */
export async function serverTraffic(
  engine: CheckEngine | undefined,
  table: TrafficTable | undefined,
  { count, first }: { readonly first: number; readonly count: number },
): Promise<readonly TrafficNumbers[]> {
  if (engine === undefined || table === undefined) return [];
  const lists: TrafficNumbers[] = [];
  for (const virtualServer of engine.virtualServers.slice(first, first + count))
    lists.push(await poolTraffic(virtualServer, table));
  return lists;
}

async function poolTraffic(virtualServer: VirtualServerState, table: TrafficTable): Promise<TrafficNumbers> {
  const { realServers, sorryServer } = virtualServer.configuration;
  const servers: readonly RealServerConfiguration[] =
    sorryServer === undefined ? realServers : [sorryServer, ...realServers];
  const sums: (number[] | undefined)[] = [];
  for (const key of kernelKeysOf(virtualServer)) {
    const destinations = await table.dumpDestinationTraffic(key);
    const byKey = new Map(destinations?.map((each) => [destinationKeyText(each), each]));
    for (const [at, server] of servers.entries()) {
      const found = byKey.get(destinationKeyText(destinationOf(server, 0, key)));
      if (found === undefined) continue;
      const { activeConnections, inactiveConnections, persistentConnections, traffic } = found;
      const connections = [activeConnections, inactiveConnections, persistentConnections];
      sums[at] = sum(sums[at], [...connections, ...numbersOf(traffic)]);
    }
  }
  return {
    pool: fingerprintOf(virtualServer.configuration),
    numbers: servers.flatMap((_server, at) => sums[at] ?? nobody),
  };
}
