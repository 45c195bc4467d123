/** The content of the kernel's IPVS table, as wanted or as dumped. Plain data; addresses are canonical strings. */
import type { AddressFamily, ForwardingMethod, IpvsProtocol } from '../config/model.ts';

/** Identity of a service in the kernel. */
export type ServiceKey =
  | {
      readonly kind: 'address';
      readonly family: AddressFamily;
      readonly protocol: IpvsProtocol;
      readonly address: string;
      readonly port: number;
    }
  | { readonly kind: 'fwmark'; readonly family: AddressFamily; readonly mark: number };

/** A server of a service. What is wanted may be the very configuration of a real server, which says more. */
export interface Destination {
  readonly family: AddressFamily;
  readonly address: string;
  readonly port: number;
  readonly weight: number;
  readonly forwarding: ForwardingMethod;
  readonly upperThreshold: number;
  readonly lowerThreshold: number;
}

export interface Service {
  readonly key: ServiceKey;
  readonly scheduler: string;
  /** IP_VS_SVC_F_* bits that configuration decides (persistent, one-packet, sched1-3); not the kernel's own HASHED bit. */
  readonly flags: number;
  /** Persistence timeout in seconds, 0: none. */
  readonly timeoutSeconds: number;
  /** IPv4 netmask dotted ("255.255.255.255"), IPv6 prefix length as decimal string ("128"). */
  readonly netmask: string;
  readonly persistenceEngine?: string;
  readonly destinations: readonly Destination[];
}

export interface SyncDaemon {
  readonly role: 'master' | 'backup';
  readonly interface: string;
  readonly syncId: number;
  readonly maxLength?: number;
  readonly port?: number;
  readonly ttl?: number;
  readonly group?: string;
}

/** One write to the kernel, in the terms of ipvsadm: -A, -E, -D, -a, -e, -d, flush, sync daemons, timeouts. */
export type IpvsOperation =
  | { readonly op: 'add-service'; readonly service: Service }
  | { readonly op: 'edit-service'; readonly service: Service }
  | { readonly op: 'delete-service'; readonly key: ServiceKey }
  | { readonly op: 'add-destination'; readonly key: ServiceKey; readonly destination: Destination }
  | { readonly op: 'edit-destination'; readonly key: ServiceKey; readonly destination: Destination }
  | { readonly op: 'delete-destination'; readonly key: ServiceKey; readonly destination: Destination }
  | { readonly op: 'flush' }
  | { readonly op: 'start-daemon'; readonly daemon: SyncDaemon }
  | { readonly op: 'stop-daemon'; readonly role: 'master' | 'backup' }
  | { readonly op: 'set-timeouts'; readonly tcp: number; readonly tcpFin: number; readonly udp: number };

/** A destination as dumped, with the connections it carries at the moment. */
export interface KernelDestination extends Destination {
  readonly activeConnections: number;
  readonly inactiveConnections: number;
  readonly persistentConnections: number;
}

/** Timeouts of connections in seconds (`ipvsadm --set`). Written, 0 leaves one as it is. */
export interface IpvsTimeouts {
  readonly tcp: number;
  readonly tcpFin: number;
  readonly udp: number;
}

export interface IpvsInfo {
  /** "1.2.1" */
  readonly version: string;
  readonly connectionTableSize: number;
}

/**
 * What a service or one of its servers has carried since it was added, and how much at the moment: the kernel's estimate
 * over the last seconds (`ipvsadm -L --stats`, `--rate`).
 */
export interface Traffic {
  /** Connections that began. */
  readonly connections: number;
  readonly incomingPackets: number;
  readonly outgoingPackets: number;
  /** Octets. */
  readonly incomingBytes: number;
  readonly outgoingBytes: number;
  readonly connectionsPerSecond: number;
  readonly incomingPacketsPerSecond: number;
  readonly outgoingPacketsPerSecond: number;
  readonly incomingBytesPerSecond: number;
  readonly outgoingBytesPerSecond: number;
}

export interface ServiceTraffic {
  readonly key: ServiceKey;
  readonly traffic: Traffic;
}

/** A server of a service, with the connections it has at the moment. */
export interface DestinationTraffic {
  readonly family: AddressFamily;
  readonly address: string;
  readonly port: number;
  readonly activeConnections: number;
  readonly inactiveConnections: number;
  /** Templates of persistence: clients bound to this server. */
  readonly persistentConnections: number;
  readonly traffic: Traffic;
}
