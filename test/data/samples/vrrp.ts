/** Instances, groups, what they track, and blocks about interfaces. */
import { program, trackables, type Lines, type SampleBlock } from './sample.ts';

const addresses = 'virtual_ipaddress { 192.0.2.1/24 }';

function instance(lines: string, further = addresses): string {
  return `${trackables}vrrp_instance VI_1 {\ninterface eth0\nvirtual_router_id 51\n${further}\n${lines}\n}\n`;
}

const pair = `${instance('')}vrrp_instance VI_2 {\ninterface eth1\nvirtual_router_id 52\nvirtual_ipaddress { 192.0.2.2/24 }\n}\n`;

function group(lines: string): string {
  return `${pair}vrrp_sync_group pair {\ngroup { VI_1 VI_2 }\n${lines}\n}\n`;
}

const notifyLines = {
  notify_backup: `notify_backup ${program}`,
  notify_master: `notify_master ${program}`,
  notify_fault: `notify_fault ${program}`,
  notify_stop: `notify_stop ${program}`,
  notify: `notify "${program} all" root root`,
  smtp_alert: 'smtp_alert true',
  notify_priority_changes: 'notify_priority_changes true',
} as const;

const trackLines = {
  track_interface: 'track_interface { eth1 weight 10 }',
  track_script: 'track_script { check weight 10 }',
  track_file: 'track_file { maintenance weight 10 }',
  track_process: 'track_process { nginx weight 10 }',
  track_bfd: 'track_bfd { peer weight 10 }',
} as const;

/** The lines of each tracking block; `reversed` is what has reverse of itself. */
function trackWords(
  around: (block: string) => string,
  path: string,
  block: string,
  name: string,
  known: string,
  reversible: boolean,
): SampleBlock {
  const samples: Record<string, Lines> = {
    [name]: ['', known],
    weight: `${known} weight 20`,
    reverse: `${known} weight 10 reverse`,
    ...(reversible && { noreverse: [`${known} weight 10 reverse`, `${known} weight 10 noreverse`] }),
  };
  return { path: `${path}/${block}`, around: around(`${block} {\n@\n}`), base: `${known} weight 10`, samples };
}

function trackingBlocks(around: (block: string) => string, path: string): SampleBlock[] {
  return [
    trackWords(around, path, 'track_interface', '<ifname>', 'eth1', false),
    trackWords(around, path, 'track_script', '<script>', 'check', true),
    trackWords(around, path, 'track_file', '<file>', 'maintenance', true),
    trackWords(around, path, 'track_process', '<process>', 'nginx', true),
    trackWords(around, path, 'track_bfd', '<bfd>', 'peer', true),
  ];
}

const peers = 'unicast_src_ip 192.0.2.3\nunicast_peer { 192.0.2.4 }';
const key = 'key 7 0123456789abcdef0123456789abcdef';

export const vrrpSamples: readonly SampleBlock[] = [
  {
    path: 'vrrp_instance',
    around: instance('@', ''),
    base: addresses,
    samples: {
      ...Object.fromEntries(
        Object.entries({
          ...notifyLines,
          ...trackLines,
          use_vmac: 'use_vmac vmac51',
          use_ipvlan: 'use_ipvlan ipvl51 192.0.2.3',
          unicast_peer: 'unicast_peer { 192.0.2.4 }',
          state: 'state MASTER',
          interface: 'interface eth1',
          dont_track_primary: 'dont_track_primary',
          mcast_src_ip: 'mcast_src_ip 192.0.2.3',
          unicast_src_ip: 'unicast_src_ip 192.0.2.3',
          mcast_dst_ip: 'mcast_dst_ip 224.0.0.20',
          virtual_router_id: 'virtual_router_id 52',
          version: 'version 3',
          priority: 'priority 150',
          advert_int: 'advert_int 3',
          virtual_ipaddress_excluded: 'virtual_ipaddress_excluded { 192.0.2.9/24 }',
          promote_secondaries: 'promote_secondaries',
          linkbeat_use_polling: 'linkbeat_use_polling',
          virtual_routes: 'virtual_routes { 198.51.100.0/24 via 192.0.2.254 dev eth0 }',
          virtual_rules: 'virtual_rules { preference 700 from 198.51.100.0/24 table 100 }',
          no_accept: 'no_accept',
          skip_check_adv_addr: 'skip_check_adv_addr true',
          strict_mode: 'strict_mode true',
          nopreempt: 'nopreempt',
          preempt_delay: 'preempt_delay 5',
          debug: 'debug 2',
          notify_deleted: 'notify_deleted',
          notify_master_rx_lower_pri: `notify_master_rx_lower_pri ${program}`,
          lvs_sync_daemon_interface: 'lvs_sync_daemon_interface eth1',
          garp_master_delay: 'garp_master_delay 3',
          garp_master_refresh: 'garp_master_refresh 60',
          garp_master_repeat: 'garp_master_repeat 2',
          garp_master_refresh_repeat: 'garp_master_refresh_repeat 2',
          garp_lower_prio_delay: 'garp_lower_prio_delay 3',
          garp_lower_prio_repeat: 'garp_lower_prio_repeat 2',
          down_timer_adverts: 'down_timer_adverts 4',
          garp_extra_if: 'garp_extra_if all 60',
          vmac_garp_intvl: 'vmac_garp_intvl all 60',
          lower_prio_no_advert: 'lower_prio_no_advert true',
          higher_prio_send_advert: 'higher_prio_send_advert true',
          owner_ignore_adverts: 'owner_ignore_adverts true',
          step_down_on_removal: 'step_down_on_removal true',
          kernel_rx_buf_size: 'kernel_rx_buf_size 65536',
          authentication: 'authentication {\nauth_type PASS\nauth_pass secret\n}',
          auth_hmac: `auth_hmac {\n${key}\nactive_key 7\n}`,
        }).map(([keyword, line]) => [keyword, `${line}\n${addresses}`]),
      ),
      use_vmac_addr: [`use_vmac\n${addresses}`, `use_vmac\nuse_vmac_addr\n${addresses}`],
      vmac_xmit_base: [`use_vmac\n${addresses}`, `use_vmac\nvmac_xmit_base\n${addresses}`],
      unicast_fault_no_peer: [`${peers}\n${addresses}`, `${peers}\nunicast_fault_no_peer\n${addresses}`],
      check_unicast_src: [`${peers}\n${addresses}`, `${peers}\ncheck_unicast_src\n${addresses}`],
      old_unicast_checksum: [`${peers}\n${addresses}`, `${peers}\nold_unicast_checksum\n${addresses}`],
      unicast_ttl: [`${peers}\n${addresses}`, `${peers}\nunicast_ttl 9\n${addresses}`],
      track_src_ip: [`mcast_src_ip 192.0.2.3\n${addresses}`, `mcast_src_ip 192.0.2.3\ntrack_src_ip\n${addresses}`],
      native_ipv6: ['version 3\nno_virtual_ipaddress', 'version 3\nnative_ipv6\nno_virtual_ipaddress'],
      virtual_ipaddress: 'virtual_ipaddress { 192.0.2.1/24\n192.0.2.5/24 }',
      no_virtual_ipaddress: ['priority 150', 'priority 150\nno_virtual_ipaddress'],
      v3_checksum_as_v2: [`version 3\n${addresses}`, `version 3\nv3_checksum_as_v2 true\n${addresses}`],
      accept: [`strict_mode true\n${addresses}`, `strict_mode true\naccept\n${addresses}`],
      preempt: [`nopreempt\n${addresses}`, `nopreempt\npreempt\n${addresses}`],
      timer_expired_backup: [`nopreempt\n${addresses}`, `nopreempt\ntimer_expired_backup\n${addresses}`],
      thread_timer_expired: [`nopreempt\n${addresses}`, `nopreempt\nthread_timer_expired\n${addresses}`],
    },
  },
  {
    path: 'vrrp_instance',
    around: `vrrp_instance VI_1 {\nvirtual_router_id 51\n${peers}\n${addresses}\n@\n}\n`,
    samples: { vrf: 'vrf blue' },
  },
  {
    path: 'vrrp_instance/authentication',
    around: instance('authentication {\n@\n}'),
    base: 'auth_type PASS\nauth_pass secret',
    samples: { auth_type: 'auth_type AH\nauth_pass secret', auth_pass: 'auth_type PASS\nauth_pass other' },
  },
  {
    path: 'vrrp_instance/auth_hmac',
    around: instance('auth_hmac {\n@\n}'),
    base: `${key}\nactive_key 7`,
    samples: {
      key: `${key}\nactive_key 7\nkey 8 fedcba9876543210fedcba9876543210`,
      active_key: [
        `${key}\nkey 8 fedcba9876543210fedcba9876543210\nactive_key 7`,
        `${key}\nkey 8 fedcba9876543210fedcba9876543210\nactive_key 8`,
      ],
      time_window: `${key}\nactive_key 7\ntime_window 20`,
      anti_replay: `${key}\nactive_key 7\nanti_replay monotonic`,
      mode: `${key}\nactive_key 7\nmode permissive`,
    },
  },
  {
    path: 'vrrp_instance/unicast_peer',
    around: instance('unicast_src_ip 192.0.2.3\nunicast_peer {\n@\n}'),
    base: '192.0.2.4',
    samples: {
      '<IPADDR>': '192.0.2.4\n192.0.2.5',
      min_ttl: '192.0.2.4 min_ttl 254',
      max_ttl: '192.0.2.4 max_ttl 255',
    },
  },
  {
    path: 'vrrp_instance/use_vmac',
    around: instance('use_vmac @'),
    samples: {
      name: 'name group',
      netlink_notify_msg: 'netlink_notify_msg',
      group: 'group 7',
      '<ifname>': 'vmac51',
      '<mac>': '02:00:5e:10:00:51',
    },
  },
  {
    path: 'vrrp_instance/use_ipvlan',
    around: instance('use_ipvlan @'),
    base: '192.0.2.3',
    samples: {
      name: '192.0.2.3 name group',
      group: '192.0.2.3 group 7',
      '<ifname>': 'ipvl51 192.0.2.3',
      '<ip>': '192.0.2.4',
      bridge: ['192.0.2.3 private', '192.0.2.3 bridge'],
      private: '192.0.2.3 private',
      vepa: '192.0.2.3 vepa',
    },
  },
  ...trackingBlocks((block) => instance(block), 'vrrp_instance'),
  {
    path: 'vrrp_sync_group',
    around: group('@'),
    samples: {
      ...notifyLines,
      ...trackLines,
      global_tracking: 'global_tracking',
      sync_group_tracking_weight: 'sync_group_tracking_weight',
    },
  },
  {
    path: 'vrrp_sync_group',
    around: `${pair}@`,
    samples: { group: 'vrrp_sync_group pair {\ngroup { VI_1 VI_2 }\n}' },
  },
  ...trackingBlocks((block) => group(block), 'vrrp_sync_group'),
  ...(['vrrp_sync_group', 'track_group'] as const).map((path): SampleBlock => ({
    path: `${path}/group`,
    around: `${pair}${path} pair {\ngroup {\n@\n}\n}\n`,
    base: 'VI_1',
    samples: { '<instance>': 'VI_1\nVI_2' },
  })),
  {
    path: 'track_group',
    around: `${instance('')}@`,
    samples: { group: 'track_group pair { group { VI_1 } }' },
  },
  {
    path: 'vrrp_script',
    around: `vrrp_script check {\n@\n}\n`,
    base: `script ${program}`,
    samples: {
      script: `script "${program} again"`,
      interval: `script ${program}\ninterval 2.5`,
      timeout: `script ${program}\ntimeout 3.5`,
      weight: `script ${program}\nweight -20 reverse`,
      rise: `script ${program}\nrise 3`,
      fall: `script ${program}\nfall 3`,
      user: `script ${program}\nuser root root`,
      init_fail: `script ${program}\ninit_fail`,
    },
  },
  {
    path: 'vrrp_track_process',
    around: 'vrrp_track_process nginx {\n@\n}\n',
    base: 'process nginx',
    samples: {
      process: 'process haproxy',
      param_match: ['process nginx one', 'process nginx one\nparam_match partial'],
      weight: 'process nginx\nweight 10',
      quorum: 'process nginx\nquorum 3',
      quorum_max: 'process nginx\nquorum_max 9',
      delay: 'process nginx\ndelay 2.5',
      terminate_delay: 'process nginx\nterminate_delay 2.5',
      fork_delay: 'process nginx\nfork_delay 2.5',
      full_command: 'process nginx\nfull_command',
    },
  },
  {
    path: 'bfd_instance',
    around: 'bfd_instance peer {\n@\n}\n',
    base: 'neighbor_ip 192.0.2.9',
    samples: {
      source_ip: 'neighbor_ip 192.0.2.9\nsource_ip 192.0.2.3',
      neighbor_ip: 'neighbor_ip 192.0.2.8',
      neighbour_ip: 'neighbour_ip 192.0.2.8',
      min_rx: 'neighbor_ip 192.0.2.9\nmin_rx 150',
      min_tx: 'neighbor_ip 192.0.2.9\nmin_tx 150',
      idle_tx: 'neighbor_ip 192.0.2.9\nidle_tx 2000',
      multiplier: 'neighbor_ip 192.0.2.9\nmultiplier 7',
      passive: 'neighbor_ip 192.0.2.9\npassive',
      ttl: 'neighbor_ip 192.0.2.9\nttl 250',
      hoplimit: ['neighbor_ip 2001:db8::9', 'neighbor_ip 2001:db8::9\nhoplimit 250'],
      max_hops: 'neighbor_ip 192.0.2.9\nmax_hops 3',
      multihop: 'neighbor_ip 192.0.2.9\nmultihop true',
      weight: 'neighbor_ip 192.0.2.9\nweight 10',
      vrrp: 'neighbor_ip 192.0.2.9\nvrrp',
      checker: 'neighbor_ip 192.0.2.9\nchecker',
    },
  },
  ...['track_file', 'vrrp_track_file'].map((path): SampleBlock => ({
    path,
    around: `${path} maintenance {\n@\n}\n`,
    base: 'file /var/lib/maintenance',
    samples: {
      file: 'file /var/lib/other',
      weight: 'file /var/lib/maintenance\nweight 2 reverse',
      init_file: 'file /var/lib/maintenance\ninit_file 3 overwrite',
    },
  })),
  {
    path: 'garp_group',
    around: 'garp_group {\ngarp_interval 0.5\ninterface eth0\n@\n}\n',
    samples: {
      garp_interval: 'garp_interval 0.75',
      gna_interval: 'gna_interval 0.75',
      interface: 'interface eth1',
      interfaces: 'interfaces { eth1 }',
    },
  },
  {
    path: 'garp_group/interfaces',
    around: 'garp_group {\ngarp_interval 0.5\ninterfaces {\n@\n}\n}\n',
    base: 'eth0',
    samples: { '<ifname>': 'eth0 eth1' },
  },
  {
    path: 'linkbeat_interfaces',
    around: `linkbeat_interfaces {\n@\n}\n${instance('')}`,
    base: 'eth0',
    samples: { '<ifname>': 'eth0\neth1', MII: 'eth0 MII', ETHTOOL: 'eth0 ETHTOOL', IOCTL: 'eth0 IOCTL' },
  },
  {
    path: 'interface_up_down_delays',
    around: `interface_up_down_delays {\n@\n}\n${instance('')}`,
    base: 'eth0 1 2',
    samples: { '<ifname>': 'eth0 1.5 2' },
  },
];
