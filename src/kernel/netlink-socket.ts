/**
 * A netlink conversation with the kernel: requests in batches, dumps, and notifications, each on a descriptor of its
 * own, so that none can interrupt another or make another lose messages.
 */
import { NLMSG } from '../core/netlink/constants.ts';
import { deliver } from './descriptor.ts';
import type { Acknowledgement } from './netlink-acknowledgement.ts';
import { netlinkBuffer, type BufferSize } from './netlink-buffers.ts';
import { NetlinkChannel } from './netlink-channel.ts';
import type { ChannelOptions } from './netlink-channel.ts';
import { NetlinkDumper } from './netlink-dump.ts';
import { NetlinkExchange, closedError } from './netlink-exchange.ts';
import type { RequestStream } from './netlink-exchange.ts';
import { NETLINK_PROTOCOL } from './socket-constants.ts';

export type { Acknowledgement } from './netlink-acknowledgement.ts';

/** Answer to a request that returns data. */
export interface NetlinkReply {
  /** Complete netlink messages, header included. */
  readonly messages: readonly Uint8Array[];
  readonly acknowledgement: Acknowledgement;
}

const protocols = {
  route: NETLINK_PROTOCOL.ROUTE,
  netfilter: NETLINK_PROTOCOL.NETFILTER,
  generic: NETLINK_PROTOCOL.GENERIC,
} as const;

export interface NetlinkSocketOptions {
  readonly protocol: keyof typeof protocols;
  /** Path of a network namespace (/run/netns/NAME); the process itself stays where it is. */
  readonly namespacePath?: string;
  /** Multicast groups to hear, by number (RTNLGRP_*, or a generic family's group id). */
  readonly groups?: readonly number[];
  /** Receive buffer for the notifications (SO_RCVBUFFORCE). Default: as set for this process. */
  readonly receiveBufferBytes?: number;
  /** Has the kernel check dump requests strictly, and filter by their fields (NETLINK_GET_STRICT_CHK). Default false. */
  readonly strictDumps?: boolean;
  /** Milliseconds of silence after which the kernel is given up. Default 10,000. */
  readonly timeout?: number;
}

const defaultTimeout = 10_000;

const accepted: Acknowledgement = { errno: 0 };

/** More notifications than any receive buffer holds. */
const mostQueued = 100_000;

export class NetlinkSocket {
  readonly #options: NetlinkSocketOptions;
  readonly #exchange: NetlinkExchange;
  #dumper: NetlinkDumper | undefined;
  #notifications: NetlinkChannel | undefined;
  readonly #messageListeners: ((message: Uint8Array) => void)[] = [];
  readonly #overrunListeners: (() => void)[] = [];
  #closed = false;

  private constructor(options: NetlinkSocketOptions) {
    this.#options = options;
    this.#exchange = new NetlinkExchange(
      this.#channelOptions(netlinkBuffer('command')),
      options.timeout ?? defaultTimeout,
    );
    try {
      for (const group of options.groups ?? []) this.joinGroup(group);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /**
   * Opens the conversation. It keeps the process alive until close().
   * @throws SystemError if the kernel refuses (protocol missing, namespace gone, no permission)
   */
  static open(options: NetlinkSocketOptions): NetlinkSocket {
    return new NetlinkSocket(options);
  }

  #channelOptions(receiveBuffer: BufferSize): ChannelOptions {
    const { protocol, namespacePath } = this.#options;
    return { protocol: protocols[protocol], namespacePath, receiveBuffer };
  }

  /**
   * Sends requests, many to a system call, and collects one acknowledgement each, in their order. The first batch (128
   * requests or 64 KiB) is handed to the kernel before this call returns, and what it asks for is done then; further
   * batches follow one in each turn of the event loop. Calls made while another one is in progress queue behind it.
   * @param messages complete netlink messages; sequence number, NLM_F_REQUEST and NLM_F_ACK are set on a copy
   * @returns one acknowledgement a message; a refusal is an acknowledgement with errno, not a rejection. Rejects with
   * SystemError ENOBUFS (acknowledgements were lost; what was sent may be done or not), DaemonError NETLINK_TIMEOUT or
   * NETLINK_CLOSED
   */
  async transact(messages: readonly Uint8Array[]): Promise<readonly Acknowledgement[]> {
    const answers = await this.#exchange.exchange(messages);
    return messages.map((_message, number) => answers.get(number)?.acknowledgement ?? accepted);
  }

  /**
   * The same for requests of any number, which are made when it is their turn: nothing is kept of those that went well.
   * Several batches go out in each turn of the event loop. Rejects as transact() does, and with what the stream throws.
   */
  stream(stream: RequestStream): Promise<void> {
    return this.#exchange.stream(stream);
  }

  /**
   * Sends one request that is answered by messages and an acknowledgement (RTM_GETLINK of one link, CTRL_CMD_GETFAMILY).
   * Rejects as transact() does.
   */
  async request(message: Uint8Array): Promise<NetlinkReply> {
    const answer = (await this.#exchange.exchange([message])).get(0);
    return { messages: answer?.messages ?? [], acknowledgement: answer?.acknowledgement ?? accepted };
  }

  /**
   * Reads a whole table. Dumps of one socket run one after the other; an inconsistent one is repeated.
   * @param message complete request; NLM_F_REQUEST and NLM_F_DUMP are set on a copy
   * @returns the messages of the table, header included, without NLMSG_DONE. Rejects with SystemError if the kernel
   * refuses, DaemonError NETLINK_DUMP_INCONSISTENT (the table changed under ten readings in a row), NETLINK_TIMEOUT,
   * NETLINK_CLOSED
   */
  async dump(message: Uint8Array): Promise<readonly Uint8Array[]> {
    if (this.#closed) throw closedError();
    this.#dumper ??= new NetlinkDumper(
      { ...this.#channelOptions(netlinkBuffer('command')), strict: this.#options.strictDumps === true },
      this.#options.timeout ?? defaultTimeout,
    );
    return this.#dumper.dump(message);
  }

  /** Registers a listener for notifications of the joined groups: complete netlink messages, one a call. */
  onMessage(listener: (message: Uint8Array) => void): void {
    this.#messageListeners.push(listener);
  }

  /** Registers a listener that is told that notifications were lost: whatever was learnt from them must be read anew. */
  onOverrun(listener: () => void): void {
    this.#overrunListeners.push(listener);
  }

  /** Hands over all notifications that the kernel has queued by now, however many. */
  catchUp(): void {
    this.#notifications?.receive(mostQueued);
  }

  /** Joins a further multicast group. @throws SystemError */
  joinGroup(group: number): void {
    this.#notifications ??= new NetlinkChannel(
      this.#channelOptions(
        this.#options.receiveBufferBytes === undefined
          ? netlinkBuffer('notification')
          : { bytes: this.#options.receiveBufferBytes, force: true },
      ),
      {
        message: ({ type, bytes }) => {
          if (type <= NLMSG.OVERRUN) return;
          for (const listener of this.#messageListeners) deliver(() => listener(bytes));
        },
        overrun: () => this.#overrun(),
        failed: () => this.#overrun(),
      },
    );
    this.#notifications.join(group);
  }

  #overrun(): void {
    for (const listener of this.#overrunListeners) deliver(listener);
  }

  /** Closes all descriptors; pending promises are rejected with NETLINK_CLOSED. Safe to call twice. */
  close(): void {
    this.#closed = true;
    this.#exchange.close();
    this.#dumper?.close();
    this.#notifications?.close();
  }
}
