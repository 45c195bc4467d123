/** Links and addresses as the kernel last reported them, indexed for the questions VRRP asks. */
import type { AddressFamily, VirtualAddress } from '../config/model.ts';
import type { KernelAddress, Link } from '../network/types.ts';
import type { LinkLayer } from './wire/link-layer.ts';

/** linux/if.h */
const IFF_NOARP = 0x80;
/** linux/if_addr.h */
const IFA_F_SECONDARY = 0x01;
const IFA_F_DADFAILED = 0x08;
const IFA_F_TENTATIVE = 0x40;
/** linux/if_arp.h */
const ARPHRD_ETHER = 1;
const ARPHRD_INFINIBAND = 32;

const ETHERNET_BROADCAST = new Uint8Array(6).fill(0xff);

function isLinkLocal(address: string): boolean {
  return /^fe[89ab]/.test(address);
}

export class NetworkView {
  #links = new Map<string, Link>();
  #addresses = new Map<number, KernelAddress[]>();
  /** `index|address/prefix` of everything the kernel has. */
  #present = new Set<string>();
  /** The same by `index|address`. */
  #byAddress = new Map<string, KernelAddress>();

  constructor(links: readonly Link[], addresses: readonly KernelAddress[]) {
    this.setLinks(links);
    this.setAddresses(addresses);
  }

  setLinks(links: readonly Link[]): void {
    this.#links = new Map(links.map((link) => [link.name, link]));
  }

  setAddresses(addresses: readonly KernelAddress[]): void {
    this.#addresses = new Map();
    this.#present = new Set();
    this.#byAddress = new Map();
    for (const address of addresses) {
      const list = this.#addresses.get(address.interfaceIndex);
      if (list) list.push(address);
      else this.#addresses.set(address.interfaceIndex, [address]);
      this.#byAddress.set(`${address.interfaceIndex}|${address.address}`, address);
      this.#present.add(`${address.interfaceIndex}|${address.address}/${address.prefixLength}`);
    }
  }

  link(name: string): Link | undefined {
    return this.#links.get(name);
  }

  linkByIndex(index: number): Link | undefined {
    return [...this.#links.values()].find((link) => link.index === index);
  }

  isUp(name: string): boolean {
    return this.#links.get(name)?.up === true;
  }

  /** What ARP and neighbour advertisements need to know of an interface; undefined where neither is spoken. */
  announcingLink(name: string): LinkLayer | undefined {
    const link = this.#links.get(name);
    if (!link?.up || (link.flags & IFF_NOARP) !== 0) return undefined;
    const { broadcastAddress, hardwareAddress, hardwareType } = link;
    if (hardwareType === ARPHRD_ETHER && hardwareAddress.length === ETHERNET_BROADCAST.length)
      return { hardwareAddress, broadcastAddress: ETHERNET_BROADCAST };
    if (hardwareType !== ARPHRD_INFINIBAND || broadcastAddress?.length !== hardwareAddress.length) return undefined;
    return { hardwareAddress, broadcastAddress };
  }

  /** Whether the kernel has this address on its interface with its prefix. */
  has(address: VirtualAddress): boolean {
    const link = this.#links.get(address.interface);
    return link !== undefined && this.#present.has(`${link.index}|${address.address}/${address.prefixLength}`);
  }

  /** What the kernel has of an address. */
  stateOf(address: VirtualAddress): 'present' | 'absent' | 'tentative' | 'duplicate' {
    if (!this.has(address)) return 'absent';
    const index = this.#links.get(address.interface)?.index ?? '';
    const flags = this.#byAddress.get(`${index}|${address.address}`)?.flags ?? 0;
    if (address.family === 'inet') return 'present';
    if ((flags & IFA_F_DADFAILED) !== 0) return 'duplicate';
    return (flags & IFA_F_TENTATIVE) !== 0 ? 'tentative' : 'present';
  }

  /** Whether an address, whatever its prefix, is on the interface (or, without a name, on any). */
  holds(interfaceName: string, address: string): boolean {
    if (interfaceName !== '') return this.#of(interfaceName).some((candidate) => candidate.address === address);
    return [...this.#addresses.values()].some((list) => list.some((candidate) => candidate.address === address));
  }

  /**
   * The address advertisements are sent from: the first IPv4 address of the interface that is not a virtual one (primary
   * before secondary), or its link-local IPv6 address once duplicate address detection is over.
   * @param current the one used so far: kept while it exists, so that peers do not see another router
   */
  sourceAddress(
    interfaceName: string,
    family: AddressFamily,
    isVirtual: (address: string) => boolean,
    current: string | undefined,
  ): string | undefined {
    const usable = (candidate: KernelAddress): boolean =>
      candidate.family === family &&
      !isVirtual(candidate.address) &&
      (family === 'inet' ||
        (isLinkLocal(candidate.address) && (candidate.flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)) === 0));
    const index = this.#links.get(interfaceName)?.index;
    const used = current === undefined ? undefined : this.#byAddress.get(`${index ?? ''}|${current}`);
    if (used && usable(used)) return current;
    const candidates = this.#of(interfaceName).filter(usable);
    // IFA_F_SECONDARY shares its bit with IFA_F_TEMPORARY; a link-local address is never temporary.
    const primary = candidates.find((candidate) => (candidate.flags & IFA_F_SECONDARY) === 0);
    return (primary ?? candidates[0])?.address;
  }

  /** Why an interface has no usable link-local address: its detection of duplicates runs, or has found one; or there is none. */
  linkLocalState(interfaceName: string): 'tentative' | 'duplicate' | 'none' {
    const own = this.#of(interfaceName).filter(({ address }) => isLinkLocal(address));
    if (own.some(({ flags }) => (flags & IFA_F_DADFAILED) !== 0)) return 'duplicate';
    return own.length > 0 ? 'tentative' : 'none';
  }

  #of(interfaceName: string): readonly KernelAddress[] {
    const link = this.#links.get(interfaceName);
    return (link && this.#addresses.get(link.index)) ?? [];
  }
}
