/** Raw IP sockets with ancillary data: where a packet came from, to which address, with which TTL. */
import type { AddressFamily } from '../config/model.ts';
import type { PacketMeta } from '../vrrp/types.ts';
import { ERRNO, addon } from './addon.ts';
import { decodeControl, encodeControl } from './control-message.ts';
import { Descriptor, deliver } from './descriptor.ts';
import type { Datagram } from './descriptor.ts';
import { SystemError } from './errors.ts';
import { acceptNothing } from './packet-filter.ts';
import { ReceptionTimes } from './reception-time.ts';
import { addressOctets, anyAddress, internetName, readInternetName, saysGone } from './socket-address.ts';
import { AF, IPPROTO, IPV6_OPTION, IP_OPTION, SO, SOCK, SOL } from './socket-constants.ts';
import type { TimedDatagram } from './timed-send.ts';

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
  /**
   * True for the kernel's ping socket (ICMP and ICMPv6 only; its group must be inside net.ipv4.ping_group_range): it
   * receives the answers to its own echo requests alone, and IPv4 data then starts at the ICMP header.
   */
  readonly datagram?: boolean;
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
  readonly #family: AddressFamily;
  readonly #descriptor: Descriptor;
  readonly #packetListeners: ((data: Uint8Array, meta: PacketMeta) => void)[] = [];
  readonly #errorListeners: ((error: SystemError) => void)[] = [];
  readonly #receptionTimes = new ReceptionTimes();
  #onDrained: (() => void) | undefined;

  private constructor(options: RawSocketOptions) {
    const { family, protocol } = options;
    this.#family = family;
    const subject = `${family === 'inet' ? 'IPv4' : 'IPv6'} socket for protocol ${protocol}`;
    const type = options.datagram === true ? SOCK.DGRAM : SOCK.RAW;
    this.#descriptor = new Descriptor(
      subject,
      AF[family === 'inet' ? 'INET' : 'INET6'],
      type,
      protocol,
      options.namespacePath,
    );
    try {
      if (options.receive === false) this.attachFilter(acceptNothing);
      this.#askForMeta();
      if (options.includeHeader === true) this.#descriptor.setOption(IPPROTO.IP, IP_OPTION.HDRINCL, 1);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** @throws SystemError EPERM without CAP_NET_RAW. */
  static open(options: RawSocketOptions): RawSocket {
    return new RawSocket(options);
  }

  #askForMeta(): void {
    this.#descriptor.setOption(SOL.SOCKET, SO.TIMESTAMPNS, 1);
    if (this.#family === 'inet') {
      this.#descriptor.setOption(IPPROTO.IP, IP_OPTION.PKTINFO, 1);
      this.#descriptor.setOption(IPPROTO.IP, IP_OPTION.RECVTTL, 1);
    } else {
      this.#descriptor.setOption(IPPROTO.IPV6, IPV6_OPTION.RECVPKTINFO, 1);
      this.#descriptor.setOption(IPPROTO.IPV6, IPV6_OPTION.RECVHOPLIMIT, 1);
    }
  }

  /** Its number in this process, for people who look at it. */
  get descriptor(): number {
    return this.#descriptor.number;
  }

  /** Sends and receives through this interface alone (SO_BINDTODEVICE). @throws SystemError ENODEV */
  bindToInterface(name: string): void {
    this.#descriptor.bindToInterface(name);
  }

  /**
   * Receives only what is sent to `address`, and sends from it. A link-local IPv6 address needs the interface.
   * @throws SystemError EADDRNOTAVAIL (or set IP_FREEBIND first), DaemonError ADDRESS_INVALID
   */
  bind(address: string, interfaceIndex = 0): void {
    this.#descriptor.bind(internetName(this.#family, address, 0, interfaceIndex));
  }

  /** setsockopt with the numbers of the kernel (socket-constants.ts). @throws SystemError */
  setOption(level: number, option: number, value: number | Uint8Array): void {
    this.#descriptor.setOption(level, option, value);
  }

  /** Joins a multicast group on an interface; joining twice is not an error. @throws SystemError ENODEV */
  joinMulticast(group: string, interfaceIndex: number): void {
    const result = this.#membership(group, interfaceIndex, IP_OPTION.ADD_MEMBERSHIP, IPV6_OPTION.ADD_MEMBERSHIP);
    if (result !== -ERRNO.EADDRINUSE) this.#descriptor.check(result, `setsockopt (join ${group})`);
  }

  /** Leaves a group; a group (or interface) that is gone already is not an error. */
  leaveMulticast(group: string, interfaceIndex: number): void {
    const result = this.#membership(group, interfaceIndex, IP_OPTION.DROP_MEMBERSHIP, IPV6_OPTION.DROP_MEMBERSHIP);
    if (!saysGone(-result)) this.#descriptor.check(result, `setsockopt (leave ${group})`);
  }

  /** struct ip_mreqn (group, address, index) or struct ipv6_mreq (group, index). */
  #membership(group: string, interfaceIndex: number, option: number, option6: number): number {
    const octets = addressOctets(this.#family, group);
    const inet = this.#family === 'inet';
    const request = new Uint8Array(inet ? 12 : 20);
    request.set(octets);
    new DataView(request.buffer).setInt32(inet ? 8 : 16, interfaceIndex, true);
    return addon().setsockopt(
      this.#descriptor.number,
      inet ? IPPROTO.IP : IPPROTO.IPV6,
      inet ? option : option6,
      request,
    );
  }

  /** Interface that multicast leaves through. @throws SystemError */
  setMulticastInterface(interfaceIndex: number): void {
    if (this.#family === 'inet') {
      const request = new Uint8Array(12);
      new DataView(request.buffer).setInt32(8, interfaceIndex, true);
      this.#descriptor.setOption(IPPROTO.IP, IP_OPTION.MULTICAST_IF, request);
    } else {
      this.#descriptor.setOption(IPPROTO.IPV6, IPV6_OPTION.MULTICAST_IF, interfaceIndex);
    }
  }

  /** Whether this machine hears its own multicast. The kernel's default is yes. @throws SystemError */
  setMulticastLoop(enabled: boolean): void {
    this.#setForFamily(IP_OPTION.MULTICAST_LOOP, IPV6_OPTION.MULTICAST_LOOP, enabled ? 1 : 0);
  }

  /** TTL or hop limit of unicast and multicast packets that name none themselves. @throws SystemError */
  setTtl(ttl: number): void {
    this.#setForFamily(IP_OPTION.TTL, IPV6_OPTION.UNICAST_HOPS, ttl);
    this.#setForFamily(IP_OPTION.MULTICAST_TTL, IPV6_OPTION.MULTICAST_HOPS, ttl);
  }

  #setForFamily(option: number, option6: number, value: number): void {
    if (this.#family === 'inet') this.#descriptor.setOption(IPPROTO.IP, option, value);
    else this.#descriptor.setOption(IPPROTO.IPV6, option6, value);
  }

  /** Receive buffer in octets, beyond net.core.rmem_max when privileged. @throws SystemError */
  setReceiveBuffer(bytes: number): void {
    this.#descriptor.setReceiveBuffer(bytes);
  }

  /** Installs a classic BPF program: `struct sock_filter` records of 8 octets, native byte order. @throws SystemError EINVAL */
  attachFilter(program: Uint8Array): void {
    this.#descriptor.setOption(SOL.SOCKET, SO.ATTACH_FILTER, program);
  }

  /** The same packet for somebody who sends it later. @throws DaemonError ADDRESS_INVALID */
  datagram(data: Uint8Array, target: SendTarget): TimedDatagram {
    const name = internetName(this.#family, target.destination, 0, target.interfaceIndex ?? 0);
    return { descriptor: this.#descriptor.number, data, name, control: encodeControl(this.#family, target) };
  }

  /** Lets everything in again; harmless without a filter. */
  detachFilter(): void {
    const noFilter = 2;
    const result = addon().setsockopt(this.#descriptor.number, SOL.SOCKET, SO.DETACH_FILTER, 0);
    if (result < 0 && result !== -noFilter) throw new SystemError('setsockopt', -result);
  }

  /**
   * Sends one packet now.
   * @throws SystemError (ENETDOWN, ENOBUFS, EADDRNOTAVAIL ...), DaemonError ADDRESS_INVALID; the socket stays usable
   */
  send(data: Uint8Array, target: SendTarget): void {
    const { control, descriptor, name } = this.datagram(data, target);
    const result = addon().sendmsg(descriptor, data, name, control);
    if (result < 0) throw new SystemError('sendmsg', -result, `packet to ${target.destination}`);
  }

  /**
   * Starts receiving; what was queued before is thrown away, since it may precede the filter and the bindings. IPv4:
   * `data` starts at the IP header as the kernel delivers it, IPv6: at the payload. Every packet has memory of its own.
   * @throws SystemError
   */
  onPacket(listener: (data: Uint8Array, meta: PacketMeta) => void): void {
    this.#packetListeners.push(listener);
    if (this.#packetListeners.length > 1) return;
    this.#descriptor.discard();
    this.#descriptor.watch(() => {
      this.#receptionTimes.forget();
      this.#descriptor.drainTogether(
        (datagram) => this.#take(datagram),
        (errno) => this.#fail(errno),
      );
      const drained = this.#onDrained;
      if (drained !== undefined) deliver(drained);
    });
  }

  /** Calls `drained` behind the packets of each turn of the event loop: for what is to be done once for all of them. */
  onDrained(drained: () => void): void {
    this.#onDrained = drained;
  }

  /** Errors of reception (ENETDOWN when the interface goes); reception goes on by itself. */
  onError(listener: (error: SystemError) => void): void {
    this.#errorListeners.push(listener);
  }

  #take(datagram: Datagram): void {
    const control = decodeControl(datagram.control);
    const meta: PacketMeta = {
      family: this.#family,
      interfaceIndex: control.interfaceIndex ?? 0,
      source: readInternetName(datagram.name)?.address ?? anyAddress(this.#family),
      destination: control.destination ?? anyAddress(this.#family),
      ttl: control.ttl ?? 0,
      receivedAt: this.#receptionTimes.of(control.timestamp),
    };
    for (const listener of this.#packetListeners) deliver(() => listener(datagram.data, meta));
  }

  #fail(errno: number): void {
    const error = new SystemError('recvmsg', errno);
    for (const listener of this.#errorListeners) deliver(() => listener(error));
  }

  /** Stops and closes. Safe to call twice. */
  close(): void {
    this.#descriptor.close();
  }
}
