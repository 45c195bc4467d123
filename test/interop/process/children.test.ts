import { readFileSync, readdirSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CleanUp } from '../../../lab/lib/clean-up.ts';
import { sleep, until } from '../../../lab/lib/clock.ts';
import { Machine, instance, isAlive, patience, quick } from './machine.ts';

const cleanUp = new CleanUp();
let machine: Machine;
let pair: [Machine, Machine];

beforeAll(async () => {
  [machine, pair] = await Promise.all([Machine.make(cleanUp, 'children'), Machine.pair(cleanUp)]);
  await machine.ethernet('10.88.0.1/24');
});
afterEach(() => {
  for (const each of [machine, ...pair]) each.killAll();
});
afterAll(async () => {
  expect(await cleanUp.run()).toEqual([]);
});

const vip = '10.88.0.100/24';
/** The lowest interval of version 3 that a noisy machine keeps without trouble. */
const interval = 0.2;

describe('the VRRP process, killed', () => {
  it('is started again; its addresses are there once, and none is left at the stop', async () => {
    const daemon = await machine.daemon(quick + instance({ interval }));
    await daemon.untilLog('(VI_1) setting VIPs.');
    const before = daemon.vrrpPid;
    process.kill(before, 'SIGKILL');
    await daemon.untilLog('(VI_1) setting VIPs.', 2);
    await machine.untilAddress(vip);
    await daemon.untilLog('died: Respawning (it was ended by SIGKILL)');
    expect(daemon.vrrpPid).not.toBe(before);
    expect(await machine.addresses()).toEqual(['10.88.0.1/24', vip]);
    expect(await daemon.stop()).toBe(0);
    expect(await machine.addresses()).toEqual(['10.88.0.1/24']);
  });

  it('leaves no address behind when the daemon is stopped before it runs again', async () => {
    const daemon = await machine.daemon(quick + instance({ interval }));
    for (let death = 1; death <= 2; death++) {
      await daemon.untilLog('(VI_1) setting VIPs.', death);
      await machine.untilAddress(vip);
      process.kill(daemon.vrrpPid, 'SIGKILL');
      await daemon.untilLog('Respawning', death);
    }
    expect(await daemon.stop()).toBe(0);
    expect(await machine.addresses()).toEqual(['10.88.0.1/24']);
  });

  it('has its addresses taken away also if a reload drops them before it is back', async () => {
    const daemon = await machine.daemon(quick + instance({ interval, addresses: [vip, '10.88.0.101/24'] }));
    for (let death = 1; death <= 2; death++) {
      await daemon.untilLog('(VI_1) setting VIPs.', death);
      await machine.untilAddress('10.88.0.101/24');
      process.kill(daemon.vrrpPid, 'SIGKILL');
      await daemon.untilLog('Respawning', death);
    }
    await daemon.reload(quick + instance({ interval }));
    await daemon.untilLog('(VI_1) setting VIPs.', 3);
    await machine.untilAddress(vip);
    expect(await machine.addresses()).toEqual(['10.88.0.1/24', vip]);
    await daemon.stop();
    expect(await machine.addresses()).toEqual(['10.88.0.1/24']);
  });

  it('is started again ever later when it dies again and again, and at once by a reload', async () => {
    const daemon = await machine.daemon(quick + instance({ interval }));
    for (let death = 1; death <= 3; death++) {
      await daemon.untilLog('Starting VRRP child process', death);
      await until('the child lives', { within: patience, every: 5 }, () => daemon.children.length === 1);
      process.kill(daemon.children[0] ?? 0, 'SIGKILL');
      await daemon.untilLog('Respawning', death);
    }
    expect(
      daemon.log.filter((line) => line.includes('Respawning')).map((line) => /Respawning(.*) \(it /.exec(line)?.[1]),
    ).toEqual(['', ' in 1 s', ' in 2 s']);
    await daemon.reload(quick + instance({ interval }));
    expect(daemon.said('Starting VRRP child process')).toBe(4);
    await machine.untilAddress(vip);
    await daemon.stop();
  });

  it('ends the daemon with -R', async () => {
    const daemon = await machine.daemon(quick + instance({ interval }), { options: ['-R'] });
    process.kill(daemon.vrrpPid, 'SIGKILL');
    expect(await daemon.running.ended).toBe(1);
    expect(machine.exists('/run/keepalived.pid')).toBe(false);
  });
});

describe('a daemon that cannot stop in order', () => {
  it('killed, has its children remove their addresses and leave', async () => {
    const daemon = await machine.daemon(quick + instance({ interval }));
    await machine.untilAddress(vip);
    const child = daemon.vrrpPid;
    process.kill(daemon.pid, 'SIGKILL');
    await machine.untilNoAddress(vip);
    await until('the child has ended', { within: patience, every: 10 }, () => !isAlive(child));
    expect(machine.exists('/run/vrrp.pid')).toBe(false);
  });

  it('kills a child that hangs, after child_wait_time, and has another one give back what it held', async () => {
    const daemon = await machine.daemon(`child_wait_time 1\n${quick}${instance({ interval })}`);
    await machine.untilAddress(vip);
    process.kill(daemon.vrrpPid, 'SIGSTOP');
    expect(await daemon.stop()).toBe(0);
    expect(daemon.said(/Keepalived_vrrp \(pid \d+\) did not stop in 1 s, killing it/)).toBe(1);
    expect(daemon.said('Keepalived_vrrp ended before it had given everything back')).toBe(1);
    expect(await machine.addresses()).toEqual(['10.88.0.1/24']);
  });

  it('obeys a stop that comes while it starts', async () => {
    machine.write('/tmp/slow.sh', '#!/bin/sh\necho started > /tmp/slow\nsleep 30\n', 0o755);
    machine.write(
      '/etc/keepalived/keepalived.conf',
      'global_defs {\n startup_script /tmp/slow.sh\n script_user root\n}\n' + instance(),
    );
    const { keepalived } = await import('./machine.ts');
    const running = machine.start('keepalived', [keepalived, '-n', '-l', '-D']);
    await until('the startup script runs', { within: patience, every: 10 }, () => machine.exists('/tmp/slow'));
    expect(await running.stop('SIGTERM', patience)).toBe(0);
    expect(running.lines.some(({ text }) => text.includes('child process'))).toBe(false);
    expect(machine.exists('/run/keepalived.pid')).toBe(false);
  });
});

describe('two routers', () => {
  it('agree again after the master stood still for longer than the backup waits', async () => {
    const [left, right] = pair;
    const master = await left.daemon(quick + instance({ interval, priority: 150 }));
    const backup = await right.daemon(quick + instance({ interval, priority: 100, state: 'BACKUP' }));
    await left.untilAddress(vip);
    const stopped = master.vrrpPid;
    process.kill(stopped, 'SIGSTOP');
    await right.untilAddress(vip);
    process.kill(stopped, 'SIGCONT');
    // The one with the higher priority stays master, the other hears it and gives way.
    await right.untilNoAddress(vip);
    await sleep(3 * interval * 1000);
    expect([await left.addresses(), await right.addresses()]).toEqual([['10.88.0.1/24', vip], ['10.88.0.2/24']]);
    expect(backup.said('Entering BACKUP STATE')).toBe(2);
    // ... and the other way round: whoever stood still as a backup does not take over for that.
    process.kill(backup.vrrpPid, 'SIGSTOP');
    await sleep(6 * interval * 1000);
    const before = backup.said('Entering MASTER STATE');
    process.kill(backup.vrrpPid, 'SIGCONT');
    await sleep(4 * interval * 1000);
    expect(backup.said('Entering MASTER STATE')).toBe(before);
    await Promise.all([master.stop(), backup.stop()]);
  });

  it('take over from a VRRP process that was killed, and give back', async () => {
    const [left, right] = pair;
    const master = await left.daemon(quick + instance({ interval, priority: 150 }));
    const backup = await right.daemon(quick + instance({ interval, priority: 100, state: 'BACKUP' }));
    await left.untilAddress(vip);
    process.kill(master.vrrpPid, 'SIGKILL');
    await master.untilLog('Respawning');
    await left.untilAddress(vip);
    await right.untilNoAddress(vip);
    expect(await left.addresses()).toEqual(['10.88.0.1/24', vip]);
    await Promise.all([master.stop(), backup.stop()]);
    expect([await left.addresses(), await right.addresses()]).toEqual([['10.88.0.1/24'], ['10.88.0.2/24']]);
  });
});

describe('scripts', () => {
  it('get no descriptor of the daemon, no signal disposition and none of its private environment', async () => {
    machine.write(
      '/tmp/look.sh',
      '#!/bin/sh\nls -l /proc/self/fd | sed "s/.* -> //" > /tmp/fds\ngrep -E "^Sig(Ign|Blk)" /proc/self/status > /tmp/signals\nenv > /tmp/env\nmv /tmp/env /tmp/seen\n',
      0o755,
    );
    const daemon = await machine.daemon(
      quick.replace('}', '    script_user root\n}') + instance({ interval, more: 'notify_master /tmp/look.sh' }),
      { env: { NOTIFY_SOCKET: '/run/nobody' } },
    );
    await until('the script has run', { within: patience }, () => machine.exists('/tmp/seen'));
    const descriptors = machine
      .read('/tmp/fds')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('total'));
    // Whatever this test was started with is none of the daemon's.
    const { stdout } = await machine.run(['sh', '-c', 'ls -l /proc/self/fd | sed "s/.* -> //"']);
    const foreign = new Set(stdout.split('\n'));
    const received = descriptors.filter((name) => !foreign.has(name) && !/^\/proc\/\d+\/fd$/.test(name));
    // stdin, what ls writes to, stderr.
    expect(received.map((name) => name.replace(/:.*/, '')).sort()).toEqual(['/dev/null', 'pipe', 'socket']);
    expect(machine.read('/tmp/signals')).toMatch(/SigBlk:\t0{16}\nSigIgn:\t0{16}\n/);
    expect(machine.read('/tmp/seen')).not.toMatch(/LD_PRELOAD|NOTIFY_SOCKET|NODE_CHANNEL/);
    await daemon.stop();
  });
});

describe('the processes', () => {
  it('hold no descriptor that was open in who started them, and few of their own', async () => {
    const daemon = await machine.daemon(quick + instance({ interval }));
    await machine.untilAddress(vip);
    expect(readdirSync(`/proc/${daemon.vrrpPid}/fd`).length).toBeLessThan(64);
    expect(readFileSync(`/proc/${daemon.vrrpPid}/environ`, 'utf8')).not.toContain('NODE_CHANNEL_FD=0');
    await daemon.stop();
  });
});
