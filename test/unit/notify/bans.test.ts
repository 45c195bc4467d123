/** A ban as everyone is told of it: log, mail, FIFO, script. The words are those of docs/connection-limits.md. */
import { describe, expect, it } from 'vitest';
import type { BanEvent, DaemonEvent } from '../../../src/core/events.ts';
import { fifoLineForEvent } from '../../../src/notify/fifo-lines.ts';
import { logLineForEvent } from '../../../src/notify/log-lines.ts';
import { mailForEvent } from '../../../src/notify/mail-text.ts';
import { scriptsForEvent } from '../../../src/notify/scripts.ts';
import { Subjects } from '../../../src/notify/subjects.ts';
import { limitModel } from '../../support/limit-model.ts';
import { configurationModel } from '../../support/models.ts';

const notify = { argv: ['/bin/note'] };
const subjects = (smtpAlert = true): Subjects =>
  new Subjects({ ...configurationModel({}), connectionLimits: [limitModel({ notify, smtpAlert })] });

function ban(some: Partial<BanEvent> = {}): BanEvent {
  const reason = '151 established connections, more than 100; for 3600 s';
  const told = { kind: 'ban', at: 0, limit: 'web', client: '192.0.2.7', from: 'FREE', to: 'BANNED' } as const;
  return { ...told, reason, connections: 151, ...some };
}

const release = ban({
  from: 'BANNED',
  to: 'FREE',
  connections: 12,
  reason: '12 established connections, fewer than 50',
});

function told(event: DaemonEvent, of = subjects()) {
  return {
    log: logLineForEvent(event),
    mail: mailForEvent(event, of),
    fifo: fifoLineForEvent(event, of),
    words: scriptsForEvent(event, of).map(({ extraArguments }) => extraArguments.join(' ')),
  };
}

describe('a ban', () => {
  it('is told with its reason', () => {
    expect(told(ban())).toEqual({
      log: {
        level: 'warning',
        message: 'connection_limit web: 192.0.2.7 is banned: 151 established connections, more than 100; for 3600 s',
      },
      mail: {
        subject: 'Connection limit web - 192.0.2.7 BANNED',
        text: '192.0.2.7 is banned: 151 established connections, more than 100; for 3600 s',
      },
      fifo: { family: 'lvs', text: 'LIMIT "web" BANNED 192.0.2.7 151\n' },
      words: ['LIMIT web BANNED 192.0.2.7 151'],
    });
  });

  it('is told when it ends', () => {
    const { fifo, log, mail, words } = told(release);
    expect(log).toEqual({
      level: 'notice',
      message: 'connection_limit web: 192.0.2.7 is released: 12 established connections, fewer than 50',
    });
    expect(mail?.subject).toBe('Connection limit web - 192.0.2.7 RELEASED');
    expect([fifo?.text, ...words]).toEqual(['LIMIT "web" RELEASED 192.0.2.7 12\n', 'LIMIT web RELEASED 192.0.2.7 12']);
  });

  it('is mailed only where that is asked for', () => {
    expect(told(ban(), subjects(false)).mail).toBeUndefined();
  });

  it('of very many at once is told to FIFOs alone', () => {
    expect(told(ban({ muted: true }))).toEqual({
      log: undefined,
      mail: undefined,
      fifo: { family: 'lvs', text: 'LIMIT "web" BANNED 192.0.2.7 151\n' },
      words: [],
    });
  });
});
