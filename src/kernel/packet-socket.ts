/** Sends complete frames (gratuitous ARP, unsolicited neighbour advertisements). */
import { addon } from './addon.ts';
import { Descriptor } from './descriptor.ts';
import { SystemError } from './errors.ts';
import { packetName } from './socket-address.ts';
import { AF, SOCK } from './socket-constants.ts';

/** Offset of the protocol in an Ethernet header. */
const usualEtherTypeAt = 12;
const etherTypeLength = 2;

export class PacketSocket {
  readonly #descriptor: Descriptor;

  private constructor(namespacePath: string | undefined) {
    // Protocol 0 receives nothing, and an interface that goes down then is no error of this socket.
    this.#descriptor = new Descriptor('packet socket', AF.PACKET, SOCK.RAW, 0, namespacePath);
  }

  /** One socket serves all interfaces of its namespace and receives nothing. @throws SystemError EPERM without CAP_NET_RAW. */
  static open(options: { readonly namespacePath?: string } = {}): PacketSocket {
    return new PacketSocket(options.namespacePath);
  }

  /**
   * Sends one frame, destination address first.
   * @param etherTypeAt where the protocol stands in it; default: as on Ethernet
   * @throws SystemError ENETDOWN (interface down), ENXIO (gone), ENOBUFS (queue full), EINVAL (no Ethernet frame); the
   * socket stays usable
   */
  send(interfaceIndex: number, frame: Uint8Array, etherTypeAt = usualEtherTypeAt): void {
    const invalidArgument = 22;
    if (frame.length < etherTypeAt + etherTypeLength)
      throw new SystemError('sendmsg', invalidArgument, 'frame without Ethernet header');
    const protocol = ((frame[etherTypeAt] ?? 0) << 8) | (frame[etherTypeAt + 1] ?? 0);
    const result = addon().sendmsg(this.#descriptor.number, frame, packetName(interfaceIndex, protocol));
    if (result < 0) throw new SystemError('sendmsg', -result, `frame on interface ${interfaceIndex}`);
  }

  /** Safe to call twice. */
  close(): void {
    this.#descriptor.close();
  }
}
