/** rtnetlink's numbers: linux/rtnetlink.h, if_link.h, if_addr.h, if.h, if_arp.h. */

export const RTM = {
  NEWLINK: 16,
  DELLINK: 17,
  GETLINK: 18,
  NEWADDR: 20,
  DELADDR: 21,
  GETADDR: 22,
} as const;

/** Multicast groups, by number. */
export const RTNLGRP = {
  LINK: 1,
  IPV4_IFADDR: 5,
  IPV6_IFADDR: 9,
} as const;

export const IFLA = {
  ADDRESS: 1,
  BROADCAST: 2,
  IFNAME: 3,
  MTU: 4,
  LINK: 5,
  MASTER: 10,
  LINKINFO: 18,
  AF_SPEC: 26,
  GROUP: 27,
  EXT_MASK: 29,
  LINK_NETNSID: 37,
} as const;

/** Inside IFLA_LINKINFO. */
export const IFLA_INFO_KIND = 1;
export const IFLA_INFO_DATA = 2;

/** Inside IFLA_INFO_DATA of a VRF. */
export const IFLA_VRF_TABLE = 1;

/** Inside IFLA_INFO_DATA of a macvlan. */
export const IFLA_MACVLAN_MODE = 1;
export const MACVLAN_MODE_PRIVATE = 1;

/** Inside IFLA_INFO_DATA of an ipvlan. */
export const IFLA_IPVLAN_MODE = 1;
export const IFLA_IPVLAN_FLAGS = 2;
export const IPVLAN_MODE_L2 = 0;
export const IPVLAN_F = { bridge: 0, private: 1, vepa: 2 } as const;

/** Inside IFLA_AF_SPEC, AF_INET6. */
export const IFLA_INET6_ADDR_GEN_MODE = 8;
export const IN6_ADDR_GEN_MODE_NONE = 1;

/** IFLA_EXT_MASK: no statistics, which are most of a link's octets. */
export const RTEXT_FILTER_SKIP_STATS = 8;

export const IFF = {
  UP: 0x1,
  BROADCAST: 0x2,
  LOOPBACK: 0x8,
  POINTOPOINT: 0x10,
  RUNNING: 0x40,
  NOARP: 0x80,
  MULTICAST: 0x1000,
} as const;

export const ARPHRD = {
  ETHER: 1,
  INFINIBAND: 32,
  LOOPBACK: 772,
} as const;

export const IFA = {
  ADDRESS: 1,
  LOCAL: 2,
  LABEL: 3,
  BROADCAST: 4,
  CACHEINFO: 6,
  FLAGS: 8,
  PROTO: 11,
} as const;

export const IFA_F = {
  /** IPv4: behind another address of the same subnet; IPv6 uses the bit for temporary addresses. */
  SECONDARY: 0x01,
  NODAD: 0x02,
  DADFAILED: 0x08,
  HOMEADDRESS: 0x10,
  DEPRECATED: 0x20,
  TENTATIVE: 0x40,
  PERMANENT: 0x80,
  MANAGETEMPADDR: 0x100,
  NOPREFIXROUTE: 0x200,
  MCAUTOJOIN: 0x400,
} as const;

/** Address protocol of this kind of daemon (rt_addrprotos of iproute2: 18 keepalived). */
export const IFAPROT_KEEPALIVED = 18;

/** A lifetime without end. */
export const LIFETIME_FOREVER = 0xffffffff;

export const RT_SCOPE = { UNIVERSE: 0, SITE: 200, LINK: 253, HOST: 254, NOWHERE: 255 } as const;
