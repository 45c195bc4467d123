import { describe, expect, it } from 'vitest';
import { decodeAddressMessage, encodeAddressChange } from '../../src/network/address-codec.ts';
import { decodeLinkMessage } from '../../src/network/link-codec.ts';
import type { AddressChange } from '../../src/network/types.ts';
import { desired } from '../unit/network/kernel-model.ts';

// Laid out by hand from linux/netlink.h, linux/if_addr.h and linux/if_link.h; fields in order, little-endian.
const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');
const message = (type: string, flags: string, ...parts: string[]): string => {
  const body = parts.join('');
  const length = Buffer.alloc(4);
  length.writeUInt32LE(16 + body.length / 2);
  return `${length.toString('hex')}${type}${flags}${'00000000'}${'00000000'}${body}`;
};
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

const NEWADDR = '1400';
const DELADDR = '1500';
const NEWLINK = '1000';
const DELLINK = '1100';
const REQUEST_ACK = '0500';
const REQUEST_ACK_EXCL_CREATE = '0506';

describe('addresses in octets', () => {
  it.each<[string, AddressChange, boolean, string]>([
    [
      '123.30.175.40 dev eth1 label eth1:2',
      { change: 'add', interfaceIndex: 3, address: desired('123.30.175.40', 32, { label: 'eth1:2' }) },
      false,
      message(
        NEWADDR,
        REQUEST_ACK_EXCL_CREATE,
        '02' + '20' + '00' + '00' + '03000000',
        '0800' + '0200' + '7b1eaf28',
        '0800' + '0100' + '7b1eaf28',
        '0b00' + '0300' + '657468313a3200' + '00',
      ),
    ],
    [
      'the mark of keepalived',
      { change: 'add', interfaceIndex: 3, address: desired('10.0.0.1', 24, { broadcast: '10.0.0.255', scope: 253 }) },
      true,
      message(
        NEWADDR,
        REQUEST_ACK_EXCL_CREATE,
        '02' + '18' + '00' + 'fd' + '03000000',
        '0800' + '0200' + '0a000001',
        '0800' + '0100' + '0a000001',
        '0800' + '0400' + '0a0000ff',
        '0500' + '0b00' + '12' + '000000',
      ),
    ],
    [
      'peer and noprefixroute, whose flag does not fit the header',
      {
        change: 'add',
        interfaceIndex: 258,
        address: desired('10.8.0.1', 32, { peer: '10.8.0.2', noPrefixRoute: true }),
      },
      false,
      message(
        NEWADDR,
        REQUEST_ACK_EXCL_CREATE,
        '02' + '20' + '00' + '00' + '02010000',
        '0800' + '0200' + '0a080001',
        '0800' + '0100' + '0a080002',
        '0800' + '0800' + '00020000',
      ),
    ],
    [
      'IPv6 without detection, never a source',
      { change: 'add', interfaceIndex: 3, address: desired('2001:db8::5', 128, { preferredLifetime: 0 }) },
      false,
      message(
        NEWADDR,
        REQUEST_ACK_EXCL_CREATE,
        '0a' + '80' + '02' + '00' + '03000000',
        '1400' + '0200' + '20010db8000000000000000000000005',
        '1400' + '0100' + '20010db8000000000000000000000005',
        '1400' + '0600' + '00000000' + 'ffffffff' + '00000000' + '00000000',
      ),
    ],
    [
      'removal',
      { change: 'delete', interfaceIndex: 3, address: { family: 'inet', address: '10.0.0.1', prefixLength: 24 } },
      true,
      message(
        DELADDR,
        REQUEST_ACK,
        '02' + '18' + '00' + '00' + '03000000',
        '0800' + '0200' + '0a000001',
        '0800' + '0100' + '0a000001',
      ),
    ],
  ])('%s', (_name, change, markProtocol, expected) => {
    expect(hex(encodeAddressChange(change, { markProtocol }))).toBe(expected);
  });

  it('are read with flags of 32 bits, label, broadcast, protocol and peer', () => {
    const octets = message(
      NEWADDR,
      '0000',
      '02' + '18' + '80' + '00' + '03000000',
      '0800' + '0100' + '0a000002',
      '0800' + '0200' + '0a000001',
      '0800' + '0400' + '0a0000ff',
      '0900' + '0300' + '6574683100' + '000000',
      '0800' + '0800' + '80020000',
      '0500' + '0b00' + '12' + '000000',
      '1400' + '0600' + 'ffffffff' + 'ffffffff' + '00000000' + '00000000',
    );
    expect(decodeAddressMessage(bytes(octets))).toEqual({
      ok: true,
      value: {
        change: 'present',
        address: {
          interfaceIndex: 3,
          family: 'inet',
          address: '10.0.0.1',
          prefixLength: 24,
          scope: 0,
          flags: 0x280,
          label: 'eth1',
          broadcast: '10.0.0.255',
          peer: '10.0.0.2',
          protocol: 18,
        },
      },
    });
  });

  it('refuse to say what is no address', () => {
    const change = { change: 'add', interfaceIndex: 3, address: desired('eth0', 24) } as const;
    expect(() => encodeAddressChange(change, { markProtocol: true })).toThrow(
      expect.objectContaining({ code: 'ADDRESS_INVALID' }),
    );
  });
});

describe('links in octets', () => {
  // struct ifinfomsg: family, padding, type, index, flags, change.
  const info = (family: string, flags = '43100100'): string => family + '00' + '0100' + '07000000' + flags + '00000000';
  const name = '0900' + '0300' + '6574683100' + '000000';
  const mtu = '0800' + '0400' + 'dc050000';
  const address = '0a00' + '0100' + '020000000007' + '0000';

  it('have name, state, hardware address, kind and the interface underneath', () => {
    const lower = '0800' + '0500' + '02000000';
    const kind = '1000' + '1280' + '0c00' + '0100' + '6d6163766c616e00';
    expect(decodeLinkMessage(bytes(message(NEWLINK, '0000', info('00'), name, mtu, address, lower, kind)))).toEqual({
      ok: true,
      value: {
        change: 'present',
        link: {
          index: 7,
          name: 'eth1',
          flags: 0x11043,
          mtu: 1500,
          hardwareType: 1,
          hardwareAddress: Uint8Array.of(2, 0, 0, 0, 0, 7),
          up: true,
          lowerIndex: 2,
          kind: 'macvlan',
        },
      },
    });
  });

  it('are up only when the carrier is there too', () => {
    // IFF_UP alone, without IFF_RUNNING.
    const decoded = decodeLinkMessage(bytes(message(NEWLINK, '0000', info('00', '03100000'), name, mtu)));
    expect(decoded).toMatchObject({ ok: true, value: { link: { up: false } } });
  });

  it('in another namespace are not underneath', () => {
    const elsewhere = '0800' + '0500' + '02000000' + '0800' + '2500' + '00000000';
    const decoded = decodeLinkMessage(bytes(message(NEWLINK, '0000', info('00'), name, mtu, elsewhere)));
    expect(decoded.ok && decoded.value?.change === 'present' && 'lowerIndex' in decoded.value.link).toBe(false);
  });

  it('are not gone because they left a bridge (AF_BRIDGE)', () => {
    expect(decodeLinkMessage(bytes(message(DELLINK, '0000', info('07'), name)))).toEqual({
      ok: true,
      value: undefined,
    });
    expect(decodeLinkMessage(bytes(message(DELLINK, '0000', info('00'), name)))).toEqual({
      ok: true,
      value: { change: 'gone', index: 7 },
    });
  });

  it('are not described by the fragments of wireless drivers', () => {
    expect(decodeLinkMessage(bytes(message(NEWLINK, '0000', info('00'), name)))).toEqual({
      ok: true,
      value: undefined,
    });
  });
});
