/** track_group: instances that are in fault while the interface of a static address, route or rule is down. */
import type { VrrpConfiguration } from '../config/model.ts';

/** Names of the interfaces that each instance depends on in this way, by the name of the instance. */
export function staticInterfaces(configuration: VrrpConfiguration): ReadonlyMap<string, ReadonlySet<string>> {
  const { staticAddresses, staticRoutes, staticRules, trackGroups } = configuration;
  const members = new Map(trackGroups.map((group) => [group.name, group.members]));
  const found = new Map<string, Set<string>>();
  const note = (trackGroup: string | undefined, name: string | undefined): void => {
    if (trackGroup === undefined || name === undefined) return;
    for (const instance of members.get(trackGroup) ?? []) {
      const names = found.get(instance);
      if (names) names.add(name);
      else found.set(instance, new Set([name]));
    }
  };
  for (const address of staticAddresses) note(address.trackGroup, address.interface);
  for (const route of staticRoutes) note(route.trackGroup, route.interface);
  for (const rule of staticRules) note(rule.trackGroup, rule.inputInterface);
  return found;
}
