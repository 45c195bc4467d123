/**
 * The journal of systemd over its own datagram socket (systemd's "Native Journal Protocol"): the message with fields that
 * `journalctl KEEPALIVED_INSTANCE=VI_1` finds. Where the journal is the system log, it stands in for /dev/log: the journal
 * hands such lines on to a syslog daemon as it does with others.
 */
import { existsSync, fstatSync, realpathSync } from 'node:fs';
import { DatagramSink, type DatagramRecord, type DatagramSender } from './datagram-sink.ts';
import type { LogFields } from './sink.ts';
import { secretFieldNames } from './secrets.ts';
import { facilityCode, severities, shortened, type SyslogIdentity } from './syslog-sink.ts';

export const journalSocket = '/run/systemd/journal/socket';
/** Where /dev/log leads when the journal is the system log. */
const syslogSocketOfJournal = '/run/systemd/journal/dev-log';
const fieldPrefix = 'KEEPALIVED_';
/** Rules of the journal for names of fields. */
const unusable = /[^A-Z0-9]+/g;

/** `realServer` and `real-server` are both REAL_SERVER. */
function fieldName(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
  return fieldPrefix + words.replace(unusable, '_');
}

function fieldsOf(fields: LogFields | undefined): [string, string][] {
  return Object.entries(fields ?? {}).flatMap(([name, value]): [string, string][] => {
    if (secretFieldNames.includes(name)) return [];
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return [];
    // A line end would need the protocol's binary form, and is of no use in a field.
    return [[fieldName(name), String(value).replaceAll('\n', ' ')]];
  });
}

/** One datagram: a line for each field. The message is one line already. */
export function journalDatagram(
  { facility, ident, pid }: SyslogIdentity,
  { fields, level, message }: DatagramRecord,
): string {
  const lines: [string, string][] = [
    ['MESSAGE', shortened(message)],
    ['PRIORITY', String(severities[level])],
    ['SYSLOG_FACILITY', String(facilityCode(facility) >> 3)],
    ['SYSLOG_IDENTIFIER', ident],
    ['SYSLOG_PID', String(pid)],
    ...fieldsOf(fields),
  ];
  return lines.map(([name, value]) => `${name}=${value}\n`).join('');
}

export class JournalSink extends DatagramSink {
  constructor(identity: SyslogIdentity, open: () => DatagramSender) {
    super((record) => journalDatagram(identity, record), open);
  }
}

/** Whether what is written to /dev/log ends in the journal, and the journal can be reached directly. */
export function journalIsSystemLog(): boolean {
  try {
    return realpathSync('/dev/log') === syslogSocketOfJournal && existsSync(journalSocket);
  } catch {
    return false;
  }
}

/**
 * Whether standard error goes to the journal, as services of systemd have it.
 * @param stream $JOURNAL_STREAM: device and inode of the descriptor (systemd.exec(5)). Whoever redirects the output keeps
 * the variable, so the numbers are compared.
 */
export function isJournalStream(stream: string | undefined, descriptor = 2): boolean {
  if (stream === undefined) return false;
  try {
    const { dev, ino } = fstatSync(descriptor);
    return stream === `${dev}:${ino}`;
  } catch {
    return false;
  }
}
