// Names, hardware addresses and places as keepalived 2.2.7 gave them for the same configurations.
import { describe, expect, it } from 'vitest';
import { advertisingInterface } from '../../../src/vrrp/advertising-interface.ts';
import { firewallSettings, firewallWish } from '../../../src/vrrp/firewall-wish.ts';
import { placeVirtualRouters } from '../../../src/vrrp/virtual-interfaces.ts';
import { model } from '../config/memory.ts';

function place(text: string) {
  const configuration = model(text);
  return { configuration, ...placeVirtualRouters(configuration) };
}

const instance = (lines: string, addresses = '10.0.0.1/24', name = 'A', id = 51) => `vrrp_instance ${name} {
  interface eth0
  virtual_router_id ${id}
  priority 150
  ${lines}
  virtual_ipaddress {
    ${addresses}
  }
}
`;

describe('interfaces of virtual routers', () => {
  it('a configuration without them is left as it is', () => {
    const { configuration, vrrp, interfaces } = place(instance(''));
    expect(interfaces).toEqual([]);
    expect(vrrp).toBe(configuration.vrrp);
  });

  it('have the address of RFC 9568 section 7.3 and the addresses of the base interface, named or not', () => {
    const { vrrp, interfaces } = place(instance('use_vmac', '10.0.0.1/24\n10.0.0.2/24 dev eth0\n10.0.0.3/24 dev eth1'));
    expect(interfaces).toMatchObject([
      { kind: 'vmac', name: 'vrrp.51', base: 'eth0', macAddress: '00:00:5e:00:01:33', carriesIpv6: false },
    ]);
    const [placed] = vrrp.instances;
    expect(placed?.virtualAddresses.map((address) => address.interface)).toEqual(['vrrp.51', 'vrrp.51', 'eth1']);
    expect(placed?.interface).toBe('eth0');
    expect(placed && advertisingInterface(placed)).toBe('vrrp.51');
  });

  it('IPv6 has an address of its own and needs a link-local address where it advertises', () => {
    const six = (more = '') => place(instance(`use_vmac\n${more}`, 'fe80::1/64\n2001:db8::1/64', 'S', 52)).interfaces;
    expect(six()).toMatchObject([{ macAddress: '00:00:5e:00:02:34', needsLinkLocal: true, carriesIpv6: true }]);
    expect(six('vmac_xmit_base')).toMatchObject([{ needsLinkLocal: false }]);
  });

  it('five octets get the virtual router id, vmac_xmit_base keeps advertisements on the base interface', () => {
    const { vrrp, interfaces } = place(instance('use_vmac own 02:00:00:00:01\nvmac_xmit_base'));
    expect(interfaces).toMatchObject([{ name: 'own', macAddress: '02:00:00:00:01:33' }]);
    expect(vrrp.instances.map(advertisingInterface)).toEqual(['eth0']);
  });

  it('use_vmac_addr makes one over each other interface, with the next free name', () => {
    const { vrrp, interfaces } = place(
      `global_defs {\n vmac_addr_prefix far\n}\n${instance('use_vmac\nuse_vmac_addr', '10.0.0.1/24\n10.0.0.2/24 dev eth1\n10.0.0.3/24 dev eth1')}`,
    );
    expect(interfaces.map(({ name, base }) => [name, base])).toEqual([
      ['vrrp.51', 'eth0'],
      ['far.51', 'eth1'],
    ]);
    expect(vrrp.instances[0]?.virtualAddresses.map((address) => address.interface)).toEqual([
      'vrrp.51',
      'far.51',
      'far.51',
    ]);
    expect(
      place(instance('use_vmac\nuse_vmac_addr', '10.0.0.1/24\n10.0.0.2/24 dev eth1')).interfaces.map(
        ({ name }) => name,
      ),
    ).toEqual(['vrrp.51', 'vrrp1.51']);
  });

  it('a single address may ask for one', () => {
    const { vrrp, interfaces } = place(instance('', '10.0.0.1/24\n10.0.0.2/24 dev eth1 use_vmac'));
    expect(interfaces).toMatchObject([{ name: 'vrrp.51', base: 'eth1', needsLinkLocal: false }]);
    expect(vrrp.instances[0]?.virtualAddresses.map((address) => address.interface)).toEqual(['eth0', 'vrrp.51']);
    expect(vrrp.instances.map(advertisingInterface)).toEqual(['eth0']);
  });

  it('the address of an ipvlan is the source of advertisements', () => {
    const { vrrp, interfaces } = place(instance('use_ipvlan 10.0.0.9/24 private'));
    expect(interfaces).toMatchObject([
      { kind: 'ipvlan', mode: 'private', address: { address: '10.0.0.9', prefixLength: 24 } },
    ]);
    expect(vrrp.instances[0]?.sourceAddress).toBe('10.0.0.9');
    expect(vrrp.instances[0]?.virtualAddresses.map((address) => address.interface)).toEqual(['eth0']);
    expect(vrrp.instances.map(advertisingInterface)).toEqual(['vrrp.51']);
  });

  it('unicast leaves by the base interface', () => {
    const { vrrp } = place(instance('use_vmac\nunicast_peer {\n 10.0.0.8\n}'));
    expect(vrrp.instances.map(advertisingInterface)).toEqual(['eth0']);
  });
});

describe('what the firewall has to do', () => {
  const nothing = { ip: false, ip6: false };

  it('nothing without VMAC and no_accept', () => {
    expect(firewallSettings(model(instance('')))).toBeUndefined();
    expect(firewallSettings(model(instance('no_accept')))).toEqual({
      table: 'keepalived',
      priority: -1,
      counters: false,
      interfacesByName: false,
    });
  });

  it('names interfaces where they may come back with another index, unless nftables_ifindex forbids it', () => {
    const named = (lines: string) =>
      firewallSettings(model(`global_defs {\n dynamic_interfaces\n ${lines}\n}\n${instance('no_accept')}`))
        ?.interfacesByName;
    expect([named(''), named('nftables_ifindex')]).toEqual([true, false]);
  });

  it('drops the addresses of masters that do not accept, link-local ones where they are', () => {
    const { vrrp, interfaces } = place(
      instance('no_accept') +
        instance('no_accept\nuse_vmac', 'fe80::1/64\n2001:db8::1/64', 'S', 52) +
        instance('', '10.0.0.7/24', 'B', 53),
    );
    const wish = (...masters: string[]) =>
      firewallWish(vrrp.instances, (name) => masters.includes(name), interfaces, nothing);
    expect(wish('B')).toMatchObject({ ip: { drops: false, addresses: [] }, ip6: { drops: false } });
    expect(wish('A', 'B', 'S')).toEqual({
      ip: { vmacs: [], drops: true, addresses: ['10.0.0.1'], linkLocals: [] },
      ip6: {
        vmacs: [{ name: 'vrrp.52', base: 'eth0' }],
        drops: true,
        addresses: ['2001:db8::1'],
        linkLocals: [{ address: 'fe80::1', interface: 'vrrp.52' }],
      },
    });
  });

  it('sets that were made stay', () => {
    const { vrrp } = place(instance('no_accept'));
    expect(firewallWish(vrrp.instances, () => false, [], { ip: true, ip6: false })).toMatchObject({
      ip: { drops: true, addresses: [] },
      ip6: { drops: false },
    });
  });
});
