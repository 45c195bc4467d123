// Lines of routes, rules and addresses to the model: numbers of the kernel's headers, as keepalived sent them (strace).
import { describe, expect, it } from 'vitest';
import type { VirtualRoute, VirtualRule } from '../../../src/config/model.ts';
import type { HostFacts } from '../../../src/config/ports.ts';
import { codes, instance, load, model, plainHost } from './memory.ts';
import { roundTrip } from './round-trip.ts';

const inRoutes = (line: string) => instance(`virtual_routes {\n${line}\n}`);
const inRules = (line: string) => instance(`virtual_rules {\n${line}\n}`);

function route(line: string): VirtualRoute | undefined {
  return model(inRoutes(line)).vrrp.instances[0]?.virtualRoutes[0];
}

function rule(line: string): VirtualRule | undefined {
  return model(inRules(line)).vrrp.instances[0]?.virtualRules[0];
}

const routeLines: readonly (readonly [line: string, expected: Partial<VirtualRoute>])[] = [
  [
    '10.30.0.0/16 via 10.0.0.2 dev eth0',
    {
      family: 'inet',
      type: 'unicast',
      destination: { address: '10.30.0.0', prefixLength: 16 },
      via: '10.0.0.2',
      interface: 'eth0',
      table: 254,
      protocol: 18,
      scope: 0,
      placement: 'prepend',
      track: true,
      nexthops: [],
    },
  ],
  ['10.30.0.1 dev eth0', { destination: { address: '10.30.0.1', prefixLength: 32 } }],
  ['to 10.30.0.0/16 oif eth1 add', { interface: 'eth1', placement: 'add' }],
  ['default via 10.0.0.2 append', { destination: { address: '0.0.0.0', prefixLength: 0 }, placement: 'append' }],
  ['any via 2001:db8::2', { family: 'inet6', destination: { address: '::', prefixLength: 0 } }],
  ['inet6 default dev eth0', { family: 'inet6', destination: { address: '::', prefixLength: 0 } }],
  ['default6 via inet6 2001:db8::2', { family: 'inet6', via: '2001:db8::2' }],
  ['blackhole 10.37.0.0/16', { type: 'blackhole' }],
  ['unreachable 10.38.0.0/16 metric 3', { type: 'unreachable', metric: 3 }],
  ['throw 10.41.0.0/16 table 100', { type: 'throw', table: 100 }],
  ['prohibit 10.41.0.0/16 priority 0', { type: 'prohibit', metric: 0 }],
  ['multicast 10.39.0.0/16 dev eth0', { type: 'multicast', scope: 0 }],
  ['local 10.44.0.1/32 dev lo', { type: 'local', scope: 254 }],
  ['broadcast 10.44.0.255 dev eth0', { type: 'broadcast', scope: 253 }],
  ['local 10.44.0.1/32 dev lo table local scope host', { table: 255, scope: 254, scopeGiven: true }],
  ['10.1.0.0/16 dev eth0 table 0x100', { table: 256 }],
  ['10.1.0.0/16 dev eth0 vrf eth1', { vrf: 'eth1' }],
  ['10.1.0.0/16 dev eth0 scope link src 10.0.0.1', { scope: 253, preferredSource: '10.0.0.1' }],
  ['10.1.0.0/16 dev eth0 protocol 99 no_track', { protocol: 99, track: false }],
  ['10.1.0.0/16 dev eth0 protocol static no_track', { protocol: 4 }],
  ['10.1.0.0/16 dev eth0 tos 10', { tos: 10 }],
  ['10.1.0.0/16 dev eth0 dsfield 0x10', { tos: 16 }],
  ['10.1.0.0/16 via 10.0.0.2 realms 5/6', { realms: 0x5_0006 }],
  ['10.1.0.0/16 via 10.0.0.2 realms 6', { realms: 6 }],
  ['10.1.0.0/16 via 10.0.9.2 dev eth0 onlink', { onLink: true }],
  ['2001:db8:6::/48 from 2001:db8:7::/48 dev eth0', { from: { address: '2001:db8:7::', prefixLength: 48 } }],
  ['2001:db8:6::/48 dev eth0 expires 500 pref high', { expires: 500, preference: 1 }],
  ['2001:db8:6::/48 dev eth0 pref low', { preference: 3 }],
  ['2001:db8:6::/48 dev eth0 pref 0', { preference: 0 }],
  ['10.1.0.0/16 dev eth0 ttl-propagate disabled', { ttlPropagate: false }],
  [
    '10.1.0.0/16 dev eth0 mtu lock 1400 window 5000 ssthresh lock 9 cwnd 4 hoplimit 9 features ecn quickack 1',
    {
      metrics: {
        mtu: { value: 1400, locked: true },
        window: { value: 5000, locked: false },
        ssthresh: { value: 9, locked: true },
        cwnd: { value: 4, locked: false },
        hoplimit: { value: 9, locked: false },
        features: { value: 1, locked: false },
        quickack: { value: 1, locked: false },
      },
    },
  ],
  // As Debian's keepalived sends them: at least 200 ms, at most 120 s; without a unit the kernel's own count.
  ...(
    [
      ['1', 1600, 800, 200],
      ['1601', 1601, 1601, 1601],
      ['2001.5', 2002, 2002, 2002],
      ['250.4ms', 2000, 1000, 250],
      ['1.5s', 12000, 6000, 1500],
      ['5MSEC', 1600, 800, 200],
      ['5sec', 40000, 20000, 5000],
    ] as const
  ).map(([word, rtt, rttvar, rtoMin]): [string, Partial<VirtualRoute>] => [
    `10.1.0.0/16 dev eth0 rtt ${word} rttvar ${word} rto_min lock ${word}`,
    {
      metrics: {
        rtt: { value: rtt, locked: false },
        rttvar: { value: rttvar, locked: false },
        rto_min: { value: rtoMin, locked: true },
      },
    },
  ]),
  ['10.1.0.0/16 dev eth0 congctl lock cubic', { congestionControl: { name: 'cubic', locked: true } }],
  [
    '10.35.0.0/16 nexthop via 10.0.0.2 dev eth0 weight 3 nexthop via inet 10.0.1.2 dev eth1 onlink realms 2/3',
    {
      nexthops: [
        { via: '10.0.0.2', interface: 'eth0', weight: 3, onLink: false },
        { via: '10.0.1.2', interface: 'eth1', weight: 1, onLink: true, realms: 0x2_0003 },
      ],
    },
  ],
  [
    '10.89.0.0/16 via 10.0.0.2 or 10.0.1.2',
    {
      nexthops: [
        { via: '10.0.0.2', weight: 1, onLink: false },
        { via: '10.0.1.2', weight: 1, onLink: false },
      ],
    },
  ],
  [
    '10.46.0.0/16 encap ip dst 10.9.9.9 id 0x10 tos 4 ttl 9 flags 3 via 10.0.9.77',
    {
      via: '10.0.9.77',
      encapsulation: { type: 'ip', destination: '10.9.9.9', id: '16', tos: 4, ttl: 9, flags: 3 },
    },
  ],
  [
    '10.46.0.0/16 dev eth0 encap ip6 dst 2001:db8::9 src 2001:db8::8 tc 0x20 hoplimit 7',
    {
      encapsulation: {
        type: 'ip6',
        destination: '2001:db8::9',
        source: '2001:db8::8',
        trafficClass: 32,
        hopLimit: 7,
      },
    },
  ],
  [
    '10.47.0.0/16 dev eth0 encap ip id 18446744073709551615',
    { encapsulation: { type: 'ip', id: '18446744073709551615' } },
  ],
  ['10.47.0.0/16 via 10.0.0.7 encap mpls 100/0x20', { encapsulation: { type: 'mpls', labels: [100, 32] } }],
  ['2001:db8::/48 dev eth0 encap ila 2001:DB8:0:01', { encapsulation: { type: 'ila', locator: '2001:db8:0:1' } }],
];

const ruleLines: readonly (readonly [line: string, expected: Partial<VirtualRule>])[] = [
  [
    'from 10.1.0.0/16 table 100 preference 1000',
    {
      family: 'inet',
      invert: false,
      from: { address: '10.1.0.0', prefixLength: 16 },
      preference: 1000,
      tos: 0,
      protocol: 18,
      action: { kind: 'table', table: 100 },
      track: true,
    },
  ],
  ['to 10.2.0.0/16 lookup main priority 0x10', { action: { kind: 'table', table: 254 }, preference: 16 }],
  ['from 2001:db8::/64 table 100 order 010', { family: 'inet6', preference: 8 }],
  ['inet6 table 100 preference 1', { family: 'inet6' }],
  ['not from all to 10.4.0.0/16 table 1 preference 1', { invert: true, from: { address: '0.0.0.0', prefixLength: 0 } }],
  ['fwmark 5/0xff table 100 preference 1', { firewallMark: { mark: 5, mask: 255 } }],
  ['fwmark 0x6 table 100 preference 1', { firewallMark: { mark: 6 } }],
  ['iif eth0 oif eth1 table 100 preference 1', { inputInterface: 'eth0', outputInterface: 'eth1' }],
  [
    'from 10.4.0.0/16 suppress_prefixlength 8 sup_group 3 realms 3/4 table 100 preference 1',
    { suppressPrefixLength: 8, suppressInterfaceGroup: 3, realms: 0x3_0004 },
  ],
  ['from 10.6.0.0/16 blackhole preference 1', { action: { kind: 'blackhole' } }],
  ['from 10.6.0.0/16 type prohibit preference 1', { action: { kind: 'prohibit' } }],
  ['from 10.6.0.0/16 unreachable no_track preference 1', { action: { kind: 'unreachable' }, track: false }],
  ['from 10.7.0.0/16 goto 1100 preference 1009', { action: { kind: 'goto', preference: 1100 } }],
  ['from 10.7.0.0/16 nop preference 1009', { action: { kind: 'nop' } }],
  ['l3mdev preference 1013', { action: { kind: 'l3mdev' } }],
  [
    'uidrange 5-9 ipproto tcp sport 80-90 dport 100-200 tunnel-id 77 tos 0x10 table 100 preference 1',
    {
      userIds: { from: 5, to: 9 },
      ipProtocol: 6,
      sourcePorts: { from: 80, to: 90 },
      destinationPorts: { from: 100, to: 200 },
      tunnelId: '77',
      tos: 16,
    },
  ],
  ['from 10.1.0.0/16 ipproto 132 protocol 99 no_track table 1 preference 1', { ipProtocol: 132, protocol: 99 }],
];

describe('virtual_routes', () => {
  it.each(routeLines)('%s', (line, expected) => {
    expect(route(line)).toMatchObject(expected);
  });

  it.each([
    ['via 10.0.0.2', 'CFG_ROUTE'],
    ['10.1.0.0/16 dev eth0 nosuch', 'CFG_UNKNOWN_OPTION'],
    ['nosuch dev eth0', 'CFG_UNKNOWN_OPTION'],
    ['10.1.0.0/33 dev eth0', 'CFG_INVALID_ADDRESS'],
    ['10.1.0.0/16 via 2001:db8::1', 'CFG_FAMILY'],
    ['10.1.0.0/16 from 2001:db8::/64', 'CFG_FAMILY'],
    ['10.1.0.0/16 expires 5', 'CFG_FAMILY'],
    ['2001:db8::/48 dev eth0 realms 5', 'CFG_FAMILY'],
    ['10.1.0.0/16 dev eth0 mtu 1x', 'CFG_INVALID_NUMBER'],
    ['10.1.0.0/16 dev eth0 metric -1', 'CFG_INVALID_NUMBER'],
    ['10.1.0.0/16 dev eth0 hoplimit 300', 'CFG_INVALID_NUMBER'],
    ['10.1.0.0/16 dev eth0 quickack 2', 'CFG_INVALID_NUMBER'],
    ['10.1.0.0/16 dev eth0 rtt 1e3', 'CFG_INVALID_NUMBER'],
    ['10.1.0.0/16 dev eth0 rtt 4294967', 'CFG_INVALID_NUMBER'],
    ['10.1.0.0/16 dev eth0 features foo', 'CFG_INVALID_WORD'],
    ['10.1.0.0/16 dev eth0 table nosuch', 'CFG_UNKNOWN_TABLE'],
    ['10.1.0.0/16 dev eth0 scope foo', 'CFG_INVALID_SCOPE'],
    ['10.1.0.0/16 dev eth0 protocol 99', 'CFG_PROTOCOL'],
    ['10.1.0.0/16 dev eth0 encap ip ttl 4', 'CFG_ROUTE'],
    ['10.1.0.0/16 dev eth0 encap ip dst 2001:db8::1', 'CFG_INVALID_ADDRESS'],
    ['10.1.0.0/16 dev eth0 encap mpls 1048576', 'CFG_INVALID_NUMBER'],
    ['10.1.0.0/16 dev eth0 encap gre', 'CFG_INVALID_WORD'],
    ['10.1.0.0/16 gw 10.0.0.2', 'CFG_DEPRECATED'],
    ['10.1.0.0/16 via 10.0.0.2 or 10.0.0.3', 'CFG_DEPRECATED'],
    ['10.1.0.0/16 nexthop via 10.0.0.2 weight 0', 'CFG_INVALID_NUMBER'],
    ['10.1.0.0/16 nexthop via 10.0.0.2 nexthop via 10.0.0.3 metric 4', 'CFG_UNKNOWN_OPTION'],
    ['10.1.0.0/16 via 10.0.0.2 as to 10.0.0.3', 'CFG_ROUTE'],
    ['10.1.0.0/16 dev eth7', 'CFG_MISSING_INTERFACE'],
  ])('%s is reported', (line, code) => {
    expect(codes(inRoutes(line), { host: { ...plainHost, routingName: () => undefined } })).toContain(code);
  });

  it('keeps a route with rubbish behind its nexthops, as the original', () => {
    expect(route('10.1.0.0/16 nexthop via 10.0.0.2 nexthop via 10.0.0.3 metric 4')?.nexthops).toHaveLength(2);
  });

  it('takes the protocol of its own for a tracked route', () => {
    expect(route('10.1.0.0/16 dev eth0 protocol 99')?.protocol).toBe(18);
  });

  it('an option without its argument stops, as in the original', () => {
    expect(load(inRoutes('10.93.0.0/16 dev eth0 via')).exitCode).toBe(2);
  });
});

describe('virtual_rules', () => {
  it.each(ruleLines)('%s', (line, expected) => {
    expect(rule(line)).toMatchObject(expected);
  });

  it.each([
    ['from 10.1.0.0/16 preference 5', 'CFG_RULE'],
    ['from 10.1.0.0/16 table 100', 'CFG_RULE'],
    ['from 10.1.0.0/16 table 100 blackhole preference 5', 'CFG_RULE'],
    ['from 10.1.0.0/16 goto 5 preference 5', 'CFG_RULE'],
    ['from 10.1.0.0/16 blackhole realms 5 preference 5', 'CFG_RULE'],
    ['from 10.1.0.0/16 table 0 preference 5', 'CFG_UNKNOWN_TABLE'],
    ['from 10.1.0.0/16 table 5 preference x', 'CFG_INVALID_NUMBER'],
    ['from 10.1.0.0/16 table 5 fwmark 1/x preference 5', 'CFG_INVALID_NUMBER'],
    ['from 10.1.0.0/16 to 2001:db8::/64 table 5 preference 5', 'CFG_FAMILY'],
    ['from 10.1.0.0/16 table 5 sport 80 preference 5', 'CFG_INVALID_NUMBER'],
    ['from 10.1.0.0/16 table 5 protocol 99 preference 5', 'CFG_PROTOCOL'],
    ['from 10.1.0.0/16 table 5 nosuch preference 5', 'CFG_UNKNOWN_OPTION'],
  ])('%s is reported', (line, code) => {
    expect(codes(inRules(line))).toContain(code);
  });

  it('without preferences get them downwards from 16384, each family for itself', () => {
    const rules = ['from 10.1.0.0/16 table 1', 'from 2001:db8::/64 table 1', 'from 10.2.0.0/16 table 1'];
    const [first] = model(inRules(rules.join('\n'))).vrrp.instances;
    expect(first?.virtualRules.map(({ preference }) => preference)).toEqual([16384, 16384, 16383]);
  });
});

describe('names of iproute2', () => {
  it('come from the directories of global_defs, wherever it stands', () => {
    const asked: unknown[] = [];
    const host: HostFacts = {
      ...plainHost,
      routingName: (table, name, directories) => {
        asked.push([table, name, directories]);
        return 42;
      },
    };
    const text = `${inRoutes('10.1.0.0/16 dev eth0 table mine')}global_defs {\niproute_etc_dir /e\niproute_usr_dir /u\n}\n`;
    expect(model(text, { host }).vrrp.instances[0]?.virtualRoutes[0]?.table).toBe(42);
    expect(asked).toEqual([['rt_tables', 'mine', { etc: '/e', user: '/u' }]]);
  });

  it('that are built in need no files', () => {
    expect(route('10.1.0.0/16 dev eth0 table default protocol boot scope site no_track')).toMatchObject({
      table: 253,
      protocol: 3,
      scope: 200,
    });
  });
});

describe('static blocks', () => {
  it('have track groups, which may come later', () => {
    const text = `static_ipaddress {\n10.3.0.1/24 dev eth1 track_group G\n}
static_routes {\n10.4.0.0/16 dev eth1 track_group G\n}
static_rules {\niif eth1 table 5 preference 5 track_group G\n}
${instance()}track_group G {\ngroup {\nVI_1\n}\n}\n`;
    const { staticAddresses, staticRoutes, staticRules } = model(text).vrrp;
    expect([staticAddresses, staticRoutes, staticRules].map((list) => list[0]?.trackGroup)).toEqual(['G', 'G', 'G']);
    expect(codes(text)).toEqual([]);
  });

  it.each([
    ['static_routes {\n10.4.0.0/16 dev eth1 track_group X\n}\n', 'CFG_UNKNOWN_REFERENCE'],
    ['track_group G {\ngroup {\nVI_1\n}\n}\nstatic_routes {\n10.4.0.0/16 track_group G\n}\n', 'CFG_UNKNOWN_REFERENCE'],
    ['static_ipaddress {\n10.4.0.1/24 dev eth1 track_group X\n}\n', 'CFG_UNKNOWN_REFERENCE'],
  ])('%s is reported', (text, code) => {
    expect(codes(text + instance())).toContain(code);
  });
});

describe('options of addresses', () => {
  const address = (line: string) =>
    model(instance(`virtual_ipaddress_excluded {\n${line}\n}`)).vrrp.instances[0]?.excludedVirtualAddresses[0];

  it.each([
    ['2001:db8::1/64 mngtmpaddr autojoin', { manageTemporaryAddresses: true, autoJoin: true }],
    ['10.1.0.1 peer 10.1.0.2/24', { peer: '10.1.0.2', prefixLength: 24 }],
    ['10.1.0.1/24 preferred_lft 300', { preferredLifetime: 300 }],
    ['10.1.0.1/24 use_vmac', { useVmac: true }],
    ['10.1.0.1/24 scope 200', { scope: 200 }],
    ['10.1.0.1/24 brd -', { broadcast: '10.1.0.0' }],
  ])('%s', (line, expected) => {
    expect(address(line)).toMatchObject(expected);
  });

  it.each([
    ['10.1.0.1/31 brd +', 'CFG_INVALID_ADDRESS'],
    ['10.1.0.1 peer 10.1.0.2 brd 10.1.0.255', 'CFG_INVALID_ADDRESS'],
    ['10.1.0.1/24 peer 10.1.0.2', 'CFG_INVALID_ADDRESS'],
    ['2001:db8::1 scope link', 'CFG_INVALID_SCOPE'],
  ])('%s is reported', (line, code) => {
    expect(codes(instance(`virtual_ipaddress_excluded {\n${line}\n}`))).toContain(code);
  });
});

describe('blocks about interfaces', () => {
  it('are in the model', () => {
    const text = `interface_up_down_delays {\neth0 1.5 2\neth1 3\n}
linkbeat_interfaces {\neth0\neth1 ETHTOOL\n}\n${instance()}`;
    expect(model(text).vrrp).toMatchObject({
      interfaceDelays: [
        { interface: 'eth0', down: 1500, up: 2000 },
        { interface: 'eth1', down: 3000, up: 0 },
      ],
      linkbeatInterfaces: [{ interface: 'eth0' }, { interface: 'eth1', method: 'ETHTOOL' }],
    });
  });

  it.each([
    ['interface_up_down_delays {\neth0\n}\n', 'CFG_MISSING_VALUE'],
    ['interface_up_down_delays {\neth0 256\n}\n', 'CFG_INVALID_NUMBER'],
    ['linkbeat_interfaces {\neth0 SNMP\n}\n', 'CFG_INVALID_WORD'],
    ['linkbeat_interfaces {\neth7\n}\n', 'CFG_MISSING_INTERFACE'],
  ])('%s is reported', (text, code) => {
    expect(codes(text + instance())).toContain(code);
  });
});

describe('printed lines', () => {
  it.each([...routeLines.map(([line]) => inRoutes(line)), ...ruleLines.map(([line]) => inRules(line))])(
    'mean the same: %s',
    (text) => {
      const { first, second, complaints } = roundTrip(model(text));
      expect(second).toEqual(first);
      expect(complaints).toEqual([]);
    },
  );

  it('of addresses and interfaces mean the same', () => {
    const lines = [
      '10.1.0.1 peer 10.1.0.2/24 label eth0:x',
      '10.2.0.1/24 brd + scope 200 home noprefixroute no_track preferred_lft 300 use_vmac',
      '2001:db8::1 -nodad mngtmpaddr autojoin',
    ];
    const text = `interface_up_down_delays {\neth0 1.5 2\n}\nlinkbeat_interfaces {\neth1 MII\n}
track_group G {\ngroup {\nVI_1\n}\n}\nstatic_ipaddress {\n10.3.0.1/24 dev eth1 track_group G\n}
static_routes {\n10.4.0.0/16 dev eth1 track_group G\n}\nstatic_rules {\niif eth1 table 5 preference 5 track_group G\n}
${instance(`virtual_ipaddress_excluded {\n${lines.join('\n')}\n}`)}`;
    const { first, second, complaints } = roundTrip(model(text));
    expect(second).toEqual(first);
    expect(complaints).toEqual([]);
  });
});
