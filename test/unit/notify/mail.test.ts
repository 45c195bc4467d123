import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { MailConfiguration } from '../../../src/config/model.ts';
import type { DaemonEvent } from '../../../src/core/events.ts';
import type { Log } from '../../../src/log/log.ts';
import { mailDate, mailForEvent, mailMessage } from '../../../src/notify/mail-text.ts';
import { MailNotifier } from '../../../src/notify/mail.ts';
import { Subjects } from '../../../src/notify/subjects.ts';
import { checkerEvent, groupEvent, instanceEvent, realServerEvent, virtualServerEvent } from './events.ts';
import {
  configurationModel,
  groupModel,
  instanceModel,
  notifyModel,
  realServerModel,
  virtualServerModel,
} from '../../support/models.ts';
import { MemoryLog } from './memory-log.ts';

const mailModel: MailConfiguration = {
  server: { host: '127.0.0.1', port: 25 },
  from: 'keepalived@mydomain.com',
  connectTimeout: 2_000,
  recipients: ['root', 'ops@mydomain.com'],
  noFaultMail: false,
  noCheckerMail: false,
  alerts: {},
};

function subjects(mail: Partial<MailConfiguration> = {}, smtpAlert = true): Subjects {
  const notify = notifyModel({ smtpAlert });
  return new Subjects(
    configurationModel({
      global: { mail: { ...mailModel, ...mail } },
      instances: [instanceModel({ name: 'VI_1', notify })],
      syncGroups: [groupModel({ name: 'G1', members: ['VI_1'], notify })],
      virtualServers: [
        virtualServerModel({ smtpAlert, realServers: [realServerModel({ address: '172.16.1.2', smtpAlert })] }),
      ],
    }),
  );
}

const words = (event: DaemonEvent, of = subjects()): string | undefined => {
  const mail = mailForEvent(event, of);
  return mail && `${mail.subject} | ${mail.text}`;
};

describe('the words of a mail', () => {
  it.each([
    [
      instanceEvent({ to: 'MASTER' }),
      'VRRP Instance VI_1 - Entering MASTER state | VRRP Instance is now owning VRRP VIPs',
    ],
    [
      instanceEvent({ to: 'BACKUP' }),
      'VRRP Instance VI_1 - Entering BACKUP state | VRRP Instance is no longer owning VRRP VIPs',
    ],
    [instanceEvent({ to: 'STOP' }), 'VRRP Instance VI_1 - Stopping | VRRP Instance stopping'],
    [
      groupEvent({ to: 'FAULT' }),
      'VRRP Group G1 - Entering FAULT state | All VRRP group instances are now in FAULT state',
    ],
    [
      checkerEvent({ to: 'DOWN', reason: 'connection refused' }),
      'Realserver [172.16.1.2]:tcp:80 of virtual server [192.168.1.54]:tcp:80 - DOWN | TCP CHECK failed on service : connection refused',
    ],
    [
      virtualServerEvent({ to: 'UP', weight: 3, quorum: 2, hysteresis: 1 }),
      'Virtualserver [192.168.1.54]:tcp:80 - UP | Gained quorum 2+1=3 <= 3',
    ],
    [
      virtualServerEvent({ to: 'DOWN', weight: 0, quorum: 1, hysteresis: 0 }),
      'Virtualserver [192.168.1.54]:tcp:80 - DOWN | Lost quorum 1-0=1 > 0',
    ],
  ])('%o', (event, expected) => {
    expect(words(event)).toBe(expected);
  });

  it('come from the checker, not a second time from its server', () => {
    expect(words(realServerEvent({ to: 'DOWN' }))).toBeUndefined();
    expect(words(realServerEvent({ to: 'UP' }))).toBeUndefined();
  });

  it('follow the switches of the configuration', () => {
    expect(words(instanceEvent(), subjects({}, false))).toBeUndefined();
    expect(words(instanceEvent({ to: 'FAULT' }), subjects({ noFaultMail: true }))).toBeUndefined();
    expect(words(checkerEvent(), subjects({ noCheckerMail: true }))).toBeUndefined();
    expect(words(realServerEvent({ phase: 'stop', quiet: true }))).toBeUndefined();
    expect(words(realServerEvent({ phase: 'stop' }))).toContain('- DOWN | Shutting down');
  });

  it('say that a reload removed a server', () => {
    const before = subjects().current;
    const emptied = configurationModel({ global: before.global, virtualServers: [virtualServerModel()] });
    expect(words(realServerEvent({ phase: 'reload' }), new Subjects(emptied, before))).toContain('| Removing');
  });
});

describe('the message', () => {
  const mail = { subject: 'VRRP Instance VI_1 - Stopping', text: 'VRRP Instance stopping' };
  const envelope = { routerId: 'LB1', from: 'keepalived@mydomain.com', recipients: ['root', 'ops@mydomain.com'] };

  it('has its headers in order, folded recipients, and one line', () => {
    const message = mailMessage(mail, envelope, new Date(2026, 10, 1, 2, 3, 4));
    const [date, ...rest] = message.split('\r\n');
    expect(date).toMatch(/^Date: Sun, 01 Nov 2026 02:03:04 [+-]\d{4}$/);
    expect(rest).toEqual([
      'From: keepalived@mydomain.com',
      'Subject: [LB1] VRRP Instance VI_1 - Stopping',
      'X-Mailer: Keepalived',
      'To: root,',
      ' ops@mydomain.com',
      '',
      '=> VRRP Instance stopping <=',
      '',
    ]);
  });

  it('has the date of RFC 5322', () => {
    const moment = new Date(2026, 10, 1, 2, 3, 4);
    expect(Date.parse(mailDate(moment))).toBe(moment.getTime());
  });

  it('cannot be given other headers by a name or a reason', () => {
    const message = mailMessage(
      { subject: 'a\r\nBcc: x@y', text: 'b\r\n.\r\nMAIL FROM:<z>' },
      { ...envelope, routerId: 'Đà Nẵng' },
      new Date(),
    );
    expect(message).not.toMatch(/^Bcc:/m);
    expect(message).not.toMatch(/^MAIL/m);
    const encoded = /=\?UTF-8\?B\?(.*)\?=/.exec(message)?.[1] ?? '';
    expect(Buffer.from(encoded, 'base64').toString('utf8')).toBe('[Đà Nẵng] a Bcc: x@y');
  });
});

describe('sending', () => {
  const servers: Server[] = [];
  const sockets: Socket[] = [];
  afterEach(() => {
    sockets.splice(0).forEach((socket) => socket.destroy());
    servers.splice(0).forEach((server) => server.close());
  });

  /** An SMTP server that notes what it hears; `silent` takes the connection and never says a word. */
  async function smtpServer(heard: string[], silent = false): Promise<number> {
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined);
      if (silent) return;
      let inData = false;
      socket.write('220 test\r\n');
      socket.setEncoding('utf8').on('data', (text: string) => {
        for (const line of text.split('\r\n').slice(0, -1)) {
          heard.push(line);
          if (inData) {
            if (line !== '.') continue;
            inData = false;
            socket.write('250 taken\r\n');
          } else if (line === 'DATA') {
            inData = true;
            socket.write('354 go on\r\n');
          } else if (line.startsWith('EHLO')) socket.write('502 unknown\r\n');
          else socket.write(line === 'QUIT' ? '221 bye\r\n' : '250 fine\r\n');
        }
      });
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }

  function notifier(log: Log = new MemoryLog()): MailNotifier {
    return new MailNotifier({ hostName: 'lb1' }, log);
  }

  it('speaks plain SMTP as an old server expects it', async () => {
    const heard: string[] = [];
    const port = await smtpServer(heard);
    const mail = notifier();
    mail.handle(instanceEvent(), subjects({ server: { host: '127.0.0.1', port }, heloName: 'balancer' }));
    await mail.close(5_000);
    await expect.poll(() => heard.at(-1)).toBe('QUIT');
    const commands = heard.filter((line) => /^(HELO|MAIL|RCPT|DATA|QUIT)/.test(line));
    expect(commands).toEqual([
      'HELO balancer',
      'MAIL FROM:<keepalived@mydomain.com>',
      'RCPT TO:<root>',
      'RCPT TO:<ops@mydomain.com>',
      'DATA',
      'QUIT',
    ]);
    expect(heard).toContain('=> VRRP Instance is now owning VRRP VIPs <=');
    expect(heard.filter((line) => /^[A-Za-z-]+: /.test(line)).map((line) => line.split(':')[0])).toEqual([
      'Date',
      'From',
      'Subject',
      'X-Mailer',
      'To',
    ]);
  });

  it('mails a state once in a row', async () => {
    const heard: string[] = [];
    const of = subjects({ server: { host: '127.0.0.1', port: await smtpServer(heard) } });
    const mail = notifier();
    mail.handle(instanceEvent({ to: 'MASTER' }), of);
    mail.handle(instanceEvent({ to: 'MASTER' }), of);
    mail.handle(instanceEvent({ to: 'BACKUP' }), of);
    mail.handle(instanceEvent({ to: 'MASTER' }), of);
    await mail.close(5_000);
    expect(heard.filter((line) => line.startsWith('Subject:')).map((line) => line.replace(/.*Entering /, ''))).toEqual([
      'MASTER state',
      'BACKUP state',
      'MASTER state',
    ]);
  });

  it('never waits for a server that says nothing, and drops the oldest of too many mails', async () => {
    const log = new MemoryLog();
    const of = subjects({ server: { host: '127.0.0.1', port: await smtpServer([], true) }, connectTimeout: 60_000 });
    const mail = notifier(log);
    const begun = performance.now();
    for (let i = 0; i < 1_000; i++) mail.handle(checkerEvent({ reason: `failure ${i}` }), of);
    expect(performance.now() - begun).toBeLessThan(1_000);
    await mail.close(50);
    expect(performance.now() - begun).toBeLessThan(3_000);
    expect(log.lines.join('\n')).toContain('dropping the oldest');
    expect(log.lines.join('\n')).toContain('200 mails were not sent');
  });

  it('says why a mail was not sent, and goes on with the next', async () => {
    const log = new MemoryLog();
    const mail = notifier(log);
    // Port 1 of loopback: nobody listens there.
    const of = subjects({ server: { host: '127.0.0.1', port: 1 } });
    mail.handle(instanceEvent({ to: 'MASTER' }), of);
    mail.handle(instanceEvent({ to: 'BACKUP' }), of);
    await mail.close(5_000);
    expect(log.lines.filter((line) => line.includes('not sent through 127.0.0.1:1'))).toHaveLength(2);
  });

  it('sends nothing without a server or recipients', async () => {
    const sent: string[] = [];
    const mail = new MailNotifier({ hostName: 'lb1' }, new MemoryLog(), (_mail, _envelope, message) => {
      sent.push(message);
      return Promise.resolve();
    });
    const { server: _server, ...withoutServer } = mailModel;
    mail.handle(instanceEvent(), subjects({ recipients: [] }));
    mail.handle(
      instanceEvent(),
      new Subjects(
        configurationModel({ global: { mail: withoutServer }, instances: subjects().current.vrrp.instances }),
      ),
    );
    await mail.close(100);
    expect(sent).toEqual([]);
  });
});
