/** Descriptors for checks that must leave from a given address, interface or with a mark, handed to Node's own sockets. */
import type { AddressFamily } from '../config/model.ts';

export interface ProbeDescriptorOptions {
  readonly family: AddressFamily;
  /** Source address (canonical text) and port; port 0: any. */
  readonly source?: string;
  readonly sourcePort?: number;
  /** Interface to leave through (SO_BINDTODEVICE). */
  readonly interface?: string;
  /** Firewall mark (SO_MARK). */
  readonly mark?: number;
  /** Path of a network namespace. */
  readonly namespacePath?: string;
}

/**
 * An unconnected TCP descriptor for `new net.Socket({ fd })`, which owns it from then on; connect() follows.
 * @throws SystemError EADDRNOTAVAIL, EADDRINUSE, ENODEV, EPERM.
 */
export function openTcpDescriptor(_options: ProbeDescriptorOptions): number {
  throw new Error('not yet');
}

/** The same for UDP, for `dgram.createSocket(...).bind({ fd })`. */
export function openUdpDescriptor(_options: ProbeDescriptorOptions): number {
  throw new Error('not yet');
}

/** Closes a descriptor that was not handed on. */
export function closeDescriptor(_descriptor: number): void {
  throw new Error('not yet');
}
