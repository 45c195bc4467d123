/** Datagrams that a thread sends at their moment, seen by a socket on the loopback interface. */
import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../../../lab/lib/clock.ts';
import { now } from '../../../src/kernel/clock.ts';
import { awakeBefore, TimedSend } from '../../../src/kernel/timed-send.ts';
import { UdpSocket } from '../../../src/kernel/udp-socket.ts';

const sockets: UdpSocket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});

interface Heard {
  readonly octet: number | undefined;
  readonly at: number;
}

/** One socket that sends to another; ports are the kernel's choice. */
class Loopback {
  readonly heard: Heard[] = [];
  readonly sender: UdpSocket;
  readonly #name: Uint8Array;

  constructor(port: number) {
    const receiver = new UdpSocket({ family: 'inet', address: '127.0.0.1', port, receive: true });
    this.sender = new UdpSocket({ family: 'inet', address: '127.0.0.1', port: port + 1, receive: false });
    sockets.push(receiver, this.sender);
    receiver.onDatagram((data, { receivedAt }) => this.heard.push({ octet: data[0], at: receivedAt }));
    this.#name = this.sender.target('127.0.0.1', port);
  }

  arrange(octet: number, at: number, deadline = Infinity): TimedSend {
    const data = Uint8Array.of(octet);
    const arranged = new TimedSend({ descriptor: this.sender.descriptor, data, name: this.#name }, at, deadline, 1);
    // The bytes are its own from here on.
    data[0] = 0xff;
    return arranged;
  }

  async hears(count: number): Promise<readonly Heard[]> {
    await until(`${count} datagrams`, { within: 20_000, every: 2 }, () => this.heard.length >= count);
    return this.heard;
  }
}

/** The event loop stands still. */
function standStill(span: number): void {
  const end = now() + span;
  while (now() < end);
}

/** Two clocks of the kernel are read one after the other. */
const clockError = 1;

describe('the thread', () => {
  it('is awake for a hundredth of the wait at most, never more than 0.1 ms, and for many together no longer than for four', () => {
    expect(awakeBefore(1000, 1)).toBe(0.1);
    expect(awakeBefore(5, 1)).toBeCloseTo(0.05);
    expect(awakeBefore(-5, 1)).toBe(0);
    // 250 routers at 100 ms: 2,500 a second.
    expect(2500 * awakeBefore(100, 250)).toBeCloseTo(4);
  });
});

describe('a datagram with a moment', () => {
  it('leaves while the event loop stands still, in the order of the moments and never early', async () => {
    const loopback = new Loopback(46_880);
    const begin = now();
    const second = loopback.arrange(2, begin + 60);
    const first = loopback.arrange(1, begin + 30);
    const third = loopback.arrange(3, begin + 60);
    standStill(150);
    const standing = now();
    const moments = [first, second, third].map((each) => each.take());
    for (const [index, wait] of [30, 60, 60].entries()) {
      expect(moments[index]).toBeGreaterThanOrEqual(begin + wait);
      expect(moments[index]).toBeLessThanOrEqual(standing);
    }
    // What was due together has one moment, from which the next interval of each counts: they stay together.
    expect(moments[2]).toBe(moments[1]);
    const heard = await loopback.hears(3);
    expect(heard.map(({ octet }) => octet)).toEqual([1, 2, 3]);
    for (const [index, wait] of [30, 60, 60].entries()) {
      expect(heard[index]!.at).toBeGreaterThanOrEqual(begin + wait - clockError);
      expect(heard[index]!.at).toBeLessThanOrEqual(standing + clockError);
    }
  });

  it('never leaves once it was taken back', async () => {
    const loopback = new Loopback(46_882);
    const begin = now();
    const back = loopback.arrange(1, begin + 40);
    expect(back.take()).toBeUndefined();
    loopback.arrange(2, begin + 50);
    const heard = await loopback.hears(1);
    expect(heard.map(({ octet }) => octet)).toEqual([2]);
    expect(back.take()).toBeUndefined();
  });

  it('does not leave when its time is over', async () => {
    const loopback = new Loopback(46_884);
    const begin = now();
    const late = loopback.arrange(1, begin - 10, begin - 5);
    const due = loopback.arrange(2, begin - 10);
    const heard = await loopback.hears(1);
    expect(heard.map(({ octet }) => octet)).toEqual([2]);
    expect(late.take()).toBeUndefined();
    expect(due.take()).toBeGreaterThanOrEqual(begin);
  });

  it('does not leave by a descriptor that was closed, nor by the next one of its number', async () => {
    const loopback = new Loopback(46_886);
    const other = new Loopback(46_888);
    const begin = now();
    const number = loopback.sender.descriptor;
    const lost = loopback.arrange(1, begin + 40);
    loopback.sender.close();
    const heir = new UdpSocket({ family: 'inet', address: '127.0.0.1', port: 46_890, receive: false });
    sockets.push(heir);
    expect(heir.descriptor).toBe(number);
    other.arrange(2, begin + 60);
    await other.hears(1);
    expect(lost.take()).toBeUndefined();
    expect(loopback.heard).toEqual([]);
  });

  it('has not gone when the kernel refuses it', async () => {
    const loopback = new Loopback(46_892);
    const nowhere = loopback.sender.target('240.0.0.1', 9);
    const data = new Uint8Array(70_000);
    const refused = new TimedSend(
      { descriptor: loopback.sender.descriptor, data, name: nowhere },
      now() - 1,
      Infinity,
      1,
    );
    loopback.arrange(1, now());
    await loopback.hears(1);
    // linux/udp.c: longer than a datagram can be.
    expect(refused.take()).toBeUndefined();
  });

  it('is one of many that are arranged and taken back at random', async () => {
    const loopback = new Loopback(46_894);
    const arranged = Array.from({ length: 300 }, (_, index) => ({
      index,
      send: loopback.arrange(index % 256, now() + ((index * 7919) % 60)),
    }));
    let sent = 0;
    for (const { send, index } of arranged) if (index % 3 === 0) sent += send.take() === undefined ? 0 : 1;
    standStill(80);
    await until('the last has gone', { within: 20_000, every: 20 }, () => loopback.heard.length >= sent);
    for (const { send, index } of arranged) if (index % 3 !== 0) sent += send.take() === undefined ? 0 : 1;
    await loopback.hears(sent);
    expect(sent).toBeGreaterThanOrEqual(200);
    expect(loopback.heard).toHaveLength(sent);
  });
});
