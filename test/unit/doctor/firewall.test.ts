/** Packet filters as administrators write them; the JSON is what nft 1.0.6 prints for the rules beside it. */
import { describe, expect, it } from 'vitest';
import { follow } from '../../../src/doctor/firewall/follow.ts';
import { readIptablesSave } from '../../../src/doctor/firewall/iptables-rules.ts';
import { readNftRuleset } from '../../../src/doctor/firewall/nft-ruleset.ts';
import type { FilteredPacket } from '../../../src/doctor/firewall/ruleset.ts';
import { examineFirewall } from '../../../src/doctor/topics/firewall.ts';
import { heard, machine, router, verdicts, wire } from './machine.ts';

const advertisement: FilteredPacket = {
  family: 'inet',
  protocol: 112,
  destination: '224.0.0.18',
  inputInterface: 'eth0',
  ttl: 255,
  multicast: true,
};

interface Chain {
  readonly policy?: string;
  readonly rules: readonly (readonly unknown[])[];
  readonly more?: readonly unknown[];
}

/** `table inet filter { chain input { type filter hook input priority 0; policy ...; RULES } }` */
function nft({ more = [], policy = 'accept', rules }: Chain): string {
  const place = { family: 'inet', table: 'filter' };
  return JSON.stringify({
    nftables: [
      { metainfo: { version: '1.0.6', release_name: 'Lester Gooch #5', json_schema_version: 1 } },
      { table: { family: 'inet', name: 'filter', handle: 1 } },
      { chain: { ...place, name: 'input', handle: 1, type: 'filter', hook: 'input', prio: 0, policy } },
      ...more,
      ...rules.map((expr, index) => ({ rule: { ...place, chain: 'input', handle: index + 2, expr } })),
    ],
  });
}

const counter = { counter: { packets: 0, bytes: 0 } };
const drop = { drop: null };
const accept = { accept: null };
const match = (left: unknown, right: unknown, op = '=='): unknown => ({ match: { op, left, right } });
const protocol = { payload: { protocol: 'ip', field: 'protocol' } };
const destination = { payload: { protocol: 'ip', field: 'daddr' } };
const meta = (key: string): unknown => ({ meta: { key } });
const subchain = { chain: { family: 'inet', table: 'filter', name: 'vrrp', handle: 9 } };
const inSubchain = (expr: readonly unknown[]): unknown => ({
  rule: { family: 'inet', table: 'filter', chain: 'vrrp', handle: 20, expr },
});

describe('rules of nft', () => {
  it.each<readonly [string, Chain, string]>([
    ['policy accept', { rules: [] }, 'passes'],
    ['policy drop', { policy: 'drop', rules: [] }, 'dropped'],
    ['ip protocol 112 counter drop', { rules: [[match(protocol, 112), counter, drop]] }, 'dropped'],
    ['ip protocol vrrp accept, policy drop', { policy: 'drop', rules: [[match(protocol, 'vrrp'), accept]] }, 'passes'],
    [
      'meta l4proto { tcp, vrrp } drop',
      { rules: [[match(meta('l4proto'), { set: ['tcp', 'vrrp'] }), drop]] },
      'dropped',
    ],
    [
      'meta l4proto { 100-120 } drop',
      { rules: [[match(meta('l4proto'), { set: [{ range: [100, 120] }] }), drop]] },
      'dropped',
    ],
    [
      'ip daddr 224.0.0.0/4 drop',
      { rules: [[match(destination, { prefix: { addr: '224.0.0.0', len: 4 } }), drop]] },
      'dropped',
    ],
    ['ip daddr 224.0.0.251 drop', { rules: [[match(destination, '224.0.0.251'), drop]] }, 'passes'],
    ['ip daddr != 224.0.0.18 drop', { rules: [[match(destination, '224.0.0.18', '!='), drop]] }, 'passes'],
    ['meta pkttype multicast drop', { rules: [[match(meta('pkttype'), 'multicast'), drop]] }, 'dropped'],
    ['iifname "eth1" drop', { rules: [[match(meta('iifname'), 'eth1'), drop]] }, 'passes'],
    ['iifname "eth*" drop', { rules: [[match(meta('iifname'), 'eth*'), drop]] }, 'dropped'],
    ['meta nfproto ipv6 drop', { rules: [[match(meta('nfproto'), 'ipv6'), drop]] }, 'passes'],
    ['tcp dport 22 drop', { rules: [[match({ payload: { protocol: 'tcp', field: 'dport' } }, 22), drop]] }, 'passes'],
    [
      'ip ttl < 255 drop',
      { rules: [[match({ payload: { protocol: 'ip', field: 'ttl' } }, 255, '<'), drop]] },
      'passes',
    ],
    // A group answers nobody: its connection is never established.
    [
      'ct state established,related accept, policy drop',
      { policy: 'drop', rules: [[match({ ct: { key: 'state' } }, ['established', 'related'], 'in'), accept]] },
      'dropped',
    ],
    [
      'ct state new accept, policy drop',
      { policy: 'drop', rules: [[match({ ct: { key: 'state' } }, 'new', 'in'), accept]] },
      'passes',
    ],
    ['ct state invalid drop', { rules: [[match({ ct: { key: 'state' } }, 'invalid', 'in'), drop]] }, 'passes'],
    [
      'ct state vmap { established : accept, invalid : drop }, policy drop',
      {
        policy: 'drop',
        rules: [
          [
            {
              vmap: {
                key: { ct: { key: 'state' } },
                data: {
                  set: [
                    ['established', accept],
                    ['invalid', drop],
                  ],
                },
              },
            },
          ],
        ],
      },
      'dropped',
    ],
    [
      'limit rate 10/second accept, policy drop',
      { policy: 'drop', rules: [[{ limit: { rate: 10, per: 'second' } }, accept]] },
      'perhaps dropped',
    ],
    [
      'ip saddr 192.0.2.0/24 accept, policy drop',
      {
        policy: 'drop',
        rules: [
          [match({ payload: { protocol: 'ip', field: 'saddr' } }, { prefix: { addr: '192.0.2.0', len: 24 } }), accept],
        ],
      },
      'perhaps dropped',
    ],
    [
      'jump to a chain that accepts protocol 112',
      {
        policy: 'drop',
        rules: [[{ jump: { target: 'vrrp' } }]],
        more: [subchain, inSubchain([match(protocol, 112), accept])],
      },
      'passes',
    ],
    [
      'jump to a chain that returns',
      { policy: 'drop', rules: [[{ jump: { target: 'vrrp' } }]], more: [subchain, inSubchain([{ return: null }])] },
      'dropped',
    ],
    [
      'ip daddr @groups drop',
      {
        rules: [[match(destination, '@groups'), drop]],
        more: [
          {
            set: {
              family: 'inet',
              table: 'filter',
              name: 'groups',
              type: 'ipv4_addr',
              elem: ['224.0.0.5', '224.0.0.18'],
            },
          },
        ],
      },
      'dropped',
    ],
    ['a set that is not listed', { rules: [[match(destination, '@unlisted'), drop]] }, 'perhaps dropped'],
    ['queue', { rules: [[{ queue: { num: 0 } }]] }, 'perhaps dropped'],
  ])('%s: %3$s', (_, chain, fate) => {
    expect(follow([readNftRuleset(nft(chain))], advertisement, 'in').fate).toBe(fate);
  });

  it('asks every chain of the hook: another one that accepts does not help', () => {
    const first = readNftRuleset(nft({ rules: [[match(protocol, 112), accept]] }));
    const second = readNftRuleset(nft({ rules: [[match(protocol, 112), drop]] }));
    expect(follow([first, second], advertisement, 'in')).toEqual({
      fate: 'dropped',
      by: 'chain inet filter input: rule (handle 2) drop',
      program: 'nft',
    });
  });

  it('does not follow a chain in circles', () => {
    const circle = nft({
      rules: [[{ jump: { target: 'vrrp' } }]],
      more: [subchain, inSubchain([{ jump: { target: 'vrrp' } }])],
    });
    expect(follow([readNftRuleset(circle)], advertisement, 'in').fate).toBe('perhaps dropped');
  });
});

describe('rules of iptables', () => {
  const save = (rules: readonly string[], policy = 'ACCEPT'): string =>
    [
      '# Generated by iptables-save v1.8.9',
      '*filter',
      `:INPUT ${policy} [12:3456]`,
      ':FORWARD ACCEPT [0:0]',
      ':OUTPUT ACCEPT [0:0]',
      ':VRRP - [0:0]',
      ...rules,
      'COMMIT',
    ].join('\n');
  it.each<readonly [readonly string[], string, string]>([
    [[], 'ACCEPT', 'passes'],
    [[], 'DROP', 'dropped'],
    [['-A INPUT -p vrrp -j DROP'], 'ACCEPT', 'dropped'],
    [['-A INPUT -p 112 -j ACCEPT'], 'DROP', 'passes'],
    [['-A INPUT ! -p 112 -j DROP'], 'ACCEPT', 'passes'],
    [['[5:160] -A INPUT -d 224.0.0.0/240.0.0.0 -j REJECT --reject-with icmp-port-unreachable'], 'ACCEPT', 'dropped'],
    [['-A INPUT -i eth+ -m pkttype --pkt-type multicast -j DROP'], 'ACCEPT', 'dropped'],
    [['-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT'], 'DROP', 'dropped'],
    [['-A INPUT -m comment --comment "no \\"vrrp\\" -j ACCEPT" -p tcp -j DROP'], 'ACCEPT', 'passes'],
    [['-A INPUT -m recent --name x --rcheck -j DROP'], 'ACCEPT', 'perhaps dropped'],
    [
      [
        '-A INPUT -p 112 -j LOG --log-prefix "vrrp: "',
        '-A INPUT -p 112 -j VRRP',
        '-A VRRP -s 192.0.2.7/32 -j RETURN',
        '-A VRRP -j DROP',
      ],
      'ACCEPT',
      'dropped',
    ],
    [['-A INPUT -g VRRP', '-A INPUT -j DROP'], 'ACCEPT', 'passes'],
    [['-A INPUT -p udp -m udp --dport 3784 -j DROP'], 'ACCEPT', 'passes'],
  ])('%j with policy %s: %s', (rules, policy, fate) => {
    expect(follow([readIptablesSave(save(rules, policy), 'inet')], advertisement, 'in').fate).toBe(fate);
  });

  it.each([
    ['3784', 'dropped'],
    ['3780:3790', 'dropped'],
    ['22,3784', 'dropped'],
    ['4784', 'passes'],
  ])('knows the port of BFD: --dports %s', (ports, fate) => {
    const packet = {
      ...advertisement,
      protocol: 17,
      destination: '192.0.2.1',
      destinationPort: 3784,
      multicast: false,
    };
    const rules = readIptablesSave(save([`-A INPUT -p udp -m multiport --dports ${ports} -j DROP`]), 'inet');
    expect(follow([rules], packet, 'in').fate).toBe(fate);
  });
});

describe('the finding', () => {
  const text = router('', 'VI_1', 51, 'eth0');
  const facts = (rules: string): ReturnType<typeof machine> =>
    machine(text, { firewall: { rulesets: [readIptablesSave(rules, 'inet')], troubles: [] } });

  it('names rule, place and the command', () => {
    const [finding] = examineFirewall(facts('*filter\n:INPUT DROP [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n'));
    expect(finding).toMatchObject({
      code: 'firewall-drops',
      severity: 'error',
      what: 'advertisements (protocol 112) to 224.0.0.18 on eth0 do not arrive: policy drop of iptables table filter chain INPUT',
      remedies: ['iptables -I INPUT -i eth0 -p 112 -j ACCEPT'],
    });
  });

  it('is about what leaves, too', () => {
    const rules =
      '*filter\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -d 224.0.0.18/32 -o eth0 -j DROP\nCOMMIT\n';
    expect(examineFirewall(facts(rules)).map(({ what }) => what)).toEqual([
      'advertisements (protocol 112) to 224.0.0.18 on eth0 do not leave: iptables table filter chain OUTPUT: "-A OUTPUT -d 224.0.0.18/32 -o eth0 -j DROP"',
    ]);
  });

  it('is none for IPv6 where only IPv4 is filtered, and knows ff02::12', () => {
    const six = 'vrrp_instance V6 {\ninterface eth0\nvirtual_router_id 61\nvirtual_ipaddress {\nfe80::61\n}\n}\n';
    const rules = (family: 'inet' | 'inet6'): ReturnType<typeof machine> =>
      machine(six, {
        firewall: { rulesets: [readIptablesSave('*filter\n:INPUT DROP [0:0]\nCOMMIT\n', family)], troubles: [] },
      });
    expect(verdicts(examineFirewall(rules('inet')))).toEqual([]);
    expect(examineFirewall(rules('inet6')).map(({ what }) => what)).toEqual([
      expect.stringContaining('to ff02::12 on eth0 do not arrive'),
    ]);
  });

  it('is none where a source is let in and what comes from it was heard behind the filters', () => {
    const rules = '*filter\n:INPUT DROP [0:0]\n-A INPUT -s 192.0.2.2/32 -p vrrp -j ACCEPT\nCOMMIT\n';
    const around = facts(rules);
    expect(verdicts(examineFirewall(around))).toEqual(['firewall-may-drop warning']);
    expect(verdicts(examineFirewall({ ...around, wire: wire({ routers: [heard()] }) }))).toEqual([]);
    expect(verdicts(examineFirewall({ ...around, wire: wire({ routers: [heard({ delivered: 0 })] }) }))).toEqual([
      'firewall-may-drop warning',
    ]);
  });

  it('knows the interface of a BFD session by its route, and is not sure without one', () => {
    const session = 'bfd_instance B {\nneighbor_ip 192.0.2.9\nsource_ip 192.0.2.1\n}\n';
    const rules = readIptablesSave(
      '*filter\n:INPUT DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -i eth0 -p udp -m udp --dport 3784 -j ACCEPT\nCOMMIT\n',
      'inet',
    );
    const firewall = { rulesets: [rules], troubles: [] };
    const way = (name: string): ReturnType<typeof verdicts> =>
      verdicts(
        examineFirewall(
          machine(session, {
            firewall,
            routes: [{ destination: '192.0.2.9', reached: true, local: false, interface: name }],
          }),
        ),
      );
    expect(way('eth0')).toEqual([]);
    expect(way('eth1')).toEqual(['firewall-drops error']);
    expect(verdicts(examineFirewall(machine(session, { firewall })))).toEqual(['firewall-may-drop warning']);
  });
});
