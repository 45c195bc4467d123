/** UDP sockets on the loopback interface: sender, TTL and time of each datagram. */
import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../../../lab/lib/clock.ts';
import { now } from '../../../src/kernel/clock.ts';
import { UdpSocket, type UdpMeta, type UdpSocketOptions } from '../../../src/kernel/udp-socket.ts';

const sockets: UdpSocket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});

function open(options: UdpSocketOptions): UdpSocket {
  const socket = new UdpSocket(options);
  sockets.push(socket);
  return socket;
}

const loopback = { inet: '127.0.0.1', inet6: '::1' } as const;

describe.each(['inet', 'inet6'] as const)('UDP sockets of family %s', (family) => {
  it('tell who sent a datagram, with which TTL, and when', async () => {
    const address = loopback[family];
    const receiver = open({ family, port: 46_784, receive: true });
    const heard: { data: Uint8Array; meta: UdpMeta }[] = [];
    receiver.onDatagram((data, meta) => heard.push({ data, meta }));
    const sender = open({ family, address, port: 46_785, receive: false, ttl: 255, trafficClass: 0xc0 });
    const before = now();
    sender.send(Uint8Array.of(1, 2, 3), sender.target(address, 46_784));
    sender.setTtl(7);
    sender.send(Uint8Array.of(4), sender.target(address, 46_784));
    await until('both are there', { within: 20_000, every: 5 }, () => heard.length === 2);
    expect(heard.map(({ data }) => [...data])).toEqual([[1, 2, 3], [4]]);
    expect(heard.map(({ meta }) => [meta.source, meta.sourcePort, meta.ttl])).toEqual([
      [address, 46_785, 255],
      [address, 46_785, 7],
    ]);
    for (const { meta } of heard) {
      // Two clocks of the kernel are read one after the other.
      expect(meta.receivedAt).toBeGreaterThan(before - 50);
      expect(meta.receivedAt).toBeLessThanOrEqual(now());
    }
  });

  it('refuse a port that is taken and an address that is not here', () => {
    const address = loopback[family];
    open({ family, address, port: 46_786, receive: false });
    expect(() => open({ family, address, port: 46_786, receive: false })).toThrow(/EADDRINUSE/);
    const elsewhere = family === 'inet' ? '192.0.2.1' : '2001:db8::1';
    expect(() => open({ family, address: elsewhere, port: 46_787, receive: false })).toThrow(/EADDRNOTAVAIL/);
  });
});
