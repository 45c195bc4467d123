/** The sockets a configuration needs: one for each family, interface, cast and group or source. */
import type { VrrpInstanceConfiguration } from '../config/model.ts';
import type { VrrpTransport } from './types.ts';

export function transportsOf(instances: readonly VrrpInstanceConfiguration[]): readonly VrrpTransport[] {
  const transports = new Map<string, VrrpTransport & { readonly virtualRouterIds: number[] }>();
  for (const { family, interface: name, unicastPeers, multicastGroup, ...rest } of instances) {
    const unicast = unicastPeers.length > 0;
    const authenticationHeader = rest.authentication?.type === 'AH';
    const source = unicast ? rest.sourceAddress : undefined;
    const key = JSON.stringify([family, name, unicast, unicast ? source : multicastGroup, authenticationHeader]);
    const known = transports.get(key);
    if (known) {
      known.virtualRouterIds.push(rest.virtualRouterId);
      continue;
    }
    transports.set(key, {
      family,
      cast: unicast ? 'unicast' : 'multicast',
      interface: name,
      ...(unicast ? source !== undefined && { source } : { group: multicastGroup }),
      authenticationHeader,
      virtualRouterIds: [rest.virtualRouterId],
    });
  }
  return [...transports.values()];
}
