import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressKey, desiredAddressKey, planAddresses } from '../../src/network/plan-addresses.ts';
import type { DesiredAddress, KernelAddress, Link } from '../../src/network/types.ts';
import { AddressKernelModel, asKernelAddress, desired, link } from '../unit/network/kernel-model.ts';

const links: readonly Link[] = [link(2, 'eth0'), link(3, 'eth1')];
const nameOf = new Map(links.map(({ index, name }) => [index, name]));

const address4: fc.Arbitrary<DesiredAddress> = fc
  .record({
    address: fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.1.1', '192.0.2.1'),
    prefixLength: fc.constantFrom(24, 32),
    interface: fc.constantFrom('eth0', 'eth1', 'absent0'),
    noPrefixRoute: fc.boolean(),
    more: fc.constantFrom<Partial<DesiredAddress>>(
      {},
      { label: 'eth1:2' },
      { broadcast: '10.0.0.255' },
      { peer: '10.0.0.77' },
    ),
  })
  .map(({ address, prefixLength, more, ...rest }) => desired(address, prefixLength, { ...rest, ...more }));
// One prefix length: the kernel takes an IPv6 address once on an interface, whatever the length.
const address6: fc.Arbitrary<DesiredAddress> = fc
  .record({
    address: fc.constantFrom('2001:db8::1', '2001:db8::2', 'fe80::7'),
    interface: fc.constantFrom('eth0', 'eth1'),
    deprecated: fc.boolean(),
    home: fc.boolean(),
    noPrefixRoute: fc.boolean(),
  })
  .map(({ address, deprecated, ...rest }) =>
    desired(address, 64, { ...rest, ...(deprecated && { preferredLifetime: 0 }) }),
  );

const wishes = fc.uniqueArray(fc.oneof(address4, address6), { selector: desiredAddressKey, maxLength: 8 });

/** What a kernel holds after these wishes were written to an empty one. */
function held(list: readonly DesiredAddress[]): KernelAddress[] {
  const addresses: KernelAddress[] = [];
  for (const wish of list) {
    const index = links.find(({ name }) => name === wish.interface)?.index;
    if (index !== undefined) addresses.push(asKernelAddress(wish, index, addresses));
  }
  return addresses;
}

const keyOf = (address: KernelAddress): string => addressKey(nameOf.get(address.interfaceIndex) ?? '', address);
/** Everything but whether it is secondary, which depends on the order of arrival. */
const content = (addresses: readonly KernelAddress[]): string[] =>
  addresses
    .map((address) => JSON.stringify({ ...address, flags: address.flags & ~1 }, Object.keys(address).sort()))
    .sort();

describe('the plan between addresses', () => {
  it('written to the kernel gives what is wanted, and touches only what is ours', () => {
    fc.assert(
      fc.property(wishes, wishes, fc.func(fc.boolean()), fc.boolean(), (before, after, isOurs, promote) => {
        const actual = held(before);
        const managed = new Set(actual.map(keyOf).filter(isOurs));
        const kernel = new AddressKernelModel(actual, promote);
        const foreign = actual.filter((address) => !managed.has(keyOf(address)));
        for (const change of planAddresses(after, actual, managed, links)) {
          // "Exists" is the answer for a secondary address that was promoted instead of removed.
          expect([0, 17]).toContain(kernel.write(change));
        }
        const now = new Set(content(kernel.addresses));
        const foreignKeys = new Set(foreign.map(keyOf));
        // Wanted and not somebody else's: exactly as wanted.
        const wantedOurs = held(after).filter((address) => !foreignKeys.has(keyOf(address)));
        for (const text of content(wantedOurs)) expect(now).toContain(text);
        // Nothing that is neither wanted nor foreign.
        const allowed = new Set([...held(after).map(keyOf), ...foreignKeys]);
        for (const address of kernel.addresses) expect(allowed).toContain(keyOf(address));
        // With promotion nothing foreign is lost; without it the kernel takes foreign secondaries along.
        if (promote) for (const text of content(foreign)) expect(now).toContain(text);
      }),
    );
  });

  it('is empty for what it has just written', () => {
    fc.assert(
      fc.property(wishes, (list) => {
        const managed = new Set(list.map(desiredAddressKey));
        expect(planAddresses(list, held(list), managed, links)).toEqual([]);
      }),
    );
  });

  it('takes away all that is ours and nothing else when nothing is wanted', () => {
    fc.assert(
      fc.property(wishes, wishes, (mine, others) => {
        const managed = new Set(mine.map(desiredAddressKey));
        const all = [...mine, ...others.filter((address) => !managed.has(desiredAddressKey(address)))];
        const kernel = new AddressKernelModel(held(all), true);
        for (const change of planAddresses([], kernel.addresses, managed, links)) expect(kernel.write(change)).toBe(0);
        expect(kernel.addresses.map(keyOf).sort()).toEqual(
          held(all)
            .map(keyOf)
            .filter((key) => !managed.has(key))
            .sort(),
        );
      }),
    );
  });
});
