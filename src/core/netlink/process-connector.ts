/** Process events of the kernel: linux/connector.h, linux/cn_proc.h. Numbers are in host order, little-endian. */
import { NLMSG, NLMSG_HEADER_LENGTH } from './constants.ts';

const LITTLE_ENDIAN = true;
/** The multicast group and the identifier of process events. */
export const CN_IDX_PROC = 1;
const CN_VAL_PROC = 1;
/** struct cn_msg: idx, val, seq, ack, len, flags. */
const CONNECTOR_HEADER_LENGTH = 20;
/** struct proc_event: what, cpu, timestamp; then what belongs to the event. */
const EVENT_HEADER_LENGTH = 16;

const PROC_CN_MCAST = { LISTEN: 1, IGNORE: 2 } as const;
const PROC_EVENT = { FORK: 0x1, EXEC: 0x2, COMM: 0x200, EXIT: 0x80000000 } as const;

/** What happened to a process; what threads do is left out. */
export type ProcessEvent =
  | { readonly kind: 'fork'; readonly parent: number; readonly pid: number }
  | { readonly kind: 'exec' | 'rename' | 'exit'; readonly pid: number };

/** Asks the kernel to begin or to end sending process events: a complete netlink message. */
export function processEventsRequest(listen: boolean): Uint8Array {
  const length = NLMSG_HEADER_LENGTH + CONNECTOR_HEADER_LENGTH + 4;
  const view = new DataView(new ArrayBuffer(length));
  view.setUint32(0, length, LITTLE_ENDIAN);
  view.setUint16(4, NLMSG.DONE, LITTLE_ENDIAN);
  const connector = NLMSG_HEADER_LENGTH;
  view.setUint32(connector, CN_IDX_PROC, LITTLE_ENDIAN);
  view.setUint32(connector + 4, CN_VAL_PROC, LITTLE_ENDIAN);
  view.setUint16(connector + 16, 4, LITTLE_ENDIAN);
  const operation = listen ? PROC_CN_MCAST.LISTEN : PROC_CN_MCAST.IGNORE;
  view.setUint32(connector + CONNECTOR_HEADER_LENGTH, operation, LITTLE_ENDIAN);
  return new Uint8Array(view.buffer);
}

/**
 * @param message complete netlink message, header included
 * @returns undefined for anything else than what happened to a whole process
 */
export function decodeProcessEvent(message: Uint8Array): ProcessEvent | undefined {
  const connector = NLMSG_HEADER_LENGTH;
  const event = connector + CONNECTOR_HEADER_LENGTH;
  const data = event + EVENT_HEADER_LENGTH;
  // The longest of them, fork, has four numbers.
  if (message.length < data + 16) return undefined;
  const view = new DataView(message.buffer, message.byteOffset, message.length);
  const number = (offset: number): number => view.getUint32(offset, LITTLE_ENDIAN);
  if (number(connector) !== CN_IDX_PROC || number(connector + 4) !== CN_VAL_PROC) return undefined;
  // A process is the thread whose number is that of its group.
  const pid = number(data);
  const group = number(data + 4);
  switch (number(event)) {
    case PROC_EVENT.FORK: {
      const child = number(data + 8);
      return child === number(data + 12) ? { kind: 'fork', parent: group, pid: child } : undefined;
    }
    case PROC_EVENT.EXEC:
      return { kind: 'exec', pid: group };
    case PROC_EVENT.COMM:
      return pid === group ? { kind: 'rename', pid } : undefined;
    case PROC_EVENT.EXIT:
      return pid === group ? { kind: 'exit', pid } : undefined;
    default:
      return undefined;
  }
}
