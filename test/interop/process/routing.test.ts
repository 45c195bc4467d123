// Routes and rules: the same configuration under Debian's keepalived and under this daemon, compared after each step.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CleanUp } from '../../../lab/lib/clean-up.ts';
import { sleep, until } from '../../../lab/lib/clock.ts';
import type { Running } from '../../../lab/lib/run.ts';
import { Machine, configurationFile, patience } from './machine.ts';
import type { Daemon } from './machine.ts';

const cleanUp = new CleanUp();
let ours: Machine;
let theirs: Machine;

/** Two interfaces with addresses of both families. */
async function makeMachine(name: string): Promise<Machine> {
  const machine = await Machine.make(cleanUp, name);
  await machine.run(['sysctl', '-q', '-w', 'net.ipv6.conf.all.disable_ipv6=0', 'net.ipv6.conf.default.disable_ipv6=0']);
  for (const [port, network] of [
    ['eth0', 0],
    ['eth1', 1],
  ] as const) {
    await machine.ip(
      `link add ${port} type veth peer name ${port}w`,
      `link set ${port} addrgenmode none`,
      `link set ${port}w addrgenmode none`,
      `link set ${port} up`,
      `link set ${port}w up`,
      `addr add 10.88.${network}.1/24 dev ${port}`,
      `addr add 2001:db8:${network}::1/64 dev ${port} nodad`,
    );
  }
  return machine;
}

beforeAll(async () => {
  [ours, theirs] = await Promise.all([makeMachine('ours'), makeMachine('theirs')]);
});

afterEach(async () => {
  for (const machine of [ours, theirs]) {
    machine.killAll();
    for (const family of ['-4', '-6']) {
      await machine.run(['ip', family, 'route', 'flush', 'table', 'all', 'proto', 'keepalived'], { accept: 'any' });
      await machine.run(['ip', family, 'rule', 'flush', 'protocol', 'keepalived'], { accept: 'any' });
    }
    await machine.run(['ip', 'addr', 'flush', 'dev', 'eth0', 'to', '10.88.0.100/32'], { accept: 'any' });
  }
});

afterAll(async () => {
  expect(await cleanUp.run()).toEqual([]);
});

async function list(machine: Machine, ...words: string[]): Promise<string[]> {
  const { stdout } = await machine.run(['ip', '-d', '-j', ...words], { accept: 'any' });
  const items = JSON.parse(stdout.trim() === '' ? '[]' : stdout) as Record<string, unknown>[];
  return items
    .filter(({ protocol }) => protocol !== 'kernel')
    .map(({ expires, ...item }) => JSON.stringify({ ...item, ...(expires !== undefined && { expires: 'some' }) }));
}

/** Routes and rules that are not the kernel's own. */
async function stateOf(machine: Machine): Promise<string[]> {
  const lists = [
    await list(machine, '-4', 'route', 'show', 'table', 'all'),
    await list(machine, '-6', 'route', 'show', 'table', 'all'),
    (await list(machine, '-4', 'rule')).map((rule) => `rule ${rule}`),
    (await list(machine, '-6', 'rule')).map((rule) => `rule6 ${rule}`),
  ];
  return lists.flatMap((items) => items.toSorted());
}

/** Waits for the same state on both sides, with at least this many items, and compares. */
async function expectSame(items: number): Promise<readonly string[]> {
  let last: [string[], string[]] = [[], []];
  try {
    await until('the same routes and rules', { within: patience, every: 200 }, async () => {
      last = [await stateOf(ours), await stateOf(theirs)];
      return JSON.stringify(last[0]) === JSON.stringify(last[1]) && last[0].length === items;
    });
  } catch {
    expect(last[0]).toEqual(last[1]);
    expect(last[0]).toHaveLength(items);
  }
  return last[0];
}

interface Pair {
  readonly daemon: Daemon;
  readonly peer: Running;
}

async function startBoth(configuration: string): Promise<Pair> {
  theirs.write(configurationFile, configuration);
  const peer = theirs.start('keepalived', ['/usr/sbin/keepalived', '-n', '-l', '-D']);
  return { daemon: await ours.daemon(configuration), peer };
}

function virtual(routes: readonly string[], rules: readonly string[] = []): string {
  const block = (name: string, lines: readonly string[]) =>
    lines.length === 0 ? '' : `  ${name} {\n    ${lines.join('\n    ')}\n  }\n`;
  return `global_defs {
  vrrp_version 3
}
vrrp_instance VI_1 {
  state MASTER
  interface eth0
  virtual_router_id 51
  priority 200
  advert_int 0.1
  virtual_ipaddress {
    10.88.0.100/24
  }
${block('virtual_routes', routes)}${block('virtual_rules', rules)}}
`;
}

interface Case {
  readonly name: string;
  readonly routes?: readonly string[];
  readonly rules?: readonly string[];
}

const cases: readonly Case[] = [
  {
    name: 'gateway and interface',
    routes: ['10.30.0.0/16 via 10.88.0.2 dev eth0', '10.31.0.1 dev eth1', 'default via 10.88.0.3 dev eth0 table 200'],
  },
  { name: 'a gateway alone', routes: ['10.30.0.0/16 via 10.88.0.2', '2001:db8:30::/48 via 2001:db8::2'] },
  {
    name: 'types that lead nowhere',
    routes: [
      'blackhole 10.37.0.0/16',
      'unreachable 10.38.0.0/16 metric 3',
      'prohibit 10.39.0.0/16',
      'throw 10.41.0.0/16 table 100',
      'blackhole 2001:db8:9::/48',
      'unreachable 2001:db8:a::/48',
    ],
  },
  {
    name: 'local and multicast',
    routes: ['local 10.44.0.1/32 dev eth0 scope host table local', 'multicast 10.39.0.0/16 dev eth0'],
  },
  {
    name: 'tables, metrics, scope, source and service',
    routes: [
      '10.33.0.0/16 dev eth0 table 1000 metric 7',
      '10.33.0.0/16 dev eth1 table 1000 metric 8',
      '10.34.0.0/16 src 10.88.0.100 dev eth0 scope link',
      '10.35.0.0/16 dev eth0 tos 0x10',
      '10.36.0.0/16 dev eth0 dsfield 4 priority 5',
      '2001:db8:8::/48 dev eth0 metric 77',
    ],
  },
  {
    name: 'protocols without tracking',
    routes: ['10.42.0.0/16 dev eth0 protocol 99 no_track', '10.43.0.0/16 dev eth0 protocol static no_track'],
  },
  {
    name: 'metrics with and without lock',
    routes: [
      '10.36.0.0/16 via 10.88.0.2 dev eth0 mtu lock 1400 advmss 1300 hoplimit 9 window 5000 cwnd lock 4 initcwnd 5 initrwnd 6 quickack 1 features ecn ssthresh 9 reordering 4 congctl lock cubic fastopen_no_cookie 1',
      '10.37.0.0/16 via 10.88.0.2 dev eth0 rtt 100 rttvar 1601 rto_min lock 1s',
      '10.38.0.0/16 via 10.88.0.2 dev eth0 rtt lock 250.4ms rttvar 5sec rto_min 300',
      '2001:db8:8::/48 dev eth0 mtu 1400 advmss 1300',
    ],
  },
  {
    name: 'several ways',
    routes: [
      '10.35.0.0/16 nexthop via 10.88.0.2 dev eth0 weight 3 nexthop via 10.88.1.2 dev eth1 onlink',
      '10.36.0.0/16 nexthop via 10.88.0.2 nexthop via 10.88.1.2 weight 256 realms 3/4',
      '10.89.0.0/16 via 10.88.0.2 or 10.88.1.2',
      '2001:db8:8::/48 nexthop via 2001:db8::2 dev eth0 nexthop via 2001:db8:1::2 dev eth1',
    ],
  },
  {
    name: 'realms and onlink',
    routes: ['10.34.0.0/16 via 10.88.0.2 realms 5/6', '10.45.0.0/16 via 10.99.9.77 dev eth0 onlink'],
  },
  {
    name: 'IPv6 lifetime, preference and source',
    routes: [
      '2001:db8:5::/48 via 2001:db8::2 dev eth0 expires 500 pref high',
      '2001:db8:6::/48 from 2001:db8:7::/48 via 2001:db8::2 dev eth0',
      '2001:db8:7::/48 dev eth0 pref low',
      'default6 via 2001:db8::3 dev eth0',
    ],
  },
  {
    name: 'tunnels',
    routes: [
      '10.46.0.0/16 via 10.88.0.77 dev eth0 encap ip dst 10.9.9.9 id 5 tos 4 ttl 9',
      '10.47.0.0/16 dev eth0 encap ip id 7 src 10.88.0.1',
      '2001:db8:8::/48 dev eth0 encap ip6 id 5 dst 2001:db8::9 tc 4 hoplimit 7',
    ],
  },
  {
    name: 'rules by address, table and inversion',
    rules: [
      'from 10.1.0.0/16 table 100 preference 1000',
      'to 10.2.0.0/16 lookup 300 priority 0x3e9',
      'from 2001:db8:9::/64 table 100 order 1000',
      'not from 10.3.0.0/16 table main preference 1005',
      'from all to 10.4.0.0/16 table 100000 preference 1006',
    ],
  },
  {
    name: 'rules by mark, interface, user, protocol, ports and tunnel',
    rules: [
      'fwmark 5/0xff table 100 preference 1002',
      'fwmark 6 table 100 preference 1003',
      'iif eth0 oif eth1 table 100 preference 1004',
      'from 10.9.0.0/16 uidrange 5-9 ipproto tcp sport 80-90 dport 100-200 table 100 preference 1011',
      'from 10.10.0.0/16 tos 0x10 table 100 preference 1012',
      'tunnel-id 77 table 100 preference 1014',
    ],
  },
  {
    name: 'actions of rules',
    rules: [
      'from 10.6.0.0/16 blackhole preference 1008',
      'from 10.7.0.0/16 goto 1100 preference 1009',
      'from 10.8.0.0/16 nop preference 1010',
      'l3mdev preference 1013',
      'from 10.13.0.0/16 unreachable preference 1016',
      'from 10.14.0.0/16 type prohibit preference 1017',
    ],
  },
  {
    name: 'realms and suppressors of rules, no tracking, no preference',
    rules: [
      'from 10.5.0.0/16 realms 3/4 table 100 preference 1007',
      'from all to 10.4.0.0/16 suppress_prefixlength 8 sup_group 3 table 100 preference 1006',
      'from 10.11.0.0/16 protocol 99 no_track table 100 preference 1015',
      'from 10.12.0.0/16 table 100',
      'from 10.13.0.0/16 table 100',
    ],
  },
];

describe('routes and rules are the same as under keepalived', () => {
  it.each(cases)('$name', async ({ routes = [], rules = [] }) => {
    const { daemon, peer } = await startBoth(virtual(routes, rules));
    const before = await expectSame(routes.length + rules.length);
    expect(daemon.said('cannot add')).toBe(0);
    await Promise.all([daemon.stop(), peer.stop('SIGTERM', patience)]);
    expect(await expectSame(0)).toEqual([]);
    expect(before.length).toBeGreaterThan(0);
  });

  it('as the interface goes down and up', async () => {
    const configuration = `static_routes {\n  10.50.0.0/16 via 10.88.0.2 dev eth0\n  10.51.0.0/16 dev eth1\n}
static_rules {\n  from 10.50.0.0/16 table 7 preference 7\n}
${virtual(['10.30.0.0/16 via 10.88.0.2 dev eth0', '10.31.0.0/16 dev eth1'], ['from 10.1.0.0/16 table 100 preference 1000'])}`;
    const { daemon, peer } = await startBoth(configuration);
    await expectSame(6);
    for (const machine of [ours, theirs]) await machine.ip('link set eth0 down');
    // The static route and rule that are not about eth0.
    await expectSame(2);
    for (const machine of [ours, theirs]) await machine.ip('link set eth0 up');
    await expectSame(6);
    await Promise.all([daemon.stop(), peer.stop('SIGTERM', patience)]);
    await expectSame(0);
  });

  it('as the interface of a static route with a track_group goes down and up', async () => {
    const group = 'track_group G {\n  group {\n    VI_1\n  }\n}\n';
    const configuration = `${group}static_routes {\n  10.50.0.0/16 dev eth1 track_group G\n}
${virtual(['10.30.0.0/16 via 10.88.0.2 dev eth0'])}`;
    const { daemon, peer } = await startBoth(configuration);
    await expectSame(2);
    for (const machine of [ours, theirs]) await machine.ip('link set eth1 down');
    await expectSame(0);
    await daemon.untilLog(/Entering FAULT STATE.*interface eth1 is down/);
    for (const machine of [ours, theirs]) await machine.ip('link set eth1 up');
    await expectSame(2);
    await Promise.all([daemon.stop(), peer.stop('SIGTERM', patience)]);
    await expectSame(0);
  });

  it('after a reload that changes some of them', async () => {
    const first = virtual(
      ['10.30.0.0/16 via 10.88.0.2 dev eth0', '10.31.0.0/16 dev eth0', '10.32.0.0/16 dev eth0 mtu 1400'],
      ['from 10.1.0.0/16 table 100 preference 1000', 'from 10.2.0.0/16 table 100 preference 1001'],
    );
    const second = virtual(
      ['10.30.0.0/16 via 10.88.0.2 dev eth0', '10.32.0.0/16 dev eth0 mtu 1300', '10.33.0.0/16 dev eth1'],
      ['from 10.2.0.0/16 table 100 preference 1001', 'from 10.3.0.0/16 table 100 preference 1002'],
    );
    const { daemon, peer } = await startBoth(`static_routes {\n  10.50.0.0/16 dev eth1\n}\n${first}`);
    await expectSame(6);
    const changes = ours.start('monitor', ['ip', 'monitor', 'route', 'rule']);
    await sleep(300);
    theirs.write(configurationFile, second);
    peer.signal('SIGHUP');
    await daemon.reload(second);
    await expectSame(5);
    const told = changes.lines.map(({ text }) => text).filter((text) => !text.includes('table local'));
    // What is the same in both was not touched.
    expect(told.filter((text) => /10\.30\.0\.0|10\.2\.0\.0/.test(text))).toEqual([]);
    expect(told.some((text) => text.includes('10.33.0.0'))).toBe(true);
    await Promise.all([daemon.stop(), peer.stop('SIGTERM', patience)]);
    await expectSame(0);
  });
});

describe('routes and rules of this daemon', () => {
  it('that somebody removed or replaced are back, and mastership was kept', async () => {
    const configuration = virtual(
      ['10.30.0.0/16 via 10.88.0.2 dev eth0', '2001:db8:30::/48 dev eth0', '10.31.0.0/16 dev eth0 no_track'],
      ['from 10.1.0.0/16 table 100 preference 1000', 'from 2001:db8:9::/64 table 100 preference 1000'],
    );
    const daemon = await ours.daemon(`static_routes {\n  10.50.0.0/16 dev eth1\n}\n${configuration}`);
    const all = async (count: number): Promise<string[]> => {
      await until(
        `${count} routes and rules`,
        { within: patience, every: 50 },
        async () => (await stateOf(ours)).length === count,
      );
      return stateOf(ours);
    };
    const before = await all(6);
    await ours.ip('route del 10.30.0.0/16', 'route del 10.50.0.0/16', 'rule del preference 1000');
    await ours.run(['ip', '-6', 'route', 'del', '2001:db8:30::/48']);
    await ours.run(['ip', '-6', 'rule', 'del', 'preference', '1000']);
    expect(await all(6)).toEqual(before);
    await ours.ip('route del 10.31.0.0/16');
    await all(5);
    await ours.ip('route replace 10.30.0.0/16 via 10.88.0.9 dev eth0');
    await daemon.untilLog(/VI_1.*10\.30\.0\.0\/16.*put back/, 2);
    const { stdout } = await ours.run(['ip', 'route', 'get', '10.30.1.1']);
    expect(stdout).toContain('via 10.88.0.2');
    await ours.ip('route del 10.30.0.0/16 via 10.88.0.9 dev eth0');
    expect(daemon.said('Entering BACKUP STATE')).toBe(1);
    await daemon.untilLog('Restoring deleted static route 10.50.0.0/16');
    await daemon.stop();
    expect(await stateOf(ours)).toEqual([]);
  });

  it('wait for an interface that comes later', async () => {
    const configuration = virtual(['10.30.0.0/16 dev late0']).replace('{', '{\n  dynamic_interfaces');
    const daemon = await ours.daemon(`static_routes {\n  10.50.0.0/16 dev late0\n}\n${configuration}`);
    // As with addresses: without the interface of a tracked route the instance is no master.
    await daemon.untilLog(/Entering FAULT STATE.*interface late0 is missing/);
    expect(await stateOf(ours)).toEqual([]);
    await ours.ip('link add late0 type veth peer name late1', 'link set late1 up', 'link set late0 up');
    await until('both routes', { within: patience, every: 50 }, async () => (await stateOf(ours)).length === 2);
    await ours.ip('link del late0');
    await until('no route', { within: patience, every: 50 }, async () => (await stateOf(ours)).length === 0);
    await ours.ip('link add late0 type veth peer name late1', 'link set late1 up', 'link set late0 up');
    await until('both routes', { within: patience, every: 50 }, async () => (await stateOf(ours)).length === 2);
    expect(daemon.said('cannot add')).toBe(0);
    await daemon.stop();
    await ours.ip('link del late0');
  });

  it('of a life that ended without a stop are taken over or taken away', async () => {
    const configuration = virtual(['10.30.0.0/16 dev eth0'], ['from 10.1.0.0/16 table 100 preference 1000']);
    const daemon = await ours.daemon(`static_routes {\n  10.50.0.0/16 dev eth1\n}\n${configuration}`);
    await until('all of them', { within: patience, every: 50 }, async () => (await stateOf(ours)).length === 3);
    ours.killAll();
    await daemon.running.ended;
    expect(await stateOf(ours)).toHaveLength(3);
    // A backup that hears nobody for long: it has time to clean up.
    const backup = configuration.replace('state MASTER', 'state BACKUP').replace('advert_int 0.1', 'advert_int 5');
    const next = await ours.daemon(`static_routes {\n  10.50.0.0/16 dev eth1\n}\n${backup}`);
    await until('the static one', { within: patience, every: 50 }, async () => (await stateOf(ours)).length === 1);
    await next.stop();
    expect(await stateOf(ours)).toEqual([]);
  });

  it('that are static need no instance', async () => {
    const daemon = await ours.daemon(
      'static_ipaddress {\n  10.88.1.9/24 dev eth1\n}\nstatic_routes {\n  10.50.0.0/16 src 10.88.1.9 dev eth1\n}\n',
    );
    await until('the route', { within: patience, every: 50 }, async () => (await stateOf(ours)).length === 1);
    expect(await ours.addresses('eth1')).toContain('10.88.1.9/24');
    await daemon.stop();
    expect(await stateOf(ours)).toEqual([]);
    expect(await ours.addresses('eth1')).not.toContain('10.88.1.9/24');
  });

  it('stay at a stop with -V', async () => {
    const daemon = await ours.daemon(virtual(['10.30.0.0/16 dev eth0']), { options: ['-V'] });
    await until('the route', { within: patience, every: 50 }, async () => (await stateOf(ours)).length === 1);
    await daemon.stop();
    expect(await stateOf(ours)).toHaveLength(1);
  });
});
