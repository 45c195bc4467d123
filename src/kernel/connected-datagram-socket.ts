/**
 * A datagram socket to one peer, for checks: it hears only that peer, and what ICMP says of what it sent. UDP, or ICMP
 * echo by a ping socket, by a raw socket where no group may have one (net.ipv4.ping_group_range).
 */
import type { AddressFamily } from '../config/model.ts';
import { addon, ERRNO } from './addon.ts';
import { Descriptor, deliver } from './descriptor.ts';
import { SystemError } from './errors.ts';
import { anyAddress, internetName } from './socket-address.ts';
import { AF, IPPROTO, IPV6_OPTION, IP_OPTION, SO, SOCK, SOL } from './socket-constants.ts';

export interface ConnectedDatagramOptions {
  readonly family: AddressFamily;
  readonly protocol: 'udp' | 'icmp';
  readonly destination: string;
  /** Ignored by ICMP. */
  readonly port: number;
  readonly source?: string;
  readonly sourcePort?: number;
  /** Interface to leave through (SO_BINDTODEVICE); link-local addresses need it. */
  readonly interface?: string;
  /** Firewall mark (SO_MARK). */
  readonly mark?: number;
  /** Path of a network namespace. */
  readonly namespacePath?: string;
}

export class ConnectedDatagramSocket {
  readonly #descriptor: Descriptor;
  readonly #subject: string;
  /** Received IPv4 packets begin with their IP header, and echo requests need an identifier and a checksum of ours. */
  readonly isRaw: boolean;

  /**
   * @param received called with each datagram of the peer (memory of its own)
   * @param failed called with each error that ICMP or the route report (ECONNREFUSED, EHOSTUNREACH, ...)
   * @throws SystemError ENETUNREACH, EADDRNOTAVAIL, EADDRINUSE, ENODEV, EPERM, ...; DaemonError ADDRESS_INVALID
   */
  constructor(
    options: ConnectedDatagramOptions,
    received: (data: Uint8Array) => void,
    failed: (error: SystemError) => void,
  ) {
    this.#subject = `check of ${options.destination}`;
    const { descriptor, isRaw } = openSocket(options, this.#subject);
    this.#descriptor = descriptor;
    this.isRaw = isRaw;
    try {
      this.#connect(options);
      descriptor.watch(() => {
        descriptor.drain(
          ({ data }) => deliver(() => received(data)),
          (errno) => deliver(() => failed(new SystemError('recvmsg', errno, this.#subject))),
          1,
        );
      });
    } catch (error) {
      descriptor.close();
      throw error;
    }
  }

  #connect(options: ConnectedDatagramOptions): void {
    const { family, destination, source, sourcePort } = options;
    const descriptor = this.#descriptor;
    if (options.interface !== undefined) descriptor.bindToInterface(options.interface);
    if (options.mark !== undefined) descriptor.setOption(SOL.SOCKET, SO.MARK, options.mark);
    // Without it the kernel keeps most of what ICMP says (no such host, no such network) to itself.
    if (family === 'inet') descriptor.setOption(IPPROTO.IP, IP_OPTION.RECVERR, 1);
    else descriptor.setOption(IPPROTO.IPV6, IPV6_OPTION.RECVERR, 1);
    const scope = options.interface === undefined ? 0 : Math.max(0, addon().interfaceIndex(options.interface));
    const port = (number: number | undefined) => (options.protocol === 'udp' ? (number ?? 0) : 0);
    // Checks of several servers may leave from one port at the same time: who is connected tells them apart.
    if (port(sourcePort) !== 0) descriptor.setOption(SOL.SOCKET, SO.REUSEADDR, 1);
    if (source !== undefined || port(sourcePort) !== 0) {
      descriptor.bind(internetName(family, source ?? anyAddress(family), port(sourcePort), scope));
    }
    const result = addon().connect(descriptor.number, internetName(family, destination, port(options.port), scope));
    descriptor.check(result, 'connect');
  }

  /** @throws SystemError ECONNREFUSED and the like for what was sent before, ENOBUFS, EMSGSIZE, EPERM (local firewall) */
  send(data: Uint8Array): void {
    this.#descriptor.check(addon().sendmsg(this.#descriptor.number, data), 'sendmsg');
  }

  /** Safe to call twice, and from within the callbacks. */
  close(): void {
    this.#descriptor.close();
  }
}

function openSocket(
  { family, protocol, namespacePath }: ConnectedDatagramOptions,
  subject: string,
): { readonly descriptor: Descriptor; readonly isRaw: boolean } {
  const domain = family === 'inet' ? AF.INET : AF.INET6;
  if (protocol === 'udp')
    return { descriptor: new Descriptor(subject, domain, SOCK.DGRAM, 0, namespacePath), isRaw: false };
  const icmp = family === 'inet' ? IPPROTO.ICMP : IPPROTO.ICMPV6;
  try {
    return { descriptor: new Descriptor(subject, domain, SOCK.DGRAM, icmp, namespacePath), isRaw: false };
  } catch (error) {
    if (!(error instanceof SystemError) || error.errno !== ERRNO.EACCES) throw error;
    return { descriptor: new Descriptor(subject, domain, SOCK.RAW, icmp, namespacePath), isRaw: true };
  }
}
