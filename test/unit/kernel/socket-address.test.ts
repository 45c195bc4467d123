import { describe, expect, it } from 'vitest';
import {
  internetName,
  netlinkName,
  packetName,
  passingInternetName,
  readInternetName,
  unixName,
} from '../../../src/kernel/socket-address.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('socket addresses', () => {
  it('encodes struct sockaddr_in: family in host order, port and address in network order', () => {
    expect(hex(internetName('inet', '192.168.1.54', 80))).toBe('02000050c0a801360000000000000000');
  });

  it('encodes struct sockaddr_in6 with the scope of a link-local address', () => {
    expect(hex(internetName('inet6', 'fe80::1', 25, 7))).toBe(
      '0a000019' + '00000000' + 'fe800000000000000000000000000001' + '07000000',
    );
  });

  it('encodes the same into memory that is used again', () => {
    const texts = ['0.0.0.0', '255.255.255.255', '192.168.1.54', '10.0.0.1', '127.0.0.1'];
    for (const text of texts) {
      expect(hex(passingInternetName('inet', text, 8080))).toBe(hex(internetName('inet', text, 8080)));
    }
    expect(hex(passingInternetName('inet6', 'fe80::1', 25, 7))).toBe(hex(internetName('inet6', 'fe80::1', 25, 7)));
    for (const text of ['', '1.2.3', '1.2.3.', '1.2.3.4.5', '1.2.3.256', '1..2.3', '1.2.3.4 ', '::1', '0001.2.3.4']) {
      expect(() => passingInternetName('inet', text, 1)).toThrow(expect.objectContaining({ code: 'ADDRESS_INVALID' }));
    }
  });

  it('reads both back', () => {
    expect(readInternetName(internetName('inet', '10.1.2.3', 4711))).toEqual({ address: '10.1.2.3', port: 4711 });
    expect(readInternetName(internetName('inet6', 'ff02::12', 0, 3))).toEqual({ address: 'ff02::12', port: 0 });
    expect(readInternetName(new Uint8Array(2))).toBeUndefined();
  });

  it('ends a path with a zero octet and an abstract name with its length', () => {
    expect(hex(unixName('/dev/log'))).toBe('01002f6465762f6c6f6700');
    expect(hex(unixName('@ab'))).toBe('0100006162');
    expect(() => unixName(`/${'x'.repeat(107)}`)).toThrow(expect.objectContaining({ code: 'ENAMETOOLONG' }));
  });

  it('encodes struct sockaddr_ll for ARP and struct sockaddr_nl', () => {
    expect(hex(packetName(4, 0x0806))).toBe('1100080604000000' + '0'.repeat(24));
    expect(hex(netlinkName(0x1234))).toBe('100000003412000000000000');
  });
});
