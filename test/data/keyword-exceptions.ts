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

/** Keywords that set what nothing outside of src/config reads, and that are complete so. */
export const needsNoAction: Readonly<Record<string, string>> = {
  '(top) namespace_with_ipsets': 'there are no ipsets: the sets of nftables belong to their namespace',
  'virtual_server/real_server/HTTP_GET/url regex_stack':
    'the expressions have no stack of their own, their time is limited',
  'virtual_server/real_server/SSL_GET/url regex_stack':
    'the expressions have no stack of their own, their time is limited',
  'virtual_server/real_server snmp_name': 'a name for the tables of SNMP, whose reading does not count',
  'vrrp_script init_fail': 'changes nothing, as with the original: the first result decides',
  'global_defs random_seed': 'without effect in the original too, which seeds before it reads',
  'global_defs tmp_config_directory': 'there is no copy of the files: each process gets what was read',
  'global_defs iproute_usr_dir': 'names are looked up while the configuration is checked',
  'global_defs iproute_etc_dir': 'names are looked up while the configuration is checked',
  'global_defs default_interface': 'the check puts it into every static address, route and rule without one',
  'vrrp_instance no_virtual_ipaddress': 'only keeps the check from refusing an instance without addresses',
  'virtual_server hashed': 'a flag the kernel sets by itself on every service it has',
  'vrrp_script weight': 'the check puts it into every tracker that says nothing else',
  'track_file weight': 'the check puts it into every tracker that says nothing else',
  'vrrp_track_file weight': 'the check puts it into every tracker that says nothing else',
  'bfd_instance weight': 'the check puts it into every tracker that says nothing else',
  'vrrp_track_process weight': 'the check puts it into every tracker that says nothing else',
};

/** Keywords on which nothing acts, although others make something read the property they set. */
export const readForOthers: Readonly<Record<string, string>> = {};

/** Properties, or whole types, that are there to be shown and dumped only. */
export const forShowOnly: Readonly<Record<string, string>> = {
  SourceLocation: 'places in the files, for messages',
  VrrpDefaults: 'every instance has them merged in',
  'GlobalConfiguration.vrrpNotifyPriorityChanges': 'every instance has it merged in',
  'VrrpSyncGroupConfiguration.notifyPriorityChanges': 'every member has it merged in',
  'VrrpInstanceConfiguration.strict': 'every consequence is a property of its own',
  'HmacKey.file': 'where the key was read from, for print',
  'PageUser.file': 'where the password was read from, for print',
  'StatusPageConfiguration.open': 'the check of status_page knows what it means, for print',
  'VrrpTrackProcess.weight': 'every tracker has it merged in',
  'VrrpTrackProcess.reverse': 'every tracker has it merged in',
  SmtpAlertDefaults: 'every server, instance and group has its result',
  'MailConfiguration.alerts': 'every server, instance and group has its result',
  'GlobalConfiguration.allowInterfaceTypeChanges': 'an interface that is not there may always come later',
  'GlobalConfiguration.nameTables': 'names are looked up while the configuration is checked',
  CheckDefaults: 'every checker has them merged in',
  'RealServerConfiguration.checkDefaults': 'every checker has them merged in',
  'VirtualServerConfiguration.checkDefaults': 'every checker has them merged in',
  'BfdInstanceConfiguration.weight': 'every tracker has it merged in',
  'BfdInstanceConfiguration.reverse': 'every tracker has it merged in',
  'VirtualServerConfiguration.forwarding': 'every real server has it merged in',
  'VirtualServerConfiguration.defaultWeight': 'every real server has it merged in',
  'VirtualServerConfiguration.inhibitOnFailure': 'every real server has it merged in',
  'VirtualServerConfiguration.drainTimeout': 'every real server has it merged in',
  'VirtualServerConfiguration.alpha': 'every checker has it merged in',
};
