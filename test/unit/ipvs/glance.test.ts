import { describe, expect, it } from 'vitest';
import { TableGlance } from '../../../src/ipvs/glance.ts';
import type { Destination, Service } from '../../../src/ipvs/types.ts';

// The formats of ip_vs_info_seq_show() in net/netfilter/ipvs/ip_vs_ctl.c: addresses in network order and hexadecimal.
const head = [
  'IP Virtual Server version 1.2.1 (size=4096)',
  'Prot LocalAddress:Port Scheduler Flags',
  '  -> RemoteAddress:Port Forward Weight ActiveConn InActConn',
];
const web = [
  'TCP  C0A80136:0050 wlc persistent 300 FFFFFFFF',
  '  -> AC100103:0050      Masq    1      12         3         ',
  '  -> AC100102:0050      Masq    2      0          0         ',
];
const ipv6 = [
  'UDP  [2001:0db8:0000:0000:0000:0000:0000:0001]:0035 rr ',
  '  -> [2001:0db8:0000:0000:0000:0000:0000:000a]:0035      Route   1      0          0         ',
];
const mark = ['FWM  0000000A rr  ', '  -> AC100102:0000      Tunnel  1      0          0         '];

function server(address: string, weight: number, method: 'NAT' | 'DR', port = 80): Destination {
  const family = address.includes(':') ? 'inet6' : 'inet';
  return { family, address, port, weight, forwarding: { method }, upperThreshold: 0, lowerThreshold: 0 };
}

const common = { scheduler: 'rr', flags: 0, timeoutSeconds: 0, netmask: '255.255.255.255' };
const services: readonly Service[] = [
  {
    ...common,
    key: { kind: 'address', family: 'inet', protocol: 'tcp', address: '192.168.1.54', port: 80 },
    scheduler: 'wlc',
    flags: 1,
    timeoutSeconds: 300,
    destinations: [server('172.16.1.2', 2, 'NAT'), server('172.16.1.3', 1, 'NAT')],
  },
  {
    ...common,
    key: { kind: 'address', family: 'inet6', protocol: 'udp', address: '2001:db8::1', port: 53 },
    netmask: '128',
    destinations: [server('2001:db8::a', 1, 'DR', 53)],
  },
  {
    ...common,
    key: { kind: 'fwmark', family: 'inet', mark: 10 },
    destinations: [
      { ...server('172.16.1.2', 1, 'NAT', 0), forwarding: { method: 'TUN', tunnel: 'ipip', checksum: 'none' } },
    ],
  },
];

/** @param piece characters a call */
function glance(lines: readonly string[], ours = services, piece = Infinity): boolean {
  const text = `${lines.join('\n')}\n`;
  const found = new TableGlance(ours);
  for (let from = 0; from < text.length; from += piece) found.feed(text.slice(from, from + piece));
  return found.finish();
}

describe('a glance at the text of the table', () => {
  const whole = [...head, ...web, ...ipv6, ...mark];

  it.each([Infinity, 1, 7, 4096])('knows ours again, in pieces of %d', (piece) => {
    expect(glance(whole, services, piece)).toBe(true);
  });

  it('passes over the services of others', () => {
    expect(glance([...whole, 'TCP  0A000001:0050 rr  ', '  -> 0A000002:0050      Masq    1      0          0'])).toBe(
      true,
    );
  });

  it('does not mind the order of servers', () => {
    expect(glance([...head, web[0]!, web[2]!, web[1]!, ...ipv6, ...mark])).toBe(true);
  });

  it.each<[string, readonly string[]]>([
    ['nothing is there', head],
    ['a service is missing', [...head, ...web, ...mark]],
    ['a server is missing', [...head, web[0]!, web[1]!, ...ipv6, ...mark]],
    ['a server is too many', [...whole, '  -> AC100109:0000      Tunnel  1      0          0         ']],
    ['a weight is another', whole.map((line) => line.replace('Masq    2', 'Masq    0'))],
    ['a server is forwarded to otherwise', whole.map((line) => line.replace('Route ', 'Tunnel'))],
    ['a port is another', whole.map((line) => line.replace('AC100102:0050', 'AC100102:0051'))],
    ['the scheduler is another', whole.map((line) => line.replace('wlc', 'rr'))],
    ['the persistence is gone', whole.map((line) => line.replace('persistent 300 FFFFFFFF', ''))],
  ])('sees that %s', (_what, lines) => {
    expect(glance(lines)).toBe(false);
  });

  it('does not decide between marks of both families, which look the same', () => {
    const both: readonly Service[] = [
      ...services,
      { ...common, key: { kind: 'fwmark', family: 'inet6', mark: 10 }, netmask: '128', destinations: [] },
    ];
    expect(glance([...whole, 'FWM  0000000A rr  '], both)).toBe(false);
  });
});
