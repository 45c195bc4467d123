/** What services and servers carry, out of the kernel's answers: for status and metrics. Malformed octets become an error value. */
import type { AddressFamily } from '../config/model.ts';
import { decoding } from '../core/netlink/message.ts';
import type { Attributes, Decoded } from '../core/netlink/message.ts';
import { IPVS_CMD_ATTR, IPVS_DEST_ATTR, IPVS_STATS_ATTR, IPVS_SVC_ATTR } from './constants.ts';
import { nestedOf, readDestinationKey, readServiceKey } from './decode.ts';
import type { DestinationTraffic, ServiceTraffic, Traffic } from './types.ts';

export const noTraffic: Traffic = {
  connections: 0,
  incomingPackets: 0,
  outgoingPackets: 0,
  incomingBytes: 0,
  outgoingBytes: 0,
  connectionsPerSecond: 0,
  incomingPacketsPerSecond: 0,
  outgoingPacketsPerSecond: 0,
  incomingBytesPerSecond: 0,
  outgoingBytesPerSecond: 0,
};

/** Kernels since 4.1 count in 64 bits; those before only octets, and their 32 bits run over. */
function readTraffic(attributes: Attributes, wide: number, narrow: number): Traffic {
  const statistics = attributes.nested(wide);
  const former = statistics === undefined ? attributes.nested(narrow) : undefined;
  const read = (type: number): number => statistics?.u64(type) ?? former?.u32(type) ?? 0;
  const octets = (type: number): number => statistics?.u64(type) ?? former?.u64(type) ?? 0;
  return {
    connections: read(IPVS_STATS_ATTR.CONNS),
    incomingPackets: read(IPVS_STATS_ATTR.INPKTS),
    outgoingPackets: read(IPVS_STATS_ATTR.OUTPKTS),
    incomingBytes: octets(IPVS_STATS_ATTR.INBYTES),
    outgoingBytes: octets(IPVS_STATS_ATTR.OUTBYTES),
    connectionsPerSecond: read(IPVS_STATS_ATTR.CPS),
    incomingPacketsPerSecond: read(IPVS_STATS_ATTR.INPPS),
    outgoingPacketsPerSecond: read(IPVS_STATS_ATTR.OUTPPS),
    incomingBytesPerSecond: read(IPVS_STATS_ATTR.INBPS),
    outgoingBytesPerSecond: read(IPVS_STATS_ATTR.OUTBPS),
  };
}

/** The answer to encodeDumpServices, one complete message a service. */
export function decodeServiceTraffic(messages: readonly Uint8Array[]): Decoded<ServiceTraffic[]> {
  return decoding(() =>
    messages.map((message) => {
      const attributes = nestedOf(message, IPVS_CMD_ATTR.SERVICE, 'the service');
      return {
        key: readServiceKey(attributes),
        traffic: readTraffic(attributes, IPVS_SVC_ATTR.STATS64, IPVS_SVC_ATTR.STATS),
      };
    }),
  );
}

/** The answer to encodeDumpDestinations, in the kernel's order. */
export function decodeDestinationTraffic(
  messages: readonly Uint8Array[],
  serviceFamily: AddressFamily,
): Decoded<DestinationTraffic[]> {
  return decoding(() =>
    messages.map((message) => {
      const attributes = nestedOf(message, IPVS_CMD_ATTR.DEST, 'the destination');
      return {
        ...readDestinationKey(attributes, serviceFamily),
        activeConnections: attributes.u32(IPVS_DEST_ATTR.ACTIVE_CONNS) ?? 0,
        inactiveConnections: attributes.u32(IPVS_DEST_ATTR.INACT_CONNS) ?? 0,
        persistentConnections: attributes.u32(IPVS_DEST_ATTR.PERSIST_CONNS) ?? 0,
        traffic: readTraffic(attributes, IPVS_DEST_ATTR.STATS64, IPVS_DEST_ATTR.STATS),
      };
    }),
  );
}

/** What several kernel services carry together. */
export function sumTraffic(all: readonly Traffic[]): Traffic {
  return all.reduce(
    (a, b) => ({
      connections: a.connections + b.connections,
      incomingPackets: a.incomingPackets + b.incomingPackets,
      outgoingPackets: a.outgoingPackets + b.outgoingPackets,
      incomingBytes: a.incomingBytes + b.incomingBytes,
      outgoingBytes: a.outgoingBytes + b.outgoingBytes,
      connectionsPerSecond: a.connectionsPerSecond + b.connectionsPerSecond,
      incomingPacketsPerSecond: a.incomingPacketsPerSecond + b.incomingPacketsPerSecond,
      outgoingPacketsPerSecond: a.outgoingPacketsPerSecond + b.outgoingPacketsPerSecond,
      incomingBytesPerSecond: a.incomingBytesPerSecond + b.incomingBytesPerSecond,
      outgoingBytesPerSecond: a.outgoingBytesPerSecond + b.outgoingBytesPerSecond,
    }),
    noTraffic,
  );
}
