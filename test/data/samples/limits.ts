/** connection_limit. */
import { program, type SampleBlock } from './sample.ts';

const servers = `virtual_server_group web {
  192.0.2.10 80
}
virtual_server 192.0.2.11 80 {
  protocol TCP
  lvs_sched rr
  lvs_method NAT
  real_server 192.0.2.20 80 {
  }
}
`;
const named = 'virtual_servers { 192.0.2.11 80 }';

export const limitSamples: readonly SampleBlock[] = [
  {
    path: '(top)',
    around: `${servers}@`,
    samples: { connection_limit: 'connection_limit a { max_established 100 }' },
  },
  {
    path: 'connection_limit',
    around: `${servers}connection_limit a {
  max_established 100
  @
}
`,
    samples: {
      virtual_servers: named,
      max_established: 'max_established 50',
      client_prefix: 'client_prefix 24 64',
      interval: 'interval 2.5',
      ban_time: 'ban_time 60',
      release_below: 'release_below 50',
      allow: 'allow { 10.0.0.0/8 }',
      blacklist_file: 'blacklist_file /etc/blacklist',
      append: ['blacklist_file /etc/blacklist', 'blacklist_file /etc/blacklist\nappend'],
      set: 'set ipset banned',
      action: 'action reject',
      enforce: 'enforce kernel',
      notify: `notify ${program}`,
      smtp_alert: 'smtp_alert true',
    },
  },
  {
    path: 'connection_limit/virtual_servers',
    around: `${servers}connection_limit a {
  max_established 100
  virtual_servers {
    @
  }
}
`,
    base: '192.0.2.11 80',
    samples: {
      '<IPADDR>': ['192.0.2.11 80', '192.0.2.11 80 192.0.2.10'],
      '<group>': ['192.0.2.11 80', '192.0.2.11 80\nweb'],
      all: ['192.0.2.11 80', 'all'],
    },
  },
  {
    path: 'connection_limit/allow',
    around: `connection_limit a {
  max_established 100
  allow {
    @
  }
}
`,
    samples: { '<IPADDR>': '10.0.0.0/8 2001:db8::/32' },
  },
];
