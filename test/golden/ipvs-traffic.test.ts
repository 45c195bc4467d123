/** What the kernel says services and servers carry: recorded answers, with numbers put where linux/ip_vs.h has them. */
import { describe, expect, it } from 'vitest';
import { decodeDestinationTraffic, decodeServiceTraffic, noTraffic, sumTraffic } from '../../src/ipvs/traffic.ts';
import { answered } from './ipvs-octets.ts';

/** In the order of the members 1 to 10 of struct ip_vs_stats_user, as netlink has them (IPVS_STATS_ATTR_*). */
const members = [
  'connections',
  'incomingPackets',
  'outgoingPackets',
  'incomingBytes',
  'outgoingBytes',
  'connectionsPerSecond',
  'incomingPacketsPerSecond',
  'outgoingPacketsPerSecond',
  'incomingBytesPerSecond',
  'outgoingBytesPerSecond',
] as const;

/** Attributes of 12 octets with 64 bits each: numbers that 32 bits do not hold. */
const wide = (member: number): number => 2 ** 33 + member;

function littleEndian(value: number, octets: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(value), true);
  return Buffer.from(view.buffer)
    .toString('hex')
    .slice(0, octets * 2);
}

/** STATS64 (attribute 12, 160 octets) and STATS (attribute 10) of a recorded message, with numbers in them. */
function filled(message: string): Uint8Array {
  const start = message.indexOf('a0000c00');
  expect(start).toBeGreaterThan(0);
  let text = message;
  for (const [index] of members.entries()) {
    const type = littleEndian(index + 1, 2);
    const at64 = text.indexOf(`0c00${type}`, start) + 8;
    text = text.slice(0, at64) + littleEndian(wide(index + 1), 8) + text.slice(at64 + 16);
  }
  return Uint8Array.from(Buffer.from(text, 'hex'));
}

/** The same of a kernel before 4.1, which has no STATS64: here an attribute that nobody knows. */
function narrow(message: string): Uint8Array {
  const [before = '', rest = ''] = message.split('a0000c00');
  let text = before;
  const start = text.search(/6[04]000a00/);
  expect(start).toBeGreaterThan(0);
  for (const [index] of members.entries()) {
    const type = littleEndian(index + 1, 2);
    const octets = text.indexOf(`0c00${type}`, start);
    const isOctets = index === 3 || index === 4;
    const at = (isOctets ? octets : text.indexOf(`0800${type}`, start)) + 8;
    const size = isOctets ? 8 : 4;
    text = text.slice(0, at) + littleEndian(isOctets ? wide(index + 1) : index + 1, size) + text.slice(at + size * 2);
  }
  return Uint8Array.from(Buffer.from(`${text}a0007f00${rest}`, 'hex'));
}

const services = answered[0].answer;
const [direct = '', nat = ''] = answered.find(({ answer }) => answer[0]?.includes('ac100103') === true)?.answer ?? [];

describe('traffic of IPVS', () => {
  it('of a service, in 64 bits', () => {
    const decoded = decodeServiceTraffic([filled(services[0])]);
    const traffic = Object.fromEntries(members.map((member, index) => [member, wide(index + 1)]));
    expect(decoded).toEqual({
      ok: true,
      value: [
        { key: { kind: 'address', family: 'inet', protocol: 'tcp', address: '192.168.1.54', port: 80 }, traffic },
      ],
    });
  });

  it('of a service, from a kernel that counts in 32 bits', () => {
    const decoded = decodeServiceTraffic([narrow(services[0])]);
    const traffic = members.map((member, index) => [member, member.endsWith('Bytes') ? wide(index + 1) : index + 1]);
    expect(decoded).toMatchObject({ ok: true, value: [{ traffic: Object.fromEntries(traffic) as object }] });
  });

  it('of servers, with their connections', () => {
    // ACTIVE_CONNS, INACT_CONNS and PERSIST_CONNS are the attributes 7, 8 and 9.
    const busy = nat
      .replace('0800070000000000', '0800070005000000')
      .replace('0800080000000000', '0800080006000000')
      .replace('0800090000000000', '0800090007000000');
    const decoded = decodeDestinationTraffic([Buffer.from(direct, 'hex'), Buffer.from(busy, 'hex')], 'inet');
    expect(decoded).toMatchObject({
      ok: true,
      value: [
        { address: '172.16.1.3', port: 80, activeConnections: 0, traffic: noTraffic },
        {
          address: '172.16.1.2',
          port: 8080,
          activeConnections: 5,
          inactiveConnections: 6,
          persistentConnections: 7,
        },
      ],
    });
  });

  it('is added up for services that belong together', () => {
    const one = { ...noTraffic, connections: 3, outgoingBytesPerSecond: 10 };
    expect(sumTraffic([])).toEqual(noTraffic);
    expect(sumTraffic([one, one, noTraffic])).toEqual({ ...noTraffic, connections: 6, outgoingBytesPerSecond: 20 });
  });

  it('is an error value where octets are missing', () => {
    expect(decodeServiceTraffic([filled(services[0]).subarray(0, 60)]).ok).toBe(false);
  });
});
