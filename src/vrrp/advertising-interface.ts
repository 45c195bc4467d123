/** Where an instance speaks and listens. */
import type { VrrpInstanceConfiguration } from '../config/model.ts';

/**
 * The VMAC or ipvlan of the instance, or its interface: without one, with vmac_xmit_base, and for unicast, which leaves
 * by the way to its peers. A virtual interface counts once it has a name (placeVirtualRouters).
 */
export function advertisingInterface({
  interface: base,
  virtualInterface: virtual,
  unicastPeers,
}: Pick<VrrpInstanceConfiguration, 'interface' | 'virtualInterface' | 'unicastPeers'>): string {
  if (virtual?.name === undefined) return base;
  if (virtual.kind === 'vmac' && (virtual.transmitOnBase || unicastPeers.length > 0)) return base;
  return virtual.name;
}
