/** Whatever a firewall program prints and whatever comes from the wire, the doctor has an answer and throws nothing. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { follow } from '../../src/doctor/firewall/follow.ts';
import { readIptablesSave } from '../../src/doctor/firewall/iptables-rules.ts';
import { readNftRuleset } from '../../src/doctor/firewall/nft-ruleset.ts';
import type { FilteredPacket } from '../../src/doctor/firewall/ruleset.ts';
import { readListeners } from '../../src/doctor/listeners.ts';
import { readArpReply, readNeighbourAdvertisement } from '../../src/doctor/wire/address-probe.ts';
import { judgeHeard } from '../../src/doctor/wire/heard.ts';
import { digests } from '../unit/vrrp/configuration.ts';
import { model } from '../unit/config/memory.ts';
import { router } from '../unit/doctor/machine.ts';

const packet: FilteredPacket = {
  family: 'inet',
  protocol: 112,
  destination: '224.0.0.18',
  inputInterface: 'eth0',
  ttl: 255,
  multicast: true,
};
const fates = ['passes', 'dropped', 'perhaps dropped'];

const name = fc.constantFrom('input', 'a', 'b');
const word = fc.constantFrom('vrrp', 'tcp', 'eth*', '@set', '224.0.0.18', '0.0.0.0', 'new', '', '__proto__');
const leaf = fc.oneof(word, fc.integer(), fc.constant(null), fc.boolean());
const right = fc.oneof(
  leaf,
  fc.array(leaf, { maxLength: 3 }),
  fc.record({ set: fc.array(leaf, { maxLength: 3 }) }),
  fc.record({ prefix: fc.record({ addr: word, len: fc.integer({ min: -5, max: 200 }) }) }),
  fc.record({ range: fc.array(leaf, { maxLength: 3 }) }),
);
const left = fc.oneof(
  fc.record({ meta: fc.record({ key: fc.constantFrom('l4proto', 'iifname', 'pkttype', 'nfproto', 'mark', 'x') }) }),
  fc.record({
    payload: fc.record({
      protocol: fc.constantFrom('ip', 'ip6', 'tcp', 'th', 'x'),
      field: fc.constantFrom('protocol', 'saddr', 'daddr', 'dport', 'ttl', 'x'),
    }),
  }),
  fc.record({ ct: fc.record({ key: fc.constantFrom('state', 'mark') }) }),
  leaf,
);
const target = fc.record({ target: name });
const expression = fc.oneof(
  fc.record({
    match: fc.oneof(fc.record({ op: fc.constantFrom('==', '!=', 'in', '<', '>=', '&'), left, right }), leaf),
  }),
  fc.record({
    vmap: fc.record({
      key: left,
      data: fc.oneof(
        right,
        fc.record({ set: fc.array(fc.tuple(leaf, fc.record({ drop: fc.constant(null) })), { maxLength: 3 }) }),
      ),
    }),
  }),
  ...['accept', 'drop', 'return', 'reject', 'queue', 'counter', 'limit', 'xt'].map((key) =>
    fc.record({ [key]: fc.constant(null) }),
  ),
  fc.record({ jump: fc.oneof(target, leaf) }),
  fc.record({ goto: target }),
);
const place = { family: fc.constantFrom('ip', 'inet', 'ip6', 'arp', 'bridge'), table: fc.constant('filter') };
const item = fc.oneof(
  fc.record({
    rule: fc.record({
      ...place,
      chain: name,
      handle: fc.oneof(fc.nat(), word),
      expr: fc.oneof(fc.array(expression, { maxLength: 4 }), leaf),
    }),
  }),
  fc.record({
    chain: fc.record({
      ...place,
      name,
      hook: fc.constantFrom('input', 'forward', 'x'),
      prio: fc.oneof(fc.integer(), word),
      policy: fc.constantFrom('drop', 'accept', 'x'),
    }),
  }),
  fc.record({ set: fc.record({ ...place, name: word, elem: fc.oneof(fc.array(leaf), leaf) }) }),
  leaf,
);

describe('rules of a firewall', () => {
  it('of nft, right and wrong ones, lead to a fate', () => {
    fc.assert(
      fc.property(fc.oneof(fc.array(item, { maxLength: 12 }), leaf), (nftables) => {
        const ruleset = readNftRuleset(JSON.stringify({ nftables }));
        expect(fates).toContain(follow([ruleset], packet, 'in').fate);
      }),
    );
  });

  it('of nft that are any JSON lead to a fate', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(fates).toContain(follow([readNftRuleset(json)], packet, 'in').fate);
      }),
    );
  });

  it('of iptables, any lines of them, lead to a fate', () => {
    const option = fc.constantFrom(
      '-p',
      '-s',
      '-d',
      '-i',
      '!',
      '-m',
      '--ctstate',
      '--dport',
      '--dports',
      '-j',
      '-g',
      '--comment',
      '"',
      '-f',
      '--pkt-type',
    );
    const value = fc.constantFrom(
      'vrrp',
      '112',
      'all',
      '224.0.0.0/4',
      '10.0.0.1/255.0.255.0',
      '::/0',
      'eth+',
      'NEW',
      'DROP',
      'ACCEPT',
      'A',
      '1:',
      ':',
      '"a b"',
      '\\',
    );
    const line = fc.oneof(
      fc
        .tuple(
          fc.constantFrom('-A INPUT', '-A A', '[1:2] -A INPUT', '-A X'),
          fc.array(fc.oneof(option, value), { maxLength: 10 }),
        )
        .map(([start, words]) => [start, ...words].join(' ')),
      fc.constantFrom('*filter', ':INPUT DROP [0:0]', ':A - [0:0]', 'COMMIT', '*', ':', '# x'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
        const ruleset = readIptablesSave(lines.join('\n'), 'inet');
        expect(fates).toContain(follow([ruleset], packet, 'in').fate);
      }),
    );
  });
});

describe('octets from the wire', () => {
  const configuration = model(router() + router('version 3', 'VI_2', 52) + router('use_vmac', 'VI_3', 53));
  it('are routers or nothing', () => {
    const header = fc.constantFrom(
      [0x45, 0, 0, 40, 0, 1, 0, 0, 255, 112],
      [0x45, 0, 0, 60, 0, 1, 0, 0, 255, 51],
      [0x60, 0, 0, 0, 0, 20, 112, 255],
      [],
    );
    const octets = fc
      .tuple(header, fc.array(fc.nat(255), { maxLength: 80 }))
      .map(([start, rest]) => Uint8Array.from([...start, ...rest]));
    fc.assert(
      fc.property(octets, (bytes) => {
        const heard = { interface: 'eth0', packet: bytes, hardwareAddress: '', outgoing: false, at: 0, realTime: 0 };
        for (const one of judgeHeard(configuration, { packets: [heard], digests })) expect(one.count).toBe(1);
        readArpReply(bytes);
        readNeighbourAdvertisement(bytes);
      }),
    );
  });

  it('and tables of sockets are read without an exception', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.constantFrom('inet' as const, 'inet6' as const),
        (table, family) => void readListeners(table, family),
      ),
    );
  });
});
