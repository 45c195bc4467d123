import { afterEach, describe, expect, it } from 'vitest';
import { parseIpAddress } from '../../../src/core/ip-address.ts';
import { now } from '../../../src/kernel/clock.ts';
import { RawSocket } from '../../../src/kernel/raw-socket.ts';
import type { RawSocketOptions } from '../../../src/kernel/raw-socket.ts';
import type { PacketMeta } from '../../../src/vrrp/types.ts';
import { ip, provideTwoMachines } from './two-machines.ts';
import type { Machine } from './two-machines.ts';

const vrrp = 112;
let left: Machine;
let right: Machine;
provideTwoMachines((made) => ({ left, right } = made));

const sockets: RawSocket[] = [];
afterEach(() => sockets.splice(0).forEach((socket) => socket.close()));

function open(machine: Machine, options: Omit<RawSocketOptions, 'namespacePath' | 'protocol'>): RawSocket {
  const socket = RawSocket.open({ ...options, protocol: vrrp, namespacePath: machine.path });
  sockets.push(socket);
  return socket;
}

interface Received {
  readonly data: Uint8Array;
  readonly meta: PacketMeta;
}

/** Collects packets; `next` waits for one more. */
function collect(socket: RawSocket): { readonly all: Received[]; next(count?: number): Promise<Received> } {
  const all: Received[] = [];
  let taken = 0;
  socket.onPacket((data, meta) => all.push({ data, meta }));
  return {
    all,
    next: async (count = 1) => {
      taken += count;
      await expect.poll(() => all.length, { timeout: 3_000 }).toBeGreaterThanOrEqual(taken);
      const last = all[taken - 1];
      if (last === undefined) throw new Error('nothing received');
      return last;
    },
  };
}

const payload = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (data: Uint8Array): string => new TextDecoder().decode(data);
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** IPv4 header without options (RFC 791 section 3.1); Linux fills in length and checksum. */
function ipv4Packet(source: string, destination: string, ttl: number, data: Uint8Array): Uint8Array {
  const packet = new Uint8Array(20 + data.length);
  packet.set([0x45, 0xc0, 0, 0, 0x12, 0x34, 0, 0, ttl, vrrp]);
  packet.set(parseIpAddress(source)?.bytes ?? [], 12);
  packet.set(parseIpAddress(destination)?.bytes ?? [], 16);
  packet.set(data, 20);
  return packet;
}

describe('raw socket, IPv4', () => {
  it('tells source, destination, interface and TTL of a multicast packet, and delivers its IP header', async () => {
    const receiver = open(right, { family: 'inet' });
    receiver.bindToInterface(right.interface);
    receiver.joinMulticast('224.0.0.18', right.interfaceIndex);
    receiver.joinMulticast('224.0.0.18', right.interfaceIndex);
    const received = collect(receiver);
    const sender = open(left, { family: 'inet', receive: false });
    sender.setMulticastInterface(left.interfaceIndex);
    sender.setMulticastLoop(false);
    sender.setTtl(255);
    const sentAt = now();
    sender.send(payload('advertisement'), { destination: '224.0.0.18' });
    const { data, meta } = await received.next();
    expect(meta).toEqual({
      family: 'inet',
      interfaceIndex: right.interfaceIndex,
      source: left.address,
      destination: '224.0.0.18',
      ttl: 255,
      receivedAt: expect.any(Number) as number,
    });
    // Between the sending and this line, on the clock of the deadlines: not later than now, and not long ago.
    expect(meta.receivedAt).toBeGreaterThan(sentAt);
    expect(meta.receivedAt).toBeLessThanOrEqual(now());
    expect([data[0], data[8], data[9]]).toEqual([0x45, 255, vrrp]);
    expect(new DataView(data.buffer).getUint16(2)).toBe(20 + 13);
    expect(text(data.subarray(20))).toBe('advertisement');

    sender.send(payload('x'), { destination: right.address, ttl: 7 });
    expect((await received.next()).meta).toMatchObject({ destination: right.address, ttl: 7 });

    receiver.leaveMulticast('224.0.0.18', right.interfaceIndex);
    receiver.leaveMulticast('224.0.0.18', right.interfaceIndex);
    receiver.leaveMulticast('224.0.0.18', 9_999);
    sender.send(payload('not any more'), { destination: '224.0.0.18' });
    sender.send(payload('last'), { destination: right.address });
    expect(text((await received.next()).data.subarray(20))).toBe('last');
  });

  it('sends a packet with the header it is given', async () => {
    const receiver = open(right, { family: 'inet' });
    const received = collect(receiver);
    const sender = open(left, { family: 'inet', includeHeader: true });
    const packet = ipv4Packet('10.99.0.77', right.address, 33, payload('foreign'));
    sender.send(packet, { destination: right.address, interfaceIndex: left.interfaceIndex });
    const { data, meta } = await received.next();
    expect(meta).toMatchObject({ source: '10.99.0.77', ttl: 33 });
    expect(Array.from(data.subarray(4, 6))).toEqual([0x12, 0x34]);
    expect(text(data.subarray(20))).toBe('foreign');
  });

  it('gives every packet memory of its own and takes many in one turn', async () => {
    const receiver = open(right, { family: 'inet' });
    receiver.setReceiveBuffer(4 << 20);
    const received = collect(receiver);
    const sender = open(left, { family: 'inet', receive: false });
    for (let number = 0; number < 2_000; number++) sender.send(payload(String(number)), { destination: right.address });
    await received.next(2_000);
    expect(received.all.map(({ data }) => Number(text(data.subarray(20))))).toEqual(
      Array.from({ length: 2_000 }, (_, number) => number),
    );
  });

  it('says when the packets of a turn are taken, behind the last of them', async () => {
    const receiver = open(right, { family: 'inet' });
    const order: string[] = [];
    receiver.onPacket((data) => order.push(text(data.subarray(20))));
    receiver.onDrained(() => order.push('drained'));
    const sender = open(left, { family: 'inet', receive: false });
    // Nobody takes any while this loop runs.
    const numbers = Array.from({ length: 40 }, (_, number) => String(number));
    for (const number of numbers) sender.send(payload(number), { destination: right.address });
    await expect.poll(() => order.filter((each) => each !== 'drained').length, { timeout: 20_000 }).toBe(40);
    await expect.poll(() => order.at(-1), { timeout: 20_000 }).toBe('drained');
    expect(order.filter((each) => each !== 'drained')).toEqual(numbers);
    expect(order.length).toBeLessThan(2 * numbers.length);
  });

  it('loses nothing when another socket is opened while packets are being taken', async () => {
    const receiver = open(right, { family: 'inet' });
    const found: string[] = [];
    receiver.onPacket((data) => {
      found.push(text(data.subarray(20)));
      // A new socket first throws away what it has.
      open(right, { family: 'inet' }).onPacket(() => undefined);
    });
    const sender = open(left, { family: 'inet', receive: false });
    const words = ['a', 'b', 'c', 'd'];
    for (const word of words) sender.send(payload(word), { destination: right.address });
    await expect.poll(() => found, { timeout: 20_000 }).toEqual(words);
  });

  it('lets only those through that its filter accepts, also of what came before', async () => {
    const receiver = open(right, { family: 'inet' });
    const sender = open(left, { family: 'inet', receive: false });
    sender.send(payload('early'), { destination: right.address });
    await pause(20);
    // ldx 4*([0]&0xf); ldb [x+1]; jeq #0x62, 0, 1; ret #-1; ret #0 (linux/filter.h)
    const program = new Uint8Array(
      [
        [0xb1, 0, 0, 0, 0, 0, 0, 0],
        [0x50, 0, 0, 0, 1, 0, 0, 0],
        [0x15, 0, 0, 1, 0x62, 0, 0, 0],
        [0x06, 0, 0, 0, 0xff, 0xff, 0xff, 0xff],
        [0x06, 0, 0, 0, 0, 0, 0, 0],
      ].flat(),
    );
    receiver.attachFilter(program);
    const received = collect(receiver);
    for (const word of ['aa', 'ab', 'ba', 'cb']) sender.send(payload(word), { destination: right.address });
    await received.next(2);
    await pause(20);
    expect(received.all.map(({ data }) => text(data.subarray(20)))).toEqual(['ab', 'cb']);
    expect(() => receiver.attachFilter(program.subarray(0, 7))).toThrow(expect.objectContaining({ code: 'EINVAL' }));
  });

  it('receives only what is sent to the address it is bound to', async () => {
    ip(`-n ${right.name} addr add 10.99.0.9/24 dev eth0`);
    const receiver = open(right, { family: 'inet' });
    receiver.bind('10.99.0.9');
    const received = collect(receiver);
    const sender = open(left, { family: 'inet', receive: false });
    sender.send(payload('other'), { destination: right.address });
    sender.send(payload('mine'), { destination: '10.99.0.9' });
    expect(text((await received.next()).data.subarray(20))).toBe('mine');
    ip(`-n ${right.name} addr del 10.99.0.9/24 dev eth0`);
  });

  it('refuses with typed errors that say what and why', () => {
    const socket = open(left, { family: 'inet' });
    expect(() => socket.bind('10.77.0.1')).toThrow(expect.objectContaining({ code: 'EADDRNOTAVAIL', syscall: 'bind' }));
    expect(() => socket.bindToInterface('none0')).toThrow(/interface none0/);
    expect(() => socket.send(payload('x'), { destination: '8.8.8.8' })).toThrow(
      expect.objectContaining({ code: 'ENETUNREACH', syscall: 'sendmsg' }),
    );
    expect(() => socket.send(payload('x'), { destination: 'fe80::1' })).toThrow(
      expect.objectContaining({ code: 'ADDRESS_INVALID' }),
    );
    expect(() => RawSocket.open({ family: 'inet', protocol: vrrp, namespacePath: '/run/netns/none' })).toThrow(
      expect.objectContaining({ code: 'ENOENT' }),
    );
  });
});

describe('raw socket, IPv6', () => {
  it('tells hop limit, interface and destination, and sends from the address it is told', async () => {
    const receiver = open(right, { family: 'inet6' });
    receiver.joinMulticast('ff02::12', right.interfaceIndex);
    const received = collect(receiver);
    const sender = open(left, { family: 'inet6', receive: false });
    for (const [source, ttl] of [
      [left.linkLocal, 255],
      [left.address6, 64],
    ] as const) {
      sender.send(payload('advertisement'), {
        destination: 'ff02::12',
        interfaceIndex: left.interfaceIndex,
        source,
        ttl,
      });
      const { data, meta } = await received.next();
      expect(meta).toEqual({
        family: 'inet6',
        interfaceIndex: right.interfaceIndex,
        source,
        destination: 'ff02::12',
        ttl,
        receivedAt: expect.any(Number) as number,
      });
      expect(text(data)).toBe('advertisement');
    }
    sender.setTtl(9);
    sender.setMulticastInterface(left.interfaceIndex);
    sender.setMulticastLoop(false);
    sender.send(payload('unicast'), { destination: right.address6 });
    expect((await received.next()).meta).toMatchObject({ ttl: 9, destination: right.address6, source: left.address6 });
    receiver.leaveMulticast('ff02::12', right.interfaceIndex);
    receiver.leaveMulticast('ff02::12', right.interfaceIndex);
  });

  it('binds to a link-local address of an interface', async () => {
    const receiver = open(right, { family: 'inet6' });
    receiver.bind(right.linkLocal, right.interfaceIndex);
    const received = collect(receiver);
    const sender = open(left, { family: 'inet6', receive: false });
    sender.send(payload('x'), { destination: right.linkLocal, interfaceIndex: left.interfaceIndex });
    expect((await received.next()).meta).toMatchObject({ source: left.linkLocal, destination: right.linkLocal });
  });
});

describe('raw socket and trouble', () => {
  it('survives an interface that goes down and comes back, on both ends', async () => {
    const receiver = open(right, { family: 'inet' });
    receiver.bindToInterface(right.interface);
    receiver.joinMulticast('224.0.0.18', right.interfaceIndex);
    const received = collect(receiver);
    const sender = open(left, { family: 'inet' });
    sender.setMulticastInterface(left.interfaceIndex);
    collect(sender);
    const target = { destination: '224.0.0.18', interfaceIndex: left.interfaceIndex };
    sender.send(payload('one'), target);
    await received.next();
    ip(`-n ${left.name} link set eth0 down`);
    ip(`-n ${right.name} link set eth0 down`);
    expect(() => sender.send(payload('lost'), target)).toThrow(expect.objectContaining({ syscall: 'sendmsg' }));
    ip(`-n ${left.name} link set eth0 up`);
    ip(`-n ${right.name} link set eth0 up`);
    await pause(50);
    sender.send(payload('two'), target);
    expect(text((await received.next()).data.subarray(20))).toBe('two');
  });

  it('brings what a listener throws to uncaughtException, and the packets after it still come', async () => {
    const receiver = open(right, { family: 'inet' });
    const seen: string[] = [];
    const uncaught: string[] = [];
    receiver.onPacket((data) => {
      const word = text(data.subarray(20));
      if (word === 'bad') throw new Error('bad packet');
      seen.push(word);
    });
    const previous = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', (error) => uncaught.push(error.message));
    try {
      const sender = open(left, { family: 'inet', receive: false });
      for (const word of ['a', 'bad', 'b', 'bad', 'c']) sender.send(payload(word), { destination: right.address });
      await expect.poll(() => seen).toEqual(['a', 'b', 'c']);
      await expect.poll(() => uncaught).toEqual(['bad packet', 'bad packet']);
    } finally {
      process.removeAllListeners('uncaughtException');
      for (const listener of previous) process.on('uncaughtException', listener);
    }
  });

  it('may be closed from inside its listener', async () => {
    const receiver = open(right, { family: 'inet' });
    let count = 0;
    receiver.onPacket(() => {
      count++;
      receiver.close();
    });
    const sender = open(left, { family: 'inet', receive: false });
    for (let number = 0; number < 5; number++) sender.send(payload('x'), { destination: right.address });
    await pause(50);
    expect(count).toBe(1);
    receiver.close();
    expect(() => receiver.send(payload('x'), { destination: right.address })).toThrow();
  });
});
