// Keywords of instances with the whole daemon on a machine of its own, beside Debian's keepalived where it can be asked.
import { afterAll, describe, expect, it } from 'vitest';
import { CleanUp } from '../../../lab/lib/clean-up.ts';
import { sleep, until } from '../../../lab/lib/clock.ts';
import { Machine, instance, patience, provideMachine, quick } from './machine.ts';

const vip = '10.88.0.100/24';
const interval = 0.2;

describe('on one machine', () => {
  let machine: Machine;
  provideMachine('keywords', 'each test', (made) => (machine = made));

  const setting = async (): Promise<string> =>
    (await machine.run(['cat', '/proc/sys/net/ipv4/conf/eth0/promote_secondaries'])).stdout.trim();

  it('promote_secondaries is set and restored, as by the original', async () => {
    const configuration = quick + instance({ interval, more: 'promote_secondaries' });
    await machine.run(['sh', '-c', 'echo 0 >/proc/sys/net/ipv4/conf/eth0/promote_secondaries']);
    const daemon = await machine.daemon(configuration);
    await machine.untilAddress(vip);
    const ours = await setting();
    await daemon.stop();
    expect([ours, await setting()]).toEqual(['1', '0']);

    const original = machine.start('original', [
      '/usr/sbin/keepalived',
      '-n',
      '-l',
      '-f',
      '/etc/keepalived/keepalived.conf',
    ]);
    await machine.untilAddress(vip);
    const theirs = await setting();
    await original.stop('SIGTERM', patience);
    expect([theirs, await setting()]).toEqual(['1', '0']);
  });

  it('an instance without promote_secondaries leaves the setting alone after a reload', async () => {
    await machine.run(['sh', '-c', 'echo 0 >/proc/sys/net/ipv4/conf/eth0/promote_secondaries']);
    const daemon = await machine.daemon(quick + instance({ interval, more: 'promote_secondaries' }));
    expect(await setting()).toBe('1');
    await daemon.reload(quick + instance({ interval }));
    await until('the setting is back', { within: patience, every: 20 }, async () => (await setting()) === '0');
    await daemon.stop();
  });

  // A veth has no transceiver and knows ETHTOOL_GLINK.
  it('linkbeat_interfaces polls by the first method that the driver knows, or by the one that is named', async () => {
    const polled = (line: string): string => `${quick}linkbeat_interfaces {\n    ${line}\n}\n${instance({ interval })}`;
    const daemon = await machine.daemon(polled('eth0'));
    await machine.untilAddress(vip);
    await daemon.untilLog('the link of eth0 is polled (ETHTOOL), it is up');
    await machine.ip('link set eth0w down');
    await daemon.untilLog('eth0 has no link (polled, ETHTOOL)');
    await daemon.untilLog('Entering FAULT STATE: interface eth0 is down');
    await machine.ip('link set eth0w up');
    await machine.untilAddress(vip);
    await daemon.reload(polled('eth0 IOCTL'));
    await daemon.untilLog('the link of eth0 is polled (IOCTL), it is up');
    await machine.ip('link set eth0w down');
    await daemon.untilLog('eth0 has no link (polled, IOCTL)');
    await machine.ip('link set eth0w up');
    await daemon.reload(polled('eth0 MII'));
    await daemon.untilLog('the link of eth0 cannot be polled (MII: operation not supported on socket)');
    await machine.untilAddress(vip);
    await daemon.stop();
  });

  it('set_supplementary_groups: scripts have the groups of their user, otherwise none', async () => {
    const add =
      'cp /etc/group /tmp/group; echo "ktsgroup:x:61234:nobody" >>/tmp/group; mount --bind /tmp/group /etc/group';
    await machine.run(['sh', '-c', add]);
    machine.write('/tmp/groups.sh', '#!/bin/sh\nid -G >>/tmp/groups\n', 0o755);
    const script = 'vrrp_script chk {\n    script /tmp/groups.sh\n    interval 1\n}\n';
    const follows = instance({ interval, more: 'track_script {\n        chk\n    }' });
    const globally = (line: string): string =>
      quick.replace('{', `{\n    script_user nobody nogroup\n    ${line}`) + script + follows;
    const daemon = await machine.daemon(globally(''));
    const nogroup = (await machine.run(['id', '-g', 'nobody'])).stdout.trim();
    const saysLast = (line: string) => (): boolean =>
      machine.exists('/tmp/groups') && machine.read('/tmp/groups').trim().split('\n').at(-1) === line;
    await until('the group of the script alone', { within: patience, every: 50 }, saysLast(nogroup));
    await daemon.reload(globally('set_supplementary_groups'));
    await until('all groups of the user', { within: patience, every: 50 }, saysLast(`${nogroup} 61234`));
    await daemon.stop();
  });

  // In another network namespace than the first the kernel does not tell of processes: this is the way without it.
  it('track_process follows a program that begins and ends', async () => {
    const name = `kts${process.pid % 100_000}`;
    await machine.run(['cp', '/bin/sleep', `/tmp/${name}`]);
    const tracked = `vrrp_track_process program {\n    process ${name}\n}\n`;
    const daemon = await machine.daemon(
      quick + tracked + instance({ interval, more: 'track_process {\n        program\n    }' }),
    );
    await daemon.untilLog('Entering FAULT STATE');
    await daemon.untilLog('process program: 0 running, at least 1 wanted');
    const program = machine.start('program', [`/tmp/${name}`, '300']);
    await machine.untilAddress(vip);
    await program.stop('SIGTERM', patience);
    await machine.untilNoAddress(vip);
    await daemon.untilLog('changed from 1 to 0, quorum down');
    await daemon.stop();
  });

  it('interface_up_down_delays: a short loss of the link does not count', async () => {
    const delays = 'interface_up_down_delays {\n    eth0 1\n}\n';
    const daemon = await machine.daemon(quick + delays + instance({ interval: 1 }));
    await machine.untilAddress(vip);
    await machine.ip('link set eth0w down');
    await daemon.untilLog('eth0 is down; that counts if it lasts for 1 s');
    await machine.ip('link set eth0w up');
    await sleep(1500);
    expect(daemon.said('Entering FAULT STATE')).toBe(0);
    await machine.ip('link set eth0w down');
    await daemon.untilLog('Entering FAULT STATE');
    await daemon.stop();
  });
});

describe('two machines', () => {
  const cleanUp = new CleanUp();
  afterAll(async () => {
    expect(await cleanUp.run()).toEqual([]);
  });

  const hmac = (digit: string): string =>
    `auth_hmac {\n        key 1 hex:${digit.repeat(64)}\n        active_key 1\n    }`;

  it('with the same key of auth_hmac agree, with different keys both are masters and say why', async () => {
    const [left, right] = await Machine.pair(cleanUp);
    const master = await left.daemon(quick + instance({ interval, more: hmac('a') }));
    await left.untilAddress(vip);
    const backup = (digit: string): string =>
      quick + instance({ interval, state: 'BACKUP', priority: 100, more: hmac(digit) });
    const other = await right.daemon(backup('a'));
    await sleep(2000);
    expect(await right.addresses()).toEqual(['10.88.0.2/24']);
    expect(other.said('dropped')).toBe(0);
    await other.reload(backup('b'));
    await right.untilAddress(vip);
    await other.untilLog('auth_hmac made with another key 1 (from 10.88.0.1; dropped');
    await other.reload(backup('a'));
    await right.untilNoAddress(vip);
    await Promise.all([master.stop(), other.stop()]);
  });
});
