/** Begin and end of processes as the kernel tells them (the process connector, CONFIG_PROC_EVENTS). */
import { CN_IDX_PROC, decodeProcessEvent, processEventsRequest } from '../core/netlink/process-connector.ts';
import type { ProcessEvent } from '../core/netlink/process-connector.ts';
import { SystemError } from './errors.ts';
import { netlinkBuffer } from './netlink-buffers.ts';
import { NetlinkChannel } from './netlink-channel.ts';
import { NETLINK_PROTOCOL } from './socket-constants.ts';

export interface ProcessEventListener {
  event(event: ProcessEvent): void;
  /** Events were lost: what is known of processes must be read anew. */
  overrun(): void;
}

export class ProcessEvents {
  readonly #channel: NetlinkChannel;

  private constructor(channel: NetlinkChannel) {
    this.#channel = channel;
  }

  /**
   * Begins to listen. Only the first network namespace of a machine hears them.
   * @param namespacePath network namespace to open the socket in; absent: that of the process
   * @throws SystemError if the kernel refuses (ECONNREFUSED in another namespace, EPROTONOSUPPORT, EPERM)
   */
  static open(listener: ProcessEventListener, namespacePath?: string): ProcessEvents {
    const channel = new NetlinkChannel(
      { protocol: NETLINK_PROTOCOL.CONNECTOR, namespacePath, receiveBuffer: netlinkBuffer('process-event') },
      {
        message: ({ bytes }) => {
          const event = decodeProcessEvent(bytes);
          if (event) listener.event(event);
        },
        overrun: () => listener.overrun(),
        failed: () => listener.overrun(),
      },
    );
    try {
      channel.join(CN_IDX_PROC);
      const errno = channel.send(processEventsRequest(true));
      if (errno !== 0) throw new SystemError('sendmsg', errno, 'process events');
    } catch (error) {
      channel.close();
      throw error;
    }
    return new ProcessEvents(channel);
  }

  close(): void {
    this.#channel.send(processEventsRequest(false));
    this.#channel.close();
  }
}
