/** UDP sockets with ancillary data: who sent a datagram, with which TTL, and when the kernel received it. */
import type { AddressFamily } from '../config/model.ts';
import type { MonotonicMs } from '../core/time.ts';
import { addon } from './addon.ts';
import { decodeControl } from './control-message.ts';
import { Descriptor, deliver, type Datagram } from './descriptor.ts';
import { SystemError } from './errors.ts';
import { acceptNothing } from './packet-filter.ts';
import { ReceptionTimes } from './reception-time.ts';
import { anyAddress, internetName, readInternetName } from './socket-address.ts';
import { AF, IPPROTO, IPV6_OPTION, IP_OPTION, SO, SOCK, SOL } from './socket-constants.ts';
import type { TimedDatagram } from './timed-send.ts';

export interface UdpSocketOptions {
  readonly family: AddressFamily;
  /** Absent: all addresses of this machine. */
  readonly address?: string;
  readonly port: number;
  /** False for a socket that only sends: the kernel then queues nothing on it. */
  readonly receive: boolean;
  /** TTL or hop limit of what it sends; absent: the system's. */
  readonly ttl?: number;
  /** Type of service or traffic class, with the priority of the queues on this machine that belongs to it. */
  readonly trafficClass?: number;
}

/** Surroundings of a received datagram. */
export interface UdpMeta {
  readonly source: string;
  readonly sourcePort: number;
  /** TTL or hop limit; 0: the kernel did not say. */
  readonly ttl: number;
  /** When the kernel received it. */
  readonly receivedAt: MonotonicMs;
}

export class UdpSocket {
  readonly #family: AddressFamily;
  readonly #descriptor: Descriptor;

  /** @throws SystemError EADDRINUSE, EADDRNOTAVAIL, EAFNOSUPPORT, EACCES; DaemonError ADDRESS_INVALID */
  constructor(options: UdpSocketOptions) {
    const { address, family, port } = options;
    this.#family = family;
    const inet = family === 'inet';
    const subject = `UDP socket ${address ?? (inet ? '*' : '[::]')}:${port}`;
    this.#descriptor = new Descriptor(subject, inet ? AF.INET : AF.INET6, SOCK.DGRAM, 0);
    try {
      this.#prepare(options);
      this.#descriptor.bind(internetName(family, address ?? anyAddress(family), port));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  #prepare({ receive, trafficClass, ttl }: UdpSocketOptions): void {
    const inet = this.#family === 'inet';
    const level = inet ? IPPROTO.IP : IPPROTO.IPV6;
    const set = (option: number, option6: number, value: number): void =>
      this.#descriptor.setOption(level, inet ? option : option6, value);
    if (!inet) this.#descriptor.setOption(IPPROTO.IPV6, IPV6_OPTION.V6ONLY, 1);
    if (ttl !== undefined) set(IP_OPTION.TTL, IPV6_OPTION.UNICAST_HOPS, ttl);
    if (trafficClass !== undefined) set(IP_OPTION.TOS, IPV6_OPTION.TCLASS, trafficClass);
    if (receive) {
      set(IP_OPTION.RECVTTL, IPV6_OPTION.RECVHOPLIMIT, 1);
      this.#descriptor.setOption(SOL.SOCKET, SO.TIMESTAMPNS, 1);
    } else {
      this.#descriptor.setOption(SOL.SOCKET, SO.ATTACH_FILTER, acceptNothing);
    }
  }

  /** The number of the descriptor, for dumps. */
  get descriptor(): number {
    return this.#descriptor.number;
  }

  /** Receive buffer in octets, beyond net.core.rmem_max when privileged. @throws SystemError */
  setReceiveBuffer(bytes: number): void {
    this.#descriptor.setReceiveBuffer(bytes);
  }

  setTtl(ttl: number): void {
    const inet = this.#family === 'inet';
    this.#descriptor.setOption(inet ? IPPROTO.IP : IPPROTO.IPV6, inet ? IP_OPTION.TTL : IPV6_OPTION.UNICAST_HOPS, ttl);
  }

  /** An address to send to, made once for many datagrams. @throws DaemonError ADDRESS_INVALID */
  target(address: string, port: number): Uint8Array {
    return internetName(this.#family, address, port);
  }

  /** @throws SystemError ENETUNREACH, EINVAL (its own address is gone), ENOBUFS, EPERM, ...; the socket stays usable */
  send(data: Uint8Array, target: Uint8Array): void {
    const result = addon().sendmsg(this.#descriptor.number, data, target);
    if (result < 0) throw new SystemError('sendmsg', -result, `packet to ${readInternetName(target)?.address ?? ''}`);
  }

  /** The same datagram for somebody who sends it later. */
  datagram(data: Uint8Array, target: Uint8Array): TimedDatagram {
    return { descriptor: this.#descriptor.number, data, name: target };
  }

  /** Starts receiving. Every datagram has memory of its own. @throws SystemError */
  onDatagram(received: (data: Uint8Array, meta: UdpMeta) => void): void {
    const receptionTimes = new ReceptionTimes();
    const take = (datagram: Datagram): void => {
      const control = decodeControl(datagram.control);
      const sender = readInternetName(datagram.name);
      const meta = {
        source: sender?.address ?? anyAddress(this.#family),
        sourcePort: sender?.port ?? 0,
        ttl: control.ttl ?? 0,
        receivedAt: receptionTimes.of(control.timestamp),
      };
      deliver(() => received(datagram.data, meta));
    };
    // An error of reception belongs to no datagram; the next call gets the next one.
    this.#descriptor.watch(() => {
      receptionTimes.forget();
      this.#descriptor.drain(take, () => undefined);
    });
  }

  /** Safe to call twice. */
  close(): void {
    this.#descriptor.close();
  }
}
