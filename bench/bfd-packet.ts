/** The few octets of a BFD control packet that the benches need, from an Ethernet frame. Pure. */

export interface CapturedBfdPacket {
  /** Milliseconds since 1970, as of an advertisement. */
  readonly at: number;
  /** Source address in dotted notation. */
  readonly source: string;
  /** RFC 5880 section 4.1: 0 administratively down, 1 down, 2 init, 3 up. */
  readonly state: number;
}

const ETHERNET_HEADER = 14;
const ETHERTYPE_IPV4 = 0x0800;
const IPPROTO_UDP = 17;
const UDP_HEADER = 8;
const BFD_PORT = 3784;

/** Decodes a frame; undefined if it is no BFD control packet over IPv4. */
export function decodeBfdPacket(frame: Uint8Array, at: number): CapturedBfdPacket | undefined {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (frame.length < ETHERNET_HEADER + 20 || view.getUint16(12) !== ETHERTYPE_IPV4) return undefined;
  if (view.getUint8(ETHERNET_HEADER + 9) !== IPPROTO_UDP) return undefined;
  const udp = ETHERNET_HEADER + (view.getUint8(ETHERNET_HEADER) & 0x0f) * 4;
  if (frame.length < udp + UDP_HEADER + 24 || view.getUint16(udp + 2) !== BFD_PORT) return undefined;
  return {
    at,
    source: frame.subarray(ETHERNET_HEADER + 12, ETHERNET_HEADER + 16).join('.'),
    state: view.getUint8(udp + UDP_HEADER + 1) >> 6,
  };
}
