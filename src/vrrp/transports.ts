/** The sockets a configuration needs: one for each family, interface, cast and group or source. */
import type { GlobalConfiguration, VrrpInstanceConfiguration } from '../config/model.ts';
import { advertisingInterface } from './advertising-interface.ts';
import { receiveBufferOctets } from './receive-buffer.ts';
import type { VrrpTransport } from './types.ts';

interface Shared {
  readonly transport: VrrpTransport;
  readonly instances: VrrpInstanceConfiguration[];
}

/** @param mtuOf of an interface by its name */
export function transportsOf(
  instances: readonly VrrpInstanceConfiguration[],
  global: GlobalConfiguration,
  mtuOf: (interfaceName: string) => number,
): readonly VrrpTransport[] {
  const { advertisementBuffers, logUnknownVirtualRouters } = global;
  const transports = new Map<string, Shared>();
  for (const instance of instances) {
    const { family, unicastPeers, multicastGroup, ...rest } = instance;
    const name = advertisingInterface(instance);
    const unicast = unicastPeers.length > 0;
    const authenticationHeader = rest.authentication?.type === 'AH';
    const source = unicast ? rest.sourceAddress : undefined;
    const vrf = name === '' ? rest.vrf : undefined;
    const key = JSON.stringify([family, name, vrf, unicast, unicast ? source : multicastGroup, authenticationHeader]);
    const known = transports.get(key);
    if (known) {
      known.instances.push(instance);
      continue;
    }
    const transport: VrrpTransport = {
      family,
      cast: unicast ? 'unicast' : 'multicast',
      interface: name,
      ...(vrf !== undefined && { vrf }),
      ...(unicast ? source !== undefined && { source } : { group: multicastGroup }),
      authenticationHeader,
      ...(logUnknownVirtualRouters && { everyRouter: true }),
      virtualRouterIds: [],
      instances: [],
    };
    transports.set(key, { transport, instances: [instance] });
  }
  return [...transports.values()].map(({ transport, instances: sharing }) => {
    const octets = receiveBufferOctets(sharing, advertisementBuffers, mtuOf(transport.interface));
    return {
      ...transport,
      virtualRouterIds: sharing.map(({ virtualRouterId }) => virtualRouterId),
      instances: sharing.map((instance) => instance.name),
      ...(octets !== undefined && { receiveBufferOctets: octets }),
    };
  });
}
