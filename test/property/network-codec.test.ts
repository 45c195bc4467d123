import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NetlinkFormatError } from '../../src/core/netlink/message.ts';
import { decodeAddressMessage, encodeAddressChange } from '../../src/network/address-codec.ts';
import { InterfaceTable } from '../../src/network/interface-table.ts';
import { decodeLinkMessage } from '../../src/network/link-codec.ts';
import type { KernelAddress } from '../../src/network/types.ts';
import { desired } from '../unit/network/kernel-model.ts';

const address4 = fc.ipV4();
const address6 = fc
  .tuple(fc.integer({ min: 1, max: 0xffff }), fc.integer({ min: 1, max: 0xffff }))
  .map(([a, b]) => `2001:db8:${a.toString(16)}::${b.toString(16)}`);

const wish = fc
  .record({
    address: fc.oneof(address4, address6),
    length: fc.integer({ min: 1, max: 32 }),
    noPrefixRoute: fc.boolean(),
    home: fc.boolean(),
    noDad: fc.boolean(),
    deprecated: fc.boolean(),
  })
  .map(({ address, deprecated, length, ...rest }) =>
    desired(address, length, {
      ...rest,
      ...(deprecated && { preferredLifetime: 0 }),
      noDad: rest.noDad && address.includes(':'),
    }),
  );

const index = fc.integer({ min: 1, max: 5 });

describe('rtnetlink codec', () => {
  it('reads back the addresses it writes', () => {
    fc.assert(
      fc.property(wish, index, fc.boolean(), (address, interfaceIndex, markProtocol) => {
        const message = encodeAddressChange({ change: 'add', interfaceIndex, address }, { markProtocol });
        const decoded = decodeAddressMessage(message);
        expect(decoded).toMatchObject({
          ok: true,
          value: {
            change: 'present',
            address: {
              interfaceIndex,
              family: address.family,
              address: address.address,
              prefixLength: address.prefixLength,
            },
          },
        });
        if (!decoded.ok) return;
        const { flags = 0, protocol } = decoded.value?.address ?? {};
        expect((flags & 0x200) !== 0).toBe(address.noPrefixRoute);
        expect((flags & 0x2) !== 0).toBe(address.noDad);
        expect(protocol).toBe(markProtocol ? 18 : undefined);
      }),
    );
  });

  it('gives an error, and never throws, for any octets', () => {
    const damaged = fc.tuple(wish, fc.nat(100), fc.nat(255), fc.nat(100)).map(([address, at, octet, cut]) => {
      const message = encodeAddressChange({ change: 'add', interfaceIndex: 1, address }, { markProtocol: true });
      const copy = message.slice(0, Math.max(message.length - (cut % 40), 1));
      copy[at % copy.length] = octet;
      return copy;
    });
    // A header of the right type in front, so that the readers behind it are reached.
    const typed = fc
      .tuple(fc.constantFrom(16, 17, 20, 21), fc.uint8Array({ maxLength: 120 }))
      .map(([type, body]) => Uint8Array.of(16 + body.length, 0, 0, 0, type, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ...body));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 150 }), damaged, typed), (octets) => {
        for (const decoded of [decodeAddressMessage(octets), decodeLinkMessage(octets)]) {
          if (!decoded.ok) expect(decoded.error).toBeInstanceOf(NetlinkFormatError);
        }
        const table = new InterfaceTable();
        table.apply(octets);
        expect(table.links.length + table.addresses.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the table of interfaces', () => {
  type Step = { readonly add: boolean; readonly message: Uint8Array; readonly key: string };
  const steps: fc.Arbitrary<Step[]> = fc.array(
    fc
      .record({ add: fc.boolean(), interfaceIndex: index, last: fc.integer({ min: 1, max: 6 }) })
      .map(({ add, interfaceIndex, last }) => {
        const address = desired(`10.0.0.${last}`, 32);
        return {
          add,
          key: `${interfaceIndex} ${address.address}`,
          message: encodeAddressChange(
            add ? { change: 'add', interfaceIndex, address } : { change: 'delete', interfaceIndex, address },
            { markProtocol: false },
          ),
        };
      }),
    { maxLength: 40 },
  );
  const keys = (addresses: readonly KernelAddress[]): string[] =>
    addresses.map(({ interfaceIndex, address }) => `${interfaceIndex} ${address}`).sort();

  it('ends in the state of the last notifications, and says so only when something changed', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const table = new InterfaceTable();
        const model = new Set<string>();
        for (const { add, key, message } of list) {
          const before = model.size;
          if (add) model.add(key);
          else model.delete(key);
          expect(table.apply(message)).toBe(model.size === before ? 'nothing' : 'addresses');
        }
        expect(keys(table.addresses)).toEqual([...model].sort());
      }),
    );
  });

  it('ends in the same state when it was read anew at any moment, with the notifications of the reading replayed', () => {
    fc.assert(
      fc.property(steps, fc.nat(40), fc.nat(40), fc.nat(40), (list, lostFrom, readAt, subscribedAt) => {
        // Notifications from `lostFrom` on were lost; a dump shows the state at `readAt`, and those from
        // `subscribedAt` (not after the dump) on are replayed.
        const read = Math.min(readAt, list.length);
        const replayFrom = Math.min(subscribedAt, read);
        const kernelAt = (moment: number): Step[] => {
          const present = new Map<string, Step>();
          for (const step of list.slice(0, moment)) {
            if (step.add) present.set(step.key, step);
            else present.delete(step.key);
          }
          return [...present.values()];
        };
        const table = new InterfaceTable();
        for (const { message } of list.slice(0, lostFrom)) table.apply(message);
        table.replace(
          kernelAt(read).map(({ message }) => message),
          list.slice(replayFrom).map(({ message }) => message),
        );
        expect(keys(table.addresses)).toEqual(
          kernelAt(list.length)
            .map(({ key }) => key)
            .sort(),
        );
      }),
    );
  });
});
