/** Addresses, routes and rules: those of instances and the static ones. */
import { type SampleBlock, type Lines } from './sample.ts';

/** An instance with a block of its own for the lines. */
function within(block: string, further = 'virtual_ipaddress { 192.0.2.1/24 }'): string {
  return `vrrp_instance VI_1 {\ninterface eth0\nvirtual_router_id 51\n${further}\n${block} {\n@\n}\n}\n`;
}

/** A static block, and a group that its lines can follow. */
function statically(block: string): string {
  return `vrrp_instance VI_1 {\ninterface eth0\nvirtual_router_id 51\nvirtual_ipaddress { 192.0.2.1/24 }\n}
track_group pair { group { VI_1 } }
${block} {\n@\n}\n`;
}

const plain = '192.0.2.7/24 dev eth0';
const plain6 = '2001:db8::7/64 dev eth0';

const addressWords = {
  '<IPADDR>': `${plain}\n192.0.2.8/24 dev eth0`,
  dev: '192.0.2.7/24 dev eth1',
  scope: `${plain} scope link`,
  brd: `${plain} brd 192.0.2.255`,
  broadcast: `${plain} broadcast 192.0.2.255`,
  label: `${plain} label eth0:1`,
  peer: '192.0.2.7 peer 192.0.2.9/32 dev eth0',
  home: [plain6, `${plain6} home`],
  '-nodad': [plain6, `${plain6} -nodad`],
  mngtmpaddr: [plain6, `${plain6} mngtmpaddr`],
  noprefixroute: `${plain} noprefixroute`,
  autojoin: `${plain} autojoin`,
  no_track: `${plain} no_track`,
  preferred_lft: `${plain} preferred_lft 100`,
} as const;

const vmacWord = { use_vmac: `${plain} use_vmac` } as const;

const prefix = '198.51.100.0/24';
const prefix6 = '2001:db8:1::/48';
const route = `${prefix} via 192.0.2.254 dev eth0`;
const route6 = `${prefix6} via 2001:db8::254 dev eth0`;

function routeWords(): Record<string, Lines> {
  const added = (words: string): string => `${route} ${words}`;
  const added6 = (words: string): Lines => [route6, `${route6} ${words}`];
  return {
    '<dest>': `${route}\n203.0.113.0/24 via 192.0.2.254 dev eth0`,
    to: `${route}\nto 203.0.113.0/24 via 192.0.2.254 dev eth0`,
    unicast: `${route}\nunicast 203.0.113.0/24 via 192.0.2.254 dev eth0`,
    blackhole: `${route}\nblackhole 203.0.113.0/24`,
    unreachable: `${route}\nunreachable 203.0.113.0/24`,
    prohibit: `${route}\nprohibit 203.0.113.0/24`,
    inet: `${route}\ninet 203.0.113.0/24 via 192.0.2.254 dev eth0`,
    inet6: [route6, `${route6}\ninet6 2001:db8:2::/48 via 2001:db8::254 dev eth0`],
    src: added('src 192.0.2.1'),
    via: [`${prefix} dev eth0`, route],
    gw: [`${prefix} dev eth0`, `${prefix} gw 192.0.2.254 dev eth0`],
    from: added6('from 2001:db8:9::/48'),
    tos: added('tos 0x10'),
    dsfield: added('dsfield 0x10'),
    table: added('table 100'),
    vrf: added('vrf blue'),
    protocol: [added('no_track'), added('protocol 99 no_track')],
    scope: [`${prefix} dev eth0`, `${prefix} dev eth0 scope link`],
    metric: added('metric 7'),
    priority: added('priority 7'),
    preference: added('preference 7'),
    dev: `${prefix} via 192.0.2.254 dev eth1`,
    oif: `${prefix} via 192.0.2.254 oif eth1`,
    onlink: added('onlink'),
    encap: added('encap mpls 100'),
    expires: added6('expires 600'),
    mtu: added('mtu lock 1400'),
    hoplimit: added('hoplimit 60'),
    advmss: added('advmss 1360'),
    rtt: added('rtt 30ms'),
    rttvar: added('rttvar 20ms'),
    reordering: added('reordering 5'),
    window: added('window 10000'),
    cwnd: added('cwnd 20'),
    ssthresh: added('ssthresh 30'),
    realms: added('realms 1/2'),
    rto_min: added('rto_min 40ms'),
    initcwnd: added('initcwnd 12'),
    initrwnd: added('initrwnd 13'),
    features: added('features ecn'),
    quickack: added('quickack 1'),
    congctl: added('congctl reno'),
    pref: added6('pref high'),
    'ttl-propagate': added('ttl-propagate disabled'),
    fastopen_no_cookie: added('fastopen_no_cookie 1'),
    add: `${route}\nadd 203.0.113.0/24 via 192.0.2.254 dev eth0`,
    prepend: `${route}\nprepend 203.0.113.0/24 via 192.0.2.254 dev eth0`,
    append: `${route}\nappend 203.0.113.0/24 via 192.0.2.254 dev eth0`,
    or: `${route}\n203.0.113.0/24 via 192.0.2.253 or 192.0.2.254`,
    nexthop: `${route}\n203.0.113.0/24 nexthop via 192.0.2.253 nexthop via 192.0.2.254`,
    no_track: added('no_track'),
  };
}

const nexthop = (words: string): string => `${prefix} nexthop via 192.0.2.253 ${words} nexthop via 192.0.2.254`;

const nexthopWords: Record<string, Lines> = {
  via: `${prefix} nexthop via 192.0.2.252 nexthop via 192.0.2.254`,
  dev: nexthop('dev eth0'),
  weight: nexthop('weight 3'),
  onlink: nexthop('onlink'),
  encap: nexthop('encap mpls 100'),
  realms: nexthop('realms 1/2'),
};

const encapWords: Record<string, Lines> = {
  ip: `${route} encap ip id 7 dst 192.0.2.99 src 192.0.2.98 tos 4 ttl 60 flags 1`,
  ip6: [route6, `${route6} encap ip6 id 7 dst 2001:db8::99 src 2001:db8::98 tc 4 hoplimit 60 flags 1`],
  mpls: `${route} encap mpls 100/200`,
  ila: [route6, `${route6} encap ila 2001:db8:0:1`],
};

function ruleWords(): Record<string, Lines> {
  const rule = (words: string): string => `preference 700 from 198.51.100.0/24 ${words}`;
  const base = rule('table 100');
  const added = (words: string): Lines => [base, rule(`${words} table 100`)];
  const action = (words: string): Lines => [base, rule(words)];
  const preferred = (keyword: string): Lines => [base, `${keyword} 701 from 198.51.100.0/24 table 100`];
  return {
    inet: [base, `${base}\ninet preference 701 from 203.0.113.0/24 table 100`],
    inet6: [base, `${base}\ninet6 preference 701 from 2001:db8::/32 table 100`],
    not: [base, `not ${base}`],
    from: [base, 'preference 700 from 203.0.113.0/24 table 100'],
    to: added('to 203.0.113.0/24'),
    table: action('table 101'),
    lookup: action('lookup 101'),
    preference: preferred('preference'),
    priority: preferred('priority'),
    order: preferred('order'),
    tos: added('tos 0x10'),
    dsfield: added('dsfield 0x10'),
    fwmark: added('fwmark 0x1/0xff'),
    realms: added('realms 1/2'),
    suppress_prefixlength: added('suppress_prefixlength 8'),
    sup_pl: added('sup_pl 8'),
    suppress_ifgroup: added('suppress_ifgroup 3'),
    sup_group: added('sup_group 3'),
    iif: added('iif eth0'),
    dev: added('dev eth0'),
    oif: added('oif eth0'),
    'tunnel-id': added('tunnel-id 9'),
    uidrange: added('uidrange 100-200'),
    l3mdev: action('l3mdev'),
    protocol: [rule('table 100 no_track'), rule('protocol 99 table 100 no_track')],
    ipproto: added('ipproto tcp'),
    sport: added('sport 80-81'),
    dport: added('dport 80-81'),
    type: action('type blackhole'),
    goto: action('goto 900'),
    nop: action('nop'),
    blackhole: action('blackhole'),
    unreachable: action('unreachable'),
    prohibit: action('prohibit'),
    no_track: [base, `${base} no_track`],
  };
}

export const networkSamples: readonly SampleBlock[] = [
  {
    path: 'static_ipaddress',
    around: statically('static_ipaddress'),
    base: plain,
    samples: { ...addressWords, track_group: `${plain} track_group pair` },
  },
  {
    path: 'vrrp_instance/virtual_ipaddress',
    around: within('virtual_ipaddress', ''),
    base: plain,
    samples: { ...addressWords, ...vmacWord },
  },
  {
    path: 'vrrp_instance/virtual_ipaddress_excluded',
    around: within('virtual_ipaddress_excluded'),
    base: plain,
    samples: { ...addressWords, ...vmacWord },
  },
  {
    path: 'static_routes',
    around: statically('static_routes'),
    base: route,
    samples: { ...routeWords(), track_group: `${route} track_group pair` },
  },
  { path: 'vrrp_instance/virtual_routes', around: within('virtual_routes'), base: route, samples: routeWords() },
  ...['static_routes', 'vrrp_instance/virtual_routes'].flatMap((path): SampleBlock[] => {
    const around = path === 'static_routes' ? statically(path) : within('virtual_routes');
    return [
      { path: `${path}/nexthop`, around, base: nexthop(''), samples: nexthopWords },
      { path: `${path}/encap`, around, base: route, samples: encapWords },
    ];
  }),
  {
    path: 'static_rules',
    around: statically('static_rules'),
    samples: {
      ...ruleWords(),
      track_group: ['preference 700 iif eth0 table 100', 'preference 700 iif eth0 table 100 track_group pair'],
    },
  },
  { path: 'vrrp_instance/virtual_rules', around: within('virtual_rules'), samples: ruleWords() },
];
