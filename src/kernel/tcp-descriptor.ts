/** Descriptors for checks that leave from a given address, interface or with a mark. */
import type { AddressFamily } from '../config/model.ts';
import { Descriptor } from './descriptor.ts';
import { SystemError } from './errors.ts';
import { addon } from './addon.ts';
import { anyAddress, internetName } from './socket-address.ts';
import { AF, SO, SOCK, SOL } from './socket-constants.ts';

export interface ProbeDescriptorOptions {
  readonly family: AddressFamily;
  /** Source address (canonical text) and port; port 0: any. */
  readonly source?: string | undefined;
  readonly sourcePort?: number | undefined;
  /** Interface to leave through (SO_BINDTODEVICE); link-local source addresses need it. */
  readonly interface?: string | undefined;
  /** Firewall mark (SO_MARK). */
  readonly mark?: number | undefined;
  /** Path of a network namespace. */
  readonly namespacePath?: string | undefined;
}

/**
 * An unconnected TCP socket.
 * @throws SystemError EADDRNOTAVAIL, EADDRINUSE, ENODEV, EPERM; DaemonError ADDRESS_INVALID
 */
export function openTcpSocket(options: ProbeDescriptorOptions): Descriptor {
  const { family, source, sourcePort } = options;
  const descriptor = new Descriptor(
    'TCP socket of a check',
    family === 'inet' ? AF.INET : AF.INET6,
    SOCK.STREAM,
    0,
    options.namespacePath,
  );
  try {
    if (options.interface !== undefined) descriptor.bindToInterface(options.interface);
    if (options.mark !== undefined) descriptor.setOption(SOL.SOCKET, SO.MARK, options.mark);
    if (sourcePort !== undefined) leaveNothingOf(descriptor);
    if (source !== undefined || sourcePort !== undefined) {
      const address = source ?? anyAddress(family);
      const scope = scopeOf(options);
      const result = addon().bind(descriptor.number, internetName(family, address, sourcePort ?? 0, scope));
      if (result < 0) throw new SystemError('bind', -result, `TCP source ${address} port ${sourcePort ?? 0}`);
    }
    return descriptor;
  } catch (error) {
    descriptor.close();
    throw error;
  }
}

/**
 * The next connection from this port must not wait a minute for what remains of this one (TIME-WAIT), nor for those to
 * other servers: the port may be bound again, and closing resets the connection instead of waiting for the other side.
 */
function leaveNothingOf(descriptor: Descriptor): void {
  descriptor.setOption(SOL.SOCKET, SO.REUSEADDR, 1);
  // struct linger: on, for 0 seconds.
  descriptor.setOption(SOL.SOCKET, SO.LINGER, new Uint8Array(Int32Array.of(1, 0).buffer));
}

/** Index of the interface to leave through: what link-local IPv6 addresses are relative to; 0: none. */
export function scopeOf(options: Pick<ProbeDescriptorOptions, 'interface'>): number {
  return options.interface === undefined ? 0 : Math.max(0, addon().interfaceIndex(options.interface));
}

/** The same for `new net.Socket({ fd })`, which owns it from then on; connect() follows. */
export function openTcpDescriptor(options: ProbeDescriptorOptions): number {
  return openTcpSocket(options).release();
}
