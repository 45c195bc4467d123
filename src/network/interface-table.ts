/** Links and addresses kept current from rtnetlink messages. Order of arrival is the order of the kernel. */
import type { NetlinkFormatError } from '../core/netlink/message.ts';
import { decodeAddressMessage } from './address-codec.ts';
import { decodeLinkMessage } from './link-codec.ts';
import type { KernelAddress, Link } from './types.ts';

/** What a message changed. */
export type InterfaceTableChange = 'links' | 'addresses' | 'both' | 'nothing';

const none = new Uint8Array(0);

function sameOctets(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((octet, index) => octet === b[index]);
}

function sameLink(a: Link, b: Link): boolean {
  return (
    a.name === b.name &&
    a.flags === b.flags &&
    a.mtu === b.mtu &&
    a.hardwareType === b.hardwareType &&
    a.lowerIndex === b.lowerIndex &&
    a.masterIndex === b.masterIndex &&
    a.kind === b.kind &&
    a.vrfTable === b.vrfTable &&
    a.group === b.group &&
    a.mode === b.mode &&
    sameOctets(a.hardwareAddress, b.hardwareAddress) &&
    sameOctets(a.broadcastAddress ?? none, b.broadcastAddress ?? none)
  );
}

function sameAddress(a: KernelAddress, b: KernelAddress): boolean {
  return (
    a.scope === b.scope &&
    a.flags === b.flags &&
    a.label === b.label &&
    a.broadcast === b.broadcast &&
    a.protocol === b.protocol
  );
}

function addressIdentity(address: KernelAddress): string {
  return `${address.interfaceIndex} ${address.address}/${address.prefixLength} ${address.peer ?? ''}`;
}

export class InterfaceTable {
  #links = new Map<number, Link>();
  #addresses = new Map<string, KernelAddress>();
  readonly #onMalformed: (error: NetlinkFormatError) => void;

  /** @param onMalformed told of messages that could not be read; they change nothing */
  constructor(onMalformed: (error: NetlinkFormatError) => void = () => undefined) {
    this.#onMalformed = onMalformed;
  }

  get links(): readonly Link[] {
    return [...this.#links.values()];
  }

  get addresses(): readonly KernelAddress[] {
    return [...this.#addresses.values()];
  }

  /** Takes one notification, a complete message, and says what it changed: most repeat what is known. */
  apply(message: Uint8Array): InterfaceTableChange {
    const link = decodeLinkMessage(message);
    if (!link.ok) {
      this.#onMalformed(link.error);
      return 'nothing';
    }
    if (link.value) {
      return link.value.change === 'present' ? this.#putLink(link.value.link) : this.#dropLink(link.value.index);
    }
    const address = decodeAddressMessage(message);
    if (!address.ok) {
      this.#onMalformed(address.error);
      return 'nothing';
    }
    if (!address.value) return 'nothing';
    return address.value.change === 'present'
      ? this.#putAddress(address.value.address)
      : this.#dropAddress(address.value.address);
  }

  #putLink(link: Link): InterfaceTableChange {
    const known = this.#links.get(link.index);
    if (known && sameLink(known, link)) return 'nothing';
    this.#links.set(link.index, link);
    return 'links';
  }

  /** The kernel announces the addresses of a link that goes as gone too, but not those it never announced. */
  #dropLink(index: number): InterfaceTableChange {
    const known = this.#links.delete(index);
    let addresses = false;
    for (const [identity, address] of this.#addresses) {
      if (address.interfaceIndex !== index) continue;
      this.#addresses.delete(identity);
      addresses = true;
    }
    return addresses ? (known ? 'both' : 'addresses') : known ? 'links' : 'nothing';
  }

  #putAddress(address: KernelAddress): InterfaceTableChange {
    const identity = addressIdentity(address);
    const known = this.#addresses.get(identity);
    if (known && sameAddress(known, address)) return 'nothing';
    this.#addresses.set(identity, address);
    return 'addresses';
  }

  #dropAddress(address: KernelAddress): InterfaceTableChange {
    return this.#addresses.delete(addressIdentity(address)) ? 'addresses' : 'nothing';
  }

  /**
   * Replaces everything by two dumps and the notifications that arrived while they were read. Every change after the
   * subscription is among the notifications, so replaying them ends in the kernel's present state whatever the dumps saw.
   */
  replace(dumps: Iterable<Uint8Array>, notifications: Iterable<Uint8Array>): InterfaceTableChange {
    const links = this.#links;
    const addresses = this.#addresses;
    this.#links = new Map();
    this.#addresses = new Map();
    for (const message of dumps) this.apply(message);
    for (const message of notifications) this.apply(message);
    const linksChanged = !sameMap(links, this.#links, sameLink);
    const addressesChanged = !sameMap(addresses, this.#addresses, sameAddress);
    return linksChanged ? (addressesChanged ? 'both' : 'links') : addressesChanged ? 'addresses' : 'nothing';
  }
}

function sameMap<K, V>(a: ReadonlyMap<K, V>, b: ReadonlyMap<K, V>, same: (x: V, y: V) => boolean): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of a) {
    const other = b.get(key);
    if (other === undefined || !same(value, other)) return false;
  }
  return true;
}
