/** Gratuitous ARP (RFC 5798 section 6.4.2; the form of RFC 826 that the original sends). */
import { writeUint16 } from './checksum.ts';
import { ARP, ETHERNET } from './constants.ts';
import { arpHardwareType, linkHeaderLength, writeLinkHeader } from './link-layer.ts';
import type { LinkLayer } from './link-layer.ts';

const IPV4_LENGTH = 4;

/**
 * A broadcast ARP request whose sender and target are both `address`, so that every neighbour and every switch on the way
 * learns where the address lives now. The target hardware address is all ones, as the original has it.
 * @param address 4 octets
 */
export function gratuitousArpFrame(link: LinkLayer, address: Uint8Array): Uint8Array {
  const { broadcastAddress, hardwareAddress } = link;
  const start = linkHeaderLength(link);
  const sender = start + ARP.headerLength;
  const target = sender + hardwareAddress.length + IPV4_LENGTH;
  const frame = new Uint8Array(target + hardwareAddress.length + IPV4_LENGTH);
  writeLinkHeader(frame, link, broadcastAddress, ETHERNET.typeArp);
  writeUint16(frame, start, arpHardwareType(link));
  writeUint16(frame, start + 2, ARP.protocolIpv4);
  frame[start + 4] = hardwareAddress.length;
  frame[start + 5] = IPV4_LENGTH;
  writeUint16(frame, start + 6, ARP.request);
  frame.set(hardwareAddress, sender);
  frame.set(address, sender + hardwareAddress.length);
  frame.fill(0xff, target, target + hardwareAddress.length);
  frame.set(address, target + hardwareAddress.length);
  return frame;
}
