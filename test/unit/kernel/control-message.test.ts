import { describe, expect, it } from 'vitest';
import { decodeControl, encodeControl } from '../../../src/kernel/control-message.ts';

const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex');
const octets = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));

describe('control messages', () => {
  it('names interface and source of an IPv4 packet as struct in_pktinfo does', () => {
    // cmsg_len 28, IPPROTO_IP, IP_PKTINFO (8); ipi_ifindex 3, ipi_spec_dst 10.0.0.1, ipi_addr unused; padded to 8.
    expect(hex(encodeControl('inet', { interfaceIndex: 3, source: '10.0.0.1' }))).toBe(
      '1c000000000000000000000008000000' + '030000000a00000100000000' + '00000000',
    );
  });

  it('names interface, source and hop limit of an IPv6 packet (RFC 3542 sections 6.1 and 6.3)', () => {
    expect(hex(encodeControl('inet6', { interfaceIndex: 2, source: 'fe80::1', ttl: 255 }))).toBe(
      '24000000000000002900000032000000' +
        'fe80000000000000000000000000000102000000' +
        '00000000' +
        '14000000000000002900000034000000' +
        'ff000000' +
        '00000000',
    );
  });

  it('says nothing when there is nothing to say', () => {
    expect(encodeControl('inet', {})).toBeUndefined();
  });

  it('refuses a source of the other family', () => {
    expect(() => encodeControl('inet', { source: 'fe80::1' })).toThrow(
      expect.objectContaining({ code: 'ADDRESS_INVALID' }),
    );
  });

  it('reads what the kernel fills in, passing over messages it does not know', () => {
    const timestamp = '2000000000000000 01000000 1d000000 00000000000000000000000000000000';
    const information = '1c00000000000000 00000000 08000000 05000000 c0a80101 e0000012 00000000';
    const ttl = '1400000000000000 00000000 02000000 ff000000 00000000';
    expect(decodeControl(octets(timestamp + information + ttl))).toEqual({
      interfaceIndex: 5,
      destination: '224.0.0.18',
      ttl: 255,
    });
  });

  it('takes what is whole from control data that was cut', () => {
    const ttl = '1400000000000000 00000000 02000000 40000000 00000000';
    expect(decodeControl(octets(`${ttl} 1c00000000000000 00000000 08000000 0500`))).toEqual({ ttl: 64 });
    expect(decodeControl(octets('ffffffff00000000 00000000 02000000 40000000'))).toEqual({});
    expect(decodeControl(octets('0000000000000000 00000000 02000000 40000000'))).toEqual({});
  });
});
