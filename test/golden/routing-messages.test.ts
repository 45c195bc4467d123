// What iproute2 6.1 sends for routes and rules (strace of `ip`, sequence number zeroed), and what we send for the same.
import { describe, expect, it } from 'vitest';
import { ATTRIBUTE_HEADER_LENGTH, NLA_TYPE_MASK } from '../../src/core/netlink/constants.ts';
import { netlinkAlign, readNetlinkMessage } from '../../src/core/netlink/message.ts';
import { encodeRouteChange } from '../../src/network/route-codec.ts';
import { RTA } from '../../src/network/route-constants.ts';
import { placeRoute } from '../../src/network/match-routes.ts';
import { decodeRoutingMessage } from '../../src/network/route-message.ts';
import { encodeRuleChange } from '../../src/network/rule-codec.ts';
import type { Link } from '../../src/network/types.ts';
import { instance, model, plainHost } from '../unit/config/memory.ts';

const loopback: Link = {
  index: 1,
  name: 'lo',
  flags: 0x10049,
  mtu: 65_536,
  hardwareType: 772,
  hardwareAddress: new Uint8Array(6),
  up: true,
};

type Row = readonly [command: string, line: string, octets: string];

const routes: readonly Row[] = [
  [
    'ip route prepend 10.30.0.0/16 via 10.0.0.2 dev lo proto 18 scope global',
    '10.30.0.0/16 via 10.0.0.2 dev lo',
    '3400000018000504000000000000000002100000fe12000100000000080001000a1e0000080005000a00000208000400' + '01000000',
  ],
  [
    'ip route add 10.30.0.0/16 via 10.0.0.2 dev lo onlink proto 18 scope global table 1000 metric 7 tos 4',
    '10.30.0.0/16 via 10.0.0.2 dev lo onlink table 1000 metric 7 tos 4 add',
    '44000000180005060000000000000000021000040012000104000000080001000a1e0000080005000a00000208000f00' +
      'e803000008000600070000000800040001000000',
  ],
  [
    'ip route append 10.30.0.0/16 dev lo proto 18 scope link src 10.0.0.1 realms 5/6',
    '10.30.0.0/16 dev lo scope link src 10.0.0.1 realms 5/6 append',
    '3c0000001800050c000000000000000002100000fe12fd0100000000080001000a1e0000080007000a00000108000b00' +
      '060005000800040001000000',
  ],
  [
    'ip route prepend blackhole 10.37.0.0/16 proto 18 scope global',
    'blackhole 10.37.0.0/16',
    '2400000018000504000000000000000002100000fe12000600000000080001000a250000',
  ],
  [
    'ip route prepend 10.36.0.0/16 dev lo proto 18 scope global mtu lock 1400 hoplimit 9 advmss 1300 rtt 2000 rttvar 1601 reordering 4 window 5000 cwnd lock 4 ssthresh 9 rto_min 300ms initcwnd 5 initrwnd 6 features ecn quickack 1 congctl lock cubic fastopen_no_cookie 1',
    '10.36.0.0/16 dev lo mtu lock 1400 hoplimit 9 advmss 1300 rtt 2000 rttvar 1601 reordering 4 window 5000 cwnd lock 4 ssthresh 9 rto_min lock 300ms initcwnd 5 initrwnd 6 features ecn quickack 1 congctl lock cubic fastopen_no_cookie 1',
    'bc00000018000504000000000000000002100000fe12000100000000080001000a240000080004000100000090000800' +
      '080002007805000008000a0009000000080008001405000008000400d007000008000500410600000800090004000000' +
      '08000300881300000800070004000000080006000900000008000d002c01000008000b000500000008000e0006000000' +
      '08000c000100000008000f000100000009001000637562696300000008001100010000000800010084200100',
  ],
  [
    'ip -6 route prepend 2001:db8:5::/48 from 2001:db8:7::/48 via 2001:db8::2 dev lo proto 18 expires 500 pref high metric 9',
    '2001:db8:5::/48 from 2001:db8:7::/48 via 2001:db8::2 dev lo expires 500 pref high metric 9',
    '780000001800050400000000000000000a303000fe120001000000001400010020010db8000500000000000000000000' +
      '1400020020010db80007000000000000000000001400050020010db800000000000000000000000208001700f4010000' +
      '050014000100000008000600090000000800040001000000',
  ],
  [
    'ip route prepend 10.35.0.0/16 proto 18 scope global nexthop via 10.0.0.2 dev lo weight 3 nexthop via 10.0.1.2 dev lo onlink realms 2/3',
    '10.35.0.0/16 nexthop via 10.0.0.2 dev lo weight 3 nexthop via 10.0.1.2 dev lo onlink realms 2/3',
    '5000000018000504000000000000000002100000fe12000100000000080001000a2300002c0009001000000201000000' +
      '080005000a0000021800040001000000080005000a00010208000b0003000200',
  ],
  [
    'ip route prepend 10.46.0.0/16 proto 18 scope global encap ip id 5 dst 10.9.9.9 src 10.9.9.8 ttl 9 tos 4 via 10.0.0.7 dev lo',
    '10.46.0.0/16 encap ip id 5 dst 10.9.9.9 src 10.9.9.8 ttl 9 tos 4 via 10.0.0.7 dev lo',
    '6c00000018000504000000000000000002100000fe12000100000000080001000a2e0000300016800c00010000000000' +
      '00000005080002000a090909080003000a0909080500040009e101000500050004e10100060015000200000008000500' +
      '0a0000070800040001000000',
  ],
  [
    'ip -6 route prepend 2001:db8:8::/48 proto 18 encap ip6 id 5 dst 2001:db8::9 hoplimit 7 tc 4 dev lo',
    '2001:db8:8::/48 encap ip6 id 5 dst 2001:db8::9 hoplimit 7 tc 4 dev lo',
    '740000001800050400000000000000000a300000fe120001000000001400010020010db8000800000000000000000000' +
      '340016800c00010000000000000000051400020020010db8000000000000000000000009050004000700000005000500' +
      '0400000006001500040000000800040001000000',
  ],
  [
    'ip route prepend 10.47.0.0/16 proto 18 scope global encap mpls 100/200 via 10.0.0.7 dev lo',
    '10.47.0.0/16 encap mpls 100/200 via 10.0.0.7 dev lo',
    '4c00000018000504000000000000000002100000fe12000100000000080001000a2f0000100016800c00010000064000' +
      '000c81000600150001000100080005000a0000070800040001000000',
  ],
  [
    'ip route prepend 10.47.0.0/16 proto 18 scope global ttl-propagate disabled dev lo',
    '10.47.0.0/16 ttl-propagate disabled dev lo',
    '3400000018000504000000000000000002100000fe12000100000000080001000a2f000005001a000000000008000400' + '01000000',
  ],
  [
    'ip route del unicast 10.30.0.0/16 via 10.0.0.2 dev lo proto 18 table 1000 metric 7 tos 4',
    '10.30.0.0/16 via 10.0.0.2 dev lo table 1000 metric 7 tos 4',
    '44000000190005000000000000000000021000040012ff0100000000080001000a1e0000080005000a00000208000f00' +
      'e803000008000600070000000800040001000000',
  ],
];

const rules: readonly Row[] = [
  [
    'ip rule add from 10.1.0.0/16 to 10.2.0.0/16 table 100 pref 1000 proto 18',
    'from 10.1.0.0/16 to 10.2.0.0/16 table 100 preference 1000',
    '3c000000200005060000000000000000021010006400000100000000080002000a010000080001000a02000008000600' +
      'e80300000500150012000000',
  ],
  [
    'ip -6 rule add from 2001:db8:9::/64 table 100000 pref 1000 proto 18 tos 16',
    'from 2001:db8:9::/64 table 100000 preference 1000 tos 0x16',
    '480000002000050600000000000000000a00401600000001000000001400020020010db8000900000000000000000000' +
      '08000f00a086010008000600e80300000500150012000000',
  ],
  [
    'ip rule add not fwmark 5/0xff iif eth0 oif eth1 table 100 pref 1002 proto 18',
    'not fwmark 5/0xff iif eth0 oif eth1 table 100 preference 1002',
    '5400000020000506000000000000000002000000640000010200000008000a000500000008001000ff00000009000300' +
      '657468300000000009001100657468310000000008000600ea0300000500150012000000',
  ],
  [
    'ip rule add from all uidrange 5-9 ipproto tcp sport 80-90 dport 100-200 table 100 pref 1011 proto 18',
    'from all uidrange 5-9 ipproto tcp sport 80-90 dport 100-200 table 100 preference 1011',
    '54000000200005060000000000000000020000006400000100000000040002000c001400050000000900000005001600' +
      '060000000800170050005a00080018006400c80008000600f30300000500150012000000',
  ],
  [
    'ip rule add from all tun_id 77 table 100 suppress_prefixlength 8 suppress_ifgroup 3 realms 3/4 pref 1014 proto 18',
    'from all tunnel-id 77 table 100 suppress_prefixlength 8 suppress_ifgroup 3 realms 3/4 preference 1014',
    '54000000200005060000000000000000020000006400000100000000040002000c000c00000000000000004d08000e00' +
      '0800000008000d000300000008000b000400030008000600f60300000500150012000000',
  ],
  [
    'ip rule add from 10.7.0.0/16 goto 1100 pref 1009 proto 18',
    'from 10.7.0.0/16 goto 1100 preference 1009',
    '3c000000200005060000000000000000020010000000000200000000080002000a070000080004004c04000008000600' +
      'f10300000500150012000000',
  ],
  [
    'ip rule add from 10.7.0.0/16 nop pref 1009 proto 18',
    'from 10.7.0.0/16 nop preference 1009',
    '34000000200005060000000000000000020010000000000300000000080002000a07000008000600f103000005001500' + '12000000',
  ],
  [
    'ip rule add from 10.7.0.0/16 type prohibit pref 1009 proto 18',
    'from 10.7.0.0/16 type prohibit preference 1009',
    '34000000200005060000000000000000020010000000000800000000080002000a07000008000600f103000005001500' + '12000000',
  ],
  [
    'ip rule add from all l3mdev pref 1013 proto 18',
    'from all l3mdev preference 1013',
    '3800000020000506000000000000000002000000000000010000000004000200050013000100000008000600f5030000' +
      '0500150012000000',
  ],
];

function fromHex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (octet) => Number.parseInt(octet, 16));
}

function hex(octets: Uint8Array): string {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join('');
}

/** Attributes as texts, sorted: their order means nothing, nor does what stands in the padding. */
function attributes(octets: Uint8Array, nested: ReadonlySet<number>): unknown[] {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const found: { type: number; value: unknown }[] = [];
  for (let offset = 0; octets.length - offset >= ATTRIBUTE_HEADER_LENGTH;) {
    const length = view.getUint16(offset, true);
    const type = view.getUint16(offset + 2, true) & NLA_TYPE_MASK;
    const value = octets.subarray(offset + ATTRIBUTE_HEADER_LENGTH, offset + length);
    // iproute2 says "from all" by an empty attribute.
    if (value.length > 0)
      found.push({ type, value: nested.has(type) ? attributes(value, new Set()) : text(type, value) });
    offset += netlinkAlign(length);
  }
  return found.toSorted((a, b) => a.type - b.type);
}

/** Names of interfaces and algorithms may end with a zero octet. */
function text(_type: number, value: Uint8Array): string {
  return hex(value).replace(/^((?:[0-9a-f]{2}){5,})00$/, '$1');
}

/** A message in a form in which equal ones are equal. */
function canonical(octets: Uint8Array, nested: ReadonlySet<number>): unknown {
  const { flags, payload, type } = readNetlinkMessage(octets);
  return { type, flags, header: hex(payload.subarray(0, 12)), attributes: attributes(payload.subarray(12), nested) };
}

describe('routes are written as iproute2 writes them', () => {
  it.each(routes)('%s', (command, line, octets) => {
    const change = command.includes(' del ') ? 'delete' : 'add';
    const [virtual] = model(instance(`virtual_routes {\n${line}\n}`), { host: plainHost }).vrrp.instances;
    const [route] = virtual?.virtualRoutes ?? [];
    const placed = route && placeRoute(route, new Map([['lo', loopback]]));
    if (!placed) throw new Error(`${line} is no route`);
    const nested = new Set<number>([RTA.METRICS, RTA.ENCAP]);
    expect(canonical(encodeRouteChange(change, placed), nested)).toEqual(canonical(fromHex(octets), nested));
  });
});

describe('rules are written as iproute2 writes them', () => {
  it.each(rules)('%s', (command, line, octets) => {
    const change = command.includes(' del ') ? 'delete' : 'add';
    const host = { ...plainHost, interfaceExists: () => true };
    const [virtual] = model(instance(`virtual_rules {\n${line}\n}`), { host }).vrrp.instances;
    const [rule] = virtual?.virtualRules ?? [];
    if (!rule) throw new Error(`${line} is no rule`);
    const none = new Set<number>();
    expect(canonical(encodeRuleChange(change, rule), none)).toEqual(canonical(fromHex(octets), none));
  });
});

describe('rules are removed', () => {
  it('with their action, so that no other rule of the same selector goes', () => {
    const [virtual] = model(instance('virtual_rules {\nfrom 10.1.0.0/16 table 100 preference 1000\n}')).vrrp.instances;
    const [rule] = virtual?.virtualRules ?? [];
    // RTM_DELRULE; AF_INET, 16 bits of source, table 100, FR_ACT_TO_TBL.
    expect(rule && canonical(encodeRuleChange('delete', rule), new Set())).toMatchObject({
      type: 33,
      header: '020010006400000100000000',
    });
  });
});

describe('messages of others', () => {
  it.each([...routes, ...rules])('%s is read', (command, _line, octets) => {
    const decoded = decodeRoutingMessage(fromHex(octets));
    expect(decoded).toMatchObject({
      ok: true,
      value: {
        what: command.includes('rule') ? 'rule' : 'route',
        change: command.includes(' del ') ? 'gone' : 'present',
      },
    });
  });

  it('in pieces are refused, not thrown at', () => {
    for (const [, , octets] of [...routes, ...rules]) {
      const whole = fromHex(octets);
      for (let length = 0; length < whole.length; length += 3) {
        const piece = whole.slice(0, length);
        if (length >= 4) new DataView(piece.buffer).setUint32(0, length, true);
        expect(decodeRoutingMessage(piece).ok).toBeTypeOf('boolean');
      }
    }
  });
});
