/** What the firewall has to do for the instances as they are now. */
import type { Configuration, VrrpInstanceConfiguration } from '../config/model.ts';
import type { FirewallFamilies, FirewallFamily, FirewallSettings } from '../network/firewall-script.ts';
import type { VirtualInterface } from './virtual-interfaces.ts';

/** Settings of the rules; undefined: there are none to be. */
export function firewallSettings({ global }: Pick<Configuration, 'global'>): FirewallSettings | undefined {
  const { table, priority, counters, interfaceIndexes } = global.firewall;
  if (table === undefined) return undefined;
  return { table, priority, counters, interfacesByName: global.dynamicInterfaces && !interfaceIndexes };
}

/**
 * @param instances placed on their virtual interfaces
 * @param isMaster by the name of an instance
 * @param ready virtual interfaces that exist
 * @param dropped families that had something to drop already: their sets stay, empty
 */
export function firewallWish(
  instances: readonly VrrpInstanceConfiguration[],
  isMaster: (name: string) => boolean,
  ready: readonly VirtualInterface[],
  dropped: { readonly ip: boolean; readonly ip6: boolean },
): FirewallFamilies {
  const addresses = instances
    .filter(({ accept, name }) => !accept && isMaster(name))
    .flatMap(({ virtualAddresses, excludedVirtualAddresses }) => [...virtualAddresses, ...excludedVirtualAddresses]);
  const familyOf = (family: 'inet' | 'inet6', before: boolean): FirewallFamily => {
    const own = addresses.filter((address) => address.family === family);
    const isLinkLocal = (address: string): boolean => /^fe[89ab]/.test(address);
    return {
      vmacs: ready
        .filter((each) => each.kind === 'vmac' && each.family === family)
        .map(({ name, base }) => ({ name, base })),
      drops: before || own.length > 0,
      addresses: [...new Set(own.map(({ address }) => address).filter((address) => !isLinkLocal(address)))],
      linkLocals: own
        .filter(({ address }) => isLinkLocal(address))
        .map(({ address, interface: name }) => ({ address, interface: name })),
    };
  };
  return { ip: familyOf('inet', dropped.ip), ip6: familyOf('inet6', dropped.ip6) };
}
