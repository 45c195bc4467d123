/** Gratuitous ARP (RFC 5798 section 6.4.2; the form of RFC 826 that the original sends), and ARP probes (RFC 5227). */
import { writeUint16 } from './checksum.ts';
import { ARP, ETHERNET } from './constants.ts';
import { arpHardwareType, linkHeaderLength, writeLinkHeader } from './link-layer.ts';
import type { LinkLayer } from './link-layer.ts';

const IPV4_LENGTH = 4;

/** Who asks, for whom, and what stands where the hardware address asked for will be. */
interface Question {
  /** 4 octets. */
  readonly sender: Uint8Array;
  /** 4 octets. */
  readonly target: Uint8Array;
  readonly targetHardwareOctet: number;
}

function broadcastRequest(link: LinkLayer, { sender, target, targetHardwareOctet }: Question): Uint8Array {
  const { broadcastAddress, hardwareAddress } = link;
  const start = linkHeaderLength(link);
  const senderAt = start + ARP.headerLength;
  const targetAt = senderAt + hardwareAddress.length + IPV4_LENGTH;
  const frame = new Uint8Array(targetAt + hardwareAddress.length + IPV4_LENGTH);
  writeLinkHeader(frame, link, broadcastAddress, ETHERNET.typeArp);
  writeUint16(frame, start, arpHardwareType(link));
  writeUint16(frame, start + 2, ARP.protocolIpv4);
  frame[start + 4] = hardwareAddress.length;
  frame[start + 5] = IPV4_LENGTH;
  writeUint16(frame, start + 6, ARP.request);
  frame.set(hardwareAddress, senderAt);
  frame.set(sender, senderAt + hardwareAddress.length);
  frame.fill(targetHardwareOctet, targetAt, targetAt + hardwareAddress.length);
  frame.set(target, targetAt + hardwareAddress.length);
  return frame;
}

/**
 * A broadcast ARP request whose sender and target are both `address`, so that every neighbour and every switch on the way
 * learns where the address lives now. The target hardware address is all ones, as the original has it.
 * @param address 4 octets
 */
export function gratuitousArpFrame(link: LinkLayer, address: Uint8Array): Uint8Array {
  return broadcastRequest(link, { sender: address, target: address, targetHardwareOctet: 0xff });
}

const noAddress = new Uint8Array(IPV4_LENGTH);

/**
 * A broadcast ARP request for `address` that has no sender address: nobody learns anything from it (RFC 5227 section 2.1.1).
 * @param address 4 octets
 */
export function arpProbeFrame(link: LinkLayer, address: Uint8Array): Uint8Array {
  return broadcastRequest(link, { sender: noAddress, target: address, targetHardwareOctet: 0 });
}
