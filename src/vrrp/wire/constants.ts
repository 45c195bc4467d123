/** Numbers of the wire formats, by the names their standards give them. */

/** IP protocol numbers (IANA). */
export const IP_PROTOCOL = { authenticationHeader: 51, icmpv6: 58, vrrp: 112 } as const;

/** Fields of the IPv4 and IPv6 headers that VRRP prescribes (RFC 5798 section 5.1). */
export const IP_FIELD = {
  ipv4HeaderLength: 20,
  ipv6HeaderLength: 40,
  /** Class selector 6, "internetwork control": what the original sends. */
  trafficClass: 0xc0,
  /** RFC 5798 sections 5.1.1.3 and 5.1.2.3: anything else was forwarded by a router. */
  ttl: 255,
} as const;

/** VRRP message (RFC 3768 section 5.3, RFC 5798 section 5.2). */
export const VRRP = {
  headerLength: 8,
  typeAdvertisement: 1,
  /** VRRPv2 over IPv4 always ends in eight octets of authentication data. */
  authenticationDataLength: 8,
  checksumOffset: 6,
  priorityOwner: 255,
  priorityStop: 0,
  maximumInterval: 0x0fff,
} as const;

/** VRRPv2 authentication types (RFC 2338 section 5.3.6). */
export const AUTHENTICATION_TYPE = { none: 0, simplePassword: 1, authenticationHeader: 2 } as const;

/** IP Authentication Header (RFC 2402 section 2) with HMAC-MD5-96 (RFC 2403). */
export const AUTHENTICATION_HEADER = {
  length: 24,
  /** Length in 32-bit words minus 2. */
  payloadLength: 4,
  digestOffset: 12,
  digestLength: 12,
} as const;

export const ETHERNET = { headerLength: 14, addressLength: 6, typeArp: 0x0806, typeIpv6: 0x86dd } as const;

/**
 * IP over InfiniBand: addresses of 20 octets (RFC 4391 section 9.1.1: 4 with the queue pair, 16 of the GID), a header of 4
 * octets (section 6), before which Linux has the destination (drivers/infiniband/ulp/ipoib: IPOIB_HARD_LEN).
 */
export const INFINIBAND = {
  addressLength: 20,
  headerLength: 24,
  /** In a multicast address: ff1<scope>, then what tells the families apart, the partition key, the group. */
  signatureOffset: 6,
  signatureIpv6: 0x601b,
  groupOffset: 10,
} as const;

/** ARP (RFC 826); hardware types from linux/if_arp.h. */
export const ARP = {
  hardwareEthernet: 1,
  hardwareInfiniband: 32,
  protocolIpv4: 0x0800,
  request: 1,
  headerLength: 8,
} as const;

/** Neighbour advertisement (RFC 4861 section 4.4). */
export const NEIGHBOUR = {
  advertisement: 136,
  flagRouter: 0x80,
  flagOverride: 0x20,
  optionTargetLinkLayerAddress: 2,
  messageLength: 24,
} as const;
