/** Queries and answers of DNS_CHECK. Octets of the query: as the original sends it; header bits: RFC 1035 section 4.1.1. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dnsResponseCode, encodeDnsQuery } from '../../../src/check/dns-message.ts';

const hex = (query: Uint8Array | string) => (typeof query === 'string' ? query : Buffer.from(query).toString('hex'));
const octets = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

describe('a query', () => {
  it('has the octets that the original sends', () => {
    expect(hex(encodeDnsQuery(0x9f53, 'example.com', 'SOA'))).toBe(
      '9f5301000001000000000000076578616d706c6503636f6d0000060001',
    );
  });

  it('may end in a dot, and may be for the root', () => {
    expect(encodeDnsQuery(1, 'example.com.', 'A')).toEqual(encodeDnsQuery(1, 'example.com', 'A'));
    expect(hex(encodeDnsQuery(1, '.', 'NS'))).toBe('00010100000100000000000000 0002 0001'.replaceAll(' ', ''));
    expect(encodeDnsQuery(1, '', 'NS')).toEqual(encodeDnsQuery(1, '.', 'NS'));
  });

  it.each([
    ['AAAA', '001c'],
    ['TXT', '0010'],
    ['DNSKEY', '0030'],
    ['RRSIG', '002e'],
    ['MX', '000f'],
  ] as const)('for %s has the number %s', (type, number) => {
    expect(hex(encodeDnsQuery(1, 'a', type)).slice(-8, -4)).toBe(number);
  });

  it('is not made for a name that cannot be', () => {
    expect(encodeDnsQuery(1, 'a..b', 'A')).toContain('empty label');
    expect(encodeDnsQuery(1, `${'x'.repeat(64)}.com`, 'A')).toContain('more than 63');
    expect(encodeDnsQuery(1, Array.from({ length: 50 }, () => 'label').join('.'), 'A')).toContain('more than 255');
    expect(encodeDnsQuery(1, 'x'.repeat(63), 'A')).toBeInstanceOf(Uint8Array);
  });
});

describe('an answer', () => {
  it.each([
    ['8180 0001 0001 0000 0000', 0],
    ['8183 0001 0000 0000 0000', 3],
    ['8005 0000 0000 0000 0000', 5],
    ['0100 0001 0000 0000 0000', undefined],
  ])('%s', (rest, code) => {
    expect(dnsResponseCode(octets(`1234${rest}`), 0x1234)).toBe(code);
  });

  it('to another query, or too short, is none', () => {
    expect(dnsResponseCode(octets('1235 8180 0001 0001 0000 0000'), 0x1234)).toBeUndefined();
    expect(dnsResponseCode(octets('1234 8180 0001 0001 0000 00'), 0x1234)).toBeUndefined();
  });

  it('is a code from 0 to 15 or none, whatever arrives', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), fc.integer({ min: 0, max: 65535 }), (message, id) => {
        const code = dnsResponseCode(message, id);
        if (code !== undefined) expect(code).toBe((message[3] ?? 0) & 15);
        const mine = new Uint8Array(message);
        if (mine.length < 12) return;
        mine.set([id >> 8, id & 255, (mine[2] ?? 0) | 0x80]);
        expect(dnsResponseCode(mine, id)).toBe((mine[3] ?? 0) & 15);
      }),
    );
  });
});
