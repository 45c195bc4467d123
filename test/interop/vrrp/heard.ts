/** Advertisements among captured frames: version 2 and 3, IPv4 and IPv6, inside an authentication header too. */
import type { Frame } from '../../../lab/lib/pcap.ts';

export interface Heard {
  /** Epoch milliseconds. */
  readonly time: number;
  readonly source: string;
  readonly destination: string;
  readonly version: number;
  readonly virtualRouterId: number;
  readonly priority: number;
}

const ETHERNET_HEADER = 14;
const IPV6_HEADER = 40;
const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
const PROTOCOL_AH = 51;
const PROTOCOL_VRRP = 112;
/** Octets of the authentication header that AH with HMAC-MD5-96 has (RFC 4302 section 2: 12 and the digest). */
const AH_HEADER = 24;

function address(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  const words = Array.from({ length: 8 }, (_, index) =>
    (((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0)).toString(16),
  );
  return words.join(':').replace(/(^|:)0(:0)+(:|$)/, '::');
}

function advertisement(time: number, source: Uint8Array, destination: Uint8Array, packet: Uint8Array): Heard {
  return {
    time,
    source: address(source),
    destination: address(destination),
    version: (packet[0] ?? 0) >> 4,
    virtualRouterId: packet[1] ?? 0,
    priority: packet[2] ?? 0,
  };
}

function decode({ time, bytes }: Frame): Heard | undefined {
  const ip = bytes.subarray(ETHERNET_HEADER);
  const etherType = ((bytes[12] ?? 0) << 8) | (bytes[13] ?? 0);
  if (etherType === ETHERTYPE_IPV6) {
    if (ip[6] !== PROTOCOL_VRRP) return undefined;
    return advertisement(time, ip.subarray(8, 24), ip.subarray(24, 40), ip.subarray(IPV6_HEADER));
  }
  if (etherType !== ETHERTYPE_IPV4) return undefined;
  const header = ((ip[0] ?? 0) & 0x0f) * 4;
  const protocol = ip[9];
  if (protocol === PROTOCOL_VRRP || protocol === PROTOCOL_AH) {
    const payload = ip.subarray(header + (protocol === PROTOCOL_AH ? AH_HEADER : 0));
    return advertisement(time, ip.subarray(12, 16), ip.subarray(16, 20), payload);
  }
  return undefined;
}

/** The advertisements, in their order. */
export function heardIn(frames: readonly Frame[]): Heard[] {
  return frames.flatMap((frame) => decode(frame) ?? []);
}
