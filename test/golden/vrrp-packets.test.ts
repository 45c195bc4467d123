/** Every captured packet both ways: we send these octets for that configuration, and we read them as that. */
import { describe, expect, it } from 'vitest';
import type { VrrpInstanceConfiguration } from '../../src/config/model.ts';
import { parseIpAddress } from '../../src/core/ip-address.ts';
import { examine } from '../../src/vrrp/examine.ts';
import type { Expectation } from '../../src/vrrp/examine.ts';
import { Transmitter, advertisedOctets } from '../../src/vrrp/transmitter.ts';
import type { PacketMeta } from '../../src/vrrp/types.ts';
import { addressTexts } from '../../src/vrrp/wire/advertisement.ts';
import { gratuitousArpFrame } from '../../src/vrrp/wire/arp.ts';
import { etherTypeOffset } from '../../src/vrrp/wire/link-layer.ts';
import { unsolicitedNeighbourFrame } from '../../src/vrrp/wire/neighbour.ts';
import { address, digests, instance } from '../unit/vrrp/configuration.ts';
import * as golden from './vrrp-octets.ts';

interface Row {
  readonly name: string;
  readonly frame: Uint8Array;
  readonly configuration: VrrpInstanceConfiguration;
  readonly source: string;
  readonly destination: string;
}

const rows: readonly Row[] = [
  {
    name: 'version 3, multicast',
    frame: golden.VERSION_3_MULTICAST,
    configuration: instance({
      virtualRouterId: 53,
      version: 3,
      priority: 150,
      advertisementInterval: 500,
      virtualAddresses: [address('192.0.2.53')],
    }),
    source: '192.0.2.1',
    destination: '224.0.0.18',
  },
  {
    name: 'version 3, unicast',
    frame: golden.VERSION_3_UNICAST,
    configuration: instance({
      virtualRouterId: 63,
      version: 3,
      priority: 150,
      virtualAddresses: [address('192.0.2.63')],
      sourceAddress: '192.0.2.1',
      unicastPeers: [{ address: '192.0.2.2' }],
    }),
    source: '192.0.2.1',
    destination: '192.0.2.2',
  },
  {
    name: 'version 3, IPv6',
    frame: golden.VERSION_3_IPV6,
    configuration: instance({
      virtualRouterId: 56,
      family: 'inet6',
      priority: 150,
      virtualAddresses: [address('fe80::56'), address('2001:db8::56')],
    }),
    source: 'fe80::1',
    destination: 'ff02::12',
  },
  {
    name: 'version 2, PASS',
    frame: golden.VERSION_2_PASS,
    configuration: instance({
      priority: 150,
      authentication: { type: 'PASS', password: 's3cret' },
      virtualAddresses: [address('192.0.2.51'), address('192.0.2.52')],
    }),
    source: '192.0.2.1',
    destination: '224.0.0.18',
  },
  {
    name: 'version 2, no authentication',
    frame: golden.VERSION_2_PLAIN,
    configuration: instance({ virtualRouterId: 61, priority: 150, virtualAddresses: [address('192.0.2.61')] }),
    source: '192.0.2.1',
    destination: '224.0.0.18',
  },
  {
    name: 'version 2, AH',
    frame: golden.VERSION_2_AH,
    configuration: instance({
      virtualRouterId: 54,
      priority: 150,
      authentication: { type: 'AH', password: 's3cret' },
      virtualAddresses: [address('192.0.2.54')],
    }),
    source: '192.0.2.1',
    destination: '224.0.0.18',
  },
];

/** The raw socket's view: IPv4 with its header, IPv6 without. */
function received(row: Row): Uint8Array {
  return golden.payload(row.frame).slice(row.configuration.family === 'inet' ? 0 : 40);
}

function expectation(configuration: VrrpInstanceConfiguration): Expectation {
  return {
    configuration,
    addressOctets: advertisedOctets(configuration),
    effectivePriority: 100,
    master: true,
    previousSource: undefined,
    oldUnicastChecksum: false,
    lastSequence: () => undefined,
    lastHmacSequence: () => undefined,
    realTime: 0,
    digests,
  };
}

function meta(row: Row): PacketMeta {
  const { family } = row.configuration;
  return { family, interfaceIndex: 2, source: row.source, destination: row.destination, ttl: 255 };
}

describe('advertisements of keepalived 2.2.7', () => {
  it.each(rows)('$name: the same octets are sent', (row) => {
    const intents = new Transmitter().compose(row.configuration, 150, row.source, false, digests);
    expect(intents).toHaveLength(1);
    expect(intents[0]).toMatchObject({ destination: row.destination, source: row.source, ttl: 255 });
    expect(golden.hex(intents[0]?.packet)).toBe(golden.hex(received(row)));
  });

  it.each(rows)('$name: is accepted and read', (row) => {
    const examination = examine(received(row), meta(row), expectation(row.configuration));
    expect(examination).toMatchObject({ accepted: true, remarks: [], usesOldUnicastChecksum: false });
    if (!examination.accepted) return;
    const { advertisement } = examination;
    expect(advertisement).toMatchObject({
      version: row.configuration.version,
      type: 1,
      virtualRouterId: row.configuration.virtualRouterId,
      priority: 150,
      interval: row.configuration.advertisementInterval,
    });
    expect(addressTexts(advertisement.addressOctets, row.configuration.family)).toEqual(
      row.configuration.virtualAddresses.map((each) => each.address),
    );
  });

  it.each(rows)('$name: one flipped bit anywhere in the message is noticed', (row) => {
    const packet = received(row);
    const start = row.configuration.family === 'inet' ? 20 : 0;
    const unnoticed: number[] = [];
    for (let bit = start * 8; bit < packet.length * 8; bit++) {
      const damaged = packet.slice();
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (0x80 >> (bit & 7));
      if (examine(damaged, meta(row), expectation(row.configuration)).accepted) unnoticed.push(bit);
    }
    // AH: the reserved field and the sequence number are under the digest too, nothing is left out.
    expect(unnoticed).toEqual([]);
  });
});

describe('announcements of keepalived 2.2.7', () => {
  const link = { hardwareAddress: Uint8Array.of(2, 0, 0, 0, 0, 1), broadcastAddress: new Uint8Array(6).fill(0xff) };

  it('gratuitous ARP', () => {
    const frame = gratuitousArpFrame(link, parseIpAddress('192.0.2.53')!.bytes);
    expect(golden.hex(frame)).toBe(golden.hex(golden.GRATUITOUS_ARP));
  });

  it('unsolicited neighbour advertisement', () => {
    const frame = unsolicitedNeighbourFrame(link, parseIpAddress('fe80::56')!.bytes, false);
    expect(golden.hex(frame)).toBe(golden.hex(golden.NEIGHBOUR_ADVERTISEMENT));
  });

  it('a router says so: R flag set, checksum lower by 0x8000 (RFC 4861 section 4.4)', () => {
    const frame = unsolicitedNeighbourFrame(link, parseIpAddress('fe80::56')!.bytes, true);
    expect(frame[58]).toBe(0xa0);
    // 0x56f1 + 0x8000 complemented arithmetic: one more word bit in the sum, one less in its complement.
    expect((frame[56]! << 8) | frame[57]!).toBe(0xd6f0);
  });
});

// Laid out by hand: RFC 4391 sections 4 (multicast GID), 6 (header), 9.1.1 (ARP, type 32, 20 octets), 9.3 (option of
// length 3 with two octets of padding); before the header the destination, as Linux' ipoib takes frames.
describe('announcements over InfiniBand', () => {
  const own = '80000208fe800000000000000002c90300101112';
  const link = {
    hardwareAddress: Uint8Array.from(Buffer.from(own, 'hex')),
    // Partition 8001, link-local scope.
    broadcastAddress: Uint8Array.from(Buffer.from('00ffffffff12401b8001000000000000ffffffff', 'hex')),
  };

  it('gratuitous ARP', () => {
    const frame = gratuitousArpFrame(link, parseIpAddress('192.0.2.53')!.bytes);
    expect(golden.hex(frame)).toBe(
      [
        '00ffffffff12401b8001000000000000ffffffff' + '0806' + '0000',
        '0020' + '0800' + '14' + '04' + '0001',
        own + 'c0000235',
        'f'.repeat(40) + 'c0000235',
      ].join(''),
    );
    expect(etherTypeOffset(link)).toBe(20);
  });

  it('unsolicited neighbour advertisement', () => {
    const frame = unsolicitedNeighbourFrame(link, parseIpAddress('fe80::56')!.bytes, false);
    expect(golden.hex(frame)).toBe(
      [
        '00ffffffff12601b800100000000000000000001' + '86dd' + '0000',
        '60000000' + '0030' + '3a' + 'ff' + 'fe800000000000000000000000000056' + 'ff020000000000000000000000000001',
        // The sum was taken by other means over the pseudo-header and this message.
        '88' + '00' + 'fe2e' + '20000000' + 'fe800000000000000000000000000056',
        '0203' + '0000' + own,
      ].join(''),
    );
  });
});
