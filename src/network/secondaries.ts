/**
 * The IPv4 addresses of one interface and subnet are a primary one, the first that came, and secondaries. With the primary
 * one the kernel takes its secondaries away, unless promote_secondaries of the interface is set (net/ipv4/devinet.c).
 */
import { parseIpAddress } from '../core/ip-address.ts';
import { IFA_F } from './constants.ts';
import type { AddressIdentity, KernelAddress } from './types.ts';

export function isSecondary(address: KernelAddress): boolean {
  return address.family === 'inet' && (address.flags & IFA_F.SECONDARY) !== 0;
}

/** The subnet an IPv4 address counts to, as text. */
function subnetOf(interfaceIndex: number, { address, peer, prefixLength }: AddressIdentity): string {
  const octets = parseIpAddress(peer ?? address)?.bytes ?? new Uint8Array(4);
  const number = new DataView(octets.buffer, octets.byteOffset, 4).getUint32(0);
  const network = prefixLength === 0 ? 0 : (number >>> (32 - prefixLength)) << (32 - prefixLength);
  return `${interfaceIndex} ${network >>> 0}/${prefixLength}`;
}

/**
 * Those of `others` that go with what is deleted.
 * @param deleted as the kernel has them now
 */
export function takenAlong(deleted: readonly KernelAddress[], others: readonly KernelAddress[]): KernelAddress[] {
  const subnets = new Set<string>();
  for (const address of deleted)
    if (address.family === 'inet' && !isSecondary(address)) subnets.add(subnetOf(address.interfaceIndex, address));
  if (subnets.size === 0) return [];
  return others.filter((other) => isSecondary(other) && subnets.has(subnetOf(other.interfaceIndex, other)));
}
