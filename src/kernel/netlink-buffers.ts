/**
 * Receive buffers of the netlink sockets of this process, as the configuration wants them (vrrp_netlink_cmd_rcv_bufs and
 * its like). They are a property of the process, like its priority: set once, before the first socket is opened.
 */

/** Size of a socket's receive buffer. */
export interface BufferSize {
  /** Octets, as asked for: the kernel counts twice as many. */
  readonly bytes: number;
  /** SO_RCVBUFFORCE: may be more than net.core.rmem_max, where privileged. */
  readonly force: boolean;
}

export type BufferUse = 'command' | 'notification' | 'process-event';

/**
 * Generous, because a notification that is lost means that whole tables are read again; a whole machine may fork
 * thousands of times a second.
 */
const sizes: Record<BufferUse, BufferSize> = {
  command: { bytes: 1 << 20, force: true },
  notification: { bytes: 1 << 20, force: true },
  'process-event': { bytes: 4 << 20, force: true },
};

/** For sockets opened from now on. */
export function setNetlinkBuffer(use: BufferUse, size: BufferSize): void {
  sizes[use] = size;
}

export function netlinkBuffer(use: BufferUse): BufferSize {
  return sizes[use];
}
