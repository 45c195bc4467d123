// The reader of the connection table against one that is written for clearness, on tables nobody would write.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatIpAddress } from '../../src/core/ip-address.ts';
import { ClientCounts } from '../../src/limit/client-counts.ts';
import { ConnectionTableParser } from '../../src/limit/connection-table.ts';

const hex = (length: number) =>
  fc.integer({ min: 0, max: 16 ** length - 1 }).map((value) => value.toString(16).toUpperCase().padStart(length, '0'));
const ipv4 = fc.oneof(fc.constantFrom('0A000001', '0A000002', '00000000'), hex(8));
const ipv6 = fc
  .array(fc.oneof(fc.constantFrom('0000', 'ffff'), hex(4)), { minLength: 8, maxLength: 8 })
  .map((groups) => groups.join(':').toLowerCase());
const state = fc.constantFrom('ESTABLISHED', 'SYN_RECV   ', 'FIN_WAIT   ', 'NONE       ', 'ESTABLISHE ');

const line = fc
  .tuple(
    fc.constantFrom('TCP', 'UDP', 'SCTP', 'IP '),
    fc.constantFrom(ipv4, ipv6).chain((address) => fc.tuple(address, address)),
    hex(4),
    hex(4),
    fc.oneof(ipv4, ipv6),
    state,
    fc.constantFrom('', ' sip  a@b', ' sip  ESTABLISHED'),
  )
  .map(
    ([protocol, [from, to], port, service, server, written, data]) =>
      `${protocol} ${from} ${port} ${to} ${service} ${server} ${port} ${written}     899${data}`,
  );

/** Whole lines, lines with an octet changed, and rubbish. */
const hostile = fc.oneof(
  { weight: 6, arbitrary: line },
  {
    weight: 2,
    arbitrary: fc
      .tuple(line, fc.nat(200), fc.integer({ min: 0, max: 255 }))
      .map(([text, at, octet]) => text.slice(0, at) + String.fromCharCode(octet) + text.slice(at + 1)),
  },
  { weight: 1, arbitrary: fc.tuple(line, fc.nat(150)).map(([text, length]) => text.slice(0, length)) },
  { weight: 1, arbitrary: fc.string({ maxLength: 80 }) },
  { weight: 1, arbitrary: fc.constant('F'.repeat(3_000)) },
);

/** Established connections of whole lines by client. */
function plainly(text: string): Map<string, number> {
  const clients = new Map<string, number>();
  for (const one of text.split('\n')) {
    const found =
      /^[^ ]* +(?:([0-9A-Fa-f]{8}) [^\n]{4} [0-9A-Fa-f]{8} [0-9A-Fa-f]{4}|((?:[0-9A-Fa-f]{4}:){7}[0-9A-Fa-f]{4}) [^\n]{4} (?:[0-9A-Fa-f]{4}:){7}[0-9A-Fa-f]{4} [0-9A-Fa-f]{4}) [^ ]* .{4} ESTABLISHED(?: |$)/s.exec(
        one,
      );
    if (!found || one.length > 1024 || one.startsWith('Pro ')) continue;
    const words = (found[1] ?? found[2] ?? '').replaceAll(':', '');
    const address = formatIpAddress(Uint8Array.from(words.match(/../g) ?? [], (octet) => parseInt(octet, 16)));
    clients.set(address, (clients.get(address) ?? 0) + 1);
  }
  return clients;
}

describe('the connection table', () => {
  it('is read alike in pieces and at once, whatever is in it, and never throws', () => {
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 30 }), fc.integer({ min: 1, max: 300 }), (lines, piece) => {
        const bytes = Uint8Array.from(lines.join('\n'), (character) => character.charCodeAt(0));
        const results = [piece, bytes.length + 1].map((size) => {
          const counts = new ClientCounts({ clientPrefix: { inet: 32, inet6: 128 }, keepFrom: 1, seed: 3 });
          const parser = new ConnectionTableParser([{ counts }]);
          for (let from = 0; from < bytes.length; from += size) parser.feed(bytes.subarray(from, from + size));
          return {
            ...parser.finish(),
            clients: new Map([...counts.result()].map((found) => [formatIpAddress(found.bytes), found.connections])),
          };
        });
        expect(results[0]).toEqual(results[1]);
      }),
      { numRuns: 300 },
    );
  });

  it('gives every established connection to its client, and no other', () => {
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 30 }), (lines) => {
        const text = `${lines.join('\n')}\n`;
        const counts = new ClientCounts({ clientPrefix: { inet: 32, inet6: 128 }, keepFrom: 1, seed: 3 });
        const parser = new ConnectionTableParser([{ counts }]);
        parser.feed(Uint8Array.from(text, (character) => character.charCodeAt(0)));
        parser.finish();
        const seen = new Map(
          [...counts.result()].map(({ bytes, connections }) => [formatIpAddress(bytes), connections]),
        );
        expect(seen).toEqual(plainly(text));
      }),
      { numRuns: 300 },
    );
  });
});
