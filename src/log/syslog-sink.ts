/** The system log over its datagram socket (RFC 3164 as syslog(3) writes it). */
import type { LogLevel } from '../core/events.ts';
import { DatagramSink, type DatagramSender } from './datagram-sink.ts';
import { syslogDate } from './timestamps.ts';

export type SyslogFacility = 'daemon' | 'user' | `local${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7}`;

export interface SyslogIdentity {
  readonly ident: string;
  readonly pid: number;
  readonly facility: SyslogFacility;
}

/** Severities of syslog(3). */
export const severities: Readonly<Record<LogLevel, number>> = { error: 3, warning: 4, notice: 5, info: 6, debug: 7 };
/** Receivers cut at 8 KiB or earlier; a configuration error that quotes a long line must not vanish for its length. */
const longestMessage = 4_096;

/** The message, cut where no receiver would take all of it. */
export function shortened(message: string): string {
  return message.length > longestMessage ? `${message.slice(0, longestMessage - 3)}...` : message;
}

/** Code of a facility in its place of the priority (facility * 8). */
export function facilityCode(facility: SyslogFacility): number {
  if (facility === 'user') return 1 << 3;
  if (facility === 'daemon') return 3 << 3;
  return (16 + Number(facility.slice(5))) << 3;
}

/** One datagram: `<PRI>Mon dd hh:mm:ss ident[pid]: text`. */
export function syslogDatagram(identity: SyslogIdentity, level: LogLevel, message: string, time: number): string {
  return `<${facilityCode(identity.facility) + severities[level]}>${syslogDate(time)} ${identity.ident}[${identity.pid}]: ${shortened(message)}`;
}

export class SyslogSink extends DatagramSink {
  constructor(identity: SyslogIdentity, open: () => DatagramSender) {
    super(({ level, message, time }) => syslogDatagram(identity, level, message, time), open);
  }
}
