/** The few octets of an advertisement that the benches need, from an Ethernet frame. Pure. */

export interface CapturedAdvertisement {
  /** Milliseconds since 1970, with the nanoseconds of the kernel's stamp as far as a double holds them (about 0.2 us). */
  readonly at: number;
  /** Source address in dotted notation. */
  readonly source: string;
  readonly version: number;
  readonly virtualRouterId: number;
  readonly priority: number;
}

const ETHERNET_HEADER = 14;
const ETHERTYPE_IPV4 = 0x0800;
const IPPROTO_VRRP = 112;

/** Decodes a frame; undefined if it is no VRRP advertisement over IPv4 (RFC 9568 section 5.2, RFC 3768 section 5.1). */
export function decodeAdvertisement(frame: Uint8Array, at: number): CapturedAdvertisement | undefined {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (frame.length < ETHERNET_HEADER + 20 || view.getUint16(12) !== ETHERTYPE_IPV4) return undefined;
  if (view.getUint8(ETHERNET_HEADER + 9) !== IPPROTO_VRRP) return undefined;
  const body = ETHERNET_HEADER + (view.getUint8(ETHERNET_HEADER) & 0x0f) * 4;
  if (frame.length < body + 8 || (view.getUint8(body) & 0x0f) !== 1) return undefined;
  return {
    at,
    source: frame.subarray(ETHERNET_HEADER + 12, ETHERNET_HEADER + 16).join('.'),
    version: view.getUint8(body) >> 4,
    virtualRouterId: view.getUint8(body + 1),
    priority: view.getUint8(body + 2),
  };
}
