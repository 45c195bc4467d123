/** Raw IP sockets with ancillary data: where a packet came from, to which address, with which TTL. */
import type { AddressFamily } from '../config/model.ts';
import type { PacketMeta } from '../vrrp/types.ts';
import type { SystemError } from './errors.ts';

export interface RawSocketOptions {
  readonly family: AddressFamily;
  /** IP protocol number (112: VRRP, 51: AH, 1: ICMP, 58: ICMPv6). */
  readonly protocol: number;
  /** Path of a network namespace; the process itself stays where it is. */
  readonly namespacePath?: string;
  /** IPv4 only: sent data starts at the IP header (IP_HDRINCL). */
  readonly includeHeader?: boolean;
  /** False for a socket that only sends: the kernel then queues nothing on it. Default true. */
  readonly receive?: boolean;
}

/** Where and how one packet is sent. */
export interface SendTarget {
  readonly destination: string;
  /** Interface to leave through; needed for link-local and multicast unless set on the socket. */
  readonly interfaceIndex?: number;
  /** Source address; must be on this machine unless IP_FREEBIND or the header is included. */
  readonly source?: string;
  /** TTL or hop limit of this packet. */
  readonly ttl?: number;
}

export class RawSocket {
  /** @throws SystemError EPERM without CAP_NET_RAW. */
  static open(_options: RawSocketOptions): RawSocket {
    return new RawSocket();
  }

  /** Sends and receives through this interface alone (SO_BINDTODEVICE). */
  bindToInterface(_name: string): void {
    throw new Error('not yet');
  }

  /** Receives only what is sent to `address`, and sends from it. A link-local IPv6 address needs the interface. */
  bind(_address: string, _interfaceIndex?: number): void {
    throw new Error('not yet');
  }

  /** setsockopt with the numbers of the kernel (socket-constants.ts). */
  setOption(_level: number, _option: number, _value: number | Uint8Array): void {
    throw new Error('not yet');
  }

  /** Joins a multicast group on an interface; joining twice is not an error. */
  joinMulticast(_group: string, _interfaceIndex: number): void {
    throw new Error('not yet');
  }

  /** Leaves a group; a group (or interface) that is gone already is not an error. */
  leaveMulticast(_group: string, _interfaceIndex: number): void {
    throw new Error('not yet');
  }

  /** Interface that multicast leaves through. */
  setMulticastInterface(_interfaceIndex: number): void {
    throw new Error('not yet');
  }

  /** Whether this machine hears its own multicast. The kernel's default is yes. */
  setMulticastLoop(_enabled: boolean): void {
    throw new Error('not yet');
  }

  /** TTL or hop limit of unicast and multicast packets that name none themselves. */
  setTtl(_ttl: number): void {
    throw new Error('not yet');
  }

  /** Receive buffer in octets, beyond net.core.rmem_max when privileged. */
  setReceiveBuffer(_bytes: number): void {
    throw new Error('not yet');
  }

  /** Installs a classic BPF program: `struct sock_filter` records of 8 octets, native byte order. */
  attachFilter(_program: Uint8Array): void {
    throw new Error('not yet');
  }

  /** Sends one packet now. @throws SystemError (ENETDOWN, ENOBUFS, EADDRNOTAVAIL ...); the socket stays usable. */
  send(_data: Uint8Array, _target: SendTarget): void {
    throw new Error('not yet');
  }

  /**
   * Starts receiving. IPv4: `data` starts at the IP header as the kernel delivers it (total length in network order,
   * header checksum as received); IPv6: at the payload. Every packet has memory of its own.
   */
  onPacket(_listener: (data: Uint8Array, meta: PacketMeta) => void): void {
    throw new Error('not yet');
  }

  /** Errors of reception (ENETDOWN when the interface goes); reception goes on by itself. */
  onError(_listener: (error: SystemError) => void): void {
    throw new Error('not yet');
  }

  /** Stops and closes. Safe to call twice. */
  close(): void {
    throw new Error('not yet');
  }
}
