/** The IPv4 header (RFC 791 section 3.1), as far as VRRP sends and reads it. */
import { addToSum, finishChecksum, readUint16, writeUint16 } from './checksum.ts';
import { IP_FIELD } from './constants.ts';

export interface Ipv4Header {
  /** In octets, options included. */
  readonly headerLength: number;
  readonly totalLength: number;
  readonly ttl: number;
  readonly protocol: number;
}

/** The addresses of a header that decodeIpv4Header() has read: 4 octets each, views into the packet. */
export function ipv4Addresses(packet: Uint8Array): { readonly source: Uint8Array; readonly destination: Uint8Array } {
  return { source: packet.subarray(12, 16), destination: packet.subarray(16, 20) };
}

/** Reads the header at the start of `packet`; undefined if it is not one or the packet is shorter than it says. */
export function decodeIpv4Header(packet: Uint8Array): Ipv4Header | undefined {
  if (packet.length < IP_FIELD.ipv4HeaderLength) return undefined;
  const first = packet[0] ?? 0;
  const headerLength = (first & 0x0f) * 4;
  const totalLength = readUint16(packet, 2);
  if (first >>> 4 !== 4 || headerLength < IP_FIELD.ipv4HeaderLength) return undefined;
  if (totalLength < headerLength || totalLength > packet.length) return undefined;
  return {
    headerLength,
    totalLength,
    ttl: packet[8] ?? 0,
    protocol: packet[9] ?? 0,
  };
}

/**
 * Writes a header without options at the start of `packet`, whose length becomes the total length. No fragmentation
 * flags and TOS 0xc0, octet for octet as the original sends.
 * @param identification 1..65535: for 0 the kernel would put in a number of its own
 * @param source,destination 4 octets each
 */
export function writeIpv4Header(
  packet: Uint8Array,
  identification: number,
  ttl: number,
  protocol: number,
  source: Uint8Array,
  destination: Uint8Array,
): void {
  packet[0] = 0x45;
  packet[1] = IP_FIELD.trafficClass;
  writeUint16(packet, 2, packet.length);
  writeUint16(packet, 4, identification);
  writeUint16(packet, 6, 0);
  packet[8] = ttl;
  packet[9] = protocol;
  writeUint16(packet, 10, 0);
  packet.set(source, 12);
  packet.set(destination, 16);
  writeUint16(packet, 10, finishChecksum(addToSum(packet, 0, IP_FIELD.ipv4HeaderLength)));
}
