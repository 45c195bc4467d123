import { describe, expect, it } from 'vitest';
import { waysOut, type LinkFacts, type MachineFacts } from '../../../lab/lib/isolation.ts';

const loopback: LinkFacts = { ifindex: 1, ifname: 'lo', flags: ['LOOPBACK', 'UP'] };

function veth(ifindex: number, ifname: string, link_index: number, link_netnsid = 0): LinkFacts {
  return { ifindex, ifname, link_index, link_netnsid, flags: ['UP'], linkinfo: { info_kind: 'veth' } };
}

function machine(name: string, links: LinkFacts[], address: string, routes: MachineFacts['routes'] = []): MachineFacts {
  const addresses = [{ ifname: links[0]?.ifname ?? '', addr_info: [{ local: address }] }];
  const neighbours = { 0: name === 'a' ? 'ns-b' : 'ns-a' };
  return { machine: name, namespace: `ns-${name}`, neighbours, links: [loopback, ...links], routes, addresses };
}

const cables = [
  [
    ['a', 'eth0'],
    ['b', 'eth0'],
  ],
] as const;
const a = machine('a', [veth(2, 'eth0', 3)], '10.0.0.1');
const b = machine('b', [veth(3, 'eth0', 2)], '10.0.0.2', [{ dst: 'default', gateway: '10.0.0.1' }]);

describe('ways out of the lab', () => {
  it('there is none between two machines and a cable', () => {
    expect(waysOut([a, b], cables)).toEqual([]);
  });

  it('an interface that was not planned', () => {
    const docker = machine('a', [veth(2, 'eth0', 3), veth(9, 'docker', 4)], '10.0.0.1');
    expect(waysOut([docker, b], cables)).toEqual(['a has an interface docker that the lab did not make']);
  });

  it('a tunnel device that the kernel puts into every namespace is no way out while it is down', () => {
    const tunnel: LinkFacts = { ifindex: 4, ifname: 'tunl0', flags: ['NOARP'], linkinfo: { info_kind: 'ipip' } };
    expect(waysOut([machine('a', [veth(2, 'eth0', 3), tunnel], '10.0.0.1'), b], cables)).toEqual([]);
  });

  it('a physical interface under a planned name', () => {
    const physical = machine('a', [{ ifindex: 2, ifname: 'eth0', flags: ['UP'] }], '10.0.0.1');
    expect(waysOut([physical, b], cables)[0]).toBe('eth0 of a is a physical interface');
  });

  it('a cable whose other end is elsewhere', () => {
    const elsewhere = machine('a', [veth(2, 'eth0', 77)], '10.0.0.1');
    expect(waysOut([elsewhere, b], cables)).toEqual(['the other end of eth0 of a is not eth0 of b, but in ns-b']);
  });

  it('a route through a stranger', () => {
    const routed = machine('a', [veth(2, 'eth0', 3)], '10.0.0.1', [{ dst: 'default', gateway: '192.0.2.1' }]);
    expect(waysOut([routed, b], cables)).toEqual([
      'a has a route to default through 192.0.2.1, which is no machine of the lab',
    ]);
  });

  it('a cable that ends in a namespace without a name, such as the one the lab was started from', () => {
    const host = machine('a', [veth(2, 'eth0', 3, 1)], '10.0.0.1');
    expect(waysOut([host, b], cables)).toEqual([
      'the other end of eth0 of a is not eth0 of b, but in an unknown namespace',
    ]);
  });
});
