/**
 * The difference between the addresses as they are and as they should be, as few writes as the kernel allows. An address
 * that somebody else put there is neither changed nor removed.
 */
import { IFA_F } from './constants.ts';
import { isSecondary, takenAlong } from './secondaries.ts';
import type { AddressChange, AddressIdentity, DesiredAddress, KernelAddress, Link } from './types.ts';

/**
 * Identity of an address on an interface as text: `eth1 192.0.2.1/24`, `ppp0 192.0.2.1/32 peer 192.0.2.2`. It names the
 * interface, not its number: an interface that is made again has another.
 */
export function addressKey(interfaceName: string, address: AddressIdentity): string {
  const peer = address.peer === undefined ? '' : ` peer ${address.peer}`;
  return `${interfaceName} ${address.address}/${address.prefixLength}${peer}`;
}

/** The key of a wanted address. */
export function desiredAddressKey(address: DesiredAddress): string {
  return addressKey(address.interface, address);
}

/** True if the kernel's address is not what was asked for. What the kernel decides itself is not compared. */
function differs(present: KernelAddress, wanted: DesiredAddress): boolean {
  const prefixRoute = (present.flags & IFA_F.NOPREFIXROUTE) === 0;
  if (prefixRoute === wanted.noPrefixRoute) return true;
  if (wanted.family === 'inet') {
    // Without a label asked for the kernel takes the interface's name.
    return (
      (present.label ?? wanted.interface) !== (wanted.label ?? wanted.interface) ||
      present.scope !== wanted.scope ||
      present.broadcast !== wanted.broadcast
    );
  }
  // The kernel derives an IPv6 scope from the address; IFA_F_NODAD matters only while it is added.
  const deprecated = wanted.preferredLifetime === 0;
  // What is preferred for a while only ends as deprecated: both are as wanted.
  const forAWhile = wanted.preferredLifetime !== undefined && wanted.preferredLifetime > 0;
  return (
    (!forAWhile && ((present.flags & IFA_F.DEPRECATED) !== 0) !== deprecated) ||
    ((present.flags & IFA_F.HOMEADDRESS) !== 0) !== wanted.home
  );
}

/**
 * The writes that make the wanted addresses exist and those of ours that are no longer wanted disappear.
 * @param desired what should exist, in the order to add it; of two equal ones the first counts. Addresses on interfaces
 *   that are not there are left out
 * @param actual all addresses of the kernel
 * @param managed keys (addressKey) of the addresses that are ours to change and to remove
 * @param links the interfaces, to find the numbers of names
 * @returns removals first (secondaries before primaries), then additions; none if nothing differs
 */
export function planAddresses(
  desired: readonly DesiredAddress[],
  actual: readonly KernelAddress[],
  managed: ReadonlySet<string>,
  links: readonly Link[],
): AddressChange[] {
  const indexOf = new Map(links.map((link) => [link.name, link.index]));
  const nameOf = new Map(links.map((link) => [link.index, link.name]));
  const wanted = new Map<string, DesiredAddress>();
  for (const address of desired) {
    const key = desiredAddressKey(address);
    if (indexOf.has(address.interface) && !wanted.has(key)) wanted.set(key, address);
  }

  const deletions: KernelAddress[] = [];
  const kept: KernelAddress[] = [];
  const satisfied = new Set<string>();
  for (const address of actual) {
    const name = nameOf.get(address.interfaceIndex);
    if (name === undefined) continue;
    const key = addressKey(name, address);
    const wish = wanted.get(key);
    if (managed.has(key) && (!wish || differs(address, wish))) {
      deletions.push(address);
    } else if (wish) {
      satisfied.add(key);
      kept.push(address);
    }
  }
  // They are written again; where they stayed, the kernel answers that they exist.
  for (const address of takenAlong(deletions, kept)) {
    satisfied.delete(addressKey(nameOf.get(address.interfaceIndex) ?? '', address));
  }

  const changes = [...deletions.filter(isSecondary), ...deletions.filter((address) => !isSecondary(address))].map(
    (address): AddressChange => ({
      change: 'delete',
      interfaceIndex: address.interfaceIndex,
      address: {
        family: address.family,
        address: address.address,
        prefixLength: address.prefixLength,
        ...(address.peer !== undefined && { peer: address.peer }),
      },
    }),
  );
  for (const [key, address] of wanted) {
    const interfaceIndex = indexOf.get(address.interface);
    if (satisfied.has(key) || interfaceIndex === undefined) continue;
    changes.push({ change: 'add', interfaceIndex, address });
  }
  return changes;
}
