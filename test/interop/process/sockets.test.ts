/** Sockets that cannot be opened, and sockets that stay open through reloads. */
import { describe, expect, it } from 'vitest';
import { until } from '../../../lab/lib/clock.ts';
import { instance, patience, provideMachine, quick } from './machine.ts';
import type { Machine } from './machine.ts';

let machine: Machine;
provideMachine('sockets', 'each test', (made) => (machine = made));

const vip = '10.88.0.100/24';
const interval = 0.2;

/** linux/net/ipv4/igmp.c: so many groups may a socket join. */
const allowGroups = (count: number) => machine.run(['sysctl', '-qw', `net.ipv4.igmp_max_memberships=${count}`]);

/** Numbers of the raw sockets for protocol 112 (0x70) in the kernel's table. */
async function rawSockets(): Promise<string[]> {
  const { stdout } = await machine.run(['cat', '/proc/net/raw']);
  const ours = stdout.split('\n').filter((line) => line.includes(':0070 '));
  return ours.map((line) => line.trim().split(/\s+/)[9] ?? '').sort();
}

describe('a router without a socket', () => {
  it('is faulty with the reason, takes no address, and begins as soon as there is one', async () => {
    await allowGroups(0);
    const daemon = await machine.daemon(quick + instance({ interval }));
    await daemon.untilLog('Entering FAULT STATE');
    expect(daemon.log.find((line) => line.includes('Entering FAULT STATE'))).toMatch(
      /no socket for advertisements on eth0: .*ENOBUFS/,
    );
    expect(await machine.addresses()).toEqual(['10.88.0.1/24']);
    await allowGroups(20);
    await machine.untilAddress(vip);
    // Said by the socket's keeper, by the state, and by what is told of the instance; not with every attempt.
    expect(daemon.log.filter((line) => line.includes('no socket for advertisements')).length).toBeLessThanOrEqual(3);
    await daemon.stop();
  });
});

describe('a reload that adds a router to an interface', () => {
  it('keeps the socket, and lets in the messages of both', async () => {
    const one = instance({ interval });
    const two = instance({ name: 'VI_2', id: 52, interval, addresses: ['10.88.0.101/24'] });
    const daemon = await machine.daemon(quick + one);
    await machine.untilAddress(vip);
    const before = await rawSockets();
    // One of them is the rehearsal's, on the loopback interface.
    expect(before.length).toBeGreaterThan(0);
    await daemon.reload(quick + one + two);
    await machine.untilAddress('10.88.0.101/24');
    expect(await rawSockets()).toEqual(before);
    // A router of higher priority at the other end of the cable.
    const peer = [
      'from socket import *',
      'import struct, time',
      's = socket(AF_PACKET, SOCK_RAW)',
      "s.bind(('eth0w', 0))",
      'def total(octets):',
      '    n = sum(struct.unpack(f"!{len(octets) // 2}H", octets))',
      '    return ~((n >> 16) + (n & 65535)) & 65535',
      'ends = bytes([10, 88, 0, 9, 224, 0, 0, 18])',
      // RFC 5798 section 5.1: version 3, router 52, priority 250, one address, 20 centiseconds.
      'v = bytearray([0x31, 52, 250, 1, 0, 20, 0, 0, 10, 88, 0, 101])',
      'v[6:8] = struct.pack("!H", total(ends + struct.pack("!HH", 112, len(v)) + bytes(v)))',
      'h = bytearray(struct.pack("!BBHHHBBH", 0x45, 0xc0, 20 + len(v), 1, 0, 255, 112, 0) + ends)',
      'h[10:12] = struct.pack("!H", total(bytes(h)))',
      'frame = bytes.fromhex("01005e0000120200000000090800") + bytes(h + v)',
      'for i in range(600):',
      '    s.send(frame)',
      '    time.sleep(0.05)',
    ];
    machine.start('peer', ['python3', '-c', peer.join('\n')]);
    await until('VI_2 has heard it', { within: patience, every: 20 }, () =>
      daemon.log.some((line) => line.includes('(VI_2)') && line.includes('higher priority 250')),
    );
    expect(await rawSockets()).toEqual(before);
    await daemon.stop();
  });
});
