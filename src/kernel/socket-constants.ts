/** Numbers of the socket calls: linux/socket.h, asm-generic/socket.h, linux/in.h, linux/in6.h, linux/netlink.h. */

export const AF = { UNIX: 1, INET: 2, INET6: 10, NETLINK: 16, PACKET: 17 } as const;

export const SOCK = { STREAM: 1, DGRAM: 2, RAW: 3, SEQPACKET: 5 } as const;

export const IPPROTO = { IP: 0, ICMP: 1, TCP: 6, UDP: 17, IPV6: 41, AH: 51, ICMPV6: 58, VRRP: 112 } as const;

export const SOL = { SOCKET: 1, NETLINK: 270 } as const;

export const SO = {
  REUSEADDR: 2,
  TYPE: 3,
  ERROR: 4,
  SNDBUF: 7,
  RCVBUF: 8,
  PRIORITY: 12,
  LINGER: 13,
  BINDTODEVICE: 25,
  ATTACH_FILTER: 26,
  DETACH_FILTER: 27,
  SNDBUFFORCE: 32,
  RCVBUFFORCE: 33,
  /** Also the type of the control message that answers it (SO_TIMESTAMPNS_OLD: 64-bit struct timespec). */
  TIMESTAMPNS: 35,
  MARK: 36,
} as const;

export const IP_OPTION = {
  TOS: 1,
  TTL: 2,
  HDRINCL: 3,
  PKTINFO: 8,
  RECVERR: 11,
  RECVTTL: 12,
  FREEBIND: 15,
  MULTICAST_IF: 32,
  MULTICAST_TTL: 33,
  MULTICAST_LOOP: 34,
  ADD_MEMBERSHIP: 35,
  DROP_MEMBERSHIP: 36,
  MULTICAST_ALL: 49,
} as const;

export const IPV6_OPTION = {
  CHECKSUM: 7,
  UNICAST_HOPS: 16,
  MULTICAST_IF: 17,
  MULTICAST_HOPS: 18,
  MULTICAST_LOOP: 19,
  ADD_MEMBERSHIP: 20,
  DROP_MEMBERSHIP: 21,
  RECVERR: 25,
  V6ONLY: 26,
  MULTICAST_ALL: 29,
  RECVPKTINFO: 49,
  PKTINFO: 50,
  RECVHOPLIMIT: 51,
  HOPLIMIT: 52,
  TCLASS: 67,
  FREEBIND: 78,
} as const;

export const NETLINK_PROTOCOL = { ROUTE: 0, CONNECTOR: 11, NETFILTER: 12, GENERIC: 16 } as const;

export const NETLINK_OPTION = { ADD_MEMBERSHIP: 1, CAP_ACK: 10, EXT_ACK: 11, GET_STRICT_CHK: 12 } as const;

/** MSG_* flags of recvmsg. */
export const MSG = { CTRUNC: 0x8, TRUNC: 0x20 } as const;
