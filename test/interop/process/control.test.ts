import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { until } from '../../../lab/lib/clock.ts';
import { configurationFile, instance, isAlive, keepalivectl, patience, provideMachine, quick } from './machine.ts';
import type { Machine } from './machine.ts';

let machine: Machine;
provideMachine('control', 'all tests', (made) => (machine = made));

const vip = '10.88.0.100/24';
const interval = 0.2;
const socket = '/run/keepalived/control.sock';

function ctl(...words: string[]): ReturnType<Machine['run']> {
  return machine.run([keepalivectl, ...words], { accept: 'any' });
}

describe('keepalivectl', () => {
  it('tells people what every instance does, since when and why', async () => {
    const daemon = await machine.daemon(quick + instance({ interval }));
    await machine.untilAddress(vip);
    const { code, stderr, stdout } = await ctl('status');
    expect([code, stderr]).toEqual([0, '']);
    const [head = '', title, first] = stdout.split('\n');
    expect(head.startsWith(`keepalived, pid ${daemon.pid}, up `)).toBe(true);
    expect(head.endsWith(` s, configuration ${configurationFile}, ready`)).toBe(true);
    expect(title).toBe('VRRP');
    expect(first).toMatch(/^ {2}VI_1 {2}MASTER {2}\d+ s {2}.*nobody advertised/);
    expect(stdout).not.toMatch(/undefined|NaN|\[object/);
    const json = JSON.parse((await ctl('status', '--json')).stdout) as { vrrp: { instances: { state: string }[] } };
    expect(json.vrrp.instances.map(({ state }) => state)).toEqual(['MASTER']);
    // A child that does not answer is said to be missing, not forgotten.
    process.kill(daemon.vrrpPid, 'SIGSTOP');
    const silent = await ctl('status');
    expect(silent.stdout).toContain(`process vrrp, pid ${daemon.vrrpPid}: does not answer\n`);
    process.kill(daemon.vrrpPid, 'SIGKILL');
    await daemon.untilLog('Starting VRRP child process', 2);
    await until('it answers', { within: patience }, async () => (await ctl('status')).stdout.includes('\n  VI_1  '));
    await daemon.reload('nonsense\n');
    const troubled = await ctl('status');
    expect(troubled.stdout).toMatch(/died once since the start/);
    expect(troubled.stdout).toMatch(/last reload refused at \d{4}-.*\n {2}.*keepalived\.conf:1:1: error: .*nonsense/);
    await daemon.stop();
  });

  it('says what is wrong in one line when there is no daemon, or no sense in its words', async () => {
    const nobody = await ctl('status');
    expect(nobody.code).toBe(2);
    expect(nobody.stderr).toMatch(/^keepalivectl: no daemon listens at .*is keepalived running\?.*\n$/);
    for (const words of [[], ['nonsense'], ['status', '--nonsense'], ['--socket']]) {
      const { code, stderr, stdout } = await ctl(...words);
      expect([words, code, stdout]).toEqual([words, 1, '']);
      expect(stderr).toMatch(/^keepalivectl: .+\nTry 'keepalivectl (status )?--help'\.\n$/);
    }
    const help = await ctl('--help');
    expect(help.code).toBe(0);
    expect(help.stdout).toMatch(/status/);
    expect((await ctl('version')).stdout).toMatch(/^keepalived/i);
  });

  it('survives a reader that goes away', async () => {
    const daemon = await machine.daemon(quick + instance({ interval }));
    const { stderr } = await machine.run(['sh', '-c', `${keepalivectl} status --json | head -c 1`], { accept: 'any' });
    expect(stderr).not.toMatch(/EPIPE|\bat /);
    await daemon.stop();
  });
});

describe('the control socket', () => {
  it('bears rude clients, and the daemon stops with them connected', async () => {
    const daemon = await machine.daemon(quick + instance({ interval }));
    const clients = Array.from({ length: 40 }, (_, index) => {
      const client = connect(machine.path(socket));
      client.on('error', () => undefined);
      client.on('connect', () => {
        if (index % 4 === 0) client.write('\0'.repeat(100_000));
        else if (index % 4 === 1) client.write('{"version":1,"command":"status"}\n'.repeat(200));
        else if (index % 4 === 2) client.end('{"version":1,"comm');
      });
      return client;
    });
    await until('somebody was let go', { within: patience }, () => clients.some((client) => client.destroyed));
    for (const client of clients.slice(0, 30)) client.destroy();
    await until('it answers', { within: patience }, async () => (await ctl('status')).code === 0);
    expect(isAlive(daemon.pid)).toBe(true);
    expect(daemon.said('Entering')).toBeLessThanOrEqual(2);
    expect(await daemon.stop()).toBe(0);
    for (const client of clients) client.destroy();
  });

  it('of a daemon that was killed is taken over', async () => {
    const first = await machine.daemon(quick + instance({ interval }));
    process.kill(first.pid, 'SIGKILL');
    expect(machine.exists(socket)).toBe(true);
    const second = await machine.daemon(quick + instance({ interval }));
    expect((await ctl('status')).stdout).toContain(`pid ${second.pid}`);
    await second.stop();
  });
});

describe('plan, reload and events', () => {
  it('say what would change, what has changed, and what happened, over the death of a child', async () => {
    const daemon = await machine.daemon(quick + instance({ interval }));
    await machine.untilAddress(vip);
    const nothing = await ctl('plan');
    expect([nothing.code, nothing.stdout]).toEqual([0, 'plan: a reload changes nothing\n']);
    const next = quick + instance({ interval, priority: 140 });
    machine.write('/etc/keepalived/next.conf', next);
    const planned = await ctl('plan', '/etc/keepalived/next.conf');
    expect([planned.code, planned.stderr]).toEqual([3, '']);
    expect(planned.stdout).toMatch(/^~ vrrp_instance VI_1\n {4}priority 150 -> priority 140\n/);
    expect(planned.stdout).toMatch(/plan: 1 vrrp_instance changed\n$/);
    machine.write('/etc/keepalived/broken.conf', `${next}nonsense\n`);
    const broken = await ctl('plan', '/etc/keepalived/broken.conf');
    expect([broken.code, broken.stderr]).toEqual([1, expect.stringMatching(/would be refused:\n.*nonsense/)]);
    const follower = machine.start('follower', [keepalivectl, 'events', '--follow', '--json']);
    const kinds = (): string[] =>
      follower.lines
        .filter(({ text }) => text.startsWith('{'))
        .map(({ text }) => (JSON.parse(text) as { event: { kind: string } }).event.kind);
    await until('it has told what was', { within: patience }, () => kinds().includes('daemon'));
    machine.write(configurationFile, next);
    const reloaded = await ctl('reload');
    expect([reloaded.code, reloaded.stdout]).toEqual([0, 'reloaded: 1 vrrp_instance changed\n']);
    const killed = daemon.vrrpPid;
    process.kill(killed, 'SIGKILL');
    await until(
      'it has told of the death',
      { within: patience },
      () => kinds().filter((kind) => kind === 'process').length >= 3,
    );
    await until(
      'the new one is master',
      { within: patience },
      () => kinds().filter((kind) => kind === 'vrrp-instance').length >= 2,
    );
    const { stdout } = await ctl('events');
    expect(stdout).toMatch(/#\d+ instance VI_1: BACKUP -> MASTER, priority 150 \(.+\)\n/);
    expect(stdout).toMatch(/reload: applied, 1 vrrp_instance changed \(keepalivectl reload\)\n/);
    expect(stdout).toMatch(new RegExp(`process vrrp, pid ${killed}: DIED \\(it was ended by SIGKILL\\)\n`));
    await daemon.stop();
    await until('the follower has lost its daemon', { within: patience }, () => follower.code !== undefined);
    expect([follower.code, kinds().filter((kind) => kind === 'daemon').length]).toEqual([2, 2]);
  });
});

describe('watch_config', () => {
  it('applies what was written by itself, and refuses what has errors', async () => {
    const watching = `global_defs {\n    watch_config 0.2\n}\n${quick}`;
    const daemon = await machine.daemon(watching + instance({ interval }));
    machine.write(configurationFile, watching + instance({ interval, priority: 141 }));
    await daemon.untilLog('Reload complete');
    machine.write(configurationFile, 'nonsense\n');
    await daemon.untilLog('Reload refused');
    const reason = `(watch_config: ${configurationFile} changed)`;
    const told = async (): Promise<string[]> => (await ctl('events')).stdout.split('\n');
    await until('both are told', { within: patience }, async () => {
      const lines = (await told()).filter((line) => line.endsWith(reason));
      return lines.length === 2 && lines[0]!.includes('applied') && lines[1]!.includes('refused');
    });
    await daemon.stop();
  });
});

describe('the service manager', () => {
  it('is told of readiness, reloads with their time, refusals and the stop', async () => {
    const listener = machine.start('service manager', [
      'python3',
      '-u',
      '-c',
      'import socket\ns=socket.socket(socket.AF_UNIX,socket.SOCK_DGRAM)\ns.bind("/run/notify")\nprint("bound")\nwhile True: print(s.recv(4096).decode().replace("\\n","|"))',
    ]);
    await until('it listens', { within: patience, every: 10 }, () => listener.lines.length > 0);
    const daemon = await machine.daemon(quick + instance({ interval }), { env: { NOTIFY_SOCKET: '/run/notify' } });
    await daemon.reload(quick + instance({ interval, priority: 140 }));
    await daemon.reload(`${quick}${instance({ interval })}nonsense\n`);
    await daemon.stop();
    const told = (): string[] => listener.lines.slice(1).map(({ text }) => text);
    await until('it heard of the stop', { within: patience }, () => told().length >= 6);
    const [ready, reloading, applied, again, refused, stopping, ...rest] = told();
    expect(ready).toBe(`READY=1|MAINPID=${daemon.pid}|STATUS=running`);
    expect(reloading).toMatch(/^RELOADING=1\|MONOTONIC_USEC=\d+$/);
    expect(applied).toBe('READY=1|STATUS=running');
    expect(again).toMatch(/^RELOADING=1/);
    expect(refused).toMatch(/^READY=1\|STATUS=running; the last reload was refused/);
    expect(stopping).toMatch(/^STOPPING=1/);
    expect(rest).toEqual([]);
  });

  it('is told why a start failed, and hears from a parent that lives', async () => {
    const listener = machine.start('service manager', [
      'python3',
      '-u',
      '-c',
      'import socket\ns=socket.socket(socket.AF_UNIX,socket.SOCK_DGRAM)\ns.bind("/run/notify-2")\nprint("bound")\nwhile True: print(s.recv(4096).decode().replace("\\n","|"))',
    ]);
    await until('it listens', { within: patience, every: 10 }, () => listener.lines.length > 0);
    const told = (): string[] => listener.lines.slice(1).map(({ text }) => text);
    const env = { NOTIFY_SOCKET: '/run/notify-2' };
    await expect(
      machine.daemon('vrrp_instance VI_1 {\n    virtual_router_id 0\n}\n', { env, options: ['-f', '/none'] }),
    ).rejects.toThrow();
    await until('it heard why', { within: patience }, () => told().some((line) => line.startsWith('STATUS=')));
    expect(told().join('|')).toMatch(/^STATUS=not started: .*\/none/);
    const daemon = await machine.daemon(quick + instance({ interval }), { env: { ...env, WATCHDOG_USEC: '100000' } });
    await until(
      'it heard of life',
      { within: patience },
      () => told().filter((line) => line === 'WATCHDOG=1').length > 5,
    );
    expect(await daemon.stop()).toBe(0);
  });
});
