/** Messages between processes: whole, in order, never waited for. */
import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../../../lab/lib/clock.ts';
import { MessageSocket, messageSocketPair } from '../../../src/kernel/message-socket.ts';

const sockets: MessageSocket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});

/** Both ends in this process, as two children would inherit them. */
function pair(): readonly [MessageSocket, MessageSocket] {
  const [one, other] = messageSocketPair();
  const ends = [new MessageSocket(one), new MessageSocket(other)] as const;
  sockets.push(...ends);
  return ends;
}

const octets = (...values: number[]): Uint8Array => Uint8Array.from(values);

function heardBy(socket: MessageSocket): number[][] {
  const heard: number[][] = [];
  socket.onMessage((message) => heard.push([...message]));
  return heard;
}

describe('a pair of message sockets', () => {
  it('carries messages whole and in order, both ways, also those sent before somebody listens', async () => {
    const [one, other] = pair();
    expect([one.send(octets(1)), one.send(octets(2, 3)), other.send(octets(9))]).toEqual([true, true, true]);
    const [atOther, atOne] = [heardBy(other), heardBy(one)];
    await until('all are there', { within: 20_000, every: 5 }, () => atOther.length === 2 && atOne.length === 1);
    expect([atOther, atOne]).toEqual([[[1], [2, 3]], [[9]]]);
  });

  it('says when the other side does not read, and goes on when it does', async () => {
    const [one, other] = pair();
    const message = new Uint8Array(10_000).fill(7);
    let sent = 0;
    while (one.send(message)) expect(++sent).toBeLessThan(1000);
    expect(sent).toBeGreaterThan(3);
    const heard = heardBy(other);
    await until('all are read', { within: 20_000, every: 5 }, () => heard.length === sent);
    expect(one.send(message)).toBe(true);
  });

  it('can throw away what was meant for a process before', async () => {
    const [one, other] = pair();
    one.send(octets(1));
    other.discard();
    one.send(octets(2));
    const heard = heardBy(other);
    await until('it is there', { within: 20_000, every: 5 }, () => heard.length === 1);
    expect(heard).toEqual([[2]]);
  });

  it('is closed when the last other end is', async () => {
    const [one, other] = pair();
    const heard = heardBy(other);
    one.send(octets(5));
    one.close();
    await until('the last message is there', { within: 20_000, every: 5 }, () => heard.length === 1);
    expect(heard).toEqual([[5]]);
  });

  it('is refused for a number that was not inherited', () => {
    expect(() => new MessageSocket(9999)).toThrow(/EBADF/);
  });
});
