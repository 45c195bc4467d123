/** What stands before ARP and IPv6 on the wire: Ethernet (RFC 894, RFC 2464), or IP over InfiniBand (RFC 4391). */
import { writeUint16 } from './checksum.ts';
import { ARP, ETHERNET, INFINIBAND } from './constants.ts';

/** An interface that speaks ARP or neighbour discovery. */
export interface LinkLayer {
  /** 6 octets: Ethernet; 20: InfiniBand (queue pair and GID, RFC 4391 section 9.1.1). */
  readonly hardwareAddress: Uint8Array;
  /** As long as the hardware address. On InfiniBand it bears the partition key that all groups need. */
  readonly broadcastAddress: Uint8Array;
}

/** Multicast Ethernet address of ff02::1 (RFC 2464 section 7). */
const ALL_NODES_ETHERNET = Uint8Array.of(0x33, 0x33, 0, 0, 0, 1);

export function isInfiniband({ hardwareAddress }: LinkLayer): boolean {
  return hardwareAddress.length === INFINIBAND.addressLength;
}

/** Octets before the packet: on InfiniBand the destination that Linux wants there, then the header of RFC 4391 section 6. */
export function linkHeaderLength(link: LinkLayer): number {
  return isInfiniband(link) ? INFINIBAND.headerLength : ETHERNET.headerLength;
}

/** Where the Ethernet type stands in a frame. */
export function etherTypeOffset(link: LinkLayer): number {
  return isInfiniband(link) ? INFINIBAND.addressLength : 2 * ETHERNET.addressLength;
}

/** ARP's number of the link (linux/if_arp.h; RFC 4391 section 9.1.1). */
export function arpHardwareType(link: LinkLayer): number {
  return isInfiniband(link) ? ARP.hardwareInfiniband : ARP.hardwareEthernet;
}

/** @param frame gets the header at its beginning */
export function writeLinkHeader(frame: Uint8Array, link: LinkLayer, destination: Uint8Array, etherType: number): void {
  frame.set(destination, 0);
  if (!isInfiniband(link)) frame.set(link.hardwareAddress, ETHERNET.addressLength);
  writeUint16(frame, etherTypeOffset(link), etherType);
}

/**
 * The link's address of ff02::1. On InfiniBand the multicast GID of RFC 4391 section 4: ff1<scope>:601b:<P_Key>, then the
 * low 80 bits of the group; scope and partition key are those of the broadcast group.
 */
export function allNodesAddress(link: LinkLayer): Uint8Array {
  if (!isInfiniband(link)) return ALL_NODES_ETHERNET;
  const address = link.broadcastAddress.slice();
  address.fill(0, INFINIBAND.groupOffset);
  writeUint16(address, INFINIBAND.signatureOffset, INFINIBAND.signatureIpv6);
  address[INFINIBAND.addressLength - 1] = 1;
  return address;
}
