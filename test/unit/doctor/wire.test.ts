/** Packets as they come from the wire, and the questions that are put. */
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readArpReply, readNeighbourAdvertisement, solicitationFrame } from '../../../src/doctor/wire/address-probe.ts';
import { judgeHeard } from '../../../src/doctor/wire/heard.ts';
import type { HeardPacket, HeardRouter } from '../../../src/doctor/wire/heard.ts';
import { questionsOf } from '../../../src/doctor/wire/questions.ts';
import { arpProbeFrame } from '../../../src/vrrp/wire/arp.ts';
import type { VrrpDigests } from '../../../src/vrrp/types.ts';
import { model } from '../config/memory.ts';
import { balanced, router } from './machine.ts';

const octets = (hexadecimal: string): Uint8Array =>
  Uint8Array.from(Buffer.from(hexadecimal.replaceAll(/\s/g, ''), 'hex'));
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const digests: VrrpDigests = {
  hmacMd5: (key, data) => createHmac('md5', key).update(data).digest(),
  hmacSha256: (key, data) => createHmac('sha256', key).update(data).digest(),
};

/**
 * IPv4 from 192.0.2.2 to 224.0.0.18, TTL 255; VRRPv2, router 51, priority 150, one address 192.0.2.51, password
 * "theirs", 1 s (RFC 2338 section 5.1; checksum of the message by hand: 2133 + 9601 + 0101 + c000 + 0233 + 7468 + 6569
 * + 7273 = 2c6ac -> c6ae, its complement 3951).
 */
const advertisement = octets(`
  45c0 0028 0001 0000 ff70 0000 c000 0202 e000 0012
  2133 9601 0101 3951 c000 0233 7468 6569 7273 0000`);

function heardPacket(packet: Uint8Array, changes: Partial<HeardPacket> = {}): HeardPacket {
  return {
    interface: 'eth0',
    packet,
    hardwareAddress: '02:00:00:00:00:99',
    outgoing: false,
    at: 1000,
    realTime: 0,
    ...changes,
  };
}

const judge = (
  text: string,
  packets: readonly HeardPacket[],
  delivered?: Parameters<typeof judgeHeard>[1]['delivered'],
): HeardRouter[] => judgeHeard(model(text), { packets, digests, ...(delivered && { delivered }) });

const withPassword = (password: string): string => router(`authentication {\nauth_type PASS\nauth_pass ${password}\n}`);

describe('advertisements that came by', () => {
  it('are taken as the engine takes them', () => {
    expect(judge(withPassword('theirs'), [heardPacket(advertisement)])).toMatchObject([
      { instance: 'VI_1', source: '192.0.2.2', priority: 150, addresses: ['192.0.2.51'], interval: 1000, remarks: [] },
    ]);
    expect(judge(withPassword('theirs'), [heardPacket(advertisement)])[0]).not.toHaveProperty('refusal');
  });

  it.each([
    ['another password', withPassword('ours'), 'password'],
    ['no password', router(), 'authentication-type'],
    ['version 3', router('version 3'), 'version'],
    ['another interval', withPassword('theirs').replace('advert_int 1', 'advert_int 2'), 'interval'],
  ])('are refused for %s', (_, text, code) => {
    expect(judge(text, [heardPacket(advertisement)])[0]?.refusal?.code).toBe(code);
  });

  it('are refused if a router forwarded them', () => {
    const forwarded = advertisement.slice();
    forwarded[8] = 254;
    expect(judge(withPassword('theirs'), [heardPacket(forwarded)])[0]?.refusal?.code).toBe('ttl');
  });

  it('belong to nobody on another interface, or with another number', () => {
    expect(judge(router(), [heardPacket(advertisement, { interface: 'eth1' })])[0]).not.toHaveProperty('instance');
    expect(judge(router('', 'VI_1', 52), [heardPacket(advertisement)])[0]).not.toHaveProperty('instance');
  });

  it('count by source, with what the programs of this machine got of them', () => {
    const other = advertisement.slice();
    other[15] = 3;
    const packets = [heardPacket(advertisement), heardPacket(other), heardPacket(advertisement, { at: 2000 })];
    const delivered = [{ interface: 'eth0', source: '192.0.2.3', virtualRouterId: 51 }];
    const routers = judge(router(), packets, delivered);
    expect(
      routers.map(({ count, delivered: got, first, last, source }) => ({ count, got, first, last, source })),
    ).toEqual([
      { source: '192.0.2.3', count: 1, got: 1, first: 1000, last: 1000 },
      { source: '192.0.2.2', count: 2, got: 0, first: 1000, last: 2000 },
    ]);
  });

  it.each(['', '45', '6000', '45c00028000100000070', '4fc0 0028 0001 0000 ff70 0000 c000 0202 e000 0012'])(
    '%j is none',
    (text) => {
      expect(judge(router(), [heardPacket(octets(text))])).toEqual([]);
    },
  );
});

describe('questions about addresses', () => {
  const link = { hardwareAddress: octets('020000000002'), broadcastAddress: octets('ffffffffffff') };

  it('in ARP bear no sender address (RFC 5227 section 2.1.1)', () => {
    expect(hex(arpProbeFrame(link, octets('c0000233')))).toBe(
      'ffffffffffff0200000000020806' + '0001080006040001' + '020000000002' + '00000000' + '000000000000' + 'c0000233',
    );
  });

  it('in IPv6 come from our own address and bear our hardware address (RFC 4861 section 4.3)', () => {
    const source = octets('fe800000000000000000000000000001');
    const target = octets('20010db8000000000000000000abcdef');
    const frame = solicitationFrame(link, source, target);
    expect(hex(frame.subarray(0, 56))).toBe(
      '3333ffabcdef02000000000286dd' + '6000000000203aff' + hex(source) + 'ff0200000000000000000001ffabcdef' + '8700',
    );
    expect(hex(frame.subarray(62))).toBe(hex(target) + '0101' + '020000000002');
    // The checksum over pseudo-header and message is right if the sum is all ones (RFC 1071).
    const covered = [...frame.subarray(22, 54), 0, 0, 0, 32, 0, 0, 0, 58, ...frame.subarray(54)];
    let sum = 0;
    for (let index = 0; index < covered.length; index += 2) sum += covered[index]! * 256 + covered[index + 1]!;
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
    expect(sum).toBe(0xffff);
  });

  it('are answered', () => {
    const reply = octets('0001 0800 0604 0002 020000000099 c0000233 020000000002 00000000');
    expect(readArpReply(reply)).toEqual({ address: '192.0.2.51', hardwareAddress: '02:00:00:00:00:99' });
    // A request is no answer.
    expect(readArpReply(octets('0001 0800 0604 0001 020000000099 c0000233 000000000000 c0000201'))).toBeUndefined();
    const advertised =
      octets(`6000 0000 0020 3aff fe80 0000 0000 0000 0000 0000 0000 0099 fe80 0000 0000 0000 0000 0000 0000 0001
      8800 0000 6000 0000 2001 0db8 0000 0000 0000 0000 00ab cdef 0201 020000000099`);
    expect(readNeighbourAdvertisement(advertised)).toEqual({
      address: '2001:db8::ab:cdef',
      hardwareAddress: '02:00:00:00:00:99',
    });
    const endless = advertised.slice();
    endless[65] = 0;
    expect(readNeighbourAdvertisement(endless)).toBeUndefined();
  });

  it('are put where the answer would matter', () => {
    const reached = { destination: '10.1.0.2', reached: true as const, local: false, interface: 'eth1' };
    expect(questionsOf(model(router() + balanced('DR')), [reached])).toEqual([
      { address: '192.0.2.51', interface: 'eth0' },
      { address: '10.1.0.2', interface: 'eth1' },
      { address: '192.0.2.100', interface: 'eth1' },
    ]);
    expect(questionsOf(model(router() + balanced('NAT')), [reached])).toEqual([
      { address: '192.0.2.51', interface: 'eth0' },
    ]);
    expect(questionsOf(model(balanced('DR')), [{ ...reached, gateway: '10.1.0.254' }])).toEqual([]);
  });
});
