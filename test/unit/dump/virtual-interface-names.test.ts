/** Names that keepalived 2.2.7 gave to VMACs of which the file does not name one. */
import { describe, expect, it } from 'vitest';
import type { VmacConfiguration } from '../../../src/config/model.ts';
import { virtualInterfaceNames } from '../../../src/vrrp/virtual-interface-names.ts';
import { configurationModel, instanceModel } from '../../support/models.ts';

const vmac = (name?: string): VmacConfiguration => ({
  kind: 'vmac',
  transmitOnBase: false,
  netlinkNotify: false,
  ...(name !== undefined && { name }),
});

function names(...instances: readonly (readonly [number, 'inet' | 'inet6', string?])[]): string[] {
  const configuration = configurationModel({
    instances: instances.map(([virtualRouterId, family, name], index) =>
      instanceModel({ name: `V${index}`, virtualRouterId, family, virtualInterface: vmac(name) }),
    ),
  });
  return [...virtualInterfaceNames(configuration).values()];
}

describe('names of VMACs', () => {
  it('are made of the prefix and the virtual router id', () => {
    expect(names([51, 'inet'], [3, 'inet6'])).toEqual(['vrrp.51', 'vrrp.3']);
  });

  it('have the 6 where the other family has the name', () => {
    expect(names([2, 'inet'], [2, 'inet6'])).toEqual(['vrrp.2', 'vrrp6.2']);
  });

  it('are numbered where one of the same id on another interface has the name', () => {
    expect(names([51, 'inet'], [51, 'inet'])).toEqual(['vrrp.51', 'vrrp1.51']);
  });

  it('leave alone what the file gives to another', () => {
    expect(names([1, 'inet'], [2, 'inet', 'vrrp.1'])).toEqual(['vrrp1.1', 'vrrp.1']);
  });
});
