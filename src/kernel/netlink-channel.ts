/** One netlink descriptor: octets out, messages of the kernel in. What they mean is for netlink-socket.ts. */
import { NLMSG_HEADER_LENGTH } from '../core/netlink/constants.ts';
import { parseNetlinkMessages } from '../core/netlink/message.ts';
import { ERRNO, addon } from './addon.ts';
import { Descriptor, deliver } from './descriptor.ts';
import type { Datagram } from './descriptor.ts';
import { netlinkName, netlinkSender } from './socket-address.ts';
import { AF, MSG, NETLINK_OPTION, SOCK, SOL } from './socket-constants.ts';
import type { BufferSize } from './netlink-buffers.ts';

/** A message with the header fields that the conversation needs; `bytes` is the whole of it. */
export interface KernelMessage {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  readonly bytes: Uint8Array;
}

export interface ChannelOptions {
  /** NETLINK_ROUTE, NETLINK_GENERIC. */
  readonly protocol: number;
  readonly namespacePath: string | undefined;
  readonly receiveBuffer: BufferSize;
}

export interface ChannelListener {
  message(message: KernelMessage): void;
  /** Messages were lost: the receive buffer was full, or one was longer than any buffer. */
  overrun(): void;
  /** Reception failed otherwise; positive error number. */
  failed(errno: number): void;
}

const kernelName = netlinkName(0);

export class NetlinkChannel {
  readonly #descriptor: Descriptor;
  readonly #listener: ChannelListener;

  /** @throws SystemError */
  constructor(options: ChannelOptions, listener: ChannelListener) {
    this.#listener = listener;
    this.#descriptor = new Descriptor('netlink socket', AF.NETLINK, SOCK.RAW, options.protocol, options.namespacePath);
    try {
      this.#descriptor.setReceiveBuffer(options.receiveBuffer.bytes, options.receiveBuffer.force);
      // An acknowledgement then does not carry the request back, and says in words what was wrong with it.
      this.#descriptor.setOption(SOL.NETLINK, NETLINK_OPTION.CAP_ACK, 1);
      this.#descriptor.setOption(SOL.NETLINK, NETLINK_OPTION.EXT_ACK, 1);
      this.#descriptor.bind(netlinkName(0));
      this.#descriptor.watch(() => this.receive());
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** @throws SystemError */
  join(group: number): void {
    this.#descriptor.setOption(SOL.NETLINK, NETLINK_OPTION.ADD_MEMBERSHIP, group);
  }

  /** The kernel then checks dump requests strictly and filters by them. Kernels before 4.20 refuse: no matter. */
  checkStrictly(): void {
    addon().setsockopt(this.#descriptor.number, SOL.NETLINK, NETLINK_OPTION.GET_STRICT_CHK, 1);
  }

  /** Hands messages to the kernel in one call. @returns 0 or a positive error number */
  send(bytes: Uint8Array): number {
    const result = addon().sendmsg(this.#descriptor.number, bytes, kernelName);
    return result < 0 ? -result : 0;
  }

  /**
   * Takes what the kernel has answered by now, `most` datagrams of it if given (else as many as suit one turn).
   * @param enough nothing more is waited for: true saves the look that finds nothing
   */
  receive(most?: number, enough?: () => boolean): void {
    this.#descriptor.drain(
      (datagram) => this.#take(datagram),
      (errno) => {
        if (errno === ERRNO.ENOBUFS) this.#listener.overrun();
        else this.#listener.failed(errno);
      },
      most,
      enough,
    );
  }

  #take(datagram: Datagram): void {
    // Any process may send to our port; only what the kernel says counts.
    if (netlinkSender(datagram.name) !== 0) return;
    if ((datagram.flags & MSG.TRUNC) !== 0) {
      this.#listener.overrun();
      return;
    }
    const parsed = parseNetlinkMessages(datagram.data);
    if (!parsed.ok) {
      this.#listener.overrun();
      return;
    }
    for (const { type, flags, sequence, payload } of parsed.value) {
      const start = payload.byteOffset - NLMSG_HEADER_LENGTH;
      const bytes = new Uint8Array(payload.buffer, start, NLMSG_HEADER_LENGTH + payload.length);
      deliver(() => this.#listener.message({ type, flags, sequence, bytes }));
    }
  }

  close(): void {
    this.#descriptor.close();
  }
}
