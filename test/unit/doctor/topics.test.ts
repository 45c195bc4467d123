/** What is on the wire, around and in the configuration of a machine, a table a topic. */
import { describe, expect, it } from 'vitest';
import { examineMachine } from '../../../src/doctor/examine.ts';
import type { DoctorFacts } from '../../../src/doctor/facts.ts';
import { readListeners } from '../../../src/doctor/listeners.ts';
import { examineAddresses, examineRealServers } from '../../../src/doctor/topics/addresses.ts';
import { examineAdvertisements } from '../../../src/doctor/topics/advertisements.ts';
import { examineClocks } from '../../../src/doctor/topics/clocks.ts';
import { examineConfiguration } from '../../../src/doctor/topics/configuration.ts';
import { examineFeatures, examineInterfaces } from '../../../src/doctor/topics/interfaces.ts';
import { examineIpvsModules } from '../../../src/doctor/topics/ipvs-modules.ts';
import { examineOwners } from '../../../src/doctor/topics/ipvs-owners.ts';
import { examinePeers } from '../../../src/doctor/topics/peers.ts';
import { examineRights } from '../../../src/doctor/topics/rights.ts';
import { examineScripts } from '../../../src/doctor/topics/scripts.ts';
import { examineTiming } from '../../../src/doctor/topics/timing.ts';
import { examineTunnels } from '../../../src/doctor/topics/tunnels.ts';
import { address, balanced, heard, link, machine, router, verdicts, wire } from './machine.ts';

const key = '0123456789abcdef0123456789abcdef';

describe('advertisements', () => {
  const judged = (routers: readonly ReturnType<typeof heard>[], changes: Partial<DoctorFacts> = {}): string[] =>
    verdicts(examineAdvertisements(machine(router(), { wire: wire({ routers }), ...changes })));

  it.each([
    ['a master', [heard()], []],
    ['a refused one', [heard({ refusal: { code: 'password', reason: 'x' } })], ['advertisement-refused error']],
    ['another list', [heard({ remarks: [{ code: 'address-list', reason: 'x' }] })], ['addresses-differ warning']],
    [
      'quite other addresses',
      [heard({ addresses: ['198.51.100.1'], remarks: [{ code: 'address-list', reason: 'x' }] })],
      ['router-id-clash error'],
    ],
    [
      'another interval, version 3',
      [heard({ remarks: [{ code: 'interval-differs', reason: 'x' }] })],
      ['interval-differs warning'],
    ],
    ['what a filter takes away', [heard({ delivered: 0 })], ['advertisements-dropped-here error']],
    ['one packet more on the wire', [heard({ delivered: 0, count: 1 })], []],
    ['two masters', [heard(), heard({ source: '192.0.2.3', first: 500, last: 4500 })], ['two-masters error']],
    ['a handover', [heard({ first: 0, last: 1000 }), heard({ source: '192.0.2.3', first: 2000, last: 4000 })], []],
    ['one that resigns', [heard({ priority: 0 }), heard({ source: '192.0.2.3' })], []],
  ])('%s', (_, routers, expected) => expect(judged(routers)).toEqual(expected));

  it('says that nobody speaks, once it has listened long enough', () => {
    expect(judged([])).toEqual(['no-master note']);
    expect(judged([], { daemon: { states: { VI_1: 'BACKUP' } } })).toEqual(['no-master warning']);
    expect(judged([], { daemon: { states: { VI_1: 'MASTER' } } })).toEqual(['master-silent error']);
    expect(judged([], { wire: wire({ listenedFor: 1000 }) })).toEqual([]);
  });

  it('leaves routers of others alone', () => {
    const { instance: _, ...stranger } = heard({ virtualRouterId: 7 });
    expect(judged([stranger, heard()])).toEqual([]);
  });
});

describe('who has the addresses', () => {
  const master = heard();
  const answer = (
    text: string,
    hardwareAddress: string,
  ): { address: string; hardwareAddress: string; interface: string } => ({
    address: text,
    hardwareAddress,
    interface: 'eth0',
  });
  const stranger = '02:00:00:00:00:77';
  it.each<readonly [string, Partial<DoctorFacts>, readonly string[]]>([
    [
      'the master itself',
      { wire: wire({ routers: [master], answers: [answer('192.0.2.51', master.hardwareAddress)] }) },
      [],
    ],
    ['the virtual hardware address', { wire: wire({ answers: [answer('192.0.2.51', '00:00:5e:00:01:33')] }) }, []],
    ['this machine by another interface', { wire: wire({ answers: [answer('192.0.2.51', '02:00:00:00:00:03')] }) }, []],
    [
      'a stranger, no master heard',
      { wire: wire({ answers: [answer('192.0.2.51', stranger)] }) },
      ['address-elsewhere error'],
    ],
    [
      'a stranger beside the master',
      { wire: wire({ routers: [master], answers: [answer('192.0.2.51', stranger)] }) },
      ['address-elsewhere warning'],
    ],
    [
      'two of them',
      { wire: wire({ answers: [answer('192.0.2.51', stranger), answer('192.0.2.51', '02:00:00:00:00:78')] }) },
      ['address-twice error'],
    ],
    [
      'somebody beside this machine',
      {
        addresses: [address('192.0.2.1'), address('192.0.2.51')],
        wire: wire({ answers: [answer('192.0.2.51', stranger)] }),
      },
      ['address-twice error'],
    ],
  ])('%s', (_, changes, expected) => expect(verdicts(examineAddresses(machine(router(), changes)))).toEqual(expected));

  const service = balanced('DR');
  it.each<readonly [string, string, Partial<DoctorFacts>, readonly string[]]>([
    [
      'a real server that answers for the virtual address',
      service,
      { wire: wire({ answers: [answer('10.1.0.2', stranger), answer('192.0.2.100', stranger)] }) },
      ['real-server-answers-arp error'],
    ],
    ['one that does not', service, { wire: wire({ answers: [answer('10.1.0.2', stranger)] }) }, []],
    [
      'NAT: it has no virtual address',
      balanced('NAT'),
      { wire: wire({ answers: [answer('10.1.0.2', stranger), answer('192.0.2.100', stranger)] }) },
      [],
    ],
    [
      'the other director, master and real server at once',
      service,
      {
        wire: wire({
          routers: [heard({ addresses: ['192.0.2.100'], hardwareAddress: stranger })],
          answers: [answer('10.1.0.2', stranger), answer('192.0.2.100', stranger)],
        }),
      },
      [],
    ],
    [
      'a router between',
      service,
      { routes: [{ destination: '10.1.0.2', reached: true, local: false, interface: 'eth1', gateway: '10.1.0.254' }] },
      ['direct-routing-off-link error'],
    ],
    [
      'a router between, and a tunnel',
      balanced('TUN'),
      { routes: [{ destination: '10.1.0.2', reached: true, local: false, interface: 'eth1', gateway: '10.1.0.254' }] },
      [],
    ],
  ])('real servers: %s', (_, text, changes, expected) =>
    expect(verdicts(examineRealServers(machine(text, changes)))).toEqual(expected),
  );
});

it('tells a real server of IPv6 what IPv6 needs', () => {
  const text =
    'virtual_server 2001:db8::100 80 {\nlvs_sched rr\nlvs_method DR\nprotocol TCP\nreal_server 2001:db8::2 80 {\n}\n}\n';
  const answers = ['2001:db8::2', '2001:db8::100'].map((one) => ({
    address: one,
    hardwareAddress: '02:00:00:00:00:77',
    interface: 'eth0',
  }));
  const [finding] = examineRealServers(machine(text, { wire: wire({ answers }) }));
  expect(finding?.what).toContain('answers neighbour solicitations for 2001:db8::100');
  expect(finding?.remedies?.[0]).toContain('ip -6 address add 2001:db8::100/128 dev lo nodad');
  expect(finding?.remedies?.join(' ')).not.toContain('arp_ignore');
});

describe('unicast peers', () => {
  const text = router('unicast_peer {\n192.0.2.2\n}');
  const reached = { destination: '192.0.2.2', reached: true as const, local: false, interface: 'eth0' };
  const asked = [{ address: '192.0.2.2', interface: 'eth0' }];
  it.each<readonly [string, Partial<DoctorFacts>, readonly string[]]>([
    [
      'on the link, answering',
      {
        routes: [reached],
        wire: wire({ asked, answers: [{ address: '192.0.2.2', hardwareAddress: 'x', interface: 'eth0' }] }),
      },
      [],
    ],
    ['on the link, silent', { routes: [reached], wire: wire({ asked }) }, ['peer-silent warning']],
    ['behind a router', { routes: [{ ...reached, gateway: '192.0.2.254' }], wire: wire() }, []],
    [
      'without a way',
      { routes: [{ destination: '192.0.2.2', reached: false, reason: 'network is unreachable' }] },
      ['peer-unreachable error'],
    ],
    ['here', { routes: [{ ...reached, local: true, interface: 'lo' }] }, ['peer-is-here error']],
    ['elsewhere', { routes: [{ ...reached, interface: 'eth1' }] }, ['peer-elsewhere warning']],
  ])('%s', (_, changes, expected) => expect(verdicts(examinePeers(machine(text, changes)))).toEqual(expected));
});

describe('tunnels', () => {
  const reached = { destination: '10.1.0.2', reached: true as const, local: false, interface: 'eth1' };
  const tunnel = (words: string): string =>
    `virtual_server 192.0.2.100 80 {\nlvs_sched rr\nlvs_method TUN ${words}\nprotocol TCP\nreal_server 10.1.0.2 80 {\n}\n}\n`;
  it.each([
    // Outer IPv4 20; GRE 4, with a checksum 4 more (RFC 2784); GUE: UDP 8 and 4 (net/gue.h).
    ['', 1519, 1520],
    ['type ipip', 1519, 1520],
    ['type gre nocsum', 1523, 1524],
    ['type gre csum', 1527, 1528],
    ['type gue port 6080 nocsum', 1531, 1532],
  ])('%s needs more than %s', (words, narrow, wide) => {
    const judge = (mtu: number): string[] =>
      verdicts(
        examineTunnels(machine(tunnel(words), { links: [link('eth0'), link('eth1', { mtu })], routes: [reached] })),
      );
    expect(judge(narrow)).toEqual(['tunnel-mtu warning']);
    expect(judge(wide)).toEqual([]);
  });

  it('believes a route that says less than its interface', () => {
    const facts = machine(tunnel(''), {
      links: [link('eth0'), link('eth1', { mtu: 9000 })],
      routes: [{ ...reached, mtu: 1500 }],
    });
    expect(verdicts(examineTunnels(facts))).toEqual(['tunnel-mtu warning']);
  });
});

describe('interfaces and features', () => {
  it.each<readonly [string, Partial<DoctorFacts>, readonly string[]]>([
    ['all well', {}, []],
    ['missing', { links: [link('lo')] }, ['interface-missing error']],
    ['down', { links: [link('eth0', { flags: 0x1002, up: false })] }, ['interface-down error']],
    ['no carrier', { links: [link('eth0', { flags: 0x1003, up: false })] }, ['no-link error']],
    ['no multicast', { links: [link('eth0', { flags: 0x43 })] }, ['no-multicast error']],
    ['no address', { addresses: [address('fe80::1')] }, ['no-source error']],
    ['no address but the virtual one', { addresses: [address('192.0.2.51')] }, ['no-source error']],
  ])('%s', (_, changes, expected) => expect(verdicts(examineInterfaces(machine(router(), changes)))).toEqual(expected));

  it.each([
    [{ loaded: [], available: ['ipvlan'] }, ['feature-missing error']],
    [{ loaded: [], available: ['macvlan'] }, []],
    [{ loaded: ['macvlan'], available: [] }, []],
    // Nothing is known of this kernel's modules.
    [{ loaded: [] }, []],
  ])('use_vmac with %j: %j', (modules, expected) =>
    expect(verdicts(examineFeatures(machine(router('use_vmac'), { modules })))).toEqual(expected),
  );
});

describe('IPVS', () => {
  const loaded = (changes: Partial<DoctorFacts>): string[] =>
    verdicts(examineIpvsModules(machine(balanced('DR'), changes)));
  const without = (changes: Partial<DoctorFacts>): string[] => {
    const { ipvs: _, ...facts } = machine(balanced('DR'), changes);
    return verdicts(examineIpvsModules(facts));
  };
  it('wants its scheduler', () => {
    expect(loaded({ modules: { loaded: ['ip_vs'], available: ['ip_vs_rr'] } })).toEqual([]);
    expect(loaded({ modules: { loaded: ['ip_vs'], available: ['ip_vs'] } })).toEqual(['scheduler-missing error']);
  });
  it('is loaded by the daemon, if that may', () => {
    expect(without({ modules: { loaded: [], available: ['ip_vs'] } })).toEqual([]);
    expect(without({ modules: { loaded: [], available: [] } })).toEqual(['ipvs-missing error']);
    const rights = { effective: 1n << 12n, of: 'daemon' as const, settingsWritable: true };
    expect(without({ modules: { loaded: [], available: ['ip_vs'] }, rights })).toEqual(['ipvs-missing error']);
  });

  const process = (pid: number, parent: number, name: string, here = true): DoctorFacts['processes'][number] => ({
    pid,
    parent,
    name,
    here,
  });
  const own = [process(10, 1, 'keepalived'), process(11, 10, 'keepalived'), process(12, 10, 'keepalived')];
  const foreign = {
    kind: 'address' as const,
    family: 'inet' as const,
    protocol: 'tcp' as const,
    address: '10.96.0.1',
    port: 443,
  };
  const ours = { ...foreign, address: '192.0.2.100', port: 80 };
  it.each<readonly [string, string, Partial<DoctorFacts>, readonly string[]]>([
    ['one daemon', balanced('DR'), { processes: own, ipvs: { services: [ours] } }, []],
    ['another one', balanced('DR'), { processes: [...own, process(20, 1, 'keepalived')] }, ['several-daemons warning']],
    ['another one elsewhere', balanced('DR'), { processes: [...own, process(20, 1, 'keepalived', false)] }, []],
    ['kube-proxy', balanced('DR'), { processes: [process(30, 1, 'kube-proxy')] }, ['other-manager warning']],
    [
      'kube-proxy and lvs_flush',
      `global_defs {\nlvs_flush\n}\n${balanced('DR')}`,
      { processes: [process(30, 1, 'kube-proxy')] },
      ['other-manager error'],
    ],
    ['services of others', balanced('DR'), { ipvs: { services: [ours, foreign] } }, ['foreign-services note']],
    ['VRRP alone', router(), { processes: [process(30, 1, 'kube-proxy')], ipvs: { services: [foreign] } }, []],
  ])('%s', (_, text, changes, expected) => expect(verdicts(examineOwners(machine(text, changes)))).toEqual(expected));
});

describe('rights', () => {
  const all = (1n << 41n) - 1n;
  // linux/capability.h: NET_ADMIN 12, NET_RAW 13, SYS_NICE 23.
  it.each<readonly [string, Partial<DoctorFacts['rights']>, string, readonly string[]]>([
    ['all', {}, router(), []],
    ['no NET_RAW', { effective: all & ~(1n << 13n) }, router(), ['capability-missing error']],
    ['no NET_RAW for services alone', { effective: all & ~(1n << 13n) }, balanced('DR'), []],
    ['read-only settings', { settingsWritable: false }, router(), ['settings-read-only warning']],
    ['read-only settings and a VMAC', { settingsWritable: false }, router('use_vmac'), ['settings-read-only error']],
    [
      'no SYS_NICE',
      { effective: all & ~(1n << 23n) },
      `global_defs {\nvrrp_rt_priority 50\n}\n${router()}`,
      ['real-time-refused warning'],
    ],
    [
      'no SYS_NICE, a limit',
      { effective: all & ~(1n << 23n), realTimeLimit: 99 },
      `global_defs {\nvrrp_rt_priority 50\n}\n${router()}`,
      [],
    ],
  ])('%s', (_, rights, text, expected) => {
    const full = { effective: all, of: 'daemon' as const, settingsWritable: true, ...rights };
    expect(verdicts(examineRights(machine(text, { rights: full })))).toEqual(expected);
  });
});

describe('clocks', () => {
  const text = router(`auth_hmac {\nkey 1 ${key}\nactive_key 1\ntime_window 10\n}`);
  it.each([
    [0, true, []],
    [-4, true, []],
    [7, true, ['clock-offset warning']],
    [-60, true, ['clock-offset error']],
    [0, false, ['clock-free warning']],
  ])('%s s ahead, synchronised %s: %j', (clockAhead, clockSynchronised, expected) => {
    const facts = machine(text, { clockSynchronised, wire: wire({ routers: [heard({ clockAhead })] }) });
    expect(facts.configuration.vrrp.instances[0]?.hmac?.timeWindow).toBe(10_000);
    expect(verdicts(examineClocks(facts))).toEqual(expected);
  });
});

describe('programs and times', () => {
  it('names the program that others can replace', () => {
    const insecure = 'the directory /opt/checks can be written by everybody (mode 0777, bit 0002)';
    const script = {
      path: '/opt/checks/nginx',
      user: 'root',
      root: true,
      insecure,
      secureWith: 'chmod o-w /opt/checks',
    };
    expect(examineScripts({ scripts: [script] })[0]).toMatchObject({
      what: expect.stringContaining(insecure) as unknown,
      severity: 'warning',
    });
    expect(verdicts(examineScripts({ scripts: [{ ...script, root: false }] }))).toEqual([]);
  });

  it.each([
    // delay_loop 6, (3 + 1) x 5 + 3 x 1 = 23 s a check
    ['delay_loop 6\nTCP_CHECK {\nconnect_timeout 5\nretry 3\ndelay_before_retry 1\n}', ['slow-detection note']],
    ['delay_loop 6\nTCP_CHECK {\nconnect_timeout 1\nretry 1\ndelay_before_retry 1\n}', []],
  ])('checks: %j', (lines, expected) => {
    expect(verdicts(examineTiming(machine(balanced('DR', '', lines))))).toEqual(expected);
  });

  it('knows a delay that is over before the election', () => {
    expect(verdicts(examineTiming(machine(router('preempt_delay 2'))))).toEqual(['preempt-delay note']);
    expect(verdicts(examineTiming(machine(router('preempt_delay 60'))))).toEqual([]);
  });
});

describe('messages of the reader', () => {
  it.each([
    ['an old keyword', balanced('DR', '', 'HTTP_GET {\nurl {\npath /\n}\nnb_get_retry 2\n}'), ['CFG_DEPRECATED note']],
    [
      'nopreempt with a weight',
      router('nopreempt\ntrack_interface {\neth1 weight -20\n}'),
      ['CFG_NOPREEMPT_WEIGHT warning'],
    ],
    ['nopreempt of a master', router('state MASTER\nnopreempt'), ['CFG_NOPREEMPT error']],
    ['strict mode', router('strict_mode on'), ['CFG_STRICT_NO_ACCEPT warning']],
  ])('%s', (_, text, expected) => {
    expect(verdicts(examineConfiguration(machine(text)))).toEqual(expect.arrayContaining(expected));
  });
});

describe('sockets that wait', () => {
  // /proc/net/tcp and tcp6 of Linux on x86, shortened: words of 32 bits in the machine's order.
  const tcp = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 330200C0:01BB 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1',
    '   1: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2 1',
    '   2: 330200C0:01BB 0A0200C0:C000 01 00000000:00000000 00:00000000 00000000     0        0 3 1',
    '',
  ].join('\n');
  it('are read with their own address', () => {
    expect(readListeners(tcp, 'inet')).toEqual([{ family: 'inet', address: '192.0.2.51', port: 443 }]);
    const tcp6 = '   0: B80D0120000000000000000001000000:0050 00000000000000000000000000000000:0000 0A 0:0';
    expect(readListeners(tcp6, 'inet6')).toEqual([{ family: 'inet6', address: '2001:db8::1', port: 80 }]);
    expect(readListeners(tcp6, 'inet')).toEqual([]);
  });
});

describe('all topics together', () => {
  it('put the worst first, and only what was asked for', () => {
    const facts = machine(balanced('NAT', '', 'TCP_CHECK {\n}') + router(), {
      settings: { 'net/ipv4/ip_forward': '0', 'net/ipv4/vs/expire_nodest_conn': '0' },
      clockSynchronised: true,
    });
    const severities = examineMachine(facts).map(({ severity }) => severity);
    expect(severities).toEqual(
      severities.toSorted(
        (a, b) => ['error', 'warning', 'note', 'ok'].indexOf(a) - ['error', 'warning', 'note', 'ok'].indexOf(b),
      ),
    );
    expect(severities[0]).toBe('error');
    expect(examineMachine(facts, ['forwarding']).map(({ code, topic }) => `${topic} ${code}`)).toEqual([
      'forwarding no-forwarding',
    ]);
  });
});
