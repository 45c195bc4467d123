/**
 * A netlink conversation with the kernel: batches of requests, dumps, and notifications, each on a descriptor of its
 * own so that none can overrun or interrupt another.
 */

/** The kernel's answer to one request. */
export interface Acknowledgement {
  /** 0: done; otherwise the positive error number (17: EEXIST). */
  readonly errno: number;
  /** What the kernel said in words (extended acknowledgement), if it did. */
  readonly message?: string;
}

/** Answer to a request that returns data. */
export interface NetlinkReply {
  /** Complete netlink messages, header included. */
  readonly messages: readonly Uint8Array[];
  readonly acknowledgement: Acknowledgement;
}

export interface NetlinkSocketOptions {
  readonly protocol: 'route' | 'generic';
  /** Path of a network namespace (/run/netns/NAME); the process itself stays where it is. */
  readonly namespacePath?: string;
  /** Multicast groups to hear, by number (RTNLGRP_*, or a generic family's group id). */
  readonly groups?: readonly number[];
  /** Receive buffer for the notifications (SO_RCVBUFFORCE). Default 1 MiB. */
  readonly receiveBufferBytes?: number;
}

export class NetlinkSocket {
  /**
   * Opens the conversation.
   * @throws SystemError if the kernel refuses (protocol missing, namespace gone, no permission).
   */
  static open(_options: NetlinkSocketOptions): NetlinkSocket {
    return new NetlinkSocket();
  }

  /**
   * Sends requests, many to a system call, and collects one acknowledgement each, in their order. The first batch is
   * handed to the kernel before this call returns; what rtnetlink does it does inside that call.
   * @param _messages complete netlink messages; sequence number, NLM_F_REQUEST and NLM_F_ACK are set here.
   * @returns one acknowledgement a message; a refusal is an acknowledgement with errno, not a rejection.
   * Rejects with SystemError ENOBUFS if acknowledgements were lost, DaemonError NETLINK_TIMEOUT, NETLINK_CLOSED.
   */
  transact(_messages: readonly Uint8Array[]): Promise<readonly Acknowledgement[]> {
    throw new Error('not yet');
  }

  /**
   * Reads a whole table. Dumps of one socket run one after the other; an inconsistent one is repeated.
   * @param _message complete request; NLM_F_REQUEST and NLM_F_DUMP are set here.
   * @returns the messages of the table, header included, without NLMSG_DONE.
   * Rejects with SystemError if the kernel refuses, DaemonError NETLINK_TIMEOUT, NETLINK_CLOSED.
   */
  dump(_message: Uint8Array): Promise<readonly Uint8Array[]> {
    throw new Error('not yet');
  }

  /** Sends one request that is answered by messages and an acknowledgement (RTM_GETLINK of one link, CTRL_CMD_GETFAMILY). */
  request(_message: Uint8Array): Promise<NetlinkReply> {
    throw new Error('not yet');
  }

  /** Registers a listener for notifications of the joined groups: complete netlink messages, one a call, its own memory. */
  onMessage(_listener: (message: Uint8Array) => void): void {
    throw new Error('not yet');
  }

  /** Registers a listener that is told that notifications were lost: whatever was learnt from them must be read anew. */
  onOverrun(_listener: () => void): void {
    throw new Error('not yet');
  }

  /** Joins a further multicast group. @throws SystemError */
  joinGroup(_group: number): void {
    throw new Error('not yet');
  }

  /** Closes all descriptors; pending promises are rejected with NETLINK_CLOSED. Safe to call twice. */
  close(): void {
    throw new Error('not yet');
  }
}
