import { spawnSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parseIpAddress } from '../../../src/core/ip-address.ts';
import { encodeGetFamily } from '../../../src/core/netlink/generic-family.ts';
import { NetlinkMessageBuilder, readNetlinkMessage } from '../../../src/core/netlink/message.ts';
import { NetlinkSocket } from '../../../src/kernel/netlink-socket.ts';
import type { NetlinkSocketOptions } from '../../../src/kernel/netlink-socket.ts';
import { ip, makeTwoMachines } from './two-machines.ts';
import type { Machine, TwoMachines } from './two-machines.ts';

/** linux/rtnetlink.h, linux/if_addr.h */
const RTM = { NEWADDR: 20, DELADDR: 21, GETADDR: 22, GETLINK: 18 } as const;
const RTNLGRP_IPV4_IFADDR = 5;
const NLM_F_CREATE_EXCL = 0x600;
const IFA = { ADDRESS: 1, LOCAL: 2 } as const;
const AF_INET = 2;
const errno = { ENOENT: 2, EEXIST: 17, ENODEV: 19, EINVAL: 22, EADDRNOTAVAIL: 99 } as const;

let lan: TwoMachines;
let left: Machine;
beforeAll(() => {
  lan = makeTwoMachines();
  left = lan.left;
});
afterAll(() => lan.remove());

const sockets: NetlinkSocket[] = [];
afterEach(() => sockets.splice(0).forEach((socket) => socket.close()));

function open(options: Partial<NetlinkSocketOptions> = {}): NetlinkSocket {
  const socket = NetlinkSocket.open({ protocol: 'route', namespacePath: left.path, ...options });
  sockets.push(socket);
  return socket;
}

const addressOf = (number: number): string => `10.200.${number >> 8}.${number & 255}`;

function addressMessage(type: number, flags: number, number: number, link = left.interfaceIndex): Uint8Array {
  const octets = parseIpAddress(addressOf(number))?.bytes ?? new Uint8Array();
  return new NetlinkMessageBuilder(type, flags)
    .u8(AF_INET)
    .u8(32)
    .u8(0)
    .u8(0)
    .u32(link)
    .attributeBytes(IFA.LOCAL, octets)
    .attributeBytes(IFA.ADDRESS, octets)
    .finish();
}
const add = (number: number): Uint8Array => addressMessage(RTM.NEWADDR, NLM_F_CREATE_EXCL, number);
const remove = (number: number): Uint8Array => addressMessage(RTM.DELADDR, 0, number);
const getAddresses = (): Uint8Array =>
  new NetlinkMessageBuilder(RTM.GETADDR, 0).u8(AF_INET).u8(0).u8(0).u8(0).u32(0).finish();
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

const countAddresses = (): number =>
  ip(`-n ${left.name} -o -4 addr show dev eth0`)
    .split('\n')
    .filter((line) => line.includes('10.200.')).length;

describe('transactions', () => {
  it('adds and deletes 1,000 addresses, the first batch before the call returns', async () => {
    const socket = open();
    const adding = socket.transact(numbers(1_000).map(add));
    expect(countAddresses()).toBe(128);
    const added = await adding;
    expect([added.length, added.filter((acknowledgement) => acknowledgement.errno !== 0)]).toEqual([1_000, []]);
    expect(countAddresses()).toBe(1_000);
    const removed = await socket.transact(numbers(1_000).map(remove));
    expect([removed.length, removed.filter((acknowledgement) => acknowledgement.errno !== 0)]).toEqual([1_000, []]);
    expect(countAddresses()).toBe(0);
  });

  it('answers each request for itself, in words where the kernel has some', async () => {
    const socket = open();
    const duplicate = [add(1), add(1), remove(2), addressMessage(RTM.NEWADDR, NLM_F_CREATE_EXCL, 3, 4_711), remove(1)];
    const acknowledgements = await socket.transact(duplicate);
    expect(acknowledgements.map((acknowledgement) => acknowledgement.errno)).toEqual([
      0,
      errno.EEXIST,
      errno.EADDRNOTAVAIL,
      errno.ENODEV,
      0,
    ]);
    expect(acknowledgements[1]?.message).toMatch(/already assigned/i);
  });

  it('makes the requests of a stream when it is their turn, and tells it what was refused', async () => {
    const socket = open();
    // Every tenth is there twice.
    const requests = numbers(2_000).flatMap((number) =>
      number % 10 === 0 ? [add(number), add(number)] : [add(number)],
    );
    let made = 0;
    let before = 0;
    let batch = 0;
    const refused: number[] = [];
    const adding = socket.stream({
      fill: (memory, ends) => {
        before += batch;
        for (batch = 0; batch < ends.length && made < requests.length; batch++) {
          const request = requests[made++] ?? new Uint8Array();
          memory.octets.set(request, memory.used);
          memory.used += request.length;
          ends[batch] = memory.used;
        }
        return batch;
      },
      answered: (place, acknowledgement) => {
        if (acknowledgement.errno === errno.EEXIST) refused.push(before + place);
      },
    });
    expect(countAddresses()).toBeGreaterThan(0);
    expect(made).toBeLessThan(requests.length);
    const behind = socket.transact([remove(1)]);
    await adding;
    expect(made).toBe(requests.length);
    expect(refused).toEqual(numbers(200).map((tenth) => 11 * tenth - 1));
    expect(await behind).toEqual([{ errno: 0 }]);
    expect(countAddresses()).toBe(1_999);
    await socket.transact(numbers(2_000).slice(1).map(remove));
  });

  it('rejects with what a stream throws, and goes on', async () => {
    const socket = open();
    const trouble = new Error('no more');
    const fill = (): number => {
      throw trouble;
    };
    const failing = socket.stream({ fill, answered: () => undefined });
    const behind = socket.transact([add(1), remove(1)]);
    await expect(failing).rejects.toBe(trouble);
    expect(await behind).toEqual([{ errno: 0 }, { errno: 0 }]);
  });

  it('leaves the caller its messages unchanged, and takes an empty list', async () => {
    const socket = open();
    const message = add(1);
    const before = message.slice();
    await socket.transact([message]);
    expect(message).toEqual(before);
    await socket.transact([remove(1)]);
    expect(await socket.transact([])).toEqual([]);
  });

  it('keeps the order of calls, and lets the event loop turn between batches', async () => {
    const socket = open();
    let turns = 0;
    const count = (): void => {
      turns++;
      timer = setImmediate(count);
    };
    let timer = setImmediate(count);
    const results = await Promise.all([
      socket.transact(numbers(600).map(add)),
      socket.transact(numbers(600).map(remove)),
      socket.transact([add(1), remove(1)]),
    ]);
    clearImmediate(timer);
    expect(results.flat().filter((acknowledgement) => acknowledgement.errno !== 0)).toEqual([]);
    expect(countAddresses()).toBe(0);
    // Five batches of at most 128 twice, and the last.
    expect(turns).toBeGreaterThanOrEqual(9);
  });

  it('rejects what is pending when it is closed, and all that comes later', async () => {
    const socket = open();
    const pending = [socket.transact(numbers(300).map(add)), socket.dump(getAddresses())];
    socket.close();
    socket.close();
    for (const promise of pending) await expect(promise).rejects.toMatchObject({ code: 'NETLINK_CLOSED' });
    await expect(socket.transact([add(1)])).rejects.toMatchObject({ code: 'NETLINK_CLOSED' });
    await expect(socket.dump(getAddresses())).rejects.toMatchObject({ code: 'NETLINK_CLOSED' });
    await open().transact(numbers(300).map(remove));
  });
});

describe('requests and dumps', () => {
  it('returns the answer of a request', async () => {
    const message = new NetlinkMessageBuilder(RTM.GETLINK, 0).u32(0).u32(left.interfaceIndex).u32(0).u32(0).finish();
    const reply = await open().request(message);
    expect(reply.acknowledgement).toEqual({ errno: 0 });
    expect(reply.messages.map((bytes) => readNetlinkMessage(bytes).type)).toEqual([16]);
    // struct ifinfomsg: family, pad, type, index.
    const [link = new Uint8Array()] = reply.messages;
    expect(new DataView(link.buffer, link.byteOffset).getInt32(20, true)).toBe(left.interfaceIndex);
  });

  it('speaks to generic netlink', async () => {
    const socket = open({ protocol: 'generic' });
    const known = await socket.request(encodeGetFamily('nlctrl'));
    expect([known.messages.length, known.acknowledgement.errno]).toEqual([1, 0]);
    const unknown = await socket.request(encodeGetFamily('no-such-family'));
    expect([unknown.messages.length, unknown.acknowledgement.errno]).toEqual([0, errno.ENOENT]);
  });

  it('reads whole and consistent tables while it is writing', async () => {
    const socket = open();
    await socket.transact(numbers(500).map(add));
    const changing = (async () => {
      for (let round = 0; round < 6; round++) {
        await socket.transact(numbers(200).map((number) => add(number + 1_000)));
        await socket.transact(numbers(200).map((number) => remove(number + 1_000)));
      }
    })();
    const dumps: number[] = [];
    let refused = 0;
    await Promise.all(
      numbers(12).map(async () => {
        try {
          const lines = (await socket.dump(getAddresses())).map((bytes) => Buffer.from(bytes).toString('hex'));
          // No address twice, and none of those missing that were there all the time.
          expect(new Set(lines).size).toBe(lines.length);
          dumps.push(lines.length);
        } catch (error) {
          expect(error).toMatchObject({ code: 'NETLINK_DUMP_INCONSISTENT' });
          refused++;
        }
      }),
    );
    await changing;
    expect(dumps.every((length) => length >= 502)).toBe(true);
    expect(dumps.length + refused).toBe(12);
    expect(dumps.length).toBeGreaterThan(0);
    expect((await socket.dump(getAddresses())).length).toBe(502);
    await socket.transact(numbers(500).map(remove));
  });

  it('rejects a dump that the kernel refuses, with its words', async () => {
    const bad = new NetlinkMessageBuilder(RTM.GETADDR, 0).u8(AF_INET).u8(24).u8(0).u8(0).u32(0).finish();
    await expect(open({ strictDumps: true }).dump(bad)).rejects.toMatchObject({ errno: errno.EINVAL });
    const socket = open();
    expect((await socket.dump(bad)).length).toBe(2);
  });
});

describe('notifications', () => {
  it('delivers those of the joined groups, one message a call', async () => {
    const socket = open({ groups: [RTNLGRP_IPV4_IFADDR] });
    const types: number[] = [];
    socket.onMessage((bytes) => types.push(readNetlinkMessage(bytes).type));
    await socket.transact([add(1), remove(1)]);
    await expect.poll(() => types).toEqual([RTM.NEWADDR, RTM.DELADDR]);
  });

  it('survives an overrun, asks for a new reading once it has happened, and hears what comes after', async () => {
    const socket = open({ groups: [RTNLGRP_IPV4_IFADDR], receiveBufferBytes: 4_096 });
    let heard = 0;
    let overruns = 0;
    let read: number | undefined;
    socket.onMessage(() => heard++);
    socket.onOverrun(() => {
      overruns++;
      socket.dump(getAddresses()).then(
        (messages) => (read = messages.length),
        // Closed at the end of the test, while the last deletions overran it once more.
        () => undefined,
      );
    });
    const batch = numbers(500)
      .map((number) => `addr add ${addressOf(number)}/32 dev eth0`)
      .join('\n');
    // Synchronous: the event loop cannot read while the kernel notifies.
    const result = spawnSync('ip', ['-n', left.name, '-batch', '-'], { input: batch });
    expect(result.status).toBe(0);
    await expect.poll(() => read).toBe(502);
    expect(overruns).toBeGreaterThanOrEqual(1);
    expect(heard).toBeLessThan(500);
    const before = heard;
    await socket.transact([remove(1)]);
    await expect.poll(() => heard).toBe(before + 1);
    await socket.transact(numbers(500).slice(1).map(remove));
  });

  it('loses no acknowledgement to a flood of notifications that nobody reads', async () => {
    const socket = open({ groups: [RTNLGRP_IPV4_IFADDR], receiveBufferBytes: 4_096 });
    const acknowledgements = await socket.transact([...numbers(400).map(add), ...numbers(400).map(remove)]);
    expect(acknowledgements.filter((acknowledgement) => acknowledgement.errno !== 0)).toEqual([]);
  });

  it('refuses a group and a namespace that do not exist', () => {
    expect(() => open({ groups: [10_000] })).toThrow(expect.objectContaining({ code: 'EINVAL' }));
    expect(() => open({ namespacePath: '/run/netns/none' })).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  });
});
