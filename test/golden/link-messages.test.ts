// What iproute2 6.1 sends for links (strace of `ip`, sequence number zeroed), and what we send for the same.
import { describe, expect, it } from 'vitest';
import { ATTRIBUTE_HEADER_LENGTH, NLA_TYPE_MASK } from '../../src/core/netlink/constants.ts';
import { netlinkAlign, readNetlinkMessage } from '../../src/core/netlink/message.ts';
import { IFLA, IFLA_INFO_DATA } from '../../src/network/constants.ts';
import { encodeLinkChange } from '../../src/network/link-request.ts';
import type { LinkChange } from '../../src/network/link-request.ts';

const AF_INET6 = 10;
const mac = Uint8Array.of(0, 0, 0x5e, 0, 1, 0x33);

/** Octets behind struct nlmsghdr; type and flags are of their own. */
const rows: readonly (readonly [command: string, change: LinkChange, type: number, flags: number, octets: string])[] = [
  [
    'ip link add link eth0 name vrrp.51 address 00:00:5e:00:01:33 group 7 type macvlan mode private',
    {
      change: 'create',
      link: { kind: 'macvlan', name: 'vrrp.51', lowerIndex: 3, group: 7, hardwareAddress: mac },
    },
    0x10,
    0x605,
    '00000000000000000000000000000000' +
      '0a00010000005e0001330000' +
      '08001b0007000000' +
      '0800050003000000' +
      '0c000300767272702e353100' +
      '1c0012000b0001006d6163766c616e000c0002000800010001000000',
  ],
  ...(['bridge', 'private', 'vepa'] as const).map(
    (flags, value) =>
      [
        `ip link add link eth0 name vrrp.52 type ipvlan mode l2 ${flags}`,
        { change: 'create', link: { kind: 'ipvlan', name: 'vrrp.52', lowerIndex: 3, group: 0, flags } },
        0x10,
        0x605,
        '00000000000000000000000000000000' +
          '0800050003000000' +
          '0c000300767272702e353200' +
          `240012000a0001006970766c616e0000140002000600010000000000060002000${value}000000`,
      ] as const,
  ),
  ['ip link del dev vrrp.51', { change: 'delete', index: 4 }, 0x11, 0x5, '00000000040000000000000000000000'],
];

/** iproute2 names the link by its index, we by its name: the rest is the same. */
const byName: readonly (readonly [command: string, change: LinkChange, octets: string])[] = [
  [
    'ip link set dev vrrp.51 addrgenmode none',
    { change: 'no-generated-addresses', name: 'vrrp.51' },
    '0000000000000000000000000000000010001a000c000a000500080001000000',
  ],
  ['ip link set dev vrrp.51 up', { change: 'up', name: 'vrrp.51' }, '00000000000000000100000001000000'],
  [
    'ip link set dev vrrp.51 group 0',
    { change: 'group', name: 'vrrp.51', group: 0 },
    '0000000000000000000000000000000008001b0000000000',
  ],
];

function fromHex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (octet) => Number.parseInt(octet, 16));
}

function hex(octets: Uint8Array): string {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join('');
}

const nestedTypes = new Set<number>([IFLA.LINKINFO, IFLA.AF_SPEC, IFLA_INFO_DATA, AF_INET6]);

/** Attributes as texts; whether the nested ones are marked so means nothing here. Depth: type 10 nests in AF_SPEC only. */
function attributes(octets: Uint8Array, inside: readonly number[] = []): unknown[] {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const found: unknown[] = [];
  for (let offset = 0; octets.length - offset >= ATTRIBUTE_HEADER_LENGTH;) {
    const length = view.getUint16(offset, true);
    const type = view.getUint16(offset + 2, true) & NLA_TYPE_MASK;
    const value = octets.subarray(offset + ATTRIBUTE_HEADER_LENGTH, offset + length);
    const parent = inside.at(-1);
    const nests =
      nestedTypes.has(type) &&
      ((inside.length === 0 && (type === IFLA.LINKINFO || type === IFLA.AF_SPEC)) ||
        (parent === IFLA.LINKINFO && type === IFLA_INFO_DATA) ||
        (parent === IFLA.AF_SPEC && type === AF_INET6));
    found.push({ type, value: nests ? attributes(value, [...inside, type]) : hex(value) });
    offset += netlinkAlign(length);
  }
  return found;
}

const ifinfomsgLength = 16;

describe('links are made as iproute2 makes them', () => {
  it.each(rows)('%s', (_command, change, type, flags, octets) => {
    const message = readNetlinkMessage(encodeLinkChange(change));
    expect({ type: message.type, flags: message.flags }).toEqual({ type, flags });
    const theirs = fromHex(octets);
    expect(hex(message.payload.subarray(0, ifinfomsgLength))).toBe(hex(theirs.subarray(0, ifinfomsgLength)));
    expect(attributes(message.payload.subarray(ifinfomsgLength))).toEqual(attributes(theirs.subarray(ifinfomsgLength)));
  });

  it.each(byName)('%s', (_command, change, octets) => {
    const message = readNetlinkMessage(encodeLinkChange(change));
    expect({ type: message.type, flags: message.flags }).toEqual({ type: 0x10, flags: 0x5 });
    const theirs = fromHex(octets);
    expect(hex(message.payload.subarray(0, ifinfomsgLength))).toBe(hex(theirs.subarray(0, ifinfomsgLength)));
    expect(attributes(message.payload.subarray(ifinfomsgLength))).toEqual([
      { type: IFLA.IFNAME, value: '767272702e353100' },
      ...attributes(theirs.subarray(ifinfomsgLength)),
    ]);
  });
});
