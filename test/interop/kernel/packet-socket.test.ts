import { describe, expect, it } from 'vitest';
import { parseIpAddress } from '../../../src/core/ip-address.ts';
import { PacketSocket } from '../../../src/kernel/packet-socket.ts';
import { ip, provideTwoMachines } from './two-machines.ts';
import type { Machine } from './two-machines.ts';

let left: Machine;
let right: Machine;
provideTwoMachines((made) => ({ left, right } = made));

const hardware = (address: string): number[] => address.split(':').map((part) => parseInt(part, 16));

/** A gratuitous ARP request (RFC 5227 section 3): sender and target are the same address. */
function gratuitousArp(sender: string, address: string): Uint8Array {
  const octets = [...(parseIpAddress(address)?.bytes ?? [])];
  const ethernet = [...hardware('ff:ff:ff:ff:ff:ff'), ...hardware(sender), 0x08, 0x06];
  const arp = [0, 1, 8, 0, 6, 4, 0, 1, ...hardware(sender), ...octets, 0, 0, 0, 0, 0, 0, ...octets];
  return new Uint8Array([...ethernet, ...arp]);
}

const neighbour = (): string => ip(`-n ${right.name} neigh show 10.99.0.50`);

describe('packet socket', () => {
  it('sends frames that the other machine believes', async () => {
    right.run('sysctl', '-q', '-w', 'net.ipv4.conf.eth0.arp_accept=1');
    const socket = PacketSocket.open({ namespacePath: left.path });
    expect(neighbour()).toBe('');
    socket.send(left.interfaceIndex, gratuitousArp('02:00:00:00:00:51', '10.99.0.50'));
    await expect.poll(neighbour).toContain('lladdr 02:00:00:00:00:51');
    socket.close();
    socket.close();
  });

  it('survives an interface that goes down, and tells of one that is not there', async () => {
    right.run('sysctl', '-q', '-w', 'net.ipv4.conf.eth0.arp_accept=1');
    // A neighbour may change its address at most once a locktime, a second by default.
    right.run('sysctl', '-q', '-w', 'net.ipv4.neigh.eth0.locktime=0');
    const socket = PacketSocket.open({ namespacePath: left.path });
    const frame = gratuitousArp('02:00:00:00:00:52', '10.99.0.50');
    ip(`-n ${left.name} link set eth0 down`);
    expect(() => socket.send(left.interfaceIndex, frame)).toThrow(expect.objectContaining({ code: 'ENETDOWN' }));
    expect(() => socket.send(4_711, frame)).toThrow(expect.objectContaining({ code: 'ENXIO' }));
    expect(() => socket.send(left.interfaceIndex, frame.subarray(0, 13))).toThrow(
      expect.objectContaining({ code: 'EINVAL' }),
    );
    ip(`-n ${left.name} link set eth0 up`);
    await expect
      .poll(() => {
        socket.send(left.interfaceIndex, frame);
        return neighbour();
      })
      .toContain('lladdr 02:00:00:00:00:52');
    socket.close();
  });
});
