import { fstatSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isJournalStream, journalDatagram } from '../../../src/log/journal-sink.ts';

const identity = { ident: 'Keepalived_vrrp', pid: 7, facility: 'local3' } as const;
const lines = (fields: Record<string, unknown>, message = 'x'): string[] =>
  journalDatagram(identity, { level: 'notice', message, time: 0, fields }).split('\n');

// systemd, "Native Journal Protocol" and systemd.journal-fields(7): NAME=value, a line end behind each; severities and
// facilities are those of syslog(3).
describe('a datagram for the journal', () => {
  it('is the message with what syslog would know, and the facts under a name of their own', () => {
    expect(
      journalDatagram(identity, {
        level: 'notice',
        message: '(VI_1) Entering MASTER STATE: nobody else',
        time: 0,
        fields: { instance: 'VI_1', state: 'MASTER', reason: 'nobody else' },
      }),
    ).toBe(
      'MESSAGE=(VI_1) Entering MASTER STATE: nobody else\nPRIORITY=5\nSYSLOG_FACILITY=19\n' +
        'SYSLOG_IDENTIFIER=Keepalived_vrrp\nSYSLOG_PID=7\n' +
        'KEEPALIVED_INSTANCE=VI_1\nKEEPALIVED_STATE=MASTER\nKEEPALIVED_REASON=nobody else\n',
    );
  });

  it('has names of fields as the journal wants them: capitals, digits and underscores', () => {
    expect(lines({ realServer: 'a', 'exit-status': 3 })).toEqual(
      expect.arrayContaining(['KEEPALIVED_REAL_SERVER=a', 'KEEPALIVED_EXIT_STATUS=3']),
    );
  });

  it('forges no field from a value with a line end, and leaves out what is no plain value or a secret', () => {
    const text = lines({ reason: 'a\nPRIORITY=0', list: [1], password: 'secret12' });
    expect(text.filter((line) => line.startsWith('PRIORITY='))).toEqual(['PRIORITY=5']);
    expect(text.join('\n')).not.toMatch(/secret12|LIST/);
  });

  it('cuts what no receiver takes', () => {
    expect(lines({}, 'x'.repeat(100_000)).join('\n').length).toBeLessThan(4_300);
  });
});

describe('standard error', () => {
  it('is the journal where $JOURNAL_STREAM names it (systemd.exec(5): device and inode)', () => {
    const { dev, ino } = fstatSync(2);
    expect(isJournalStream(`${dev}:${ino}`)).toBe(true);
    expect(isJournalStream(`${dev}:${ino + 1}`)).toBe(false);
    expect(isJournalStream(undefined)).toBe(false);
  });
});
