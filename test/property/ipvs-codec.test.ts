import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  Attributes,
  NetlinkFormatError,
  NetlinkMessageBuilder,
  parseNetlinkMessages,
} from '../../src/core/netlink/message.ts';
import {
  decodeDaemons,
  decodeDestinations,
  decodeInfo,
  decodeServices,
  decodeTimeouts,
} from '../../src/ipvs/decode.ts';
import { encodeOperation } from '../../src/ipvs/encode.ts';
import { answered } from '../golden/ipvs-octets.ts';
import { destinationArbitrary, serviceArbitrary } from './ipvs-arbitraries.ts';

const FAMILY = 0x1b;

const decoders: readonly ((message: Uint8Array) => { readonly ok: boolean })[] = [
  (message) => decodeServices([message]),
  (message) => decodeDestinations([message], 'inet'),
  (message) => decodeDaemons([message]),
  decodeTimeouts,
  decodeInfo,
  parseNetlinkMessages,
];

describe('IPVS codec', () => {
  it('reads back the services it writes', () => {
    // The command's octets are laid out as the kernel's answer, so the decoder can read them.
    fc.assert(
      fc.property(serviceArbitrary, (service) => {
        const message = encodeOperation(FAMILY, { op: 'add-service', service });
        expect(decodeServices([message])).toEqual({ ok: true, value: [{ ...service, destinations: [] }] });
      }),
    );
  });

  it('reads back the servers it writes', () => {
    fc.assert(
      fc.property(serviceArbitrary, destinationArbitrary, ({ key }, destination) => {
        const message = encodeOperation(FAMILY, { op: 'add-destination', key, destination });
        expect(decodeDestinations([message], key.family)).toEqual({
          ok: true,
          value: [{ ...destination, activeConnections: 0, inactiveConnections: 0, persistentConnections: 0 }],
        });
      }),
    );
  });

  it('gives an error, and never throws, for any octets', () => {
    const recorded = answered.flatMap(({ answer }) => answer.map((hex) => Uint8Array.from(Buffer.from(hex, 'hex'))));
    const damaged = fc
      .record({
        message: fc.constantFrom(...recorded),
        at: fc.nat(1000),
        octet: fc.nat(255),
        cut: fc.option(fc.nat(400)),
      })
      .map(({ message, at, octet, cut }) => {
        const copy = message.slice(0, cut ?? message.length);
        copy[at % Math.max(copy.length, 1)] = octet;
        return copy;
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), damaged), (octets) => {
        for (const decode of decoders) {
          const decoded = decode(octets) as { ok: boolean; error?: unknown };
          if (!decoded.ok) expect(decoded.error).toBeInstanceOf(NetlinkFormatError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('splits what it concatenates', () => {
    const messages = fc.array(fc.tuple(fc.nat(0xffff), fc.uint8Array({ maxLength: 700 })), { maxLength: 5 });
    fc.assert(
      fc.property(messages, (list) => {
        const parts = list.map(([type, value]) =>
          new NetlinkMessageBuilder(type, 1).attributeBytes(7, value).attributeString(8, 'ü').finish(),
        );
        const decoded = parseNetlinkMessages(Uint8Array.from(parts.flatMap((part) => [...part])));
        expect(decoded.ok).toBe(true);
        if (!decoded.ok) return;
        expect(
          decoded.value.map(({ type, payload }) => {
            const attributes = new Attributes(payload);
            expect(attributes.string(8)).toBe('ü');
            return [type, Uint8Array.from(attributes.bytes(7) ?? [])];
          }),
        ).toEqual(list.map(([type, value]) => [type, Uint8Array.from(value)]));
      }),
    );
  });
});
