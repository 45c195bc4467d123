/**
 * The addresses of a kernel, as far as net/ipv4/devinet.c and net/ipv6/addrconf.c matter here: EEXIST (17), EADDRNOTAVAIL
 * (99), secondary IPv4 addresses that go with their primary one unless promote_secondaries is set.
 */
import { IFA_F } from '../../../src/network/constants.ts';
import type {
  AddressChange,
  AddressIdentity,
  DesiredAddress,
  KernelAddress,
  Link,
} from '../../../src/network/types.ts';

const EEXIST = 17;
const EADDRNOTAVAIL = 99;

/** The first octets of an IPv4 prefix; the tests use prefix lengths of whole octets only. */
function network(address: KernelAddress): string {
  return `${address.interfaceIndex} ${address.prefixLength} ${(address.peer ?? address.address)
    .split('.')
    .slice(0, address.prefixLength / 8)
    .join('.')}`;
}

function same(a: KernelAddress, interfaceIndex: number, b: AddressIdentity): boolean {
  if (a.interfaceIndex !== interfaceIndex || a.address !== b.address) return false;
  // An IPv6 address is on an interface once, whatever its prefix length.
  return a.prefixLength === b.prefixLength && a.peer === b.peer;
}

export class AddressKernelModel {
  addresses: KernelAddress[] = [];
  readonly #promoteSecondaries: boolean;

  constructor(addresses: readonly KernelAddress[], promoteSecondaries: boolean) {
    this.addresses = [...addresses];
    this.#promoteSecondaries = promoteSecondaries;
  }

  /** @returns the error number, 0 if done */
  write({ change, interfaceIndex, address }: AddressChange): number {
    if (change === 'add') return this.#add(interfaceIndex, address);
    const index = this.addresses.findIndex((present) => same(present, interfaceIndex, address));
    const [gone] = index < 0 ? [] : this.addresses.splice(index, 1);
    if (!gone) return EADDRNOTAVAIL;
    if (gone.family === 'inet' && (gone.flags & IFA_F.SECONDARY) === 0) this.#primaryGone(network(gone));
    return 0;
  }

  #primaryGone(subnet: string): void {
    const inSubnet = (other: KernelAddress): boolean => other.family === 'inet' && network(other) === subnet;
    if (!this.#promoteSecondaries) {
      this.addresses = this.addresses.filter((other) => !inSubnet(other));
      return;
    }
    const index = this.addresses.findIndex(inSubnet);
    const heir = this.addresses[index];
    if (heir) this.addresses[index] = { ...heir, flags: heir.flags & ~IFA_F.SECONDARY };
  }

  #add(interfaceIndex: number, address: DesiredAddress): number {
    if (this.addresses.some((present) => same(present, interfaceIndex, address))) return EEXIST;
    this.addresses.push(asKernelAddress(address, interfaceIndex, this.addresses));
    return 0;
  }
}

/** What the kernel makes of a wish. */
export function asKernelAddress(
  wish: DesiredAddress,
  interfaceIndex: number,
  present: readonly KernelAddress[],
): KernelAddress {
  const { family, address, prefixLength, peer, broadcast } = wish;
  let flags = 0x80;
  if (wish.noPrefixRoute) flags |= IFA_F.NOPREFIXROUTE;
  if (family === 'inet6' && wish.noDad) flags |= IFA_F.NODAD;
  if (family === 'inet6' && wish.home) flags |= IFA_F.HOMEADDRESS;
  if (family === 'inet6' && wish.preferredLifetime === 0) flags |= IFA_F.DEPRECATED;
  const made: KernelAddress = {
    interfaceIndex,
    family,
    address,
    prefixLength,
    flags,
    scope: family === 'inet' ? wish.scope : 0,
    ...(family === 'inet' && { label: wish.label ?? wish.interface }),
    ...(broadcast !== undefined && { broadcast }),
    ...(peer !== undefined && { peer }),
  };
  const secondary =
    family === 'inet' && present.some((other) => other.family === 'inet' && network(other) === network(made));
  return secondary ? { ...made, flags: flags | IFA_F.SECONDARY } : made;
}

export function link(index: number, name: string): Link {
  return {
    index,
    name,
    flags: 0x1043,
    mtu: 1500,
    hardwareType: 1,
    hardwareAddress: Uint8Array.of(2, 0, 0, 0, 0, index),
    up: true,
  };
}

export function desired(address: string, prefixLength: number, rest: Partial<DesiredAddress> = {}): DesiredAddress {
  return {
    address,
    family: address.includes(':') ? 'inet6' : 'inet',
    prefixLength,
    interface: 'eth1',
    scope: 0,
    noPrefixRoute: false,
    noDad: address.includes(':'),
    home: false,
    manageTemporaryAddresses: false,
    autoJoin: false,
    useVmac: false,
    track: true,
    at: { file: 'keepalived.conf', line: 1, column: 1 },
    ...rest,
  };
}
