/** virtual_server, its groups, its real servers and their checkers. */
import { program, trackables, type SampleBlock } from './sample.ts';

function virtualServer(lines: string, server = ''): string {
  return `${trackables}virtual_server 192.0.2.10 80 {
  protocol TCP
  lvs_sched rr
  lvs_method NAT
  ${lines}
  real_server 192.0.2.20 80 {
    ${server}
  }
}
`;
}

/** Times that checkers of every kind take. */
const times = {
  retry: 'retry 2',
  delay_before_retry: 'delay_before_retry 2.5',
  warmup: 'warmup 4',
  delay_loop: 'delay_loop 11',
  alpha: 'alpha true',
  log_all_failures: 'log_all_failures true',
  share_probe: 'share_probe off',
} as const;

/** Where checkers that connect do so. */
const connection = {
  connect_ip: 'connect_ip 192.0.2.30',
  connect_port: 'connect_port 8080',
  bindto: 'bindto 192.0.2.31',
  bind_port: ['bindto 192.0.2.31', 'bindto 192.0.2.31\nbind_port 4000'],
  bind_if: 'bind_if eth1',
  connect_timeout: 'connect_timeout 2',
  fwmark: 'fwmark 5',
} as const;

const url = {
  path: ['path /', 'path /health'],
  digest: ['path /', 'path /\ndigest 9b3a0c85a887a256d6939da88aabd8cd'],
  status_code: ['path /', 'path /\nstatus_code 200-204 301'],
  virtualhost: ['path /', 'path /\nvirtualhost www.example.net'],
  regex: ['path /', 'path /\nregex up'],
  regex_no_match: ['path /\nregex up', 'path /\nregex up\nregex_no_match'],
  regex_options: ['path /\nregex up', 'path /\nregex up\nregex_options caseless'],
  regex_min_offset: ['path /\nregex up', 'path /\nregex up\nregex_min_offset 5'],
  regex_max_offset: ['path /\nregex up', 'path /\nregex up\nregex_max_offset 50'],
  regex_stack: ['path /\nregex up', 'path /\nregex up\nregex_stack 8192 65536'],
} as const;

const http = {
  nb_get_retry: 'nb_get_retry 2',
  virtualhost: 'virtualhost www.example.net',
  http_protocol: 'http_protocol 1.1',
  enable_sni: 'enable_sni true',
  sni_name: 'sni_name www.example.net',
  fast_recovery: 'fast_recovery true',
  url: 'url { path /second }',
} as const;

function checker(name: string, inside: string, samples: SampleBlock['samples']): SampleBlock {
  return {
    path: `virtual_server/real_server/${name}`,
    around: virtualServer('', `${name} {\n${inside}\n@\n}`),
    samples,
  };
}

function urls(name: string, samples: SampleBlock['samples']): SampleBlock {
  return {
    path: `virtual_server/real_server/${name}/url`,
    around: virtualServer('', `${name} {\nurl {\n@\n}\n}`),
    samples,
  };
}

export const checkerSamples: readonly SampleBlock[] = [
  {
    path: 'virtual_server',
    around: virtualServer('@', 'HTTP_GET { url { path / } }'),
    samples: {
      retry: 'retry 2',
      delay_before_retry: 'delay_before_retry 2.5',
      warmup: 'warmup 4',
      connect_timeout: 'connect_timeout 2',
      delay_loop: 'delay_loop 11',
      inhibit_on_failure: 'inhibit_on_failure',
      drain_timeout: 'drain_timeout 300',
      lb_algo: 'lb_algo wlc',
      lvs_sched: 'lvs_sched wlc',
      hashed: ['lvs_sched sh', 'lvs_sched sh\nhashed'],
      ops: ['protocol UDP', 'protocol UDP\nops'],
      'flag-1': 'flag-1',
      'flag-2': 'flag-2',
      'flag-3': 'flag-3',
      'sh-port': ['lvs_sched sh', 'lvs_sched sh\nsh-port'],
      'sh-fallback': ['lvs_sched sh', 'lvs_sched sh\nsh-fallback'],
      'mh-port': ['lvs_sched mh', 'lvs_sched mh\nmh-port'],
      'mh-fallback': ['lvs_sched mh', 'lvs_sched mh\nmh-fallback'],
      lb_kind: 'lb_kind DR',
      lvs_method: 'lvs_method DR',
      persistence_engine: ['protocol UDP', 'protocol UDP\npersistence_engine sip'],
      persistence_timeout: 'persistence_timeout 300',
      persistence_granularity: [
        'persistence_timeout 300',
        'persistence_timeout 300\npersistence_granularity 255.255.255.0',
      ],
      protocol: 'protocol UDP',
      ha_suspend: 'ha_suspend',
      smtp_alert: 'smtp_alert true',
      virtualhost: 'virtualhost www.example.net',
      snmp_name: 'snmp_name web',
      alpha: 'alpha',
      omega: 'omega',
      quorum_up: `quorum_up ${program}`,
      quorum_down: `quorum_down ${program}`,
      quorum: ['weight 5', 'weight 5\nquorum 2'],
      hysteresis: ['weight 5\nquorum 3', 'weight 5\nquorum 3\nhysteresis 1'],
      weight: 'weight 5',
      sorry_server: 'sorry_server 192.0.2.40 80',
      sorry_server_inhibit: ['sorry_server 192.0.2.40 80', 'sorry_server 192.0.2.40 80\nsorry_server_inhibit'],
      sorry_server_lvs_method: ['sorry_server 192.0.2.40 80', 'sorry_server 192.0.2.40 80\nsorry_server_lvs_method DR'],
      real_server: 'real_server 192.0.2.21 80 { }',
    },
  },
  {
    path: 'virtual_server',
    around: 'virtual_server fwmark 7 {\n@\nlvs_sched rr\nlvs_method TUN\nreal_server 2001:db8::20 { }\n}\n',
    samples: { ip_family: 'ip_family inet' },
  },
  {
    path: 'virtual_server/lvs_method',
    around: virtualServer('lvs_method @'),
    base: 'DR',
    samples: { NAT: 'NAT', DR: ['NAT', 'DR'], TUN: 'TUN type gue port 6080 csum' },
  },
  {
    path: 'virtual_server_group',
    around: 'virtual_server_group web {\n@\n}',
    base: '192.0.2.11 80',
    samples: {
      '<IPADDR>': '192.0.2.12 80',
      '<range>': '192.0.2.11-14 80',
      '<range2>': '192.0.2.11-192.0.2.14 80',
      '<prefix>': '192.0.2.16/30 80',
      fwmark: 'fwmark 7',
    },
  },
  {
    path: 'virtual_server/real_server',
    around: virtualServer('', '@'),
    base: 'HTTP_GET { url { path / } }',
    samples: Object.fromEntries(
      Object.entries({
        weight: 'weight 5',
        lvs_method: 'lvs_method DR',
        uthreshold: 'uthreshold 100',
        lthreshold: 'lthreshold 50',
        inhibit_on_failure: 'inhibit_on_failure true',
        drain_timeout: 'drain_timeout 2.5',
        notify_up: `notify_up ${program}`,
        notify_down: `notify_down ${program}`,
        alpha: 'alpha true',
        retry: 'retry 2',
        delay_before_retry: 'delay_before_retry 2.5',
        warmup: 'warmup 4',
        connect_timeout: 'connect_timeout 2',
        delay_loop: 'delay_loop 11',
        smtp_alert: 'smtp_alert false',
        virtualhost: 'virtualhost www.example.net',
        snmp_name: 'snmp_name first',
        MISC_CHECK: `MISC_CHECK { misc_path ${program} }`,
        SMTP_CHECK: 'SMTP_CHECK { }',
        TCP_CHECK: 'TCP_CHECK { }',
        PING_CHECK: 'PING_CHECK { }',
        UDP_CHECK: 'UDP_CHECK { }',
        HTTP_GET: 'HTTP_GET { url { path /second } }',
        SSL_GET: 'SSL_GET { url { path / } }',
        DNS_CHECK: 'DNS_CHECK { }',
        FILE_CHECK: 'FILE_CHECK { track_file maintenance }',
        BFD_CHECK: 'BFD_CHECK { name peer }',
      }).map(([keyword, line]) => [keyword, `HTTP_GET { url { path / } }\n${line}`]),
    ),
  },
  checker('MISC_CHECK', '', {
    ...Object.fromEntries(
      Object.entries({
        ...times,
        misc_timeout: 'misc_timeout 9',
        misc_dynamic: 'misc_dynamic',
        user: 'user root root',
      }).map(([keyword, line]) => [keyword, [`misc_path ${program}`, `misc_path ${program}\n${line}`] as const]),
    ),
    misc_path: [`misc_path ${program}`, `misc_path "${program} again"`],
  }),
  checker('SMTP_CHECK', '', {
    ...times,
    ...connection,
    helo_name: 'helo_name left.example.net',
    host: 'host { connect_ip 192.0.2.30 }',
  }),
  {
    path: 'virtual_server/real_server/SMTP_CHECK/host',
    around: virtualServer('', 'SMTP_CHECK {\nhost {\n@\n}\n}'),
    samples: { ...times, ...connection },
  },
  checker('TCP_CHECK', '', { ...times, ...connection }),
  checker('PING_CHECK', '', { ...times, ...connection }),
  checker('UDP_CHECK', '', {
    ...times,
    ...connection,
    payload: 'payload 0a0b',
    require_reply: 'require_reply 0a0X',
    min_reply_length: 'min_reply_length 3',
    max_reply_length: 'max_reply_length 300',
  }),
  checker('HTTP_GET', 'url { path / }', { ...times, ...connection, ...http }),
  urls('HTTP_GET', url),
  checker('SSL_GET', 'url { path / }', { ...times, ...connection, ...http, tls_compliant: 'tls_compliant true' }),
  urls('SSL_GET', { ...url, tls_compliant: ['path /', 'path /\ntls_compliant true'] }),
  checker('DNS_CHECK', '', { ...times, ...connection, type: 'type AAAA', name: 'name example.net' }),
  {
    path: 'virtual_server/real_server/FILE_CHECK',
    around: `track_file second { file /var/lib/second }\n${virtualServer('', 'FILE_CHECK {\n@\n}')}`,
    base: 'track_file maintenance',
    samples: { track_file: 'track_file second', weight: 'track_file maintenance\nweight 2 reverse' },
  },
  {
    path: 'virtual_server/real_server/BFD_CHECK',
    around: `bfd_instance second { neighbor_ip 192.0.2.8 }\n${virtualServer('', 'BFD_CHECK {\n@\n}')}`,
    base: 'name peer',
    samples: { name: 'name second', alpha: 'name peer\nalpha true' },
  },
];
