/**
 * Frames that Debian's keepalived 2.2.7 sent in a network namespace (interface 02:00:00:00:00:01, 192.0.2.1, fe80::1),
 * captured with tcpdump; each is the first its instance sent, so the IP identification is 1.
 */

export function octets(hex: string): Uint8Array {
  return Uint8Array.from(hex.trim().split(/\s+/), (pair) => Number.parseInt(pair, 16));
}

/** For comparisons whose failure a person can read. */
export function hex(data: Uint8Array | undefined): string {
  return Buffer.from(data ?? []).toString('hex');
}

/** What stands behind the Ethernet header. */
export function payload(frame: Uint8Array): Uint8Array {
  return frame.slice(14);
}

/** VRRPv3, VRID 53, priority 150, advert_int 0.5, 192.0.2.53, multicast. */
export const VERSION_3_MULTICAST = octets(`
  01 00 5e 00 00 12 02 00 00 00 00 01 08 00 45 c0
  00 20 00 01 00 00 ff 70 18 99 c0 00 02 01 e0 00
  00 12 31 35 96 01 00 32 d3 d0 c0 00 02 35`);

/** VRRPv3, VRID 63, priority 150, 192.0.2.63, unicast_src_ip 192.0.2.1 to the peer 192.0.2.2. */
export const VERSION_3_UNICAST = octets(`
  02 00 00 00 00 02 02 00 00 00 00 01 08 00 45 c0
  00 20 00 01 00 00 ff 70 36 a9 c0 00 02 01 c0 00
  02 02 31 3f 96 01 00 64 f1 9a c0 00 02 3f`);

/** VRRPv3 over IPv6, VRID 56, priority 150, fe80::56 and 2001:db8::56; the flow label is the kernel's. */
export const VERSION_3_IPV6 = octets(`
  33 33 00 00 00 12 02 00 00 00 00 01 86 dd 6c 0f
  2d e1 00 28 70 ff fe 80 00 00 00 00 00 00 00 00
  00 00 00 00 00 01 ff 02 00 00 00 00 00 00 00 00
  00 00 00 00 00 12 31 38 96 02 00 64 0d 4c fe 80
  00 00 00 00 00 00 00 00 00 00 00 00 00 56 20 01
  0d b8 00 00 00 00 00 00 00 00 00 00 00 56`);

/** VRRPv2, VRID 51, priority 150, auth_type PASS "s3cret", 192.0.2.51 and 192.0.2.52. */
export const VERSION_2_PASS = octets(`
  01 00 5e 00 00 12 02 00 00 00 00 01 08 00 45 c0
  00 2c 00 01 00 00 ff 70 18 8d c0 00 02 01 e0 00
  00 12 21 33 96 02 01 01 87 46 c0 00 02 33 c0 00
  02 34 73 33 63 72 65 74 00 00`);

/** VRRPv2, VRID 61, priority 150, no authentication, 192.0.2.61. */
export const VERSION_2_PLAIN = octets(`
  01 00 5e 00 00 12 02 00 00 00 00 01 08 00 45 c0
  00 28 00 01 00 00 ff 70 18 91 c0 00 02 01 e0 00
  00 12 21 3d 96 01 00 01 86 82 c0 00 02 3d 00 00
  00 00 00 00 00 00`);

/** VRRPv2, VRID 54, priority 150, auth_type AH "s3cret", 192.0.2.54; sequence number 1. */
export const VERSION_2_AH = octets(`
  01 00 5e 00 00 12 02 00 00 00 00 01 08 00 45 c0
  00 40 00 01 00 00 ff 33 18 b6 c0 00 02 01 e0 00
  00 12 70 04 00 00 c0 00 02 01 00 00 00 01 6a fa
  0a 96 be 49 c8 b9 fd bb bf a7 21 36 96 01 02 01
  84 90 c0 00 02 36 00 00 00 00 00 00 00 00`);

/** Gratuitous ARP for 192.0.2.53. */
export const GRATUITOUS_ARP = octets(`
  ff ff ff ff ff ff 02 00 00 00 00 01 08 06 00 01
  08 00 06 04 00 01 02 00 00 00 00 01 c0 00 02 35
  ff ff ff ff ff ff c0 00 02 35`);

/** Unsolicited neighbour advertisement for fe80::56 of a machine that does not forward IPv6. */
export const NEIGHBOUR_ADVERTISEMENT = octets(`
  33 33 00 00 00 01 02 00 00 00 00 01 86 dd 60 00
  00 00 00 20 3a ff fe 80 00 00 00 00 00 00 00 00
  00 00 00 00 00 56 ff 02 00 00 00 00 00 00 00 00
  00 00 00 00 00 01 88 00 56 f1 20 00 00 00 fe 80
  00 00 00 00 00 00 00 00 00 00 00 00 00 56 02 01
  02 00 00 00 00 01`);
