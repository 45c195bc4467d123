/**
 * IP Authentication Header around a VRRPv2 advertisement (RFC 2402, HMAC-MD5-96 of RFC 2403), in the original's use of
 * it: IPv4 only, security parameters index = source address, one sequence number for each message.
 */
import type { VrrpDigests } from '../types.ts';
import { readUint16, writeUint16 } from './checksum.ts';
import { AUTHENTICATION_HEADER as AH, IP_FIELD, IP_PROTOCOL } from './constants.ts';
import { writeIpv4Header } from './ipv4.ts';

export interface AuthenticationHeader {
  readonly nextHeader: number;
  /** 4 octets, a view into the packet. */
  readonly securityParametersIndex: Uint8Array;
  readonly sequence: number;
  /** 12 octets, a view into the packet. */
  readonly digest: Uint8Array;
}

/** Reads the header at `offset`; undefined if the packet ends before it or its own length is not that of HMAC-MD5-96. */
export function decodeAuthenticationHeader(packet: Uint8Array, offset: number): AuthenticationHeader | undefined {
  if (packet.length < offset + AH.length || packet[offset + 1] !== AH.payloadLength) return undefined;
  return {
    nextHeader: packet[offset] ?? 0,
    securityParametersIndex: packet.subarray(offset + 4, offset + 8),
    sequence: readUint16(packet, offset + 8) * 0x10000 + readUint16(packet, offset + 10),
    digest: packet.subarray(offset + AH.digestOffset, offset + AH.digestOffset + AH.digestLength),
  };
}

/**
 * The digest over a complete packet: IP header, authentication header, message.
 * The fields that routers may change count as zero; the original lets the TTL count on multicast, where it is always 255.
 * @param packet without IP options
 */
export function authenticationDigest(
  packet: Uint8Array,
  key: Uint8Array,
  unicast: boolean,
  digests: VrrpDigests,
): Uint8Array {
  const input = packet.slice();
  input[1] = 0;
  writeUint16(input, 6, 0);
  if (unicast) input[8] = 0;
  writeUint16(input, 10, 0);
  const digestAt = IP_FIELD.ipv4HeaderLength + AH.digestOffset;
  input.fill(0, digestAt, digestAt + AH.digestLength);
  return digests.hmacMd5(key, input).subarray(0, AH.digestLength);
}

/** Wraps a message: IP header, authentication header with the digest filled in, message. */
export function wrapInAuthenticationHeader(
  message: Uint8Array,
  ip: { identification: number; ttl: number; source: Uint8Array; destination: Uint8Array; unicast: boolean },
  sequence: number,
  key: Uint8Array,
  digests: VrrpDigests,
): Uint8Array {
  const start = IP_FIELD.ipv4HeaderLength;
  const packet = new Uint8Array(start + AH.length + message.length);
  writeIpv4Header(packet, ip.identification, ip.ttl, IP_PROTOCOL.authenticationHeader, ip.source, ip.destination);
  packet[start] = IP_PROTOCOL.vrrp;
  packet[start + 1] = AH.payloadLength;
  packet.set(ip.source, start + 4);
  writeUint16(packet, start + 8, sequence >>> 16);
  writeUint16(packet, start + 10, sequence & 0xffff);
  packet.set(message, start + AH.length);
  packet.set(authenticationDigest(packet, key, ip.unicast, digests), start + AH.digestOffset);
  return packet;
}
