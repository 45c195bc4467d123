// The sizes that global_defs asks for, as the kernel has them: it counts twice the octets asked for (socket(7)).
import { afterEach, describe, expect, it, vi } from 'vitest';
import { addon } from '../../../src/kernel/addon.ts';
import { Descriptor } from '../../../src/kernel/descriptor.ts';
import { netlinkBuffer, setNetlinkBuffer } from '../../../src/kernel/netlink-buffers.ts';
import { NetlinkSocket } from '../../../src/kernel/netlink-socket.ts';
import { AF, NETLINK_PROTOCOL, SO, SOCK, SOL } from '../../../src/kernel/socket-constants.ts';
import { RTNLGRP } from '../../../src/network/constants.ts';

const before = { command: netlinkBuffer('command'), notification: netlinkBuffer('notification') };

afterEach(() => {
  setNetlinkBuffer('command', before.command);
  setNetlinkBuffer('notification', before.notification);
  vi.restoreAllMocks();
});

function sizeOf(descriptor: Descriptor): number {
  const value = new Uint8Array(4);
  expect(addon().getsockopt(descriptor.number, SOL.SOCKET, SO.RCVBUF, value)).toBe(4);
  return new DataView(value.buffer).getUint32(0, true);
}

describe('receive buffers of netlink sockets', () => {
  it.each([true, false])('have the size asked for, forced %s', (force) => {
    const descriptor = new Descriptor('netlink socket', AF.NETLINK, SOCK.RAW, NETLINK_PROTOCOL.ROUTE, undefined);
    descriptor.setReceiveBuffer(50_000, force);
    expect(sizeOf(descriptor)).toBe(100_000);
    descriptor.close();
  });

  it('are beyond the limit of the machine only if forced', () => {
    const beyond = 64 << 20;
    const sizes = [true, false].map((force) => {
      const descriptor = new Descriptor('netlink socket', AF.NETLINK, SOCK.RAW, NETLINK_PROTOCOL.ROUTE, undefined);
      descriptor.setReceiveBuffer(beyond, force);
      const size = sizeOf(descriptor);
      descriptor.close();
      return size;
    });
    expect(sizes[0]).toBe(2 * beyond);
    expect(sizes[1]).toBeLessThan(2 * beyond);
  });

  it('are given to the sockets of a process as set for it', () => {
    const set = vi.spyOn(Descriptor.prototype, 'setReceiveBuffer');
    setNetlinkBuffer('command', { bytes: 50_000, force: true });
    setNetlinkBuffer('notification', { bytes: 60_000, force: false });
    NetlinkSocket.open({ protocol: 'route', groups: [RTNLGRP.LINK] }).close();
    expect(set.mock.calls).toEqual([
      [50_000, true],
      [60_000, false],
    ]);
  });
});
