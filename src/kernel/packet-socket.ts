/** Sends complete Ethernet frames (gratuitous ARP, unsolicited neighbour advertisements). */

export class PacketSocket {
  /** One socket serves all interfaces of its namespace and receives nothing. @throws SystemError EPERM without CAP_NET_RAW. */
  static open(_options: { readonly namespacePath?: string } = {}): PacketSocket {
    return new PacketSocket();
  }

  /**
   * Sends one frame, destination address first.
   * @throws SystemError ENETDOWN (interface down), ENXIO/ENODEV (gone), ENOBUFS (queue full); the socket stays usable.
   */
  send(_interfaceIndex: number, _frame: Uint8Array): void {
    throw new Error('not yet');
  }

  /** Safe to call twice. */
  close(): void {
    throw new Error('not yet');
  }
}
