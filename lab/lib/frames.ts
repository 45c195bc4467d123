/** What the lab reads from captured frames: advertisements, gratuitous ARPs, TCP handshakes. */
import type { Frame } from './pcap.ts';

const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_ARP = 0x0806;
const PROTOCOL_TCP = 6;
const PROTOCOL_VRRP = 112;
const ETHERNET_HEADER = 14;

export interface Advertisement {
  readonly time: number;
  readonly sourceMac: string;
  readonly source: string;
  readonly virtualRouterId: number;
  readonly priority: number;
  readonly addresses: readonly string[];
  /** The frame in hexadecimal with IP identification and header checksum as "xxxx". */
  readonly octets: string;
}

export interface GratuitousArp {
  readonly time: number;
  readonly sourceMac: string;
  readonly address: string;
  /** The frame in hexadecimal. */
  readonly octets: string;
}

export interface Handshake {
  readonly time: number;
  readonly sourceMac: string;
  readonly source: string;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (octet) => octet.toString(16).padStart(2, '0')).join('');
}

function mac(bytes: Uint8Array): string {
  return Array.from(bytes, (octet) => octet.toString(16).padStart(2, '0')).join(':');
}

function ipv4(bytes: Uint8Array): string {
  return bytes.join('.');
}

function etherType(bytes: Uint8Array): number {
  return ((bytes[12] ?? 0) << 8) | (bytes[13] ?? 0);
}

/** Length of the IPv4 header, or undefined when the frame holds no IPv4 packet of this protocol. */
function headerOf(bytes: Uint8Array, protocol: number): number | undefined {
  if (etherType(bytes) !== ETHERTYPE_IPV4 || bytes[ETHERNET_HEADER + 9] !== protocol) return undefined;
  return ((bytes[ETHERNET_HEADER] ?? 0) & 0x0f) * 4;
}

/** VRRP version 2 advertisements (RFC 3768 section 5.1) among the frames. */
export function advertisements(frames: readonly Frame[]): Advertisement[] {
  return frames.flatMap(({ time, bytes }) => {
    const header = headerOf(bytes, PROTOCOL_VRRP);
    if (header === undefined) return [];
    const packet = bytes.subarray(ETHERNET_HEADER + header);
    const count = packet[3] ?? 0;
    const addresses = Array.from({ length: count }, (_, index) => ipv4(packet.subarray(8 + 4 * index, 12 + 4 * index)));
    const masked = hex(bytes);
    const at = (octet: number): number => (ETHERNET_HEADER + octet) * 2;
    return [
      {
        time,
        sourceMac: mac(bytes.subarray(6, 12)),
        source: ipv4(bytes.subarray(ETHERNET_HEADER + 12, ETHERNET_HEADER + 16)),
        virtualRouterId: packet[1] ?? 0,
        priority: packet[2] ?? 0,
        addresses,
        octets: `${masked.slice(0, at(4))}xxxx${masked.slice(at(6), at(10))}xxxx${masked.slice(at(12))}`,
      },
    ];
  });
}

/**
 * Gratuitous ARPs among the frames: broadcast, sender and target address are the same. (A kernel that still holds the
 * address answers another's gratuitous request by unicast; that is no announcement.)
 */
export function gratuitousArps(frames: readonly Frame[]): GratuitousArp[] {
  return frames.flatMap(({ time, bytes }) => {
    if (etherType(bytes) !== ETHERTYPE_ARP || mac(bytes.subarray(0, 6)) !== 'ff:ff:ff:ff:ff:ff') return [];
    const sender = ipv4(bytes.subarray(28, 32));
    if (sender !== ipv4(bytes.subarray(38, 42))) return [];
    return [{ time, sourceMac: mac(bytes.subarray(6, 12)), address: sender, octets: hex(bytes) }];
  });
}

/** Answers to connection requests (SYN with ACK) among the frames. */
export function handshakeAnswers(frames: readonly Frame[]): Handshake[] {
  return frames.flatMap(({ time, bytes }) => {
    const header = headerOf(bytes, PROTOCOL_TCP);
    if (header === undefined) return [];
    const flags = bytes[ETHERNET_HEADER + header + 13] ?? 0;
    if ((flags & 0x12) !== 0x12) return [];
    return [{ time, sourceMac: mac(bytes.subarray(6, 12)), source: ipv4(bytes.subarray(26, 30)) }];
  });
}
