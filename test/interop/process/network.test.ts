import { describe, expect, it } from 'vitest';
import { sleep, until } from '../../../lab/lib/clock.ts';
import { instance, patience, provideMachine, quick } from './machine.ts';
import type { Machine } from './machine.ts';

let machine: Machine;
provideMachine('network', 'each test', (made) => (machine = made));

const vip = '10.88.0.100/24';
const interval = 0.2;

describe('addresses', () => {
  it('that somebody removed are back, and mastership was kept', async () => {
    const addresses = [vip, '10.88.0.101/24', '10.88.0.102/24'];
    const daemon = await machine.daemon(quick + instance({ interval, addresses }));
    await machine.untilAddress('10.88.0.102/24');
    await machine.ip(...addresses.map((address) => `addr del ${address} dev eth0`));
    for (const address of addresses) await machine.untilAddress(address);
    expect(daemon.said('Entering BACKUP STATE')).toBe(1);
    await machine.ip('addr flush dev eth0');
    // Without its own address the interface is no place for VRRP; given back, it is.
    await machine.ip('addr add 10.88.0.1/24 dev eth0');
    for (const address of addresses) await machine.untilAddress(address);
    await daemon.stop();
    expect(await machine.addresses()).toEqual(['10.88.0.1/24']);
  });

  it('are of one router only while its interface is down, and back when it is up', async () => {
    const daemon = await machine.daemon(quick + instance({ interval }));
    await machine.untilAddress(vip);
    await machine.ip('link set eth0 down');
    await daemon.untilLog('Entering FAULT STATE');
    await machine.untilNoAddress(vip);
    expect(daemon.said('not sent')).toBe(0);
    await machine.ip('link set eth0 up');
    await machine.untilAddress(vip);
    await daemon.untilLog('Entering MASTER STATE', 2);
    // The cable, not the switch of this side.
    await machine.ip('link set eth0w down');
    await daemon.untilLog('Entering FAULT STATE', 2);
    await machine.ip('link set eth0w up');
    await daemon.untilLog('Entering MASTER STATE', 3);
    await daemon.stop();
  });

  it('come with an interface that is deleted and made again (dynamic_interfaces)', async () => {
    const daemon = await machine.daemon(quick.replace('}', '    dynamic_interfaces\n}') + instance({ interval }));
    await machine.untilAddress(vip);
    await machine.ip('link del eth0');
    await daemon.untilLog('Entering FAULT STATE');
    await machine.ethernet('10.88.0.1/24');
    await machine.untilAddress(vip);
    const wire = machine.start('tcpdump', ['tcpdump', '-l', '-n', '-i', 'eth0w', 'ip proto 112']);
    await until('advertisements on the new interface', { within: patience }, () =>
      wire.lines.some(({ text }) => text.includes('vrid 51')),
    );
    await daemon.stop();
    expect(await machine.addresses()).toEqual(['10.88.0.1/24']);
  });

  it('of an interface that is deleted do not come back without dynamic_interfaces, and the daemon lives', async () => {
    const daemon = await machine.daemon(quick + instance({ interval }));
    await machine.untilAddress(vip);
    await machine.ip('link del eth0');
    await daemon.untilLog('Entering FAULT STATE');
    expect(await daemon.stop()).toBe(0);
  });

  it('that are static exist while the daemon runs', async () => {
    const configuration = `static_ipaddress {\n 10.88.5.1/24 dev eth0\n}\n${quick}${instance({ interval })}`;
    const daemon = await machine.daemon(configuration);
    await machine.untilAddress('10.88.5.1/24');
    await machine.ip('addr del 10.88.5.1/24 dev eth0');
    await machine.untilAddress('10.88.5.1/24');
    await daemon.stop();
    await machine.untilNoAddress('10.88.5.1/24');
  });

  it('stay at the stop with -V', async () => {
    const daemon = await machine.daemon(quick + instance({ interval }), { options: ['-V'] });
    await machine.untilAddress(vip);
    await daemon.stop();
    expect(await machine.addresses()).toContain(vip);
  });
});

describe('tracking', () => {
  it('by script: a failure lowers, a success raises the priority; the log says which script and why', async () => {
    machine.write('/tmp/check.sh', '#!/bin/sh\ntest -e /tmp/well || { echo no well here >&2; exit 3; }\n', 0o755);
    machine.write('/tmp/well', '');
    const daemon = await machine.daemon(
      `${quick.replace('}', '    script_user root\n}')}vrrp_script chk {
    script /tmp/check.sh
    interval 1
    weight -60
    fall 1
    rise 1
}
${instance({ interval, more: 'track_script {\n chk\n }' })}`,
    );
    await machine.untilAddress(vip);
    await machine.run(['rm', '/tmp/well']);
    await daemon.untilLog(/Changing effective priority from 150 to 90/);
    machine.write('/tmp/well', '');
    await daemon.untilLog(/Changing effective priority from 90 to 150/);
    await daemon.untilLog('VRRP_Script(chk) failed (exited with status 3)');
    await daemon.untilLog('Script chk says: no well here');
    await daemon.stop();
  });

  it('by file', async () => {
    machine.write('/tmp/number', '0\n');
    const daemon = await machine.daemon(
      `${quick}vrrp_track_file number {
    file /tmp/number
    weight 1
}
${instance({ interval, more: 'track_file {\n number weight 1\n }' })}`,
    );
    await machine.untilAddress(vip);
    machine.write('/tmp/number', '-50\n');
    await daemon.untilLog(/Changing effective priority from 150 to 100/);
    machine.write('/tmp/number', '-254\n');
    await daemon.untilLog('Entering FAULT STATE');
    await machine.untilNoAddress(vip);
    machine.write('/tmp/number', '10\n');
    await machine.untilAddress(vip);
    await daemon.stop();
  });
});

describe('notifications', () => {
  it('call scripts with their arguments as their user, and write the FIFO, in order, the stop included', async () => {
    machine.write('/tmp/say.sh', '#!/bin/sh\necho "$(id -u):$(id -g):$(id -G) $*" >> /tmp/said\n', 0o755);
    machine.write('/tmp/said', '', 0o666);
    await machine.run(['chmod', '666', '/tmp/said']);
    await machine.run(['mkfifo', '/tmp/fifo']);
    const reader = machine.start('reader', ['sh', '-c', 'while :; do cat /tmp/fifo; done']);
    const daemon = await machine.daemon(
      `${quick.replace('}', '    script_user nobody nogroup\n    notify_fifo /tmp/fifo\n}')}${instance({
        interval,
        more: [
          'notify "/tmp/say.sh all"',
          'notify_master "/tmp/say.sh master \'two words\'" root root',
          'notify_stop "/tmp/say.sh stop"',
        ].join('\n'),
      })}`,
    );
    await machine.untilAddress(vip);
    await until('the master script has run', { within: patience }, () => machine.read('/tmp/said').includes('master'));
    await daemon.stop();
    await until('the stop script has run', { within: patience }, () => machine.read('/tmp/said').includes('STOP'));
    await sleep(0);
    const said = machine.read('/tmp/said').trim().split('\n').sort();
    expect(said).toEqual(
      [
        '0:0:0 master two words',
        '65534:65534:65534 all INSTANCE VI_1 BACKUP 150',
        '65534:65534:65534 all INSTANCE VI_1 MASTER 150',
        '65534:65534:65534 all INSTANCE VI_1 STOP 150',
        '65534:65534:65534 stop',
      ].sort(),
    );
    expect(reader.lines.map(({ text }) => text)).toEqual([
      'INSTANCE "VI_1" BACKUP 150',
      'INSTANCE "VI_1" MASTER 150',
      'INSTANCE "VI_1" STOP 150',
    ]);
  });
});
