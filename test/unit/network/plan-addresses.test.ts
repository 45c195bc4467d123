import { describe, expect, it } from 'vitest';
import { describeAddressChange } from '../../../src/network/address-outcome.ts';
import { desiredAddressKey, planAddresses } from '../../../src/network/plan-addresses.ts';
import type { DesiredAddress, KernelAddress } from '../../../src/network/types.ts';
import { asKernelAddress, desired, link } from './kernel-model.ts';

const links = [link(1, 'lo'), link(2, 'eth0'), link(3, 'eth1')];

function held(...wishes: DesiredAddress[]): KernelAddress[] {
  const addresses: KernelAddress[] = [];
  for (const wish of wishes) addresses.push(asKernelAddress(wish, wish.interface === 'eth0' ? 2 : 3, addresses));
  return addresses;
}

function inWords(desiredList: DesiredAddress[], actual: KernelAddress[], managed: DesiredAddress[]): string[] {
  return planAddresses(desiredList, actual, new Set(managed.map(desiredAddressKey)), links).map((change) =>
    describeAddressChange(change, links.find(({ index }) => index === change.interfaceIndex)?.name),
  );
}

describe('the plan of addresses', () => {
  const vip = desired('123.30.175.40', 32, { label: 'eth1:2' });

  it('adds in the order of the configuration, each address once', () => {
    const second = desired('10.0.0.9', 24, { interface: 'eth0' });
    expect(inWords([vip, second, { ...vip, label: 'eth1:3' }], [], [])).toEqual([
      'add 123.30.175.40/32 to eth1',
      'add 10.0.0.9/24 to eth0',
    ]);
  });

  it('leaves out what belongs on an interface that is not there', () => {
    expect(inWords([desired('10.0.0.1', 24, { interface: 'eth9' })], [], [])).toEqual([]);
  });

  it.each<[string, Partial<DesiredAddress>]>([
    ['label', { label: 'eth1:3' }],
    ['scope', { scope: 253 }],
    ['broadcast', { broadcast: '123.30.175.255' }],
    ['prefix route', { noPrefixRoute: true }],
  ])('makes an address of ours anew when its %s changes', (_name, change) => {
    expect(inWords([{ ...vip, ...change }], held(vip), [vip])).toEqual([
      'remove 123.30.175.40/32 from eth1',
      'add 123.30.175.40/32 to eth1',
    ]);
    expect(inWords([{ ...vip, ...change }], held(vip), [])).toEqual([]);
  });

  it('does not mind what the kernel decides: IPv6 scope, detection, protocol', () => {
    const vip6 = desired('fe80::77', 64);
    const actual = held(vip6).map((address) => ({ ...address, scope: 253, flags: 0x80 | 0x40, protocol: 2 }));
    expect(inWords([vip6], actual, [vip6])).toEqual([]);
  });

  it('removes secondary addresses before their primary one', () => {
    const list = [desired('10.0.0.1', 24), desired('10.0.0.2', 24), desired('10.0.0.3', 24)];
    expect(inWords([], held(...list), list)).toEqual([
      'remove 10.0.0.2/24 from eth1',
      'remove 10.0.0.3/24 from eth1',
      'remove 10.0.0.1/24 from eth1',
    ]);
  });

  it('writes wanted secondary addresses again when their primary one goes', () => {
    const list = [desired('10.0.0.1', 24), desired('10.0.0.2', 24), desired('10.0.1.3', 24)];
    expect(inWords(list.slice(1), held(...list), list)).toEqual([
      'remove 10.0.0.1/24 from eth1',
      'add 10.0.0.2/24 to eth1',
    ]);
  });

  it('moves an address to another interface', () => {
    expect(inWords([{ ...vip, interface: 'eth0', label: 'eth0:2' }], held(vip), [vip])).toEqual([
      'remove 123.30.175.40/32 from eth1',
      'add 123.30.175.40/32 to eth0',
    ]);
  });

  it('tells addresses of one local part apart by prefix length and peer', () => {
    const wide = desired('10.0.0.1', 24);
    const narrow = desired('10.0.0.1', 32);
    const peered = desired('10.0.0.1', 32, { peer: '10.0.0.2' });
    expect(inWords([narrow], held(wide, narrow, peered), [wide, narrow, peered])).toEqual([
      'remove 10.0.0.1/24 from eth1',
      'remove 10.0.0.1/32 from eth1',
    ]);
  });
});
