/** Virtual and real servers in numbers, in the order that src/metrics/figures.ts names. */
import { expect, it } from 'vitest';
import { knownTraffic, numbersOf, numbersText } from '../../../src/check/figures.ts';
import { kernelKeysOf } from '../../../src/check/report.ts';
import type { VirtualServerState } from '../../../src/check/virtual-server.ts';
import { noTraffic } from '../../../src/ipvs/traffic.ts';
import type { DestinationTraffic } from '../../../src/ipvs/types.ts';
import { realServerModel, virtualServerModel } from '../../support/models.ts';
import { configuration } from './builders.ts';
import { Simulation, passes } from './simulation.ts';

function serviceOf(...addresses: string[]): VirtualServerState {
  const realServers = addresses.map((address) => realServerModel({ address, port: 80 }));
  const [service] = new Simulation(configuration(virtualServerModel({ quorum: 1, realServers })), () => passes).engine
    .virtualServers;
  if (service === undefined) throw new Error('there is no service');
  return service;
}

const destination = (address: string, port: number, connections: number): DestinationTraffic => ({
  family: 'inet',
  address,
  port,
  activeConnections: 7,
  inactiveConnections: 3,
  persistentConnections: 0,
  traffic: {
    ...noTraffic,
    connections,
    incomingPackets: 20,
    outgoingPackets: 10,
    incomingBytes: 2 ** 40,
    outgoingBytes: 0,
  },
});
const service = serviceOf('10.0.0.1', '10.0.0.2');
const keys = kernelKeysOf(service);
const known = knownTraffic(service, keys, [
  // The kernel's order is its own; a server on another port is another one.
  [destination('10.0.0.2', 80, 2), destination('10.0.0.1', 8080, 9), destination('10.0.0.1', 80, 1)],
]);

it('has the numbers of the service, then those of its servers, with what IPVS said of each', () => {
  const text = numbersText(service, known);
  expect(text).toBe(
    ['1,2,1,2,2,0,0', '1,1,-1,0,0,7,3,1,20,10,1099511627776,0', '1,1,-1,0,0,7,3,2,20,10,1099511627776,0'].join(),
  );
  expect(text.split(',')).toHaveLength(numbersOf(2));
});

it('says of nobody what IPVS did not say', () => {
  const unknown = ['1,2,1,2,2,0,0', '1,1,-1,0,0,-1,-1,-1,-1,-1,-1,-1', '1,1,-1,0,0,-1,-1,-1,-1,-1,-1,-1'].join();
  expect(numbersText(service, undefined)).toBe(unknown);
  expect(numbersText(service, knownTraffic(service, keys, [undefined]))).toBe(unknown);
});

it('finds servers again that a reload put in other places, and knows nothing of new ones', () => {
  const text = numbersText(serviceOf('10.0.0.3', '10.0.0.2'), known);
  expect(text).toContain(',1,1,-1,0,0,-1,-1,-1,-1,-1,-1,-1,1,1,-1,0,0,7,3,2,');
});

it('sums what the kernel has of a server in several services', () => {
  const twice = [...keys, ...keys];
  const summed = knownTraffic(service, twice, [[destination('10.0.0.1', 80, 1)], [destination('10.0.0.1', 80, 5)]]);
  expect(numbersText(service, summed)).toContain(',14,6,6,40,20,2199023255552,0,');
});
