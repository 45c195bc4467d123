/**
 * Interfaces of their own for virtual routers (use_vmac, use_vmac_addr, use_ipvlan): which ones a configuration needs,
 * and the configuration with its addresses on them (reference: behaviour A9).
 */
import type {
  AddressFamily,
  Configuration,
  InterfaceGroup,
  IpvlanConfiguration,
  VirtualAddress,
  VrrpConfiguration,
  VrrpInstanceConfiguration,
} from '../config/model.ts';
import { advertisingInterface } from './advertising-interface.ts';
import { freeInterfaceName, virtualInterfaceNames } from './virtual-interface-names.ts';

interface VirtualInterfaceBase {
  readonly name: string;
  /** Interface underneath. */
  readonly base: string;
  /** Name of the instance it is for. */
  readonly instance: string;
  readonly family: AddressFamily;
  /** Absent: that of the base interface. */
  readonly group?: InterfaceGroup;
  /** It carries IPv6: as the family of its instance, or by an excluded address. */
  readonly carriesIpv6: boolean;
}

export interface Vmac extends VirtualInterfaceBase {
  readonly kind: 'vmac';
  /** Six octets as text, lower case. */
  readonly macAddress: string;
  /** IPv6 advertisements leave by it: it needs the link-local address they come from. */
  readonly needsLinkLocal: boolean;
  /** The source of advertisements, if one is configured. */
  readonly sourceAddress?: string;
  /** netlink_notify_msg */
  readonly netlinkNotify: boolean;
}

export interface Ipvlan extends VirtualInterfaceBase {
  readonly kind: 'ipvlan';
  readonly mode: IpvlanConfiguration['mode'];
  readonly address?: NonNullable<IpvlanConfiguration['address']>;
}

/** An interface that has to be made. */
export type VirtualInterface = Vmac | Ipvlan;

export interface PlacedRouters {
  /** The same configuration with names for all virtual interfaces and the addresses on them. */
  readonly vrrp: VrrpConfiguration;
  readonly interfaces: readonly VirtualInterface[];
}

/** RFC 9568 section 7.3: 00-00-5E-00-01-{VRID} for IPv4, 00-00-5E-00-02-{VRID} for IPv6. */
export function virtualRouterMac(family: AddressFamily, virtualRouterId: number): string {
  return `00:00:5e:00:${family === 'inet' ? '01' : '02'}:${virtualRouterId.toString(16).padStart(2, '0')}`;
}

function macOf({ virtualInterface, family, virtualRouterId }: VrrpInstanceConfiguration): string {
  const configured = virtualInterface?.kind === 'vmac' ? virtualInterface.macAddress : undefined;
  return configured ?? virtualRouterMac(family, virtualRouterId);
}

/** Names every virtual interface and moves addresses to them. */
export function placeVirtualRouters({ vrrp, global }: Pick<Configuration, 'vrrp' | 'global'>): PlacedRouters {
  const names = virtualInterfaceNames({ vrrp, global });
  const taken = new Set<string | undefined>(names.values());
  const interfaces: VirtualInterface[] = [];
  const instances = vrrp.instances.map((instance) =>
    placeInstance(instance, names.get(instance.name), global.vmacNames.addressPrefix, taken, interfaces),
  );
  return interfaces.length === 0 ? { vrrp, interfaces } : { vrrp: { ...vrrp, instances }, interfaces };
}

function placeInstance(
  instance: VrrpInstanceConfiguration,
  name: string | undefined,
  addressPrefix: string,
  taken: Set<string | undefined>,
  interfaces: VirtualInterface[],
): VrrpInstanceConfiguration {
  const { virtualInterface, interface: base, virtualAddresses, excludedVirtualAddresses } = instance;
  /** Virtual interfaces of this instance by what is underneath. */
  const over = new Map<string, string>();
  const named = name === undefined || virtualInterface === undefined ? instance : nameInterface(instance, name);
  if (name !== undefined && virtualInterface?.kind === 'vmac') over.set(base, name);
  // Virtual addresses stay on the base interface, as with the original.
  if (name !== undefined && virtualInterface?.kind === 'ipvlan') interfaces.push(interfaceOf(named, base, name));
  for (const address of [...virtualAddresses, ...excludedVirtualAddresses]) {
    if (over.has(address.interface) || address.interface === '') continue;
    if (!address.useVmac && !(instance.vmacForAddresses && address.interface !== base)) continue;
    const made = freeInterfaceName(instance, addressPrefix, taken);
    taken.add(made);
    over.set(address.interface, made);
  }
  if (over.size === 0) return named;
  const move = (address: VirtualAddress): VirtualAddress => {
    const on = over.get(address.interface);
    return on === undefined ? address : { ...address, interface: on };
  };
  const placed = {
    ...named,
    virtualAddresses: virtualAddresses.map(move),
    excludedVirtualAddresses: excludedVirtualAddresses.map(move),
  };
  for (const [under, made] of over) interfaces.push(interfaceOf(placed, under, made));
  return placed;
}

/** With its name; an ipvlan's own address is the source of advertisements unless another is configured. */
function nameInterface(instance: VrrpInstanceConfiguration, name: string): VrrpInstanceConfiguration {
  const { virtualInterface, sourceAddress } = instance;
  if (virtualInterface === undefined) return instance;
  const own = virtualInterface.kind === 'ipvlan' ? virtualInterface.address?.address : undefined;
  const source = sourceAddress ?? own;
  return {
    ...instance,
    virtualInterface: { ...virtualInterface, name },
    ...(source !== undefined && { sourceAddress: source }),
  };
}

function interfaceOf(instance: VrrpInstanceConfiguration, base: string, name: string): VirtualInterface {
  const { virtualInterface: own, family, virtualAddresses, excludedVirtualAddresses, sourceAddress } = instance;
  const isOwn = own?.name === name;
  const carried = [...virtualAddresses, ...excludedVirtualAddresses].filter((address) => address.interface === name);
  const common = {
    name,
    base,
    instance: instance.name,
    family,
    ...(isOwn && own.group !== undefined && { group: own.group }),
    carriesIpv6: (isOwn && family === 'inet6') || carried.some((address) => address.family === 'inet6'),
  };
  if (isOwn && own.kind === 'ipvlan')
    return { ...common, kind: 'ipvlan', mode: own.mode, ...(own.address && { address: own.address }) };
  return {
    ...common,
    kind: 'vmac',
    macAddress: macOf(instance),
    needsLinkLocal: family === 'inet6' && advertisingInterface(instance) === name,
    ...(sourceAddress !== undefined && { sourceAddress }),
    netlinkNotify: isOwn && own.kind === 'vmac' && own.netlinkNotify,
  };
}
