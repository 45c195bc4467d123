import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalAddress,
  compareAddresses,
  familiarIpAddress,
  familiarIpv4Text,
  formatIpAddress,
  parseIpAddress,
} from '../../../src/core/ip-address.ts';

// Text and canonical text as inet_pton(3) and inet_ntop(3) of glibc 2.36 give them.
const canonical: readonly (readonly [string, string])[] = [
  ['0.0.0.0', '0.0.0.0'],
  ['255.255.255.255', '255.255.255.255'],
  ['10.1.2.3', '10.1.2.3'],
  ['::', '::'],
  ['::1', '::1'],
  ['1::', '1::'],
  ['2001:DB8::0:1', '2001:db8::1'],
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:0db8:0000:0000:0000:ff00:0042:8329', '2001:db8::ff00:42:8329'],
  ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
  ['1:0:3:4:5:6:7:8', '1:0:3:4:5:6:7:8'],
  ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
  ['::2:3:4:5:6:7:8', '0:2:3:4:5:6:7:8'],
  ['fe80::1', 'fe80::1'],
  ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
  ['::192.0.2.1', '::192.0.2.1'],
  ['::1:2', '::0.1.0.2'],
  ['::ffff:0:1', '::ffff:0.0.0.1'],
  ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
  ['1:2:3:4:5:6:1.2.3.4', '1:2:3:4:5:6:102:304'],
  ['0:0:1::', '0:0:1::'],
  ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
  ['::ffff:ffff:1:1', '::ffff:ffff:1:1'],
];

// All refused by inet_pton(3).
const refused = [
  '',
  '1.2.3',
  '1.2.3.4.5',
  '256.1.1.1',
  '01.2.3.4',
  '1.2.3.4 ',
  ' 1.2.3.4',
  '1..2.3',
  '1.2.3.',
  '.1.2.3',
  '0x1.2.3.4',
  '1.2.3.-4',
  ':',
  ':::',
  '1:::2',
  '1::2::3',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '1:2:3:4:5:6:7:8::',
  '::1:2:3:4:5:6:7:8',
  '1:2:3:4:5:6:7:1.2.3.4',
  '12345::',
  'g::',
  '1:',
  '::1:',
  ':1::2',
  'fe80::1%eth0',
  '[::1]',
  '::1.2.3',
  '::1.2.3.4:5',
  '1.2.3.4::',
  '::01.2.3.4',
  '1:2:3:4::5:6:7:8',
];

describe('IP address text', () => {
  it.each(canonical)('%s is written %s', (text, expected) => {
    expect(canonicalAddress(text)).toBe(expected);
  });

  it.each(refused)('refuses "%s"', (text) => {
    expect(parseIpAddress(text)).toBeUndefined();
  });

  it('gives the octets in network order', () => {
    expect(parseIpAddress('192.168.1.54')).toEqual({ family: 'inet', bytes: Uint8Array.of(192, 168, 1, 54) });
    expect(parseIpAddress('2001:db8::1:2')?.bytes).toEqual(
      Uint8Array.of(0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2),
    );
  });

  it('reads back whatever it writes', () => {
    const octets = fc.oneof(
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      // Mostly zero groups, where the compression rules apply.
      fc
        .array(fc.constantFrom(0, 0, 0, 1, 0xff), { minLength: 16, maxLength: 16 })
        .map((values) => Uint8Array.from(values)),
    );
    fc.assert(
      fc.property(octets, (bytes) => {
        expect(parseIpAddress(formatIpAddress(bytes))?.bytes).toEqual(bytes);
      }),
    );
  });

  it('never throws on any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('1', 'f', ':', '.', '0') })), (text) => {
        const parsed = parseIpAddress(text);
        if (parsed) expect(canonicalAddress(formatIpAddress(parsed.bytes))).toBe(formatIpAddress(parsed.bytes));
      }),
    );
  });

  it('orders by number, IPv4 before IPv6, text without meaning last', () => {
    const sorted = ['10.0.0.9', '10.0.0.10', '192.0.2.1', '::1', '2001:db8::1', 'eth0'];
    expect([...sorted].reverse().sort(compareAddresses)).toEqual(sorted);
    expect(compareAddresses('::1', '0:0:0:0:0:0:0:1')).toBe(0);
  });

  it('throws for octets of no address length', () => {
    expect(() => formatIpAddress(new Uint8Array(5))).toThrow(RangeError);
  });
});

describe('addresses that come again and again', () => {
  // Few enough that they meet in the places of the memory, many enough that they push each other out.
  const number = fc.oneof(
    fc.nat(0xffffffff),
    fc.nat(300),
    fc.nat(300).map((low) => 0xffffff00 + (low & 0xff)),
  );

  it('are written as when they come for the first time', () => {
    fc.assert(
      fc.property(fc.array(number, { maxLength: 200 }), (numbers) => {
        for (const each of [...numbers, ...numbers]) {
          const octets = new Uint8Array(4);
          new DataView(octets.buffer).setUint32(0, each);
          expect(familiarIpv4Text(each)).toBe(formatIpAddress(octets));
        }
      }),
    );
  });

  it('are read as when they come for the first time, and what is none stays none', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom(...refused)), { maxLength: 200 }),
        (texts) => {
          for (const each of [...texts, ...texts]) expect(familiarIpAddress(each)).toEqual(parseIpAddress(each));
        },
      ),
    );
  });
});
