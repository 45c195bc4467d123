/** rtnetlink's numbers of routes and rules: linux/rtnetlink.h, fib_rules.h, lwtunnel.h, mpls_iptunnel.h, ila.h. */
import type { RouteMetricName, RouteType } from '../config/model.ts';

export const RTM_ROUTE = {
  NEWROUTE: 24,
  DELROUTE: 25,
  GETROUTE: 26,
  NEWRULE: 32,
  DELRULE: 33,
  GETRULE: 34,
} as const;

/** Multicast groups, by number. */
export const RTNLGRP_ROUTE = {
  IPV4_ROUTE: 7,
  IPV4_RULE: 8,
  IPV6_ROUTE: 11,
  IPV6_RULE: 19,
} as const;

export const RTA = {
  DST: 1,
  SRC: 2,
  OIF: 4,
  GATEWAY: 5,
  PRIORITY: 6,
  PREFSRC: 7,
  METRICS: 8,
  MULTIPATH: 9,
  FLOW: 11,
  TABLE: 15,
  PREF: 20,
  ENCAP_TYPE: 21,
  ENCAP: 22,
  EXPIRES: 23,
  TTL_PROPAGATE: 26,
} as const;

/** RTN_* by the names of the model. */
export const RTN: Readonly<Record<RouteType, number>> = {
  unicast: 1,
  local: 2,
  broadcast: 3,
  anycast: 4,
  multicast: 5,
  blackhole: 6,
  unreachable: 7,
  prohibit: 8,
  throw: 9,
  nat: 10,
  xresolve: 11,
};

/** Attributes of RTA_METRICS. */
export const RTAX: Readonly<Record<RouteMetricName, number>> & { readonly lock: 1; readonly congestionControl: 16 } = {
  lock: 1,
  mtu: 2,
  window: 3,
  rtt: 4,
  rttvar: 5,
  ssthresh: 6,
  cwnd: 7,
  advmss: 8,
  reordering: 9,
  hoplimit: 10,
  initcwnd: 11,
  features: 12,
  rto_min: 13,
  initrwnd: 14,
  quickack: 15,
  congestionControl: 16,
  fastopen_no_cookie: 17,
};

/** rtnh_flags and rtm_flags. */
export const RTNH_F_ONLINK = 4;

export const LWTUNNEL_ENCAP = { mpls: 1, ip: 2, ila: 3, ip6: 4 } as const;
/** LWTUNNEL_IP_* and LWTUNNEL_IP6_*, which have the same numbers. */
export const LWTUNNEL_IP = { ID: 1, DST: 2, SRC: 3, TTL: 4, TOS: 5, FLAGS: 6 } as const;
export const MPLS_IPTUNNEL_DST = 1;
export const ILA_ATTR_LOCATOR = 1;

export const FRA = {
  DST: 1,
  SRC: 2,
  IIFNAME: 3,
  GOTO: 4,
  PRIORITY: 6,
  FWMARK: 10,
  FLOW: 11,
  TUN_ID: 12,
  SUPPRESS_IFGROUP: 13,
  SUPPRESS_PREFIXLEN: 14,
  TABLE: 15,
  FWMASK: 16,
  OIFNAME: 17,
  L3MDEV: 19,
  UID_RANGE: 20,
  PROTOCOL: 21,
  IP_PROTO: 22,
  SPORT_RANGE: 23,
  DPORT_RANGE: 24,
} as const;

export const FR_ACT = { TO_TBL: 1, GOTO: 2, NOP: 3, BLACKHOLE: 6, UNREACHABLE: 7, PROHIBIT: 8 } as const;
export const FIB_RULE_INVERT = 2;

/** RT_SCOPE_NOWHERE: when a route is deleted, any scope. */
export const SCOPE_ANY = 255;
/** IP6_RT_PRIO_USER: metric of an IPv6 route that was given none. */
export const IPV6_METRIC = 1024;
/** RTPROT_KEEPALIVED: what routes and rules that are watched carry. */
export const RTPROT_KEEPALIVED = 18;
