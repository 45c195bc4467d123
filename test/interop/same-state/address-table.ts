/** Addresses, routes and rules. */
import { block } from './configuration.ts';
import type { Configuration } from './play.ts';

const life = ['start > MASTER', 'peer > BACKUP', 'no peer > MASTER', 'stop > STOP'];
const link = ['start > MASTER', 'down eth0 > FAULT', 'up eth0 > MASTER', 'stop > STOP'];
const cable = ['start > MASTER', 'unplug eth0 > FAULT', 'plug eth0 > MASTER', 'stop > STOP'];

export const addressTable: readonly Configuration[] = [
  { name: 'an address without prefix', addresses: ['10.88.0.100'], events: life },
  { name: 'prefix lengths', addresses: ['10.88.0.100/24', '10.88.0.101/32', '10.88.7.1/25'], events: link },
  {
    name: 'on another interface',
    addresses: ['10.88.0.100/24', '10.88.1.100/24 dev eth1'],
    events: [...link.slice(0, 3), 'stop > STOP'],
  },
  {
    name: 'labels',
    addresses: ['10.88.0.100/24 label eth0:1', '10.88.1.100/24 dev eth1 label eth1:shop'],
    events: life,
  },
  {
    name: 'scopes',
    addresses: ['10.88.0.100/24 scope link', '10.88.0.101/24 scope host', '10.88.0.102/24 scope global'],
    events: life,
  },
  {
    name: 'broadcast',
    addresses: ['10.88.0.100/24 brd 10.88.0.255', '10.88.0.101/24 brd +', '10.88.0.102/24 brd -'],
    events: life,
  },
  {
    name: 'peer addresses',
    addresses: ['10.88.0.100 peer 10.99.0.1', '10.88.0.101/24'],
    // Debian's keepalived has them still, this daemon must not: what is left out here is what only the former has.
    differs: {
      lines: /^debian: .*10\.(99\.0\.1|88\.0\.100)/,
      explained: 'an address with `peer` is removed with the others',
    },
    events: life,
  },
  {
    name: 'addresses without prefix route, of home',
    addresses: ['10.88.9.1/24 no_track', '10.88.0.100/24'],
    events: life,
  },
  {
    name: 'excluded addresses',
    lines: [block('virtual_ipaddress_excluded', '10.88.0.110/24', '10.88.1.110/24 dev eth1', '2001:db8::110/64')],
    events: life,
  },
  { name: 'IPv6', family: 6, events: life },
  { name: 'IPv6 as the cable goes', family: 6, events: cable },
  {
    name: 'IPv6 on a router',
    family: 6,
    events: ['sysctl net.ipv6.conf.eth0.forwarding=1', ...life],
  },
  {
    name: 'IPv6 with options',
    family: 6,
    addresses: [
      'fe80::100/64',
      '2001:db8::100/128 preferred_lft 0',
      '2001:db8::101/64 home',
      '2001:db8::102/64 -nodad',
    ],
    events: life,
  },
  {
    name: 'IPv6 addresses beside IPv4',
    lines: [block('virtual_ipaddress_excluded', '2001:db8::110/64', 'fe80::110/64')],
    events: cable,
  },
  {
    name: 'routes',
    lines: [
      block(
        'virtual_routes',
        '10.30.0.0/16 via 10.88.0.9',
        '10.31.0.0/16 dev eth1 scope link',
        'blackhole 10.32.0.0/16',
        'default via 10.88.0.9 dev eth0 table 200 metric 5',
        '10.33.0.0/16 src 10.88.0.100 dev eth0',
      ),
    ],
    events: life,
  },
  {
    name: 'routes as the link goes',
    lines: [
      block(
        'virtual_routes',
        '10.30.0.0/16 via 10.88.0.9',
        '10.31.0.0/16 dev eth1 no_track',
        '2001:db8:30::/48 dev eth1',
      ),
    ],
    events: link,
  },
  {
    name: 'rules',
    lines: [
      block(
        'virtual_rules',
        'from 10.30.0.0/16 table 100 preference 1000',
        'to 10.31.0.0/16 lookup 101 priority 1001',
        'fwmark 7 iif eth0 table 102 preference 1002',
        'from 2001:db8:30::/48 table 103 preference 1003',
      ),
    ],
    events: life,
  },
  {
    name: 'static addresses, routes and rules',
    blocks: [
      block('static_ipaddress', '10.88.5.1/24 dev eth1', '2001:db8:5::1/64 dev eth1'),
      block('static_routes', '10.50.0.0/16 via 10.88.1.9 dev eth1', '10.51.0.0/16 dev eth0'),
      block('static_rules', 'from 10.50.0.0/16 table 7 preference 7'),
    ],
    events: life,
  },
  {
    name: 'a reload that adds and removes',
    addresses: ['10.88.0.100/24', '10.88.0.101/24', '10.88.1.100/24 dev eth1'],
    lines: [block('virtual_routes', '10.30.0.0/16 dev eth0', '10.31.0.0/16 dev eth0')],
    changed: {
      addresses: ['10.88.0.100/24', '10.88.0.102/24', '10.88.1.100/25 dev eth1'],
      lines: [block('virtual_routes', '10.31.0.0/16 dev eth0', '10.32.0.0/16 dev eth0')],
    },
    events: ['start > MASTER', 'reload', 'peer > BACKUP', 'no peer > MASTER', 'stop > STOP'],
  },
  {
    name: 'promote_secondaries',
    addresses: ['10.88.9.1/24', '10.88.9.2/24'],
    lines: ['promote_secondaries'],
    events: ['start > MASTER', 'peer > BACKUP', 'no peer > MASTER', 'stop > STOP'],
  },
  {
    name: 'more addresses than an advertisement names',
    addresses: Array.from({ length: 20 }, (_, index) => `10.88.0.${100 + index}/24`),
    lines: [
      block('virtual_ipaddress_excluded', ...Array.from({ length: 10 }, (_, index) => `10.88.0.${130 + index}/24`)),
    ],
    events: life,
  },
  {
    name: 'more addresses than fit into an advertisement',
    family: 6,
    addresses: Array.from({ length: 92 }, (_, index) => `fe80::${(index + 256).toString(16)}/64`),
    events: ['start > MASTER', 'stop > STOP'],
  },
  {
    name: 'gratuitous ARP: repeat and delay',
    lines: ['garp_master_delay 1', 'garp_master_repeat 2', 'garp_master_refresh 0'],
    counts: true,
    events: ['start > MASTER', 'ip link set eth1 up', 'ip link set eth1 up', 'stop > STOP'],
  },
  {
    name: 'gratuitous ARP: interval and extra interfaces',
    global: ['vrrp_garp_master_repeat 3', 'vrrp_garp_master_delay 1', 'vrrp_garp_interval 0.01'],
    addresses: ['10.88.0.100/24', '10.88.0.101/24'],
    counts: true,
    differs: {
      lines: /gratuitous ARP/,
      explained:
        'gratuitous messages held back by an interval (`garp_interval`, `gna_interval`) are sent in full number',
    },
    events: ['start > MASTER', 'ip link set eth1 up', 'ip link set eth1 up', 'stop > STOP'],
  },
  {
    name: 'neighbour advertisements: repeat and delay',
    family: 6,
    lines: ['garp_master_delay 1', 'garp_master_repeat 2'],
    counts: true,
    events: ['start > MASTER', 'ip link set eth1 up', 'ip link set eth1 up', 'stop > STOP'],
  },
];
