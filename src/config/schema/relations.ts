/**
 * How keywords depend on each other: which name the same value, and where a value comes from that is not written. The one
 * place for what belongs to two keywords at once; what belongs to one stands in its entry.
 */

/**
 * Where a value comes from if its own keyword is not written. Sources are `block/keyword`, the nearest first; `block` alone
 * is what stands behind the keyword of the enclosing block.
 */
export interface Inheritance {
  /** The value is theirs. */
  readonly copies?: readonly string[];
  /** The value follows from them being set (to anything but off). */
  readonly follows?: readonly string[];
}

export const checkerNames = [
  'TCP_CHECK',
  'HTTP_GET',
  'SSL_GET',
  'SMTP_CHECK',
  'DNS_CHECK',
  'UDP_CHECK',
  'PING_CHECK',
  'MISC_CHECK',
  'FILE_CHECK',
  'BFD_CHECK',
] as const;

function server(keyword: string): Inheritance {
  return { copies: [`virtual_server/${keyword}`] };
}

function both(keyword: string, ...others: readonly string[]): Inheritance {
  return { copies: [`real_server/${keyword}`, `virtual_server/${keyword}`, ...others] };
}

function global(...keywords: readonly string[]): Inheritance {
  return { copies: keywords.map((keyword) => `global_defs/${keyword}`) };
}

const strict = ['vrrp_instance/strict_mode', 'global_defs/vrrp_strict'];
const minimal = ['global_defs/vrrp_min_garp'];

const checker: Readonly<Record<string, Inheritance>> = {
  connect_ip: { copies: ['real_server'] },
  connect_port: { copies: ['real_server'] },
  delay_loop: both('delay_loop'),
  warmup: both('warmup', '(checker)/delay_loop', 'real_server/delay_loop', 'virtual_server/delay_loop'),
  retry: both('retry'),
  delay_before_retry: both('delay_before_retry'),
  connect_timeout: both('connect_timeout'),
  alpha: both('alpha'),
  virtualhost: both('virtualhost'),
  log_all_failures: global('checker_log_all_failures'),
};

const mail = global('smtp_alert_vrrp', 'smtp_alert');

const inheritances: Readonly<Record<string, Readonly<Record<string, Inheritance>>>> = {
  '': { use_pid_dir: { follows: ['/instance', '/net_namespace'] } },
  global_defs: {
    vrrp_garp_lower_prio_delay: global('vrrp_garp_master_delay'),
    vrrp_garp_lower_prio_repeat: global('vrrp_garp_master_repeat'),
    vrrp_garp_master_delay: { follows: minimal },
    vrrp_garp_master_repeat: { follows: minimal },
    snmp_rs_stats_update_interval: global('snmp_vs_stats_update_interval'),
    smtp_alert_vrrp: global('smtp_alert'),
    smtp_alert_checker: global('smtp_alert'),
    vrrp_process_name: { follows: ['global_defs/process_names'] },
    checker_process_name: { follows: ['global_defs/process_names'] },
    bfd_process_name: { follows: ['global_defs/process_names'] },
    lvs_sync_daemon: { follows: ['vrrp_instance/lvs_sync_daemon_interface'] },
    enable_snmp_rfcv2: { follows: ['global_defs/enable_snmp_rfc'] },
    enable_snmp_rfcv3: { follows: ['global_defs/enable_snmp_rfc'] },
  },
  vrrp_instance: {
    version: global('vrrp_version'),
    strict_mode: global('vrrp_strict'),
    down_timer_adverts: global('vrrp_down_timer_adverts'),
    mcast_dst_ip: global('vrrp_mcast_group4', 'vrrp_mcast_group6'),
    check_unicast_src: global('vrrp_check_unicast_src'),
    v3_checksum_as_v2: global('v3_checksum_as_v2'),
    skip_check_adv_addr: global('vrrp_skip_check_adv_addr'),
    notify_priority_changes: global('vrrp_notify_priority_changes'),
    smtp_alert: mail,
    garp_master_delay: { ...global('vrrp_garp_master_delay'), follows: minimal },
    garp_master_repeat: { ...global('vrrp_garp_master_repeat'), follows: minimal },
    garp_master_refresh: global('vrrp_garp_master_refresh'),
    garp_master_refresh_repeat: global('vrrp_garp_master_refresh_repeat'),
    garp_lower_prio_delay: {
      copies: [
        'global_defs/vrrp_garp_lower_prio_delay',
        'vrrp_instance/garp_master_delay',
        'global_defs/vrrp_garp_master_delay',
      ],
      follows: minimal,
    },
    garp_lower_prio_repeat: {
      copies: [
        'global_defs/vrrp_garp_lower_prio_repeat',
        'vrrp_instance/garp_master_repeat',
        'global_defs/vrrp_garp_master_repeat',
      ],
      follows: [...strict, ...minimal],
    },
    garp_extra_if: global('vrrp_garp_extra_if'),
    lower_prio_no_advert: { ...global('vrrp_lower_prio_no_advert'), follows: strict },
    higher_prio_send_advert: global('vrrp_higher_prio_send_advert'),
    owner_ignore_adverts: { ...global('vrrp_owner_ignore_adverts'), follows: strict },
    no_accept: { follows: strict },
  },
  vrrp_sync_group: {
    smtp_alert: mail,
    notify_priority_changes: global('vrrp_notify_priority_changes'),
    sync_group_tracking_weight: { follows: ['vrrp_sync_group/global_tracking'] },
  },
  vrrp_script: { timeout: { copies: ['vrrp_script/interval'] }, user: global('script_user') },
  vrrp_track_process: {
    terminate_delay: { copies: ['vrrp_track_process/delay'] },
    fork_delay: { copies: ['vrrp_track_process/delay'] },
  },
  garp_group: { garp_interval: global('vrrp_garp_interval'), gna_interval: global('vrrp_gna_interval') },
  virtual_server: {
    smtp_alert: global('smtp_alert_checker', 'smtp_alert'),
    warmup: { copies: ['virtual_server/delay_loop'] },
    persistence_timeout: { follows: ['virtual_server/persistence_granularity'] },
    sorry_server_lvs_method: server('lvs_method'),
  },
  real_server: {
    weight: server('weight'),
    lvs_method: server('lvs_method'),
    inhibit_on_failure: server('inhibit_on_failure'),
    alpha: server('alpha'),
    retry: server('retry'),
    delay_before_retry: server('delay_before_retry'),
    delay_loop: server('delay_loop'),
    warmup: { copies: ['virtual_server/warmup', 'real_server/delay_loop', 'virtual_server/delay_loop'] },
    connect_timeout: server('connect_timeout'),
    virtualhost: server('virtualhost'),
    smtp_alert: global('smtp_alert_checker', 'smtp_alert'),
  },
  DNS_CHECK: {
    delay_before_retry: both(
      'delay_before_retry',
      '(checker)/delay_loop',
      'real_server/delay_loop',
      'virtual_server/delay_loop',
    ),
  },
  MISC_CHECK: {
    misc_timeout: { copies: ['(checker)/delay_loop', 'real_server/delay_loop', 'virtual_server/delay_loop'] },
    user: global('script_user'),
  },
  HTTP_GET: { enable_sni: { follows: ['(checker)/sni_name'] } },
  SSL_GET: { enable_sni: { follows: ['(checker)/sni_name'] } },
  FILE_CHECK: { weight: { copies: ['track_file/weight'] } },
  url: { virtualhost: { copies: ['(checker)/virtualhost', 'real_server/virtualhost', 'virtual_server/virtualhost'] } },
};

/** Where the value of a keyword comes from if it is not written; `(checker)` is replaced by the checker's own name. */
export function inheritanceOf(block: string, keyword: string): Inheritance {
  const own = inheritances[block]?.[keyword];
  if (own) return own;
  return (checkerNames as readonly string[]).includes(block) ? (checker[keyword] ?? {}) : {};
}

/** Names of one and the same setting; the first is the one that is printed. */
const synonyms: Readonly<Record<string, readonly (readonly string[])[]>> = {
  global_defs: [
    ['checker_process_name', 'lvs_process_name'],
    ['vrrp_rlimit_rttime', 'vrrp_rlimit_rtime'],
    ['checker_rlimit_rttime', 'checker_rlimit_rtime'],
    ['bfd_rlimit_rttime', 'bfd_rlimit_rtime'],
    ['lvs_flush_on_stop', 'lvs_flush_onstop'],
    ['vrrp_garp_extra_if', 'vrrp_vmac_garp_intvl'],
    ['enable_snmp_vrrp', 'enable_snmp_keepalived'],
  ],
  vrrp_instance: [
    ['unicast_src_ip', 'mcast_src_ip'],
    ['timer_expired_backup', 'thread_timer_expired'],
    ['garp_extra_if', 'vmac_garp_intvl'],
  ],
  virtual_server: [
    ['lvs_sched', 'lb_algo'],
    ['lvs_method', 'lb_kind'],
    ['flag-1', 'sh-fallback', 'mh-fallback'],
    ['flag-2', 'sh-port', 'mh-port'],
  ],
  garp_group: [['interfaces', 'interface']],
  bfd_instance: [
    ['neighbor_ip', 'neighbour_ip'],
    ['ttl', 'hoplimit'],
  ],
  HTTP_GET: [['retry', 'nb_get_retry']],
  SSL_GET: [['retry', 'nb_get_retry']],
  '': [['track_file', 'vrrp_track_file']],
};

/** Pairs that cancel each other: whichever is written last counts. */
const opposites: Readonly<Record<string, readonly (readonly string[])[]>> = {
  vrrp_instance: [
    ['accept', 'no_accept'],
    ['preempt', 'nopreempt'],
  ],
};

/** Whether a keyword may be written several times, each for what its first word names (the number of a key). */
export function isKeyed(block: string, keyword: string): boolean {
  return block === 'auth_hmac' && keyword === 'key';
}

function groupOf(
  table: Readonly<Record<string, readonly (readonly string[])[]>>,
  block: string,
  keyword: string,
): readonly string[] {
  return table[block]?.find((group) => group.includes(keyword)) ?? [keyword];
}

/** Every name of the setting that a keyword names, itself included. */
export function namesOf(block: string, keyword: string): readonly string[] {
  return groupOf(synonyms, block, keyword);
}

/** The keyword that cancels this one, and this one. */
export function oppositesOf(block: string, keyword: string): readonly string[] {
  return groupOf(opposites, block, keyword);
}

/** Every keyword that the tables name, as `block/keyword`, for the test that they exist. */
export function namedKeywords(): string[] {
  const named: string[] = [];
  const withoutBlocks = (name: string): boolean => name.includes('/');
  const sources = (block: string, { copies = [], follows = [] }: Inheritance) =>
    [...copies, ...follows].map((source) => source.replace('(checker)', block === '' ? 'HTTP_GET' : block));
  for (const [block, entries] of Object.entries(inheritances)) {
    for (const [keyword, inheritance] of Object.entries(entries)) {
      named.push(`${block}/${keyword}`, ...sources(block === 'url' ? 'HTTP_GET' : block, inheritance));
    }
  }
  for (const inheritance of Object.values(checker)) named.push(...sources('TCP_CHECK', inheritance));
  for (const keyword of Object.keys(checker)) named.push(`HTTP_GET/${keyword}`);
  for (const table of [synonyms, opposites]) {
    for (const [block, groups] of Object.entries(table)) {
      for (const group of groups) named.push(...group.map((keyword) => `${block}/${keyword}`));
    }
  }
  return [...new Set(named)].filter(withoutBlocks);
}
