/** Settings of the kernel: facts typed from Documentation/networking/ip-sysctl.rst and ipvs-sysctl.rst. */
import { describe, expect, it } from 'vitest';
import { examineArp } from '../../../src/doctor/topics/arp.ts';
import { examineForwarding } from '../../../src/doctor/topics/forwarding.ts';
import { examineIpvsSettings } from '../../../src/doctor/topics/ipvs-settings.ts';
import { examineNonlocalBind } from '../../../src/doctor/topics/nonlocal-bind.ts';
import { examineReversePath } from '../../../src/doctor/topics/reverse-path.ts';
import { settingName } from '../../../src/doctor/finding.ts';
import { balanced, heard, link, machine, router, verdicts, wire } from './machine.ts';

const conf = (name: string, setting: string): string => `net/ipv4/conf/${name}/${setting}`;
const vmac = link('vrrp.51', { kind: 'macvlan', lowerIndex: 2 });
const links = [link('lo'), link('eth0'), link('eth1'), vmac];

describe('rp_filter', () => {
  it.each([
    // all, the VMAC: the larger one counts; 2 is loose.
    ['0', '0', []],
    ['1', '0', ['rp-filter-vmac error']],
    ['0', '1', ['rp-filter-vmac error']],
    ['2', '1', []],
    ['1', '2', []],
  ])('all %s, VMAC %s: %j', (all, own, expected) => {
    const settings = { [conf('all', 'rp_filter')]: all, [conf('vrrp.51', 'rp_filter')]: own };
    expect(verdicts(examineReversePath(machine(router('use_vmac'), { settings, links })))).toEqual(expected);
  });

  it('takes the filter from the VMAC alone: other interfaces keep what held for them', () => {
    const settings = {
      [conf('all', 'rp_filter')]: '1',
      [conf('default', 'rp_filter')]: '0',
      [conf('lo', 'rp_filter')]: '0',
      [conf('eth0', 'rp_filter')]: '1',
      [conf('eth1', 'rp_filter')]: '2',
      [conf('vrrp.51', 'rp_filter')]: '0',
    };
    const [finding] = examineReversePath(machine(router('use_vmac'), { settings, links }));
    expect(finding?.settings?.map(({ path, value }) => `${settingName(path)}=${value}`)).toEqual([
      'net.ipv4.conf.default.rp_filter=1',
      'net.ipv4.conf.lo.rp_filter=1',
      'net.ipv4.conf.all.rp_filter=0',
    ]);
  });

  it('says nothing of a VMAC that is not there yet: the daemon sets it', () => {
    const settings = { [conf('all', 'rp_filter')]: '1' };
    expect(verdicts(examineReversePath(machine(router('use_vmac'), { settings })))).toEqual([]);
  });

  it.each([
    ['eth0', '1', []],
    ['eth1', '1', ['rp-filter-source error']],
    ['eth1', '2', []],
    ['eth1', '0', []],
  ])('a master that is heard on eth0, its route leads over %s, filter %s: %j', (over, filter, expected) => {
    const facts = machine(router(), {
      settings: { [conf('eth0', 'rp_filter')]: filter },
      routes: [{ destination: '192.0.2.2', reached: true, local: false, interface: over }],
      wire: wire({ routers: [heard()] }),
    });
    expect(verdicts(examineReversePath(facts))).toEqual(expected);
  });
});

describe('names of settings', () => {
  it.each([
    ['net/ipv4/ip_forward', 'net.ipv4.ip_forward'],
    // sysctl(8): the separators change places where a name has a dot.
    ['net/ipv4/conf/eth0.100/rp_filter', 'net.ipv4.conf.eth0/100.rp_filter'],
  ])('%s is %s', (path, name) => expect(settingName(path)).toBe(name));
});

describe('forwarding', () => {
  const pair =
    router('', 'VI_1', 51, 'eth0') +
    router('', 'VI_2', 52, 'eth1') +
    'vrrp_sync_group G {\ngroup {\nVI_1\nVI_2\n}\n}\n';
  it.each([
    ['NAT', balanced('NAT'), '0', ['no-forwarding error']],
    ['NAT', balanced('NAT'), '1', []],
    ['DR', balanced('DR'), '0', []],
    ['a pair on two interfaces', pair, '0', ['no-forwarding-gateway warning']],
    ['one instance', router(), '0', []],
  ])('%s with ip_forward %#', (_, text, value, expected) => {
    const facts = machine(text, { settings: { 'net/ipv4/ip_forward': value } });
    expect(verdicts(examineForwarding(facts))).toEqual(expected);
  });

  it('knows the setting of IPv6', () => {
    const text =
      'virtual_server 2001:db8::1 80 {\nlvs_sched rr\nlvs_method NAT\nprotocol TCP\nreal_server 2001:db8::2 80 {\n}\n}\n';
    const settings = { 'net/ipv4/ip_forward': '1', 'net/ipv6/conf/all/forwarding': '0' };
    const [finding] = examineForwarding(machine(text, { settings }));
    expect(finding?.settings).toEqual([{ path: 'net/ipv6/conf/all/forwarding', value: '1' }]);
  });
});

describe('arp_ignore of a director', () => {
  it.each([
    ['0', '192.0.2.9/24', []],
    ['1', '192.0.2.9/24', []],
    ['2', '192.0.2.9/24', []],
    // 2: only askers of the same subnet; a /32 has none.
    ['2', '192.0.2.9/32', ['arp-silent error']],
    ['8', '192.0.2.9/24', ['arp-silent error']],
  ])('%s with %s: %j', (value, virtual, expected) => {
    const text = `vrrp_instance VI_1 {\ninterface eth0\nvirtual_router_id 9\nvirtual_ipaddress {\n${virtual}\n}\n}\n`;
    const facts = machine(text, {
      settings: { [conf('eth0', 'arp_ignore')]: value, [conf('all', 'arp_ignore')]: '0' },
    });
    expect(verdicts(examineArp(facts))).toEqual(expected);
  });

  it('wants the base of a VMAC to be silent about its addresses', () => {
    const settings = { [conf('eth0', 'arp_ignore')]: '0', [conf('vrrp.51', 'accept_local')]: '0' };
    expect(verdicts(examineArp(machine(router('use_vmac'), { settings, links })))).toEqual([
      'arp-two-answers warning',
      'accept-local warning',
    ]);
  });
});

describe('ip_nonlocal_bind', () => {
  const listeners = [{ family: 'inet' as const, address: '192.0.2.51', port: 443 }];
  it.each([
    ['0', listeners, ['nonlocal-bind warning']],
    ['1', listeners, []],
    ['0', [{ family: 'inet' as const, address: '192.0.2.1', port: 443 }], []],
  ])('%s with %j', (value, bound, expected) => {
    const facts = machine(router(), { settings: { 'net/ipv4/ip_nonlocal_bind': value }, listeners: bound });
    expect(verdicts(examineNonlocalBind(facts))).toEqual(expected);
  });
});

describe('settings of IPVS', () => {
  const vs = (name: string): string => `net/ipv4/vs/${name}`;
  const checked = 'TCP_CHECK {\n}';
  it.each([
    ['a UDP service', balanced('DR', '', checked, 'UDP'), { expire_nodest_conn: '0' }, ['expire-nodest-conn warning']],
    ['a TCP service', balanced('DR', '', checked), { expire_nodest_conn: '0' }, ['expire-nodest-conn note']],
    ['no checks', balanced('DR'), { expire_nodest_conn: '0' }, []],
    ['inhibited', balanced('DR', '', `inhibit_on_failure\n${checked}`), { expire_nodest_conn: '0' }, []],
    ['it is set', balanced('DR', '', checked, 'UDP'), { expire_nodest_conn: '1' }, []],
    [
      'persistence and inhibition',
      balanced('DR', 'persistence_timeout 50', 'inhibit_on_failure'),
      { expire_quiescent_template: '0' },
      ['expire-quiescent-template warning'],
    ],
    [
      'persistence',
      balanced('DR', 'persistence_timeout 50'),
      { expire_quiescent_template: '0' },
      ['expire-quiescent-template note'],
    ],
    ['no persistence', balanced('DR'), { expire_quiescent_template: '0' }, []],
    ['no reuse', balanced('DR'), { conn_reuse_mode: '0' }, ['conn-reuse-off warning']],
    ['reuse', balanced('DR'), { conn_reuse_mode: '1', conntrack: '1' }, []],
  ])('%s', (_, text, values, expected) => {
    const settings = Object.fromEntries(Object.entries(values).map(([name, value]) => [vs(name), value]));
    expect(verdicts(examineIpvsSettings(machine(text, { settings })))).toEqual(expected);
  });

  it.each([
    ['4.19.0', ['conn-reuse-delay warning']],
    ['5.8.18', ['conn-reuse-delay warning']],
    ['5.9.0', []],
    ['6.1.0-18-amd64', []],
  ])('Linux %s waits a second for a port that is used again with conntrack: %j', (kernelRelease, expected) => {
    const settings = { [vs('conn_reuse_mode')]: '1', [vs('conntrack')]: '1' };
    expect(verdicts(examineIpvsSettings(machine(balanced('DR'), { settings, kernelRelease })))).toEqual(expected);
  });

  it.each([
    ['0', true, 'NAT', ['ipvs-conntrack warning']],
    ['1', true, 'NAT', []],
    ['0', false, 'NAT', []],
    ['0', true, 'DR', []],
  ])('conntrack %s, a firewall that needs it %s, %s: %j', (value, needsConnectionTracking, method, expected) => {
    const facts = machine(balanced(method), {
      settings: { [vs('conntrack')]: value },
      firewall: { rulesets: [{ program: 'nft', chains: [], needsConnectionTracking }], troubles: [] },
    });
    expect(verdicts(examineIpvsSettings(facts))).toEqual(expected);
  });

  it.each([
    ['100', []],
    ['210000', ['conntrack-full warning']],
    ['262144', ['conntrack-full error']],
  ])('%s of 262144 connections: %j', (count, expected) => {
    const settings = { 'net/netfilter/nf_conntrack_max': '262144', 'net/netfilter/nf_conntrack_count': count };
    expect(verdicts(examineIpvsSettings(machine(balanced('DR'), { settings })))).toEqual(expected);
  });
});
