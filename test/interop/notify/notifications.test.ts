// Who is told of what, in which order: scripts, FIFOs and mail of this daemon and of Debian's keepalived, taken through the
// same events. And that nobody who is told can hold the daemon up.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import path from 'node:path';
import { CleanUp } from '../../../lab/lib/clean-up.ts';
import { until } from '../../../lab/lib/clock.ts';
import type { Running } from '../../../lab/lib/run.ts';
import { Machine, configurationFile, distribution, instance, keepalived, patience } from '../process/machine.ts';

const programs = { ours: keepalived, debian: '/usr/sbin/keepalived' } as const;
type Kind = keyof typeof programs;
const kinds = ['ours', 'debian'] as const;

const runtime = path.join(distribution, 'runtime', 'node');
const sink = path.join(import.meta.dirname, 'mail-sink.ts');

const global = `global_defs {
    router_id LB
    vrrp_version 3
    script_user root
    enable_script_security
    notify_fifo /run/all
    notify_fifo_script "/run/read.sh all"
    vrrp_notify_fifo /run/vrrp
    vrrp_notify_fifo_script "/run/read.sh vrrp"
    smtp_server 127.0.0.1 25
    smtp_alert
    notification_email_from lb@example.com
    notification_email {
        one@example.com
        two@example.com
    }
}
`;

/** A script for everything; master's is run by somebody else. */
const scripts = (name: string): string => `
    notify "/run/say.sh ${name} generic"
    notify_master "/run/say.sh ${name} master 'two words'" nobody nogroup
    notify_backup "/run/say.sh ${name} backup"
    notify_fault "/run/say.sh ${name} fault"
    notify_stop "/run/say.sh ${name} stop"`;

const member = (name: string, id: number, more = ''): string =>
  instance({ name, id, interval: 0.2, addresses: [`10.88.0.${id}/24`], more: scripts(name) + more });

const group = `vrrp_sync_group pair {
    group {
        A
        B
    }${scripts('pair')}
}
`;
const stays = global + group + member('A', 101) + member('B', 102);
const goes = member('GONE', 103) + member('TOLD', 104, '\n notify_deleted "/run/say.sh TOLD deleted"');

const say = '#!/bin/sh\numask 0\necho "$* as $(id -u):$(id -g)" >>/run/said\n';
const read = '#!/bin/sh\numask 0\nexec cat "$2" >>"/run/heard-$1"\n';

class Side {
  readonly kind: Kind;
  readonly machine: Machine;
  readonly mail: Running;
  daemon: Running | undefined;

  private constructor(kind: Kind, machine: Machine, mail: Running) {
    this.kind = kind;
    this.machine = machine;
    this.mail = mail;
  }

  static async make(cleanUp: CleanUp, kind: Kind): Promise<Side> {
    const machine = await Machine.make(cleanUp, `notify ${kind}`);
    await machine.ethernet('10.88.0.1/24');
    machine.write('/run/say.sh', say, 0o755);
    machine.write('/run/read.sh', read, 0o755);
    await machine.run(['sh', '-c', 'umask 0; touch /run/said /run/heard-all /run/heard-vrrp']);
    const mail = machine.start('mail', [runtime, sink]);
    await until('the mail server listens', { within: patience, every: 20 }, () => mail.lines.length > 0);
    return new Side(kind, machine, mail);
  }

  lines(file: string): string[] {
    return this.machine.read(file).split('\n').slice(0, -1);
  }

  /** Waits until the last word about each of these is this one. */
  async heard(state: string, ...subjects: string[]): Promise<void> {
    await until(`${this.kind}: ${subjects.join(', ')} ${state}`, { within: patience, every: 25 }, () =>
      subjects.every((subject) => {
        const last = this.lines('/run/heard-all').findLast((line) => line.includes(`"${subject}"`));
        return last?.includes(` ${state} `) === true;
      }),
    );
  }

  /** Waits until the scripts of everything but the stop have run. */
  async called(): Promise<void> {
    const names = ['A', 'B', 'pair', 'GONE', 'TOLD'];
    const states = ['master', 'backup', 'fault', 'MASTER', 'BACKUP', 'FAULT'];
    const wanted = [...names.flatMap((name) => states.map((state) => [name, state] as const)), ['TOLD', 'deleted']];
    await until(`${this.kind}: every script has run`, { within: patience, every: 50 }, () => {
      const said = this.lines('/run/said');
      return wanted.every(([name = '', state = '']) =>
        said.some((line) => line.startsWith(`${name} `) && line.includes(` ${state} `)),
      );
    });
  }

  async mailed(count: number, text: string): Promise<void> {
    await until(`${this.kind}: ${count} mails with ${text}`, { within: patience, every: 25 }, () => {
      return this.mails.filter((line) => line.includes(text)).length >= count;
    });
  }

  get mails(): string[] {
    return this.mail.lines.map(({ text }) => text).slice(1);
  }

  async play(): Promise<void> {
    this.machine.write(configurationFile, stays + goes);
    this.daemon = this.machine.start(this.kind, [programs[this.kind], '-n', '-l', '-D']);
    await this.heard('MASTER', 'A', 'B', 'pair', 'GONE', 'TOLD');
    await this.mailed(5, 'Entering MASTER state');
    await this.machine.ip('link set eth0w down');
    await this.heard('FAULT', 'A', 'B', 'pair', 'GONE', 'TOLD');
    await this.mailed(5, 'Entering FAULT state');
    await this.machine.ip('link set eth0w up');
    await this.heard('MASTER', 'A', 'B', 'pair', 'GONE', 'TOLD');
    await this.mailed(10, 'Entering MASTER state');
    this.machine.write(configurationFile, stays);
    this.daemon.signal('SIGHUP');
    await this.heard('FAULT', 'GONE');
    await this.heard('DELETED', 'TOLD');
    await this.mailed(6, 'Entering FAULT state');
    await this.mailed(1, 'TOLD - Deleted');
    await this.called();
    expect(await this.daemon.stop('SIGTERM', patience)).toBe(0);
  }
}

/** What each was told, in its order; those who are told at the same time stand side by side. */
function bySubject(lines: readonly string[], subjectOf: (line: string) => string): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const line of lines) (found[subjectOf(line)] ??= []).push(line);
  return Object.fromEntries(Object.entries(found).toSorted());
}

const cleanUp = new CleanUp();
const sides = {} as Record<Kind, Side>;

beforeAll(async () => {
  await Promise.all(
    kinds.map(async (kind) => {
      sides[kind] = await Side.make(cleanUp, kind);
      await sides[kind].play();
    }),
  );
});
afterAll(async () => {
  for (const kind of kinds) if (kind in sides) sides[kind].machine.killAll();
  expect(await cleanUp.run()).toEqual([]);
});

describe('told as by keepalived are', () => {
  it.each(['/run/heard-all', '/run/heard-vrrp'])('the script that reads the FIFO, %s', (file) => {
    // At the stop the original ends its readers before they have read.
    const heard = (kind: Kind): Record<string, string[]> =>
      bySubject(
        sides[kind].lines(file).filter((line) => !/ STOP \d+$/.test(line)),
        (line) => /"(.*)"/.exec(line)?.[1] ?? '',
      );
    expect(heard('debian')['TOLD']?.at(-1)).toBe('INSTANCE "TOLD" DELETED 150');
    expect(heard('ours')).toEqual(heard('debian'));
  });

  it('the scripts of every kind, with their arguments, as their users', () => {
    // Scripts of one event run at the same time; those of the stop have a second, which is not much on a busy machine.
    const said = (kind: Kind): string[] =>
      [...new Set(sides[kind].lines('/run/said'))].filter((line) => !/stop|STOP/.test(line)).toSorted();
    const theirs = said('debian');
    expect(theirs).toContain('A master two words as 65534:65534');
    expect(theirs).toContain('A generic INSTANCE A FAULT 150 as 0:0');
    expect(theirs).toContain('pair generic GROUP pair MASTER 0 as 0:0');
    expect(theirs).toContain('TOLD deleted as 0:0');
    expect(said('ours')).toEqual(theirs);
  });

  it('the readers of mail', () => {
    const mails = (kind: Kind): Record<string, string[]> =>
      bySubject(
        sides[kind].mails.filter((line) => !/Stopping/.test(line)),
        (line) => / (?:Instance|Group) (\S+)/.exec(line)?.[1] ?? '',
      );
    expect(mails('debian')['pair']?.[0]).toMatch(
      /^\[LB\] VRRP Group pair - .* to one@example.com,two@example.com: => /,
    );
    expect(mails('ours')).toEqual(mails('debian'));
  });
});

it('nobody who does not listen delays anything: a script that hangs, a FIFO without reader, a mail server without words', async () => {
  const { machine } = await Side.make(cleanUp, 'ours');
  machine.killAll();
  const mail = machine.start('mail', [runtime, sink, 'silent']);
  await until('the silent server listens', { within: patience, every: 20 }, () => mail.lines.length > 0);
  machine.write('/run/say.sh', '#!/bin/sh\necho "$*" >>/run/said\nexec sleep 1000\n', 0o755);
  const deaf = stays.replace(/ +(vrrp_)?notify_fifo_script .*\n/g, '');
  const daemon = await machine.daemon(deaf);
  for (let round = 1; round <= 3; round++) {
    await daemon.untilLog('(A) Entering MASTER STATE', round);
    await daemon.untilLog('(B) Entering MASTER STATE', round);
    await machine.ip('link set eth0w down');
    await daemon.untilLog('(A) Entering FAULT STATE', round);
    await machine.ip('link set eth0w up');
  }
  await daemon.reload(deaf.replace('10.88.0.101', '10.88.0.111'));
  await machine.untilAddress('10.88.0.111/24');
  daemon.signal('SIGUSR1');
  await until('the dump is there', { within: patience, every: 20 }, () => machine.exists('/tmp/keepalived.data'));
  expect(await daemon.stop()).toBe(0);
  expect(await machine.addresses()).toEqual(['10.88.0.1/24']);
  // They did hang.
  expect(machine.read('/run/said')).toContain('A generic INSTANCE A MASTER 150');
});
