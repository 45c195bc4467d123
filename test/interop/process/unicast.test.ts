// Unicast without an interface: a source address that comes late, and the device that `vrf` names.
import { describe, expect, it } from 'vitest';
import { sleep, until } from '../../../lab/lib/clock.ts';
import { patience, provideMachine, quick } from './machine.ts';
import type { Machine } from './machine.ts';

let machine: Machine;
provideMachine('unicast', 'each test', (made) => (machine = made));

const configuration = (more: string): string => `${quick}vrrp_instance VI_1 {
    state BACKUP
    virtual_router_id 51
    priority 150
    advert_int 0.2
    unicast_src_ip 10.88.0.7
    unicast_peer {
        10.88.0.9
    }
    ${more}
    virtual_ipaddress {
        10.88.0.100/24 dev eth0
    }
}
`;

/** What leaves eth0 for the peer, of which somebody must know the hardware address. */
async function listen(interfaceName: string): Promise<() => number> {
  await machine.ip(`neigh replace 10.88.0.9 lladdr 02:00:00:00:00:09 dev ${interfaceName}`);
  const wire = machine.start('tcpdump', [
    ...['tcpdump', '-l', '-n', '-i', interfaceName, 'ip proto 112 and src 10.88.0.7 and dst 10.88.0.9'],
  ]);
  await until('tcpdump listens', { within: patience }, () => wire.lines.some(({ text }) => text.includes('listening')));
  return () => wire.lines.filter(({ text }) => text.includes('vrid 51')).length;
}

describe('a unicast instance without interface', () => {
  it('speaks as soon as its source address is there, and again when it has returned', async () => {
    const heard = await listen('eth0');
    const daemon = await machine.daemon(configuration('track_src_ip'));
    await daemon.untilLog('Entering FAULT STATE');
    await sleep(300);
    expect(heard()).toBe(0);
    await machine.ip('addr add 10.88.0.7/24 dev eth0');
    await until('advertisements', { within: patience }, () => heard() > 3);
    await machine.ip('addr del 10.88.0.7/24 dev eth0');
    await daemon.untilLog('Entering FAULT STATE', 2);
    const before = heard();
    await machine.ip('addr add 10.88.0.7/24 dev eth0');
    await until('advertisements again', { within: patience }, () => heard() > before + 3);
    expect(daemon.said('no socket')).toBe(0);
    await daemon.stop();
  });

  // A kernel without VRF binds sockets to any other device in the same way.
  it('speaks through the device that vrf names, whatever the routes say', async () => {
    await machine.ethernet('10.99.0.1/24', 'eth1');
    await machine.ip('addr add 10.88.0.7/32 dev eth0', 'route add 10.88.0.9/32 dev eth1');
    const heard = await listen('eth1');
    const other = await listen('eth0');
    const daemon = await machine.daemon(configuration('vrf eth1'));
    await until('advertisements', { within: patience }, () => heard() > 3);
    expect(other()).toBe(0);
    await machine.ip('link del eth1');
    await sleep(300);
    await machine.ethernet('10.99.0.1/24', 'eth1');
    await machine.ip('route add 10.88.0.9/32 dev eth1');
    const again = await listen('eth1');
    await until('advertisements on the new device', { within: patience }, () => again() > 3);
    await daemon.stop();
  });
});
