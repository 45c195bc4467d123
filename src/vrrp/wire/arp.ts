/** Gratuitous ARP (RFC 5798 section 6.4.2; the form of RFC 826 that the original sends). */
import { writeUint16 } from './checksum.ts';
import { ARP, ETHERNET } from './constants.ts';

/**
 * A broadcast ARP request whose sender and target are both `address`, so that every neighbour and every switch on the way
 * learns where the address lives now. The target hardware address is all ones, as the original has it.
 * @param hardwareAddress 6 octets of the sending interface
 * @param address 4 octets
 */
export function gratuitousArpFrame(hardwareAddress: Uint8Array, address: Uint8Array): Uint8Array {
  const frame = new Uint8Array(ETHERNET.headerLength + ARP.length);
  frame.fill(0xff, 0, 6);
  frame.set(hardwareAddress, 6);
  writeUint16(frame, 12, ETHERNET.typeArp);
  writeUint16(frame, 14, ARP.hardwareEthernet);
  writeUint16(frame, 16, ARP.protocolIpv4);
  frame[18] = ETHERNET.addressLength;
  frame[19] = 4;
  writeUint16(frame, 20, ARP.request);
  frame.set(hardwareAddress, 22);
  frame.set(address, 28);
  frame.fill(0xff, 32, 38);
  frame.set(address, 38);
  return frame;
}
