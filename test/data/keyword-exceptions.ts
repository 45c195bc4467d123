/**
 * The short lists of the completeness tests: keywords of which less is asked than of the others, each with its reason.
 * An entry that is not needed any more fails its test too.
 */

/** `path keyword`: why it is not in the model. */
export const notInTheModel: Readonly<Record<string, string>> = {
  'global_defs include_check': 'acts while files are read',
  'global_defs vrrp_iptables': "refused with an error, as by Debian's build; nftables does its work",
  'global_defs vrrp_ipsets': "refused with an error, as by Debian's build; nftables does its work",
  'static_routes as': 'refused with an error, as by the original',
  'vrrp_instance/virtual_routes as': 'refused with an error, as by the original',
  'static_routes/nexthop as': 'refused with an error, as by the original',
  'vrrp_instance/virtual_routes/nexthop as': 'refused with an error, as by the original',
};

/** Paths all of whose keywords act while the text is read. */
export const pathsNotInTheModel: Readonly<Record<string, string>> = {
  '<anywhere>': 'includes, conditions, definitions and repetitions are gone when the blocks are read',
};

/**
 * Keywords that are printed as another word, because they are spellings or parts of it: `path keyword`, or the keyword
 * alone for all its places. Empty: the word changes nothing of itself. Keywords with a `replacement` need no entry.
 */
export const printedAs: Readonly<Record<string, string>> = {
  broadcast: 'brd',
  delay: 'fork_delay',
  dsfield: 'tos',
  enable_snmp_rfc: 'enable_snmp_rfcv3',
  'garp_group interface': 'interfaces',
  gw: 'via',
  // The family of a route or rule shows in its addresses.
  'static_routes inet': '',
  'static_routes inet6': '',
  'vrrp_instance/virtual_routes inet': '',
  'vrrp_instance/virtual_routes inet6': '',
  'static_rules inet': '',
  'static_rules inet6': '',
  'vrrp_instance/virtual_rules inet': '',
  'vrrp_instance/virtual_rules inet6': '',
  hoplimit: 'ttl',
  'static_routes hoplimit': 'hoplimit',
  'vrrp_instance/virtual_routes hoplimit': 'hoplimit',
  'virtual_server/real_server/SMTP_CHECK host': 'SMTP_CHECK',
  lb_algo: 'lvs_sched',
  lb_kind: 'lvs_method',
  lookup: 'table',
  lvs_sync_daemon_interface: 'lvs_sync_daemon',
  'mh-fallback': 'flag-1',
  'mh-port': 'flag-2',
  nb_get_retry: 'retry',
  neighbour_ip: 'neighbor_ip',
  'static_routes oif': 'dev',
  'vrrp_instance/virtual_routes oif': 'dev',
  or: 'nexthop',
  order: 'preference',
  'static_routes preference': 'metric',
  'vrrp_instance/virtual_routes preference': 'metric',
  'static_routes priority': 'metric',
  'vrrp_instance/virtual_routes priority': 'metric',
  'static_rules priority': 'preference',
  'vrrp_instance/virtual_rules priority': 'preference',
  process_names: 'vrrp_process_name',
  'sh-fallback': 'flag-1',
  'sh-port': 'flag-2',
  sup_group: 'suppress_ifgroup',
  sup_pl: 'suppress_prefixlength',
  thread_timer_expired: 'timer_expired_backup',
  // A word before a destination that changes nothing.
  'static_routes to': '',
  'vrrp_instance/virtual_routes to': '',
  'static_rules type': 'blackhole',
  'vrrp_instance/virtual_rules type': 'blackhole',
  unicast_src_ip: 'mcast_src_ip',
  vmac_garp_intvl: 'garp_extra_if',
  vrrp_vmac_garp_intvl: 'vrrp_garp_extra_if',
};
